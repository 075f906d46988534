"""What a loop runs over: which iterables can be looked at ahead of time without a visible effect, and a snapshot of their elements.

Only values whose iteration is plain data qualify (list, range, array rows, zip of such, ...). A generator or an iterator of a
user's class computes as it goes, so it stays at home. The loop itself always consumes the user's own iterator.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Sequence
from typing import Any

_INDEXED = (list, tuple, str, bytes)
_COLLECTED: tuple[type, ...] = (set, frozenset, dict, type({}.keys()), type({}.values()), type({}.items()))
_EMPTY: tuple[Any, ...] = ([], (), range(0), range(2**65), "", "é", b"", set(), {}, {}.values(), {}.items())
_PLAIN_ITERATORS = tuple(type(iter(value)) for value in _EMPTY)
_REVERSED: tuple[type, ...] = (
    reversed,
    type(reversed([])),
    type(reversed({})),
    type(reversed({}.values())),
    type(reversed({}.items())),
)
_PURE_CALLS = (abs, bin, bool, bytes, chr, complex, float, frozenset, hex, int, len, oct, ord, str, tuple)


def snapshot(iterable: Any) -> Sequence[Any] | None:
    """Elements of `iterable` in its order, taken without consuming it; None when looking ahead could change what happens."""
    kind = type(iterable)
    if kind is range:
        elements: Sequence[Any] = iterable  # a range is its own elements
        return elements
    if kind in _INDEXED or kind in _COLLECTED:
        return list(iterable)
    if _is_plain_library_value(iterable):
        return list(iterable)
    twin = _twin(iterable)
    return None if twin is None else list(twin)


def _is_plain_library_value(value: Any) -> bool:
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if numpy is not None and type(value) is numpy.ndarray:
        return bool(value.ndim)
    if pandas is not None:
        return type(value) in (pandas.Series, pandas.DataFrame) or (
            isinstance(value, pandas.Index) and type(value).__module__.startswith("pandas.")
        )
    return False


def _twin(iterator: Any) -> Any | None:
    """An independent iterator at the same position, or None where there is no sure way to make one."""
    kind = type(iterator)
    if kind in _PLAIN_ITERATORS or kind in _REVERSED:
        return copy.copy(iterator)
    if kind not in (enumerate, zip, map):
        return None
    reduced: Any = iterator.__reduce__()
    parts: tuple[Any, ...] = reduced[1]
    if kind is enumerate:
        twin = _twin(parts[0])
        return None if twin is None else enumerate(twin, parts[1])
    inner = parts if kind is zip else parts[1:]
    twins: list[Any] = [_twin(part) for part in inner]
    if None in twins:
        return None
    if kind is zip:
        return zip(*twins, strict=len(reduced) > 2)
    return map(parts[0], *twins) if _is_pure(parts[0]) else None


def _is_pure(function: object) -> bool:
    if any(function is pure for pure in _PURE_CALLS):
        return True
    numpy = sys.modules.get("numpy")
    owner = getattr(function, "__self__", None)
    name = getattr(function, "__name__", "")
    if numpy is not None and type(owner) is numpy.ndarray and name == "item":
        return True
    return name == "_make" and isinstance(owner, type) and issubclass(owner, tuple)
