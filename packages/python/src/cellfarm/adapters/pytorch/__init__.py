"""The adapter for PyTorch: the top-level call of each module with parameters is shared out over the ranks.

Decides which calls are shared, when they are checked, and what is said of each module. Everything outside the call (loader, loss,
optimizer, clipping, prints) runs on every rank with the values of one device, so ranks agree by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.nn import Module
from torch.utils import _pytree as pytree

from cellfarm.adapters import Verdict
from cellfarm.adapters.pytorch.call_plan import CallPlan
from cellfarm.adapters.pytorch.check import checked_call
from cellfarm.adapters.pytorch.row_functions import RowFunctions
from cellfarm.adapters.pytorch.shared_call import shared_call
from cellfarm.adapters.world import Place, World

CHECKED_CALLS = 2
"""Calls of each kind that are compared with the whole call."""
_TIMEOUT = timedelta(seconds=120)
"""Longest time that a rank waits for the others."""


@dataclass(slots=True)
class _Kind:
    """Calls of one module with arguments of one kind.

    Attributes:
        module: kept, so that its identity is not used twice. number: how many of them there were.
        plan: the plan that is right; None where none is or nothing was checked yet.
    """

    module: Module
    number: int = 0
    plan: CallPlan | None = None
    worst: float = 0.0
    checked: int = 0
    reason: str = ""


class SharedCalls:
    """All modules of this process."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._functions = RowFunctions(world)
        self._kinds: dict[Any, _Kind] = {}
        self._depth = 0
        self._whole = Module.__call__

    def install(self) -> None:
        """Puts the hooks in."""
        self._functions.install()
        calls = self

        def call(module: Module, *arguments: Any, **keywords: Any) -> Any:
            return calls._call(module, arguments, keywords)

        Module.__call__ = call

    def verdicts(self) -> list[Verdict]:
        """One for each module and kind of call."""
        return [
            Verdict(type(kind.module).__name__, kind.plan is not None, kind.checked, kind.worst, kind.reason)
            for kind in self._kinds.values()
        ]

    def remove(self) -> None:
        """Takes the hooks out."""
        Module.__call__ = self._whole
        self._functions.remove()

    def close(self) -> None:
        """Waits for the others, takes the hooks out and leaves the group."""
        dist.barrier()
        self.remove()
        dist.destroy_process_group()

    def _call(self, module: Module, arguments: Any, keywords: Any) -> Any:
        if self._depth or not any(True for _ in module.parameters()):
            return self._whole(module, *arguments, **keywords)
        leaves = pytree.tree_leaves((arguments, keywords))
        kind = self._kinds.setdefault(self._key(module, leaves), _Kind(module))
        kind.number += 1
        rows = kind.plan.rows_of(leaves) if kind.plan else _first_size(leaves)
        if (
            rows < self._world.size
        ):  # too small to share out: every rank computes it whole, as one device does
            return self._inside(lambda: self._whole(module, *arguments, **keywords))
        if kind.reason:
            return self._whole(module, *arguments, **keywords)  # its children may be shared out
        if kind.checked < CHECKED_CALLS:
            return self._checked(kind, arguments, keywords)
        assert kind.plan is not None
        return self._shared(kind.plan, module, arguments, keywords)

    def _checked(self, kind: _Kind, arguments: Any, keywords: Any) -> Any:
        module = kind.module
        checked = checked_call(
            module,
            arguments,
            keywords,
            kind.plan,
            self._world.size,
            lambda: self._inside(lambda: self._whole(module, *arguments, **keywords)),
            lambda plan: self._shared(plan, module, arguments, keywords),
        )
        kind.checked += 1
        kind.plan, kind.reason = checked.plan, checked.reason
        kind.worst = max(kind.worst, checked.worst)
        return checked.result

    def _shared(self, plan: CallPlan, module: Module, arguments: Any, keywords: Any) -> Any:
        return self._inside(
            lambda: shared_call(module, arguments, keywords, plan, self._world, self._functions, self._whole)
        )

    def _inside(self, act: Any) -> Any:
        self._depth += 1
        try:
            return act()
        finally:
            self._depth -= 1

    def _key(self, module: Module, leaves: list[Any]) -> Any:
        kinds = tuple(
            (each.dim(), each.dtype) if isinstance(each, Tensor) else type(each).__name__ for each in leaves
        )
        return id(module), module.training, torch.is_grad_enabled(), kinds


def _first_size(leaves: list[Any]) -> int:
    return max(
        (size for each in leaves if isinstance(each, Tensor) for size in each.shape[:2]),
        default=0,
    )


def install(place: Place) -> SharedCalls:
    """Joins the group of the ranks and puts the hooks in.

    Raises:
        RuntimeError: the other ranks do not come.
    """
    torch.set_num_threads(place.threads)
    dist.init_process_group(
        "gloo",
        init_method=f"tcp://{place.address}:{place.port}",
        rank=place.world.rank,
        world_size=place.world.size,
        timeout=_TIMEOUT,
    )
    torch.optim.SGD(
        [torch.zeros(1, requires_grad=True)]
    )  # the first optimizer makes folders and imports much
    calls = SharedCalls(place.world)
    calls.install()
    return calls
