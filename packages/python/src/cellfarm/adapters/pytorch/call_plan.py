"""How the call of a module is shared out: which dimension of each argument is cut, and how each output is put together again.

Guesses from shapes alone; whether a guess is right is found out by `check`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from torch import Tensor

_LEADING = (0, 1)
"""Dimensions that may be the batch: the first, or the second where time comes first."""


@dataclass(frozen=True, slots=True)
class Rows:
    """An output with the batch in one dimension."""

    dimension: int


@dataclass(frozen=True, slots=True)
class Folded:
    """An output whose first dimension holds `each` entries of every row, row after row."""

    each: int


Joining = Rows | Folded | Literal["same"]
"""How the ranks' outputs become one: rows together, or equal everywhere. A scalar of all rows (a mean? of which weights?) is not joined:
whether a guess of how is right depends on the values in a batch."""


@dataclass(frozen=True, slots=True)
class CallPlan:
    """One way to share a call out.

    Attributes:
        lead: the batch dimension of the first tensor argument.
        cuts: for each leaf of the arguments the dimension that is cut; None: every rank gets it whole.
        joinings: for each leaf of the result; None while that is not guessed.
    """

    lead: int
    cuts: tuple[int | None, ...]
    joinings: tuple[Joining, ...] | None = None

    def rows_of(self, leaves: Sequence[Any]) -> int:
        """Rows of the batch in these arguments; 0 where they have none."""
        for leaf, cut in zip(leaves, self.cuts, strict=True):
            if cut is not None and isinstance(leaf, Tensor) and leaf.dim() > cut:
                return int(leaf.shape[cut])
        return 0

    def joined_as(self, results: Sequence[Any], rows: int) -> CallPlan:
        """The plan with its outputs guessed from those of the whole call."""
        return replace(self, joinings=tuple(_joining(each, rows, self.lead) for each in results))


def _joining(result: Any, rows: int, lead: int) -> Joining:
    if not isinstance(result, Tensor) or result.dim() == 0:
        return "same"
    with_rows = [dimension for dimension, size in enumerate(result.shape) if size == rows]
    if with_rows:
        return Rows(lead if lead in with_rows else with_rows[0])
    first = result.shape[0]
    return Folded(first // rows) if first and first % rows == 0 else "same"


def guesses(leaves: Sequence[Any], ranks: int) -> Iterator[CallPlan]:
    """Plans for these arguments, the likeliest first."""
    tensors = [leaf for leaf in leaves if isinstance(leaf, Tensor) and leaf.dim() > 0]
    for lead in _LEADING:
        if not tensors or tensors[0].dim() <= lead or tensors[0].shape[lead] < ranks:
            continue
        rows = tensors[0].shape[lead]
        yield CallPlan(lead, tuple(_cut(leaf, lead, rows) for leaf in leaves))


def _cut(leaf: Any, lead: int, rows: int) -> int | None:
    if not isinstance(leaf, Tensor):
        return None
    order = [lead, *(dimension for dimension in range(leaf.dim()) if dimension != lead)]
    return next((at for at in order if leaf.dim() > at and leaf.shape[at] == rows), None)
