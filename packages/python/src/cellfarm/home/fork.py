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
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def fork(children: set[int]) -> int:
    """0 in the child, the child's pid in the parent. Raises OSError when the system has no room for another process.

    The pid is in `children` before any interrupt can be met, so that every child is waited for.

    The child keeps the parent's `random` state (Python would seed it anew), and its objects stay out of garbage
    collections, which would copy all memory.
    """
    flush_c_streams()
    drawn = random.getstate()
    with _undisturbed():
        gc.freeze()
        pid = _fork()
        if pid != 0:
            gc.unfreeze()
        if pid > 0:
            children.add(pid)
    if pid < 0:
        raise OSError(-pid, os.strerror(-pid))
    if pid == 0:
        random.setstate(drawn)
    return pid


def reap(children: set[int]) -> None:
    """Takes note of forked children that have ended, so that none stays as a zombie; those leave `children`."""
    for pid in list(children):
        try:
            ended, _ = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:  # user code waited for it
            ended = pid
        if ended:
            children.discard(pid)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No signal handler and no finalizer runs within it: Python holds locks of its own while it forks.

    An interrupt that arrives meanwhile is met at the end.
    """
    collects = gc.isenabled()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        gc.disable()
        yield
    finally:
        if collects:
            gc.enable()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _fork() -> int:
    """0 in the child, the pid in the parent, or the negative number of the error."""
    try:
        api, system = ctypes.pythonapi, ctypes.PyDLL(None, use_errno=True)
        before, in_parent, in_child = api.PyOS_BeforeFork, api.PyOS_AfterFork_Parent, api.PyOS_AfterFork_Child
        system_fork = system.fork
    except AttributeError:
        return _fork_by_os()
    for function in (before, in_parent, in_child):
        function.restype = None
    before()
    pid = int(system_fork())
    error = ctypes.get_errno()
    if pid == 0:
        in_child()
        return 0
    in_parent()
    return pid if pid > 0 else -error


def _fork_by_os() -> int:
    try:
        return os.fork()
    except OSError as error:
        return -(error.errno or 1)


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
