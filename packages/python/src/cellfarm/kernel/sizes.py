"""How large the values of a notebook are, for the plan that says what leaves the machine.

Measures only what can be measured without running anybody's code and in little time; of the rest it says nothing.
"""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Iterable, Mapping
from typing import Any

_MOST_ITEMS = 20_000
_PLAIN = (str, bytes, bytearray, int, float, complex, bool, type(None))


class Sizes(dict[str, int]):
    """Bytes by name; shows itself as JSON, which is what a front end reads."""

    def __repr__(self) -> str:
        return json.dumps(self)


def sizes_of(namespace: Mapping[str, object], names: Iterable[str]) -> Sizes:
    """The bytes of the named values, about as they travel; names that are not there, or not measured, are left out."""
    found = Sizes()
    for name in names:
        if name in namespace:
            size = _size(namespace[name], [_MOST_ITEMS])
            if size is not None:
                found[name] = size
    return found


def _size(value: object, left: list[int]) -> int | None:
    """None where it cannot be told; `left` is how many more values may be looked at."""
    left[0] -= 1
    if left[0] < 0:
        return None
    kind = type(value)
    if kind in _PLAIN:
        return len(value) if isinstance(value, (bytes, bytearray)) else sys.getsizeof(value)
    if kind is types.ModuleType:
        return len(str(vars(value).get("__name__", "")))  # it travels by its name
    if kind is range:
        return 3 * 8
    if isinstance(value, dict) and kind is dict:
        return _sum((each for pair in value.items() for each in pair), left)
    if isinstance(value, (list, tuple, set, frozenset)) and kind in (list, tuple, set, frozenset):
        return _sum(value, left)
    return _size_of_array(value)


def _sum(values: Iterable[object], left: list[int]) -> int | None:
    total = 0
    for value in values:
        size = _size(value, left)
        if size is None:
            return None
        total += size
    return total


def _size_of_array(value: Any) -> int | None:
    """NumPy's arrays and pandas' frames and series know theirs, unless they hold objects of any kind."""
    root = type(value).__module__.partition(".")[0]
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if root == "numpy" and numpy is not None and type(value) is numpy.ndarray:
        return None if value.dtype.hasobject else int(value.nbytes)
    if root == "pandas" and pandas is not None:
        if type(value) is pandas.DataFrame and not any(_of_objects(kind) for kind in value.dtypes):
            return int(value.memory_usage().sum())
        if type(value) is pandas.Series and not _of_objects(value.dtype):
            return int(value.memory_usage())
    return None


def _of_objects(kind: Any) -> bool:
    """Whether a column's kind is NumPy's object; pandas' own kinds say what they hold by name."""
    return str(kind) == "object"
