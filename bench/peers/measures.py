"""The measurements that every Python peer takes in the same way. Each returns numbers by name; units are in the names.

What the driver asks for is JSON on standard input, one request a line; the answer is one line. Whatever a system itself writes to
standard output goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

import tasks
from system import System

Numbers = dict[str, float]


def no_op(system: System, count: int) -> Numbers:
    """Tasks a second."""
    system.each(tasks.same, range(200))
    began = time.perf_counter()
    results = system.each(tasks.same, range(count))
    seconds = time.perf_counter() - began
    _expect(results == list(range(count)), "every task returns its number")
    return {"tasksPerSecond": count / seconds}


def round_trip(system: System, repeats: int) -> Numbers:
    """Two tasks out and back, again and again."""
    system.each(tasks.same, range(200))
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        results = system.each(tasks.same, (1, 2))
        times.append(time.perf_counter() - began)
        _expect(results == [1, 2], "both tasks return")
    return percentiles(times)


def chain(system: System, count: int) -> Numbers:
    """Time of one step."""
    system.chain(tasks.increment, 10)
    began = time.perf_counter()
    last = system.chain(tasks.increment, count)
    seconds = time.perf_counter() - began
    _expect(last == count, "the chain counts its steps")
    return {"stepMicroseconds": seconds / count * 1e6}


def hand_over_each(system: System, count: int, size: int) -> Numbers:
    """One large array after the other: from the moment when it is there in its worker until it is here.

    Each goes beside a tiny one, because cellfarm computes a map of one element at home.
    """
    system.each(tasks.filled, [(0, 8), (1, 8)])
    seconds = 0.0
    for number in range(count):
        (array, there), _ = system.each(tasks.filled, [(number, size), (number, 8)])
        touched = float(array[0]) + float(array[-1])
        seconds += time.perf_counter() - there
        _expect(touched == 2.0 * number, "the array holds its number")
    return {"arraysPerSecond": count / seconds, "megabytesPerSecond": count * size / seconds / 1e6}


def hand_over_many(system: System, count: int, size: int) -> Numbers:
    """From the moment when the first array is there in its worker until all of them are here."""
    system.each(tasks.filled, [(0, 8), (1, 8)])
    results = system.each(tasks.filled, [(number, size) for number in range(count)])
    touched = [float(array[0]) + float(array[-1]) for array, _ in results]
    seconds = time.perf_counter() - min(there for _, there in results)
    _expect(touched == [2.0 * number for number in range(count)], "every array holds its number")
    return {"arraysPerSecond": count / seconds, "megabytesPerSecond": count * size / seconds / 1e6}


def resting(system: System, count: int, milliseconds: float) -> Numbers:
    """A map of tasks that only take time."""
    system.each(tasks.rest, [0.0, 0.0])
    began = time.perf_counter()
    system.each(tasks.rest, [milliseconds / 1e3] * count)
    return {"seconds": time.perf_counter() - began}


MEASURES: dict[str, Callable[..., Numbers]] = {
    "noOp": no_op,
    "roundTrip": round_trip,
    "chain": chain,
    "handOver64K": hand_over_many,
    "handOver256M": hand_over_each,
    "resting": resting,
}


def percentiles(times: list[float]) -> Numbers:
    """Median and 99th percentile, in microseconds."""
    ordered = sorted(times)
    return {
        "p50Microseconds": ordered[len(ordered) // 2] * 1e6,
        "p99Microseconds": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1e6,
    }


def serve(start: Callable[[int], System]) -> None:
    """Starts the system with as many workers as the first argument says, says so, and answers until its input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    system = start(int(sys.argv[1]))
    try:
        answers.write('{"ready": true}\n')
        for line in sys.stdin:
            answers.write(json.dumps(_answer(system, json.loads(line))) + "\n")
    finally:
        system.close()


def _answer(system: System, request: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"numbers": MEASURES[request["measure"]](system, **request["with"])}
    except Exception:  # a peer that fails is a line of the table, not the end of the benchmark
        return {"error": traceback.format_exc()}


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(f"it is not so that {what}")
