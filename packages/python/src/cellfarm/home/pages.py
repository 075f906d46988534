"""Large memory watched by its pages: in a forked child a page that nobody wrote is still shared with home, and Linux says so.

Reading a gigabyte's page table takes 15 ms where a checksum takes 600. Trusted only after a trial in the very process, and
only for private memory; whatever is not certain counts as written, which costs time and never the answer.
"""

from __future__ import annotations

import array
import mmap
import os
import sys
from typing import Any

_ENTRY_BYTES = 8
_EXCLUSIVE, _FILE_OR_SHARED, _SWAPPED, _PRESENT = 1 << 56, 1 << 61, 1 << 62, 1 << 63
_FLAGS = _EXCLUSIVE | _FILE_OR_SHARED | _SWAPPED | _PRESENT
LEAST_BYTES = 1 << 20
"""Smaller memory is faster summed."""

_trial_page: mmap.mmap | None = None
_trusted: dict[int, bool] = {}
"""Outcome of the trial, by process id."""


def prepare() -> None:
    """Called in home before it forks: makes the page on which a child tries whether the kernel tells the truth."""
    global _trial_page
    if _trial_page is None and sys.platform == "linux":
        _trial_page = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        _trial_page[0] = 1


class PageWatch:
    """The pages of one piece of memory, shared with home when this was made."""

    def __init__(self, address: int, size: int) -> None:
        self._first = address // mmap.PAGESIZE
        self._count = (address + size - 1) // mmap.PAGESIZE - self._first + 1
        self._present = _present(self._first, self._count)

    def written(self) -> bool:
        """Whether any page may have been written since."""
        now = _present(self._first, self._count)
        return now is None or self._present is None or _any_left(self._present, now)

    @property
    def certain(self) -> bool:
        """Whether every page was still home's when this was made."""
        return self._present is not None


def watch(address: int, size: int) -> PageWatch | None:
    """A watch over memory, or None where its pages tell nothing: not in a forked child, shared or swapped memory."""
    if size < LEAST_BYTES or not _is_trusted():
        return None
    made = PageWatch(address, size)
    return made if made.certain else None


def _present(first: int, count: int) -> bytes | None:
    """For each page whether it is in memory; None when any is this process' own, a file's, or swapped out."""
    entries = _entries(first, count)
    if entries is None:
        return None
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        found: Any = numpy.frombuffer(entries, "u8")
        if (found & numpy.uint64(_EXCLUSIVE | _FILE_OR_SHARED | _SWAPPED)).any():
            return None
        return bytes((found >> numpy.uint64(63)).astype("u1"))
    if any(entry & (_EXCLUSIVE | _FILE_OR_SHARED | _SWAPPED) for entry in entries):
        return None
    return bytes(entry >> 63 for entry in entries)


def _any_left(before: bytes, now: bytes) -> bool:
    """Whether a page that was in memory is gone: someone gave it back, and it reads as zeros."""
    return before != now and any(was and not one for was, one in zip(before, now, strict=True))


def _entries(first: int, count: int) -> array.array[int] | None:
    try:
        fd = os.open("/proc/self/pagemap", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        raw = os.pread(fd, count * _ENTRY_BYTES, first * _ENTRY_BYTES)
    except OSError:
        return None
    finally:
        os.close(fd)
    return array.array("Q", raw) if len(raw) == count * _ENTRY_BYTES else None


def _is_trusted() -> bool:
    pid = os.getpid()
    known = _trusted.get(pid)
    if known is None:
        known = _trusted[pid] = _trial()
    return known


def _trial() -> bool:
    """Whether the page that home wrote is told as shared before this process writes it, and as its own afterwards."""
    if _trial_page is None:
        return False
    import ctypes

    address = ctypes.addressof(ctypes.c_char.from_buffer(_trial_page))
    before = _entries(address // mmap.PAGESIZE, 1)
    if before is None or before[0] & _FLAGS != _PRESENT:
        return False
    _trial_page[0] = 2
    after = _entries(address // mmap.PAGESIZE, 1)
    return after is not None and after[0] & _FLAGS == _PRESENT | _EXCLUSIVE
