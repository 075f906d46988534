"""Which calls are of one kind: same module and settings, same shapes, same simple values. A call of a new kind is checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module

from cellfarm.adapters.pytorch.call_plan import CallPlan
from cellfarm.adapters.pytorch.outside import settings

_SIMPLE = (bool, int, float, complex, str, bytes, type(None))
MOST_KINDS = 24
"""Kinds of one module's calls after which it is no longer worth to check each new one."""


@dataclass(slots=True)
class Kind:
    """Calls of one kind.

    Attributes:
        plan: the plan that is right; None where nothing was checked yet.
        number: how many calls there were. checked: how many of them were checked.
        unchecked: how many were shared out since, by their trace as those that were. ways: traces of calls that were checked.
    """

    plan: CallPlan | None = None
    number: int = 0
    checked: int = 0
    unchecked: int = 0
    ways: set[int] = field(default_factory=set)

    def due(self) -> bool:
        """Whether the call that comes is checked: the first two, then at numbers that double."""
        return self.plan is None or self.checked < 2 or self.number & (self.number - 1) == 0

    def learn(self, plan: CallPlan | None, way: int) -> None:
        """Takes in what a check found."""
        self.plan, self.checked, self.unchecked = plan, self.checked + 1, 0
        self.ways.add(way)


@dataclass(slots=True)
class Family:
    """Calls of one module in one mode.

    Attributes:
        module: kept, so that its identity is not used twice. name: for people.
        lead: dimension of the first argument that holds the rows, the first until another was found right.
        worst: largest difference found. reason: why its calls are not shared out; empty while they are.
    """

    module: Module
    name: str
    kinds: dict[Any, Kind] = field(default_factory=dict)
    lead: int = 0
    worst: float = 0.0
    reason: str = ""

    def rows_of(self, leaves: Sequence[Any]) -> int:
        """Rows of a call with these arguments, as far as is known before it is checked; 0 where there are none."""
        tensors = [each for each in leaves if isinstance(each, Tensor) and each.dim() > 0]
        return int(tensors[0].shape[self.lead]) if tensors and tensors[0].dim() > self.lead else 0

    def learn(self, plan: CallPlan | None, worst: float, reason: str) -> None:
        """Takes in what a check found."""
        self.lead = plan.lead if plan else self.lead
        self.worst, self.reason = max(self.worst, worst), reason

    @property
    def checked(self) -> int:
        """Calls that were checked."""
        return sum(kind.checked for kind in self.kinds.values())

    def kind_of(self, leaves: Sequence[Any], shape: Any) -> Kind:
        """The kind of a call with these arguments."""
        described = tuple(
            (each.shape, each.dtype, each.requires_grad)
            if isinstance(each, Tensor)
            else (repr(each) if isinstance(each, _SIMPLE) else type(each).__name__)
            for each in leaves
        )
        modes = torch.is_autocast_enabled("cpu"), torch.is_inference_mode_enabled(), torch.get_default_dtype()
        key = described, repr(shape), modes, repr(settings(self.module))
        return self.kinds.setdefault(key, Kind())
