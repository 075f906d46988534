"""How deep the stack is on which a cell runs: as a kernel's, so that recursion ends where it ends there.

Decides how many frames are added below a cell. The counts are those of ipykernel's own way from its launcher
to a cell.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

Result = TypeVar("Result")

_EVENT_LOOP_STEP = "_run"
"""Name of the function of asyncio's that runs one callback."""


def frames_in_task(ipykernel_major: int) -> int:
    """Frames between the event loop's step and `do_execute` in a kernel: its dispatching of one request."""
    return 5 if ipykernel_major < 7 else 4


async def at_depth(frames: int, run: Callable[[], Awaitable[Result]]) -> Result:
    """Awaits `run()` as the frame number `frames` of its task, where fewer lie below it."""
    missing = frames - _frames_in_task() - 1
    return await (_deeper(missing, run) if missing > 0 else run())


async def _deeper(missing: int, run: Callable[[], Awaitable[Result]]) -> Result:
    return await (_deeper(missing - 1, run) if missing > 1 else run())


def _frames_in_task() -> int:
    """Frames of the present task below the caller's, the caller's included."""
    frame = sys._getframe(1)
    count = 0
    while frame is not None and frame.f_code.co_name != _EVENT_LOOP_STEP:
        count += 1
        if frame.f_back is None:
            break
        frame = frame.f_back
    return count
