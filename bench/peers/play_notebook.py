"""Plays a notebook with nbclient and ipykernel, as `jupyter execute` does: `play_notebook.py NOTEBOOK OUTPUT`."""

from __future__ import annotations

import sys

import nbformat
from nbclient import NotebookClient


def main() -> None:
    notebook = nbformat.read(sys.argv[1], as_version=4)
    NotebookClient(notebook, timeout=600).execute()
    nbformat.write(notebook, sys.argv[2])


if __name__ == "__main__":
    main()
