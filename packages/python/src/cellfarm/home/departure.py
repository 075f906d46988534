"""May the elements of this loop leave home, and how? Asked once per loop, when its first element is due.

Decides between fork, ship and home, with the reason in words for a note. Knows nothing of frames; what is reachable is `reach`'s
question, what can be watched `baseline`'s.
"""

from __future__ import annotations

import sys
import types
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cellfarm.home.baseline import unwatchable
from cellfarm.home.compute import Function
from cellfarm.home.fork_safety import unsafe_reason
from cellfarm.home.not_a_number import is_offered
from cellfarm.home.reach import Reach, global_names
from cellfarm.home.shell import HomeShell
from cellfarm.protocol.messages import PlayMetaLoopsItem


@dataclass(frozen=True, slots=True)
class StaysHome(Exception):
    """The loop is computed at home; `code` is a stable word, `text` a sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Departure:
    """How the elements leave, and everything that they and their function reach."""

    way: Literal["fork", "ship"]
    reach: Reach


def decide(
    site: PlayMetaLoopsItem,
    function: Function,
    code: Any,
    items: Sequence[Any],
    home: HomeShell,
    may_fork: bool,
) -> Departure:
    """Raises StaysHome with the reason when the elements may not leave. `code` is what the user wrote for an element."""
    _check_streams(home)
    reach = _reachable(site, code, items, home.namespace)
    if may_fork:
        unsafe = unsafe_reason()
        if unsafe is None:
            return Departure("fork", reach)
        if not site["shippable"]:
            raise StaysHome(
                "fork-unsafe", f"a fork is not safe: {unsafe}; and what the loop computes is not proved pure"
            )
    elif not site["shippable"]:
        raise StaysHome(
            "not-shippable", "what the loop computes is not proved pure, so it is not shipped by value"
        )
    if any(type(value) is float and not is_offered(value) for value in reach.objects):
        raise StaysHome(
            "not-shippable",
            "it reads a NaN of the notebook's own, which a worker cannot bring back as itself",
        )
    return Departure("ship", reach)


def _check_streams(home: HomeShell) -> None:
    if sys.stdout is not home.streams[0] or sys.stderr is not home.streams[1]:
        raise StaysHome("output-redirected", "sys.stdout or sys.stderr is replaced while the loop runs")
    shell = home.shell
    if type(shell.display_pub).__name__ != shell.display_pub_class.__name__:
        raise StaysHome("output-redirected", "displays are captured while the loop runs")
    if warnings.showwarning is not getattr(warnings, "_showwarning_orig", warnings.showwarning):
        raise StaysHome("warnings-redirected", "warnings.showwarning is replaced")


def _reachable(site: PlayMetaLoopsItem, code: Any, items: Sequence[Any], namespace: dict[str, Any]) -> Reach:
    reach = Reach(namespace)
    roots = [(name, namespace[name]) for name in site["reads"] if name in namespace]
    roots += [("the element's code", code), ("an element", items)]
    reach.walk(roots)
    if reach.refusal is not None:
        raise StaysHome(
            "not-shareable", f"the loop's code reads something that stays in this process: {reach.refusal}"
        )
    for name in site["accumulators"]:
        if name in namespace and reach.holds(namespace[name]):
            raise StaysHome(
                "reads-accumulator", f"the loop's code can reach `{name}`, which the loop changes"
            )
    hidden = unwatchable(reach)
    if hidden is not None:
        raise StaysHome(
            "not-watchable", f"the loop's code reads something whose changes cannot be seen: {hidden}"
        )
    if site["form"] == "append-loop":
        _check_targets(code, reach, namespace)
    return reach


def _check_targets(code: Any, reach: Reach, namespace: dict[str, Any]) -> None:
    """The target of a `for` statement is a global name that changes with each element; the shard's is not."""
    targets = _bound_names(code.__code__) - set(code.__code__.co_varnames[: code.__code__.co_argcount])
    for function in reach.functions:
        if function is code or function.__globals__ is not namespace:
            continue
        read = targets & global_names(function.__code__)
        if read:
            raise StaysHome(
                "reads-loop-variable", f"{function.__qualname__} reads the loop's variable `{min(read)}`"
            )


def _bound_names(code: types.CodeType) -> set[str]:
    names = set(code.co_varnames)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _bound_names(constant)
    return names
