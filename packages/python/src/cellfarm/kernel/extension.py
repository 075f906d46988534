# mypy: disallow-untyped-calls=False
# (IPython's types are not read: it is the notebook's own, of any version from 8 on.)
"""`%load_ext cellfarm`: listens to the cells that are run, and tells the front end what they are tagged with and declare.

The front end opens a comm to the target `cellfarm.structure`; where the kernel has subshells it does so on one, and gets answers
while a long cell runs. Messages to it: `{"type": "structure", "cells": [CellStructure, ...]}`, all cells when the comm was opened
or asked with `{"type": "ask"}`, else those that changed; a cell of which nothing is to say any more comes with nulls.
"""

from __future__ import annotations

from typing import Any

from cellfarm.kernel.cells import Cells, CellStructure
from cellfarm.kernel.declared import magic_tags, marked_functions

TARGET = "cellfarm.structure"
_KEY = "cellfarm"


class KernelExtension:
    """What is loaded into one IPython shell; `unload` takes all of it out again."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._cells = Cells()
        self._comms: list[Any] = []
        self._manager = getattr(getattr(shell, "kernel", None), "comm_manager", None)

    def load(self) -> None:
        from cellfarm.home.magics import register

        if _KEY not in self._shell.magics_manager.magics["cell"]:  # home has it already
            register(self._shell)
        if self._manager is None:
            return  # IPython in a terminal: there are no cells
        self._shell.events.register("pre_run_cell", self._before)
        self._shell.events.register("post_run_cell", self._after)
        self._manager.register_target(TARGET, self._opened)

    def unload(self) -> None:
        """The magic stays: cells that are written with it must go on to work."""
        if self._manager is None:
            return
        self._shell.events.unregister("pre_run_cell", self._before)
        self._shell.events.unregister("post_run_cell", self._after)
        self._manager.unregister_target(TARGET, self._opened)
        for comm in self._comms:
            comm.close()

    def _before(self, info: Any) -> None:
        cell = _cell_of(info)
        if cell is not None:
            self._put(cell, info, self._cells.functions_of(cell))

    def _after(self, result: Any) -> None:
        cell = _cell_of(result.info)
        if cell is not None:
            self._put(cell, result.info, marked_functions(self._python_of(result.info), self._shell.user_ns))

    def _python_of(self, info: Any) -> str:
        """The cell as Python; IPython before 9 does not hand it on, and only a decorator makes it worth the work."""
        transformed = getattr(info, "transformed_cell", None)
        if transformed is None and "@" in info.raw_cell:
            transformed = self._shell.transform_cell(info.raw_cell)
        return str(transformed or "")

    def _put(self, cell: str, info: Any, functions: Any) -> None:
        structure: CellStructure = {
            "cell": cell,
            "tags": self._tags(info),
            "magic": magic_tags(info.raw_cell),
            "functions": functions,
        }
        if self._cells.put(structure):
            self._tell([structure])

    def _tags(self, info: Any) -> dict[str, Any] | None:
        """From the metadata of the request, which IPython before 9 does not hand on."""
        metadata = getattr(info, "cell_meta", None)
        if metadata is None:
            metadata = self._shell.get_parent().get("metadata", {})
        tags = metadata.get(_KEY)
        return tags if isinstance(tags, dict) else None

    def _opened(self, comm: Any, message: Any) -> None:
        self._comms.append(comm)
        comm.on_msg(lambda asked: self._asked(comm, asked))
        comm.on_close(lambda closed: self._comms.remove(comm))
        self._send(comm, self._cells.all())

    def _asked(self, comm: Any, message: Any) -> None:
        if message["content"]["data"].get("type") == "ask":
            self._send(comm, self._cells.all())

    def _tell(self, cells: list[CellStructure]) -> None:
        """Tell it from the thread that runs cells, and not by `comm.send`: ipykernel would then hand what the front end asks next
        to that thread, where it waits until the cell is over, instead of to the subshell that the comm lives on."""
        kernel = self._shell.kernel
        for comm in list(self._comms):
            content = {"comm_id": comm.comm_id, "data": _message(cells)}
            kernel.session.send(
                kernel.iopub_socket, "comm_msg", content, parent=kernel.get_parent(), ident=comm.topic
            )

    @staticmethod
    def _send(comm: Any, cells: list[CellStructure]) -> None:
        comm.send(_message(cells))


def _message(cells: list[CellStructure]) -> dict[str, Any]:
    return {"type": "structure", "cells": cells}


def _cell_of(info: Any) -> str | None:
    """The id of the front end's cell; None for what is run silently or by other means."""
    cell = getattr(info, "cell_id", None)
    return cell if isinstance(cell, str) and not info.silent else None


_loaded: dict[int, KernelExtension] = {}


def load(shell: Any) -> None:
    """Load into a shell that does not have it yet."""
    extension = KernelExtension(shell)
    extension.load()
    _loaded[id(shell)] = extension


def unload(shell: Any) -> None:
    """Take it out of a shell."""
    extension = _loaded.pop(id(shell), None)
    if extension is not None:
        extension.unload()
