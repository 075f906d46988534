"""The steps of which a result was computed, as one number: calls with equal numbers took the same way through the model's code."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from torch import Tensor

_ENDS = frozenset({"SyncParametersBackward", "ScatterBackward", "AccumulateGrad"})


def trace(results: Sequence[Any]) -> int:
    """Of the graph behind these results, back to parameters and arguments; of their kinds alone where nothing is differentiated."""
    names = [_kind(each) for each in results]
    stack = [each.grad_fn for each in results if isinstance(each, Tensor) and each.grad_fn is not None]
    numbers: dict[Any, int] = {}
    while stack:
        step = stack.pop()
        if step is None:
            names.append("-")
            continue
        known = step in numbers
        names.append(f"{numbers.setdefault(step, len(numbers))}{step.name()}")
        if not known and step.name() not in _ENDS:
            stack += [following for following, _ in step.next_functions]
    return zlib.crc32(" ".join(names).encode())


def _kind(result: Any) -> str:
    return f"{result.dim()}{result.dtype}" if isinstance(result, Tensor) else type(result).__name__
