"""Computes the elements of one shard under its guards: in a forked child, or in a worker that was sent function and items.

Decides how a shard ends (ok, raised, rejected, unshippable) and what its result holds: for each element its value and what it
showed. Where tasks come from and results go is left to `shard` and to the worker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cellfarm.container import Parts, PicklerFactory, dump
from cellfarm.home import audit
from cellfarm.home.recorder import Recorder
from cellfarm.protocol import messages as m

Function = Callable[[list[Any]], list[Any]]
"""The loop's element as a function of a list of items: `lambda it: [f(x) for x in it]`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a shard ended: a STATUS_* number, the reason (empty when ok), and the result when ok."""

    status: int
    reason: str
    parts: Parts | None


def compute(function: Function, items: Sequence[Any], recorder: Recorder, pickler: PicklerFactory) -> Outcome:
    """Computes every element in order; the guards are asked by the caller. Nothing that the user's code raises comes out."""
    results: list[tuple[Any, list[Any]]] = []
    for item in items:
        with recorder.element() as shown:
            try:
                (value,) = function([item])
            except BaseException as error:  # whatever it is, home meets it itself
                return Outcome(m.STATUS_RAISED, _text_of(error), None)
        results.append((value, shown))
    with audit.allowed():
        try:
            return Outcome(m.STATUS_OK, "", dump(results, pickler))
        except Exception as error:  # the user's own reducers may raise anything
            return Outcome(m.STATUS_UNSHIPPABLE, f"a result cannot be pickled: {_text_of(error)}", None)


def broken_guard(violated: Callable[[], str | None], recorder: Recorder) -> Outcome | None:
    """The outcome in place of all that was computed since the guards were asked last; None when they saw nothing."""
    with audit.allowed():
        broken = violated()
    if broken is None and recorder.foreign is not None:
        broken = f"it sends {recorder.foreign} messages to the notebook's page"
    return None if broken is None else Outcome(m.STATUS_REJECTED, broken, None)


def _text_of(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # a broken __str__ is the user's
        text = ""
    return f"{type(error).__name__}: {text}"[:500]
