"""A clock without a thread: a signal of the system's own timer, a few times a second, so that text that waits is seen.

Decides how the signal is raised and that it disturbs nothing: system calls go on by themselves, except in a
cell that has started a process (Python then waits in a call that would not let it look). What is done at a
tick is the caller's. Elsewhere than on Linux nothing ticks: text then waits for the next write or the cell's
end.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

_CLOCK_MONOTONIC = 1
_SIGEV_THREAD_ID = 4


class _SignalEvent(ctypes.Structure):
    """`struct sigevent` with a thread to be signalled."""

    _fields_ = (
        ("value", ctypes.c_void_p),
        ("signal", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("thread", ctypes.c_int),
        ("padding", ctypes.c_int * 11),
    )


class _Time(ctypes.Structure):
    """`struct timespec`."""

    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class _Interval(ctypes.Structure):
    """`struct itimerspec`."""

    _fields_ = (("interval", _Time), ("first", _Time))


class Ticker:
    """Calls `tick` in the main thread every `seconds`, between two steps of whatever runs there. Made in that thread."""

    def __init__(self, seconds: float, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._timer: ctypes.c_void_p | None = None
        self._library = _library_with_timers()
        if self._library is None:
            return
        self._number = signal.SIGRTMAX - 3
        signal.signal(self._number, self._handle)
        self.wait_whole()
        event = _SignalEvent(None, self._number, _SIGEV_THREAD_ID, threading.get_native_id())
        timer = ctypes.c_void_p()
        if self._library.timer_create(_CLOCK_MONOTONIC, ctypes.byref(event), ctypes.byref(timer)) != 0:
            return
        self._timer = timer
        period = _Time(int(seconds), int(seconds % 1 * 1e9))
        self._library.timer_settime(timer, 0, ctypes.byref(_Interval(period, period)), None)
        sys.addaudithook(self._audit)

    def wait_whole(self) -> None:
        """Ticks interrupt no system call from now on, until the next process is started."""
        if self._library is not None:
            signal.siginterrupt(self._number, False)

    def stop(self) -> None:
        """Nothing ticks any more; before Python takes its signal handlers away."""
        if self._library is not None and self._timer is not None:
            self._library.timer_delete(self._timer)
            self._timer = None
            signal.signal(self._number, signal.SIG_IGN)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._tick()

    def _audit(self, event: str, arguments: tuple[object, ...]) -> None:
        started = event == "subprocess.Popen" and self._timer is not None
        if started and threading.current_thread() is threading.main_thread():
            signal.siginterrupt(self._number, True)


def _library_with_timers() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    for name in (None, "librt.so.1"):  # timers were in a library of their own before glibc 2.34
        try:
            library = ctypes.CDLL(name, use_errno=True)
        except OSError:
            continue
        if hasattr(library, "timer_create"):
            return library
    return None
