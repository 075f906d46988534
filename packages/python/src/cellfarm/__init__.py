"""Write a normal notebook, tag a few cells, and run it as a parallel workflow with the same answer."""
