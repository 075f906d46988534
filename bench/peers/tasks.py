"""What the tasks of the peers do. A module of its own, because workers of every system must be able to import it."""

from __future__ import annotations

import time
from typing import Any

import numpy as np


def same(value: int) -> int:
    """A task that does nothing: what is left is the system's own time."""
    return value


def increment(value: int) -> int:
    """One step of a chain."""
    return value + 1


def rest(seconds: float) -> float:
    """A task that takes time and no processor."""
    time.sleep(seconds)
    return seconds


def filled(number_and_bytes: tuple[int, int]) -> tuple[Any, float]:
    """An array of so many bytes, and the moment (`time.perf_counter`, one clock for all processes) when it was there."""
    number, size = number_and_bytes
    array = np.full(size // 8, float(number))
    return array, time.perf_counter()
