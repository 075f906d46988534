# mypy: disallow-subclassing-any=False
# (ipykernel's types are not read: it is the notebook's own, of any version from 6.31 on.)
"""sys.stdout and sys.stderr of home: ipykernel's OutStream without its thread, socket and descriptor watcher.

Decides when text is sent (at once while it is little, in pieces while it is much) and that the text of C
code and child processes keeps its place among Python's. Buffers, parents and hooks are ipykernel's own.
"""

from __future__ import annotations

import os
import threading
import time
import types
from collections.abc import Callable
from typing import Any

from ipykernel.iostream import IOPubThread, OutStream

from cellfarm.home.descriptors import CapturedDescriptor

_INTERVAL_SECONDS = 0.1
_LINES_AT_ONCE = 20
"""Lines sent one by one in each interval; the rest of it goes together."""
_PIECE_CHARACTERS = 1 << 16


class NoThread(IOPubThread):
    """Stands where OutStream wants its publishing thread, and does everything at once."""

    def __init__(self) -> None:
        self.thread = types.SimpleNamespace(is_alive=lambda: False, ident=-1)
        self.io_loop = None
        self.socket = None

    def schedule(self, f: Callable[[], object]) -> None:
        f()


class HomeStream(OutStream):
    """One of home's two text streams."""

    def __init__(self, session: Any, name: str, captured: CapturedDescriptor) -> None:
        super().__init__(session, NoThread(), name, watchfd=False)
        self._captured = captured
        self._original_stdstream_copy = captured.original
        self._draining = False
        self._guard = threading.RLock()
        self._busy = False
        """Whether a write or flush is under way in the thread that holds the guard."""
        self._unsent = 0
        self._waiting_since = 0.0
        self._child_text = ""
        self._lines_left = _LINES_AT_ONCE
        self._interval_end = 0.0

    def write(self, string: str) -> int | None:
        """Takes text; it is on its way to the notebook when it is worth a message."""
        if os.getpid() != self._master_pid:
            return self._write_in_child(string)
        with self._guard:
            if self._busy:  # a finalizer prints in the middle of a write or flush: that one goes on first
                self._unsent += len(string)
                count: int | None = super().write(string)
                return count
            try:
                self._busy = True
                return self._write(string)
            finally:
                self._busy = False

    def flush(self) -> None:
        """Sends what there is."""
        if os.getpid() != self._master_pid:
            self._captured.write(self._child_text)
            self._child_text = ""
            return
        with self._guard:
            if self._busy:
                return
            try:
                self._busy = True
                self._send()
            finally:
                self._busy = False

    def send_waiting(self) -> None:
        """Sends what has waited long enough, unless a write or flush is under way; called by a signal's handler."""
        if os.getpid() != self._master_pid or not self._guard.acquire(blocking=False):
            return
        try:
            waits = self._unsent and time.monotonic() - self._waiting_since >= _INTERVAL_SECONDS
            if waits or self._captured.has_more():
                self.flush()
        finally:
            self._guard.release()

    def _send(self) -> None:
        self._unsent = 0
        super().flush()

    def _write(self, string: str) -> int | None:
        # `print` writes its text and its line's end one after the other: nothing comes between them.
        if string != "\n" and self._captured.has_more():
            self.drain()
        count: int | None = super().write(string)
        now = time.monotonic()
        if not self._unsent:
            self._waiting_since = now
        self._unsent += len(string)
        self._send_if_due(string, now)
        return count

    def drain(self) -> None:
        """Sends what C code and child processes wrote, after the Python text that came before it."""
        if self._draining:
            return
        self._draining = True
        try:
            text = self._captured.take()
            if text:
                self._flush()
                content = {"name": self.name, "text": text}
                message = self.session.msg("stream", content, parent=self.parent_header)
                self.session.send(self.pub_thread, message, ident=self.topic)
        finally:
            self._draining = False

    def _flush(self) -> None:
        self.drain()
        super()._flush()

    def _write_in_child(self, string: str) -> int:
        """A child that user code forked appends whole lines to the file that home reads."""
        if not isinstance(string, str):
            raise TypeError(f"write() argument must be str, not {type(string)}")
        lines, end, rest = (self._child_text + string).rpartition("\n")
        self._child_text = rest
        if end:
            self._captured.write(lines + end)
        return len(string)

    def _schedule_flush(self) -> None:
        """Nothing is scheduled; `write` sends."""

    def _send_if_due(self, string: str, now: float) -> None:
        if now >= self._interval_end:
            self._interval_end = now + _INTERVAL_SECONDS
            self._lines_left = _LINES_AT_ONCE
        if self._unsent >= _PIECE_CHARACTERS or now - self._waiting_since >= _INTERVAL_SECONDS:
            self._send()
        elif self._lines_left and string.endswith("\n"):
            self._lines_left -= 1
            self._send()


# Seen by user code as what it stands for.
HomeStream.__name__, HomeStream.__qualname__, HomeStream.__module__ = (
    OutStream.__name__,
    OutStream.__qualname__,
    OutStream.__module__,
)
