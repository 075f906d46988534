"""Forks this process and lets every library's own at-fork hooks run, without the warning that `os.fork` gives in threaded processes.

Knows nothing of shards; what the child does is `shard`'s matter.
"""

from __future__ import annotations

import ctypes
import functools
import gc
import os
import random
import signal
import sys
from typing import Any


def fork() -> int:
    """0 in the child, the child's pid in the parent. Raises OSError when the system has no room for another process.

    The child keeps the parent's `random` state (Python would seed it anew) and its objects stay out of garbage collections, which
    would copy all memory.
    """
    flush_c_streams()
    drawn = random.getstate()
    gc.freeze()
    try:
        pid = _fork()
    finally:
        if not _in_child:
            gc.unfreeze()
    if pid == 0:
        random.setstate(drawn)
    return pid


_in_child = False


def _fork() -> int:
    global _in_child
    try:
        api, system = ctypes.pythonapi, ctypes.PyDLL(None, use_errno=True)
        before, in_parent, in_child = api.PyOS_BeforeFork, api.PyOS_AfterFork_Parent, api.PyOS_AfterFork_Child
        system_fork = system.fork
    except AttributeError:
        pid = os.fork()
        _in_child = pid == 0
        return pid
    for function in (before, in_parent, in_child):
        function.restype = None
    before()
    pid = int(system_fork())
    error = ctypes.get_errno()
    if pid == 0:
        in_child()
        _in_child = True
        return 0
    in_parent()
    if pid < 0:
        raise OSError(error, os.strerror(error))
    return pid


def flush_c_streams() -> None:
    """Writes out what C code has printed but not flushed, so that a child does not print it again."""
    flush = _c_flush()
    if flush is not None:
        flush(None)


@functools.cache
def _c_flush() -> Any:
    try:
        return ctypes.PyDLL(None).fflush
    except (AttributeError, OSError, TypeError):  # no C library to be found in this process
        return None


def die_with_parent(parent: int) -> None:
    """Ends this process when `parent` ends, on Linux by the kernel; raises SystemExit when it has ended already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        raise SystemExit(0)


def reset_signals() -> None:
    """Signal handlers of a child: the keyboard's interrupt is home's matter, everything else ends the child as by default."""
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGPIPE):
            continue
        handler = signal.getsignal(number)
        if callable(handler):
            signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
