"""Workers: processes of the notebook's Python that take what left home by value."""
