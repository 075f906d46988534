"""A real kernel in a process of its own, and what a front end says to it."""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.manager import start_new_kernel

PACKAGE = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0


def kernel_environment(folder: Path) -> dict[str, str]:
    """In which Jupyter finds the kernelspec `cellfarm`, and kernels the package."""
    kernels = folder / "kernels"
    kernels.mkdir(parents=True, exist_ok=True)
    if not (kernels / "cellfarm").exists():
        (kernels / "cellfarm").symlink_to(PACKAGE / "kernelspec")
    return {
        "JUPYTER_PATH": str(folder),
        "PYTHONPATH": str(PACKAGE / "src"),
        "IPYTHONDIR": str(folder / "ipython"),  # its history is not the user's
    }


class Kernel:
    def __init__(self, manager: Any, client: Any) -> None:
        self.manager = manager
        self.client = client

    def send(
        self, channel: str, kind: str, content: dict[str, Any], subshell: str | None = None, **more: Any
    ) -> str:
        message = self.client.session.msg(kind, content, **more)
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        getattr(self.client, f"{channel}_channel").send(message)
        return str(message["header"]["msg_id"])

    def reply(self, channel: str, request: str) -> dict[str, Any]:
        while True:
            message = getattr(self.client, f"{channel}_channel").get_msg(timeout=PATIENCE_SECONDS)
            if message["parent_header"].get("msg_id") == request:
                return dict(message["content"])

    def run_later(self, code: str, cell: str | None = None, tags: object = None) -> str:
        """Ask for a cell to be run, as JupyterLab does it."""
        metadata = {"cellId": cell} if cell is not None else {}
        metadata |= {"cellfarm": tags} if tags is not None else {}
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,  # or what is asked next may be aborted
        }
        return self.send("shell", "execute_request", content, metadata=metadata)

    def run(self, code: str, cell: str | None = None, tags: object = None) -> dict[str, Any]:
        return self.reply("shell", self.run_later(code, cell, tags))

    def begins_to_print(self, request: str) -> None:
        """Returns when a cell has printed something."""
        while True:
            message = self._next()
            if message["msg_type"] == "stream" and message["parent_header"].get("msg_id") == request:
                return

    def printed(self, request: str) -> str:
        """What a finished cell printed."""
        text = ""
        while True:
            message = self._next()
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "stream":
                text += message["content"]["text"]
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return text

    def open_comm(self, comm: str, target: str, subshell: str | None = None) -> str:
        content = {"comm_id": comm, "target_name": target, "data": {}}
        return self.send("shell", "comm_open", content, subshell)

    def is_idle_after(self, request: str) -> None:
        """Returns when the kernel has done what a request asked for."""
        while True:
            message = self._next()
            idle = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
            if idle and message["parent_header"].get("msg_id") == request:
                return

    def told(self, comm: str) -> dict[str, Any]:
        """The next message of the kernel on a comm."""
        while True:
            message = self._next()
            if message["msg_type"] == "comm_msg" and message["content"]["comm_id"] == comm:
                return dict(message["content"]["data"])

    def event(self, name: str) -> dict[str, Any]:
        """The next event of that name from the debugger."""
        while True:
            message = self._next()
            if message["msg_type"] == "debug_event" and message["content"]["event"] == name:
                return dict(message["content"])

    def _next(self) -> dict[str, Any]:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return dict(self.client.iopub_channel.get_msg(timeout=1))
            except queue.Empty:
                assert time.monotonic() < give_up, "the kernel said nothing of the kind"


@contextmanager
def running(folder: Path, name: str = "cellfarm") -> Iterator[Kernel]:
    """A kernel of that kernelspec."""
    environment = {**os.environ, **kernel_environment(folder)}
    before = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = str(folder)  # where this process looks for the kernelspec
    try:
        manager, client = start_new_kernel(
            kernel_name=name, env=environment, startup_timeout=PATIENCE_SECONDS
        )
    finally:
        if before is None:
            del os.environ["JUPYTER_PATH"]
        else:
            os.environ["JUPYTER_PATH"] = before
    try:
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
