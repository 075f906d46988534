"""Write a normal notebook, tag a few cells, and run it as a parallel workflow with the same answer."""

from cellfarm.decorators import map, reduce, stage, task, train

__all__ = ["map", "reduce", "stage", "task", "train"]
