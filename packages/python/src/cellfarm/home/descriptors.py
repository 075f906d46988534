"""Home's standard descriptors: 0 reads nothing; 1 and 2 are anonymous files that C code and children fill.

Decides how their text is seen without a thread: it is read off the files whenever Python writes or flushes.
The order of Python's own text and theirs is kept by whoever drains at the right moments (`streams`).
"""

from __future__ import annotations

import codecs
import fcntl
import os
import sys
import tempfile
import threading

_READ_BYTES = 1 << 20
_PUNCH_BYTES = 1 << 23


def anonymous_file(name: str) -> int:
    """Descriptor of an empty file that has no name on disk, opened to append; not inherited."""
    if hasattr(os, "memfd_create"):
        fd = os.memfd_create(name)
    else:
        fd, path = tempfile.mkstemp(prefix=name)
        os.unlink(path)
    fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_APPEND)
    return fd


class CapturedDescriptor:
    """What is written to descriptor 1 or 2, by whomever."""

    def __init__(self, fd: int, name: str) -> None:
        self.original = os.dup(fd)
        """Copy of what the descriptor was before, for messages about home itself."""
        self._name = name
        self._fd = fd
        self.own = -1
        """The file's descriptor that is used here: user code may close or replace 1 and 2."""
        self.renew()

    def renew(self) -> None:
        """Starts with an empty file, also in a forked child, whose text must not mix with its parent's."""
        file = anonymous_file(f"cellfarm-{self._name}")
        os.dup2(file, self._fd, inheritable=True)
        os.close(file)
        self._lock = threading.Lock()  # a forked child starts with a free one
        self._read = 0
        self._punched = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        if self.own >= 0:
            os.close(self.own)
        self.own = os.dup(self._fd)

    def has_more(self) -> bool:
        """Whether text came since the last `take`."""
        return os.fstat(self.own).st_size != self._read

    def take(self) -> str:
        """The text that came since the last call; empty if none. Any thread may ask; each text is given once."""
        with self._lock:
            return self._take()

    def _take(self) -> str:
        size = os.fstat(self.own).st_size
        if size < self._read:
            self._read = 0  # someone emptied the file
        if size == self._read:
            return ""
        pieces = []
        while self._read < size:
            piece = os.pread(self.own, min(_READ_BYTES, size - self._read), self._read)
            if not piece:
                break
            self._read += len(piece)
            pieces.append(self._decoder.decode(piece))
        self._forget()
        return "".join(pieces)

    def write(self, text: str) -> None:
        """Appends to the file; how a child forked by user code says something."""
        os.write(self.own, text.encode("utf-8", "replace"))

    def _forget(self) -> None:
        """Gives the memory of text that was read back (Linux)."""
        if self._read - self._punched < _PUNCH_BYTES or not sys.platform.startswith("linux"):
            return
        import ctypes

        keep_size, punch_hole = 1, 2
        whole = self._read & ~0xFFF
        ctypes.CDLL(None).fallocate(
            self.own,
            keep_size | punch_hole,
            ctypes.c_int64(self._punched),
            ctypes.c_int64(whole - self._punched),
        )
        self._punched = whole


def detach_input() -> None:
    """Makes descriptor 0 read nothing, as a kernel's does."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0, inheritable=True)
    os.close(null)
