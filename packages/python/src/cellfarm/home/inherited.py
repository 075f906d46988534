"""Descriptors that a forked shard has from home: made harmless before the user's code runs in it.

A file open for reading gets an offset of its own; one open for writing becomes an anonymous file whose growth is seen; sockets,
pipes and files open for both give an error on every use, so that the element fails here and is computed at home.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Collection

from cellfarm.home.descriptors import anonymous_file


class InheritedDescriptors:
    """What became of the descriptors. Linux only, as forking is."""

    def __init__(self, kept: Collection[int]) -> None:
        """Changes every descriptor above 2 that is not in `kept`. Closes none: a number must not be given out again."""
        self._readers: dict[int, int] = {}
        self._writers: list[int] = []
        dead = os.open("/", os.O_PATH)
        for fd in sorted(int(name) for name in os.listdir("/proc/self/fd")):
            if fd <= 2 or fd in kept or fd == dead:
                continue
            try:
                mode = os.fstat(fd).st_mode
                access = fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE
            except OSError:  # the listing's own
                continue
            self._disarm(fd, mode, access, dead)
        os.close(dead)

    def _disarm(self, fd: int, mode: int, access: int, dead: int) -> None:
        if access == os.O_RDONLY and stat.S_ISREG(mode):
            self._reopen(fd, dead)
        elif access == os.O_WRONLY and stat.S_ISREG(mode):
            file = anonymous_file("cellfarm-writes")
            os.dup2(file, fd, inheritable=False)
            os.close(file)
            self._writers.append(fd)
        elif stat.S_ISCHR(mode) or stat.S_ISDIR(mode):
            return
        else:
            os.dup2(dead, fd, inheritable=False)

    def _reopen(self, fd: int, dead: int) -> None:
        offset = os.lseek(fd, 0, os.SEEK_CUR)
        try:
            own = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY)
        except OSError:  # no permission any more, or the file system cannot
            os.dup2(dead, fd, inheritable=False)
            return
        os.lseek(own, offset, os.SEEK_SET)
        os.dup2(own, fd, inheritable=False)
        os.close(own)
        self._readers[fd] = offset

    def used(self) -> str | None:
        """What the user's code did with them, as half a sentence; None when nothing."""
        for fd, offset in self._readers.items():
            if _offset(fd) not in (offset, None):
                return "it reads from a file that was open before"
        for fd in self._writers:
            if _offset(fd) is not None and os.fstat(fd).st_size:
                return "it writes to a file that was open before"
        return None


def _offset(fd: int) -> int | None:
    try:
        return os.lseek(fd, 0, os.SEEK_CUR)
    except OSError:
        return None
