"""Plays the service's and the agent's part for one home: opens a door, sends cells, collects outputs."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from cellfarm.frames import Frame, FrameStream
from cellfarm.protocol import messages as m

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "cellfarm"
PYTHON = os.environ.get("CELLFARM_TEST_PYTHON", sys.executable)


def need(imports: str) -> None:
    """Skips the test where another Python was named that cannot do these imports; the tests' own has what they need."""
    if PYTHON != sys.executable and subprocess.run([PYTHON, "-c", imports], capture_output=True).returncode:
        pytest.skip(f"{PYTHON} cannot `{imports}`")


def inherited_environment() -> dict[str, str]:
    """The environment without what speaks of this test run: ipykernel behaves otherwise under pytest."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "CELLFARM_"))}


class HomeUnderTest:
    """One home process with the other end of its stream in hand."""

    def __init__(
        self, python: str = PYTHON, cwd: str | None = None, env: dict[str, str] | None = None
    ) -> None:
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        (root / "path").mkdir()
        (root / "path" / "cellfarm").symlink_to(PACKAGE)
        self.objects = root / "objects"
        self.cwd = cwd or str(root)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(root / "door"))
        self.listener.listen()
        self.nonce = secrets.token_hex(16)
        self.process = subprocess.Popen(
            [python, str(PACKAGE / "boot.py"), "cellfarm", "home"],
            env={
                **inherited_environment(),
                "CELLFARM_DOOR": str(root / "door"),
                "CELLFARM_NONCE": self.nonce,
                "CELLFARM_OBJECTS": str(self.objects),
                "CELLFARM_PATH": str(root / "path"),
                **(env or {}),
            },
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.stream = self._accept()
        self.hello = self.read().meta
        self.cells = 0
        self.late: list[dict[str, Any]] = []
        self.notes: list[dict[str, Any]] = []

    def _accept(self) -> FrameStream:
        self.listener.settimeout(30)
        connection, _ = self.listener.accept()
        line = b""
        while not line.endswith(b"\n"):
            line += connection.recv(1)
        assert line.decode().strip() == self.nonce
        return FrameStream(connection)

    def read(self) -> Frame:
        frame = self.stream.read()
        if frame is None:
            assert self.process.stdout is not None
            raise AssertionError(
                f"home is gone: {self.process.wait()}\n{self.process.stdout.read().decode()}"
            )
        return frame

    def send_play(self, code: str, **options: Any) -> int:
        """Sends one cell; its index."""
        cell = options.pop("cell", self.cells)
        self.cells = cell + 1
        meta = {
            "task": f"c{cell}",
            "cell": cell,
            "cellId": f"cell-{cell}",
            "code": code,
            "executionCount": cell + 1,
            "loops": [],
            "fork": False,
            "workers": 0,
            "probe": True,
            **options,
        }
        self.stream.write(Frame(m.FRAME_PLAY, meta))
        return cell

    def play(self, code: str, **options: Any) -> Result:
        """Plays one cell to its end."""
        cell = self.send_play(code, **options)
        outputs: list[dict[str, Any]] = []
        while True:
            frame = self.read()
            if frame.type == m.FRAME_OUTPUT:
                (outputs if frame.meta["cell"] == cell else self.late).append(frame.meta)
            elif frame.type == m.FRAME_NOTE:
                self.notes.append(frame.meta)
            elif frame.type == m.FRAME_PLAYED:
                return Result(outputs, frame.meta)
            else:
                raise AssertionError(f"unexpected frame {frame}")

    def interrupt(self) -> None:
        os.kill(self.process.pid, signal.SIGINT)

    def end(self) -> int:
        """Says `end`; the exit code."""
        if self.process.poll() is None:
            try:
                self.stream.write(Frame(m.FRAME_END))
            except OSError:
                pass
        return self.process.wait(20)

    def __enter__(self) -> HomeUnderTest:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self.end()
        finally:
            self.process.kill()
            self.process.wait()
            if self.process.stdout is not None:
                self.process.stdout.close()
            self.stream.close()
            self.listener.close()
            self.folder.cleanup()


class Result:
    """Outputs and end of one played cell."""

    def __init__(self, messages: list[dict[str, Any]], played: dict[str, Any]) -> None:
        self.messages = messages
        self.played = played

    @property
    def error(self) -> dict[str, Any] | None:
        error: dict[str, Any] | None = self.played["error"]
        return error

    def text(self, name: str = "stdout") -> str:
        return "".join(
            message["content"]["text"]
            for message in self.messages
            if message["type"] == "stream" and message["content"]["name"] == name
        )

    def data(self) -> list[dict[str, Any]]:
        return [message["content"]["data"] for message in self.messages if "data" in message["content"]]
