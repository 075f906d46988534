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
_COLLECTED = (set, frozenset, dict, type({}.keys()), type({}.values()), type({}.items()))
_PLAIN_ITERATORS = tuple(
    type(iter(value)) for value in ([], (), range(0), range(2**65), "", "é", b"", set(), {}, {}.values(), {}.items())
)
_REVERSED = (reversed, type(reversed([])), type(reversed({})), type(reversed({}.values())), type(reversed({}.items())))
_PURE_CALLS = (abs, bin, bool, bytes, chr, complex, float, frozenset, hex, int, len, oct, ord, str, tuple)


def snapshot(iterable: object) -> Sequence[Any] | None:
    """Elements of `iterable` in its order, taken without consuming it; None when looking ahead could change what happens."""
    kind = type(iterable)
    if kind is range:
        return iterable  # type: ignore[return-value]  # a range is its own elements
    if kind in _INDEXED or kind in _COLLECTED:
        return list(iterable)  # type: ignore[call-overload,no-any-return]  # checked by its exact type
    if _is_plain_library_value(iterable):
        return list(iterable)  # type: ignore[call-overload,no-any-return]
    twin = _twin(iterable)
    return None if twin is None else list(twin)


def keeps_elements(iterable: object) -> bool:
    """Whether iterating twice gives the very same objects, so that a change of the container can be seen element by element."""
    return type(iterable) in (list, tuple, set, frozenset, dict)


def _is_plain_library_value(value: object) -> bool:
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if numpy is not None and type(value) is numpy.ndarray:
        return bool(value.ndim)  # type: ignore[attr-defined]
    if pandas is not None:
        return type(value) in (pandas.Series, pandas.DataFrame) or (
            isinstance(value, pandas.Index) and type(value).__module__.startswith("pandas.")
        )
    return False


def _twin(iterator: object) -> Any | None:
    """An independent iterator at the same position, or None where there is no sure way to make one."""
    kind = type(iterator)
    if kind in _PLAIN_ITERATORS or kind in _REVERSED:
        return copy.copy(iterator)
    if kind is enumerate:
        inner, start = iterator.__reduce__()[1]  # type: ignore[misc,index]
        twin = _twin(inner)
        return None if twin is None else enumerate(twin, start)
    if kind is zip:
        reduced = iterator.__reduce__()
        twins = [_twin(inner) for inner in reduced[1]]  # type: ignore[union-attr,index]
        return None if None in twins else zip(*twins, strict=len(reduced) > 2)
    if kind is map:
        function, *inners = iterator.__reduce__()[1]  # type: ignore[misc,index]
        twins = [_twin(inner) for inner in inners]
        return None if None in twins or not _is_pure(function) else map(function, *twins)
    return None


def _is_pure(function: object) -> bool:
    if any(function is pure for pure in _PURE_CALLS):
        return True
    numpy = sys.modules.get("numpy")
    owner = getattr(function, "__self__", None)
    name = getattr(function, "__name__", "")
    if numpy is not None and type(owner) is numpy.ndarray and name == "item":
        return True
    return name == "_make" and isinstance(owner, type) and issubclass(owner, tuple)
