"""Computes the elements of one shard under its guards: in a forked child, or in a worker that was sent function and items.

Decides how a shard ends (ok, raised, rejected) and what its result holds: for each element its value and what it showed. Where tasks
come from and how results travel is left to others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cellfarm.home import audit
from cellfarm.home.recorder import Recorder
from cellfarm.protocol import messages as m

Function = Callable[[list[Any]], list[Any]]
"""The loop's element as a function of a list of items: `lambda it: [f(x) for x in it]`."""


@dataclass(slots=True)
class Outcome:
    """How a shard ended. Made once for every task, so nothing is spent on making it unchangeable.

    Attributes:
        status: one of the STATUS_* numbers.
        reason: why it is not ok; empty when it is.
        values: when ok, the value of each element.
        shown: when ok, what elements showed, by their place among the values; most show nothing.
    """

    status: int
    reason: str
    values: list[Any]
    shown: dict[int, list[Any]]


def compute(function: Function, items: Sequence[Any], recorder: Recorder) -> Outcome:
    """Computes every element in order; the guards are asked by the caller. Nothing that the user's code raises comes out."""
    values: list[Any] = []
    shown: dict[int, list[Any]] = {}
    for item in items:
        seen = recorder.begin()
        try:
            (value,) = function([item])
        except BaseException as error:  # whatever it is, home meets it itself
            return failed(m.STATUS_RAISED, text_of(error))
        finally:
            recorder.end()
        if seen:
            shown[len(values)] = seen
        values.append(value)
    return Outcome(m.STATUS_OK, "", values, shown)


def failed(status: int, reason: str) -> Outcome:
    """The outcome of a shard that brings nothing."""
    return Outcome(status, reason, [], {})


def broken_guard(violated: Callable[[], str | None], recorder: Recorder) -> Outcome | None:
    """The outcome in place of all that was computed since the guards were asked last; None when they saw nothing."""
    with audit.allowed():
        broken = violated()
    if broken is None and recorder.foreign is not None:
        broken = f"it sends {recorder.foreign} messages to the notebook's page"
    return None if broken is None else failed(m.STATUS_REJECTED, broken)


def text_of(error: BaseException) -> str:
    """Type and text of an exception, cut at 500 characters."""
    try:
        text = str(error)
    except Exception:  # a broken __str__ is the user's
        text = ""
    return f"{type(error).__name__}: {text}"[:500]
