"""The adapter for PyTorch: the top-level call of each module with parameters is shared out over the ranks.

Decides which calls are shared, when they are checked, and what is said of each module. Everything outside the call (loader, loss,
optimizer, clipping, prints) runs on every rank with the values of one device, so ranks agree by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, NoReturn

import torch
from torch.nn import Module
from torch.utils import _pytree as pytree

from cellfarm.adapters import Verdict
from cellfarm.adapters.pytorch.check import checked_call
from cellfarm.adapters.pytorch.effects import State
from cellfarm.adapters.pytorch.group import Apart, Group
from cellfarm.adapters.pytorch.kinds import MOST_KINDS, Family, Kind
from cellfarm.adapters.pytorch.row_functions import RowFunctions
from cellfarm.adapters.pytorch.shared_call import shared_call
from cellfarm.adapters.pytorch.signature import signature
from cellfarm.adapters.pytorch.steps import Steps
from cellfarm.adapters.world import Place


class SharedCalls:
    """All modules of this process."""

    def __init__(self, group: Group) -> None:
        self._group = group
        self._functions = RowFunctions(group)
        self._families: dict[Any, Family] = {}
        self._depth = 0
        self._steps: Steps | None = None
        self._number = 0
        self._whole = Module.__call__

    def install(self) -> None:
        """Puts the hooks in."""
        self._functions.install()
        calls = self

        def call(module: Module, *arguments: Any, **keywords: Any) -> Any:
            if calls._depth:
                return calls._entered(module, arguments, keywords)
            if torch.compiler.is_compiling() or _transformed():
                return calls._whole(module, *arguments, **keywords)
            return calls._call(module, arguments, keywords)

        Module.__call__ = call

    def verdicts(self) -> list[Verdict]:
        """One for each module and mode."""
        return [
            Verdict(type(each.module).__name__, not each.reason, each.checked, each.worst, each.reason)
            for each in self._families.values()
            if each.kinds
        ]

    def remove(self) -> None:
        """Takes the hooks out."""
        Module.__call__ = self._whole
        self._functions.remove()

    def close(self) -> None:
        """Waits for the others and takes the hooks out. Ranks that do not end with the same parameters are stopped."""
        if any(kind.plan is not None for each in self._families.values() for kind in each.kinds.values()):
            for each in self._families.values():
                self._group.note(signature([*each.module.parameters(), *each.module.buffers()]))
        self._group.meet("the end of the cell")
        self.remove()

    def _call(self, module: Module, arguments: Any, keywords: Any) -> Any:
        if not any(True for _ in module.parameters()):
            return self._whole(module, *arguments, **keywords)
        family = self._families.setdefault(
            (id(module), module.training, torch.is_grad_enabled()),
            Family(module, type(module).__name__, reason=_never(module)),
        )
        leaves, shape = pytree.tree_flatten((arguments, keywords))
        rows = family.rows_of(leaves)
        if rows < self._group.world.size:  # too few to part: each rank computes it whole, as one device does
            return self._inside(lambda: self._whole(module, *arguments, **keywords))
        kind = family.kind_of(leaves, shape)
        if not family.reason and len(family.kinds) > MOST_KINDS:
            family.reason = "it is called in too many ways"
        if family.reason:
            return self._whole(module, *arguments, **keywords)  # its children may be shared out
        kind.number += 1
        self._number += 1
        where = f"call {self._number}, of {family.name} with {rows} rows"
        self._group.note(signature(leaves))
        self._group.meet(where)
        if kind.due():
            return self._checked(family, kind, where, arguments, keywords)
        return self._tried(family, kind, where, arguments, keywords)

    def _tried(self, family: Family, kind: Kind, where: str, arguments: Any, keywords: Any) -> Any:
        """The shared call, or, where it takes a way that was not checked, a checked one in its place."""
        before = State.of(family.module)
        assert kind.plan is not None
        try:
            result, way = self._shared(kind.plan, where, family.module, arguments, keywords)
        except Apart:
            before.restore(family.module)
            result = self._inside(lambda: self._whole(family.module, *arguments, **keywords))
            family.reason = "its parts take different ways through its code"
            return result
        if way in kind.ways:
            kind.unchecked += 1
            return result
        before.restore(family.module)
        return self._checked(family, kind, where, arguments, keywords, True)

    def _checked(
        self, family: Family, kind: Kind, where: str, arguments: Any, keywords: Any, new_way: bool = False
    ) -> Any:
        module = family.module
        checked = checked_call(
            module,
            arguments,
            keywords,
            kind.plan,
            self._group,
            lambda steps: self._recorded(
                steps, lambda: self._inside(lambda: self._entered(module, arguments, keywords))
            ),
            lambda plan, steps: self._recorded(
                steps, lambda: self._shared(plan, where, module, arguments, keywords)
            ),
        )
        if checked.plan is None and kind.unchecked and not new_way:
            self._group.stop(f"{where} is not what it was when it was checked: {checked.reason}")
        kind.learn(checked.plan, checked.way)
        family.learn(checked.plan, checked.worst, checked.reason)
        return checked.result

    def _shared(
        self, plan: Any, where: str, module: Module, arguments: Any, keywords: Any
    ) -> tuple[Any, int]:
        result: tuple[Any, int] = self._inside(
            lambda: shared_call(
                module, arguments, keywords, plan, self._group, where, self._functions, self._entered
            )
        )
        return result

    def _recorded(self, steps: Steps, act: Callable[[], Any]) -> Any:
        self._steps, self._functions.silent = steps, True
        try:
            return act()
        finally:
            self._steps, self._functions.silent = None, False

    def _entered(self, module: Module, arguments: Any, keywords: Any) -> Any:
        """The call itself, its steps recorded where that was asked for."""
        steps, self._steps = self._steps, None
        with steps or nullcontext():
            return self._whole(module, *arguments, **keywords)

    def _inside(self, act: Callable[[], Any]) -> Any:
        self._depth += 1
        try:
            return act()
        finally:
            self._depth -= 1


def _never(module: Module) -> str:
    """Why a module is not even tried; empty where it is."""
    if type(module).__name__ == "OptimizedModule":
        return "torch.compile made it"
    return "it is TorchScript" if isinstance(module, torch.jit.ScriptModule) else ""


def _transformed() -> bool:
    """Within a transform of torch.func, or where saved tensors are packed (checkpointing): no place for calls that are made twice."""
    if torch._C._functorch.peek_interpreter_stack() is not None:
        return True
    return torch._C._autograd._top_saved_tensors_default_hooks(True) is not None


def install(place: Place, stop: Callable[[str], NoReturn]) -> SharedCalls:
    """Joins the group of the ranks and puts the hooks in.

    Args:
        place: of this rank. stop: ends this rank and lets home play the cell, for a reason in words; does not return.

    Raises:
        RuntimeError: the other ranks do not come.
    """
    torch.set_num_threads(place.threads)
    group = Group.join(place, stop)
    torch.optim.SGD(
        [torch.zeros(1, requires_grad=True)]
    )  # the first optimizer makes folders and imports much
    calls = SharedCalls(group)
    calls.install()
    return calls
