"""Copies a large piece of memory into a file from both its ends at once: one thread writes, another copies through a mapping.

Decides who takes which piece. A file lets one `write` in at a time, and pages that are new to a virtual machine are slow to come; a
mapping needs no such turn, so both processors work. The room in the file is reserved before, by the caller.
"""

from __future__ import annotations

import _thread
import ctypes
import mmap
import os
import sys

from cellfarm.frames import whole

LEAST_BYTES = 64 << 20
"""Smaller pieces are written sooner than a thread has begun."""
_PIECE_BYTES = 1 << 20


def can_fill(piece: memoryview) -> bool:
    """Whether it is worth while, and possible: Python gives the address of memory only where it may be written."""
    worth = piece.nbytes >= LEAST_BYTES and not piece.readonly and (os.cpu_count() or 1) > 1
    return worth and sys.platform == "linux"


def fill(fd: int, at: int, piece: memoryview) -> None:
    """Writes `piece` at byte `at` of the file, which is that long already. Raises OSError."""
    with (
        whole(),
        mmap.mmap(fd, at + piece.nbytes) as mapped,
    ):  # an interrupt must not unmap what is copied into
        ends = _Ends(piece.nbytes)
        busy = _thread.allocate_lock()
        busy.acquire()
        _thread.start_new_thread(_copy_from_back, (ends, _address(mapped) + at, _address(piece), busy))
        try:
            while (taken := ends.take_front()) is not None:
                _write(fd, at + taken[0], piece[taken[0] : taken[1]])
        finally:
            ends.stop()
            busy.acquire()


class _Ends:
    """What nobody has taken yet: pieces between front and back."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._front = 0
        self._back = -(-size // _PIECE_BYTES)
        self._lock = _thread.allocate_lock()

    def take_front(self) -> tuple[int, int] | None:
        """The first piece, [start, stop) in bytes; None when nothing is left."""
        with self._lock:
            if self._front >= self._back:
                return None
            self._front += 1
            return self._bytes(self._front - 1)

    def take_back(self) -> tuple[int, int] | None:
        """The last piece."""
        with self._lock:
            if self._front >= self._back:
                return None
            self._back -= 1
            return self._bytes(self._back)

    def stop(self) -> None:
        """Nothing is left, whatever was."""
        with self._lock:
            self._back = self._front

    def _bytes(self, number: int) -> tuple[int, int]:
        return number * _PIECE_BYTES, min((number + 1) * _PIECE_BYTES, self._size)


def _copy_from_back(ends: _Ends, target: int, source: int, busy: _thread.LockType) -> None:
    try:
        while (taken := ends.take_back()) is not None:
            start, stop = taken
            ctypes.memmove(target + start, source + start, stop - start)  # lets other threads go on meanwhile
    finally:
        busy.release()


def _address(memory: mmap.mmap | memoryview) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))


def _write(fd: int, at: int, piece: memoryview) -> None:
    while piece.nbytes:
        count = os.pwrite(fd, piece, at)
        at += count
        piece = piece[count:]
