"""Plays one cell in home's shell, as a kernel executes a request, and tells how it ended.

Decides parent, execution count, stack depth, interrupt handling and the line of an error. What runs is
IPython's; loops that may leave are prepared by `rewrite`.
"""

from __future__ import annotations

import ast
import asyncio
import contextvars
import signal
import sys
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from cellfarm.home import marks
from cellfarm.home.depth import at_depth, frames_in_task
from cellfarm.home.rewrite import wrap_loops
from cellfarm.home.shell import HomeShell
from cellfarm.home.tracebacks import hide_own_frames
from cellfarm.protocol.messages import CellError, LoopSite


@dataclass(slots=True)
class Played:
    """How a cell ended.

    Attributes:
        error: what it raised; None when it did not.
        exit: whether it asked for the end of the notebook (`exit()` or `quit()`).
        problems: one sentence for each loop that was to be prepared and was not found.
    """

    error: CellError | None
    exit: bool
    problems: list[str] = field(default_factory=list)


class Player:
    """Plays cells one after the other, in one context, so that context variables last from cell to cell."""

    def __init__(self, home: HomeShell) -> None:
        self._home = home
        self._context = contextvars.copy_context()
        self._depth = frames_in_task(home.ipykernel_major)
        _hide_own_frames_in(home.shell)

    def in_context(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """What `call` returns with the context variables (decimal precision, numpy's error state) that cells have."""
        return self._context.run(call, *arguments) if sys.version_info >= (3, 11) else call(*arguments)

    def renew_context(self) -> None:
        """Cells played from now on begin with the caller's context variables."""
        self._context = contextvars.copy_context()

    def play(
        self, code: str, cell: int, cell_id: str, execution_count: int, loops: Sequence[LoopSite] = ()
    ) -> Awaitable[Played]:
        """Plays `code`. Outputs go to the outlet while they happen; what the code raises stays inside.

        Args:
            code: source of the cell, magics and all.
            cell: index of the cell in the notebook.
            cell_id: the notebook's own id of the cell.
            execution_count: number that the cell shows.
            loops: loops whose elements may leave, in the order of their numbers.
        """

        def run() -> Coroutine[Any, Any, Played]:
            return self._play(code, cell, cell_id, execution_count, loops)

        if sys.version_info >= (3, 11):
            context = self._context if self._home.keeps_context else contextvars.copy_context()
            return asyncio.create_task(at_depth(self._depth, run), context=context)
        return at_depth(self._depth, run)

    async def _play(
        self, code: str, cell: int, cell_id: str, execution_count: int, loops: Sequence[LoopSite]
    ) -> Played:
        home = self._home
        home.shell.execution_count = execution_count
        parent = _execute_request(home.session_id, code)
        home.outlet.begin(parent["header"]["msg_id"], cell)
        home.begin_request(parent)
        preparation = _Preparation(loops, home.namespace, self._file_name(code))
        if loops:
            home.shell.ast_transformers.append(preparation)
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            reply = await home.kernel.do_execute(code, False, True, {}, False, cell_id=cell_id)
        except KeyboardInterrupt as interrupt:  # between two steps of IPython's own
            reply = {
                "status": "error",
                "ename": "KeyboardInterrupt",
                "evalue": str(interrupt),
                "traceback": [],
            }
        finally:
            signal.signal(signal.SIGINT, before)
            preparation.remove_from(home.shell)
            home.flush()
        exits = any(payload.get("source") == "ask_exit" for payload in reply.get("payload", ()))
        return Played(self._error(reply, code), exits, preparation.problems)

    def _error(self, reply: dict[str, Any], code: str) -> CellError | None:
        if reply["status"] == "ok":
            return None
        result = self._home.shell.last_execution_result
        error = None if result is None else (result.error_before_exec or result.error_in_exec)
        return {
            "ename": str(reply["ename"]),
            "evalue": str(reply["evalue"]),
            "traceback": [str(line) for line in reply["traceback"]],
            "line": None if error is None else _line_in_cell(error, self._file_name(code)),
        }

    def _file_name(self, code: str) -> str:
        shell = self._home.shell
        name: str = shell.compile.get_code_name(code, code, shell.execution_count)
        return name


def _execute_request(session: str, code: str) -> dict[str, Any]:
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": "execute_request",
        "session": session,
        "username": "",
        "version": "5.3",
    }
    return {
        "header": header,
        "msg_id": header["msg_id"],
        "msg_type": "execute_request",
        "metadata": {},
        "content": {"code": code},
        "parent_header": {},
    }


def _hide_own_frames_in(shell: Any) -> None:
    """Home's frames are taken out where IPython asks for the error that it is about to show."""
    original = shell._get_exc_info

    def without_own_frames(exc_tuple: Any = None) -> Any:
        info = original(exc_tuple)
        hide_own_frames(info[1])
        return info

    shell._get_exc_info = without_own_frames


class _Preparation:
    """An IPython ast transformer for the one tree that is the cell's own; magics in it have others."""

    def __init__(self, loops: Sequence[LoopSite], namespace: dict[str, Any], file_name: str) -> None:
        self._loops = loops
        self._file_name = file_name
        self._namespace = namespace
        self._done = False
        self.problems: list[str] = []

    def visit(self, tree: ast.Module) -> ast.Module:
        if not self._done:
            self._done = True
            self.problems = wrap_loops(tree, self._loops, self._namespace)
            if marks.NEEDED and len(self.problems) < len(self._loops):
                marks.follow_prepared_tree(tree, self._file_name)
        return tree

    def remove_from(self, shell: Any) -> None:
        """Takes it out; user code may have replaced the list."""
        shell.ast_transformers = [entry for entry in shell.ast_transformers if entry is not self]


def _line_in_cell(error: BaseException, file_name: str) -> int | None:
    """Line of the cell through which the traceback passed first."""
    if isinstance(error, SyntaxError) and error.filename == file_name:
        return error.lineno
    step: TracebackType | None = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == file_name:
            return step.tb_lineno
        step = step.tb_next
    return None
