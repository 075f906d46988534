"""The cells that the front end ran, and what each was tagged with and declared.

Kept by the thread that runs cells, read by that of a subshell while a cell is running.
"""

from __future__ import annotations

import threading
from typing import Any, TypedDict

from cellfarm.kernel.declared import MarkedFunction


class CellStructure(TypedDict):
    """One cell.

    Attributes:
        cell: its id. tags: what its metadata has under `cellfarm`, None where there is none. magic: the tags of its
        `%%cellfarm` line, which overrule those. functions: marked functions; None while it runs for the first time.
    """

    cell: str
    tags: dict[str, Any] | None
    magic: dict[str, Any] | None
    functions: list[MarkedFunction] | None


class Cells:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cells: dict[str, CellStructure] = {}

    def put(self, structure: CellStructure) -> bool:
        """Keeps it; whether that is news: a cell of which nothing is to say is none, unless there was something before."""
        with self._lock:
            before = self._cells.get(structure["cell"])
            if _says_something(structure):
                self._cells[structure["cell"]] = structure
                return before != structure
            return self._cells.pop(structure["cell"], None) is not None

    def functions_of(self, cell: str) -> list[MarkedFunction] | None:
        with self._lock:
            before = self._cells.get(cell)
            return before["functions"] if before is not None else None

    def all(self) -> list[CellStructure]:
        with self._lock:
            return list(self._cells.values())


def _says_something(structure: CellStructure) -> bool:
    return structure["tags"] is not None or structure["magic"] is not None or bool(structure["functions"])
