"""Plays one cell in home's shell, as a kernel executes a request, and tells how it ended.

Decides parent, execution count, interrupt handling and the line of an error. What runs is IPython's; loops
that may leave are prepared by `rewrite`.
"""

from __future__ import annotations

import asyncio
import contextvars
import signal
import sys
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from cellfarm.home.shell import HomeShell
from cellfarm.protocol.messages import CellError


@dataclass(slots=True)
class Played:
    """How a cell ended.

    Attributes:
        error: what it raised; None when it did not.
        exit: whether it asked for the end of the notebook (`exit()` or `quit()`).
    """

    error: CellError | None
    exit: bool


class Player:
    """Plays cells one after the other, in one context, so that context variables last from cell to cell."""

    def __init__(self, home: HomeShell) -> None:
        self._home = home
        self._context = contextvars.copy_context()

    async def play(self, code: str, cell: int, cell_id: str, execution_count: int) -> Played:
        """Plays `code`. Outputs go to the outlet while they happen; what the code raises stays inside."""

        async def run() -> Played:
            return await self._play(code, cell, cell_id, execution_count)

        return await self._in_context(run)

    async def _in_context(self, run: Callable[[], Awaitable[Played]]) -> Played:
        if sys.version_info >= (3, 11):

            async def awaited() -> Played:
                return await run()

            return await asyncio.create_task(awaited(), context=self._context)
        return await run()

    async def _play(self, code: str, cell: int, cell_id: str, execution_count: int) -> Played:
        home = self._home
        home.shell.execution_count = execution_count
        parent = _execute_request(home.session_id, code)
        home.outlet.begin(parent["header"]["msg_id"], cell)
        home.kernel.set_parent([b"home"], parent, channel="shell")
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
            home.flush()
        return Played(self._error(reply, code), any(_asks_exit(entry) for entry in reply.get("payload", ())))

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


def _asks_exit(payload: dict[str, Any]) -> bool:
    return payload.get("source") == "ask_exit"


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
