"""Compares what a call made in parts gives with what the whole call gives, within the noise of sums in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from cellfarm.adapters.pytorch.effects import State

_TOLERANCE = {torch.float64: 1e-9}
_TOLERANCE_ELSE = 2e-3
_LEAST = {torch.float64: 1e-6}
_LEAST_ELSE = 1e-3
"""Values below this count as this large, so that noise around zero is no difference."""


class Comparison:
    """Collects differences between the shared call and the whole one."""

    def __init__(self) -> None:
        self.worst = 0.0
        """Largest difference, relative to the size of what was compared."""
        self.failure = ""
        """The first difference that is too large; empty where there is none."""

    def results(self, shared: Sequence[Any], whole: Sequence[Any]) -> None:
        """Outputs."""
        if len(shared) != len(whole):
            self.failure = "the number of results differs"
        for own, expected in zip(shared, whole, strict=False):
            if isinstance(expected, Tensor):
                self._tensor("an output", own, expected, 0.0)
                if isinstance(own, Tensor) and own.requires_grad != expected.requires_grad:
                    self._fail("an output is differentiable only in parts, or only as a whole")
            elif type(own) is not type(expected) or own != expected:
                self._fail("a result that is no tensor differs")

    def state(self, shared: State, whole: State) -> None:
        """Buffers and generators after the call."""
        for own, expected in zip(shared.buffers, whole.buffers, strict=True):
            self._tensor("a buffer", own, expected, 0.0)
        if not shared.draws_as(whole):
            self._fail("it draws other random numbers when it is called in parts")

    def gradients(self, shared: list[Tensor | None] | None, whole: list[Tensor | None]) -> None:
        """Gradients of everything that is differentiated; None where that takes no part."""
        largest = max(
            (float(each.abs().max()) for each in whole if each is not None and each.numel()), default=0.0
        )
        for own, expected in zip(shared or [], whole, strict=True):
            if (own is None) != (expected is None):
                self._fail("a parameter takes part on some ranks only")
            elif own is not None and expected is not None:
                self._tensor("a gradient", own, expected, largest)

    def _tensor(self, what: str, own: Any, expected: Tensor, scale: float) -> None:
        if not isinstance(own, Tensor) or own.shape != expected.shape or own.dtype != expected.dtype:
            self._fail(f"{what} has another shape or type")
            return
        if not (expected.is_floating_point() or expected.is_complex()):
            if not torch.equal(own, expected):
                self._fail(f"{what} differs")
            return
        if not expected.numel():
            return
        own, expected = own.detach(), expected.detach()
        same_gaps = torch.equal(own.isnan(), expected.isnan())
        difference = float((own - expected).nan_to_num().abs().max())
        size = max(scale, float(expected.nan_to_num().abs().max()), _LEAST.get(expected.dtype, _LEAST_ELSE))
        self.worst = max(self.worst, difference / size)
        if not same_gaps or difference > _TOLERANCE.get(expected.dtype, _TOLERANCE_ELSE) * size:
            self._fail(f"{what} differs by {difference / size:.1e} of its size")

    def _fail(self, text: str) -> None:
        self.failure = self.failure or text
