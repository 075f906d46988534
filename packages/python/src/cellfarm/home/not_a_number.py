"""NaN across processes: the one number whose identity matters, because a list finds it again only by being the same object.

`numpy.nan` and `math.nan` stay themselves; any other NaN stays one object for all that hold it in one message.
"""

from __future__ import annotations

import math
import struct
import sys
from typing import Any, Literal

NanReference = tuple[Literal["nan"], str | int, bytes]
"""Name of the module that offers it or its number in the message, and its bits."""


def is_offered(value: float) -> bool:
    """Whether a NaN is one that every process has: `math.nan` or `numpy.nan`."""
    return value is math.nan or value is getattr(sys.modules.get("numpy"), "nan", None)


class NanNames:
    """Gives references within one message."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._kept: list[float] = []

    def name_of(self, value: Any) -> NanReference | None:
        """The reference of a NaN; None for anything else."""
        if type(value) is not float or value == value:
            return None
        bits = struct.pack("<d", value)
        if value is math.nan:
            return ("nan", "math", bits)
        if value is getattr(sys.modules.get("numpy"), "nan", None):
            return ("nan", "numpy", bits)
        number = self._numbers.setdefault(id(value), len(self._numbers))
        self._kept.append(value)
        return ("nan", number, bits)


class NanFinder:
    """Finds them in the process that reads the message."""

    def __init__(self) -> None:
        self._made: dict[int, float] = {}

    def find(self, reference: Any) -> float:
        """The NaN of a reference."""
        _, name, bits = reference
        if isinstance(name, str):
            found: float = math.nan if name == "math" else __import__(name).nan
            return found
        return self._made.setdefault(name, struct.unpack("<d", bits)[0])
