"""The process `cellfarm up` that Jupyter servers of one user share: started by the first that needs it, ended by none.

It ends by itself when no file in the clients' folder speaks for it (packages/cli/src/clients.ts). What it prints goes to one
log file, because the Jupyter server that started it may end before it.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cellfarm import _launcher
from cellfarm.jupyter.clients import Clients
from cellfarm.jupyter.process_birth import process_birth

_LOG_BYTES = 1 << 20
_TAIL_BYTES = 1 << 16
_SECRETS = ("JUPYTER_TOKEN", "JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN")
"""Words of the environment that are Jupyter Server's alone."""


class CannotStart(Exception):
    """The program or its Node is missing; the text says what to do."""


class UpProcess:
    """Starts `cellfarm up`, knows whether it lives, and keeps its log.

    Args:
        home: cellfarm's data folder.
        clients: whose folder it is to watch.
    """

    def __init__(self, home: Path, clients: Clients) -> None:
        self._home = home
        self._clients = clients
        self._pid_file = home / "up.pid"
        self._child: subprocess.Popen[bytes] | None = None
        self.log_path = home / "up.log"

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether no other process is about to start it; nobody else is for the length of the block."""
        lock = os.open(self._home / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            yield _locked(lock)
        finally:
            os.close(lock)

    def start(self) -> None:
        """Start it; whether it comes up is seen by its address. Raises CannotStart."""
        node, bundle = _launcher.find_node(), _launcher.find_bundle()
        if bundle is None:
            raise CannotStart(_launcher.NO_BUNDLE)
        if node is None:
            raise CannotStart(_launcher.no_node())
        environment = _launcher.environment_for(node)
        environment["CELLFARM_HOME"] = str(self._home)
        for name in _SECRETS:
            environment.pop(name, None)
        with self._open_log() as log:
            self._child = subprocess.Popen(
                [str(node), str(bundle), "cellfarm", "up", "--clients", str(self._clients.folder)],
                cwd=self._home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C on Jupyter's terminal is not for it
            )
        pid = self._child.pid
        self._pid_file.write_text(f"{pid} {process_birth(pid)}", "utf-8")

    def is_alive(self) -> bool:
        """Whether the process that was started last, by whichever Jupyter server, lives."""
        return self._living_pid() is not None

    def end(self) -> None:
        """Ask it to end, whoever started it."""
        pid = self._living_pid()
        if pid is not None:
            os.kill(pid, signal.SIGTERM)

    def kill(self) -> None:
        """End it at once if this process started it; what it started ends with it."""
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
            self._child.wait()

    def _living_pid(self) -> int | None:
        if self._child is not None:
            self._child.poll()  # so that it does not stay behind as a zombie
        try:
            pid, birth = self._pid_file.read_text("utf-8").split(" ", 1)
        except (FileNotFoundError, ValueError):
            return None
        return int(pid) if process_birth(int(pid)) == birth else None

    def note(self, text: str) -> None:
        """Write a line of our own between its lines."""
        with self._open_log() as log:
            log.write(f"{time.strftime('%H:%M:%S')} jupyter {os.getpid()}: {text}\n".encode())

    def last_lines(self, count: int) -> list[str]:
        """The end of its log."""
        try:
            with self.log_path.open("rb") as log:
                size = log.seek(0, os.SEEK_END)
                log.seek(max(0, size - _TAIL_BYTES))
                return log.read().decode("utf-8", errors="replace").splitlines()[-count:]
        except FileNotFoundError:
            return []

    @contextmanager
    def _open_log(self) -> Iterator[BinaryIO]:
        if self.log_path.exists() and self.log_path.stat().st_size > _LOG_BYTES:
            self.log_path.replace(self.log_path.with_suffix(".log.old"))
        descriptor = os.open(self.log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "ab", buffering=0) as log:
            yield log


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
