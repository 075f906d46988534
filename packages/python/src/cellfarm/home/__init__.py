"""Home: the process of a run that holds the notebook's variables and plays it in document order."""
