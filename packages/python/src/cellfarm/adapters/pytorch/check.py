"""Is a shared call the whole call? Both are made from one state, and everything that could tell them apart is compared on every rank:
outputs, buffers, the random generators after, and the gradients of all parameters and arguments for one random cotangent.

Decides which of the guessed plans is right, or why none is. All ranks agree by vote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module
from torch.utils import _pytree as pytree

from cellfarm.adapters.pytorch.call_plan import CallPlan, guesses
from cellfarm.adapters.pytorch.compare import Comparison
from cellfarm.adapters.pytorch.effects import State, once
from cellfarm.adapters.pytorch.group import Apart, Group
from cellfarm.adapters.pytorch.steps import Steps, mixing

_COTANGENT_SEED = 12345


@dataclass(frozen=True, slots=True)
class Checked:
    """Outcome of one checked call.

    Attributes:
        result: of the call, with its graph.
        plan: the plan that is right; None: none is.
        way: trace of the shared call. worst: largest relative difference of the accepted plan; 0.0 where none was accepted.
        reason: why no plan is right; empty when one is.
    """

    result: Any
    plan: CallPlan | None
    way: int
    worst: float
    reason: str


def checked_call(
    module: Module,
    arguments: Any,
    keywords: Any,
    known: CallPlan | None,
    group: Group,
    whole_call: Callable[[Steps], Any],
    shared_call: Callable[[CallPlan, Steps], tuple[Any, int]],
) -> Checked:
    """Makes the call both ways. Its result is the shared one where that is right, else the whole one, which is made once.

    Args:
        module, arguments, keywords: the call. known: the plan that was right before; None: guess.
        group: all ranks. whole_call, shared_call: make the call, with hooks for calls inside it switched off, and record its steps.
    """
    leaves = pytree.tree_leaves((arguments, keywords))
    before = State.of(module)
    steps = Steps()
    whole, reason = once(module, leaves, lambda: whole_call(steps))
    after = State.of(module)
    wholes = pytree.tree_leaves(whole)
    differentiated = [each for each in module.parameters() if each.requires_grad]
    differentiated += [each for each in leaves if isinstance(each, Tensor) and each.requires_grad]
    reason = reason or _unsharable(whole, wholes, differentiated)
    expected = None
    if not reason:
        try:
            expected = _gradients(wholes, differentiated)
        except RuntimeError as error:
            reason = f"its gradients cannot be compared: {error}"
        if any(each is not None and each.layout != torch.strided for each in expected or []):
            reason = "it has sparse gradients"
    if not group.all_agree(not reason):
        return Checked(whole, None, 0, 0.0, reason or "another rank could not share it out")
    for plan in (
        (known,) if known is not None else _with_joinings(guesses(leaves, group.world.size), leaves, wholes)
    ):
        before.restore(module)
        compared = Comparison()
        shared, way, part = None, 0, Steps()
        try:
            shared, way = shared_call(plan, part)
            compared.results(pytree.tree_leaves(shared), wholes)
            compared.state(State.of(module), after)
            failure = compared.failure
        except Apart as apart:
            failure = str(apart)
        failure = failure or mixing(steps.made, part.made)
        if group.all_agree(not failure) and expected is not None:
            try:
                compared.gradients(_gradients(pytree.tree_leaves(shared), differentiated), expected)
            except RuntimeError as error:
                compared.failure = f"its gradients cannot be taken in parts: {error}"
            failure = compared.failure
        if group.all_agree(not failure):
            return Checked(shared, plan, way, compared.worst, "")
        group.forget()
        reason = reason or failure or "another rank found a difference"
    after.restore(module)
    return Checked(whole, None, 0, 0.0, reason or "no argument has a batch dimension")


def _with_joinings(
    plans: Iterator[CallPlan], leaves: Sequence[Any], wholes: Sequence[Any]
) -> Iterator[CallPlan]:
    for plan in plans:
        yield plan if plan.joinings is not None else plan.joined_as(wholes, plan.rows_of(leaves))


def _unsharable(whole: Any, results: Sequence[Any], tracked: Sequence[Tensor]) -> str:
    """Why its parts could not be joined, or would lose gradients; empty where nothing is in the way."""
    for each in results:
        if isinstance(each, Tensor) and (each.dim() == 0 or each.layout != torch.strided):
            return "a result is one number of all rows" if each.dim() == 0 else "a result is sparse"
        if not isinstance(each, (Tensor, bool, int, float, str, bytes, type(None))):
            return f"a result is of type {type(each).__name__}"
    return _untracked(results, tracked)


def _untracked(results: Sequence[Any], tracked: Sequence[Tensor]) -> str:
    """Why gradients would be lost: something trainable takes part that is no parameter; empty where nothing is."""
    known = {id(each) for each in tracked} | _leaves_behind(tracked)
    hidden = _leaves_behind([each for each in results if isinstance(each, Tensor)]) - known
    return f"{len(hidden)} trainable tensors take part that are no parameters of the module" if hidden else ""


def _leaves_behind(results: Sequence[Tensor]) -> set[int]:
    """Identities of the leaf tensors that these were computed from."""
    seen: set[Any] = set()
    found: set[int] = set()
    stack = [each.grad_fn for each in results if each.grad_fn is not None]
    while stack:
        step = stack.pop()
        if step is None or step in seen:
            continue
        seen.add(step)
        if hasattr(step, "variable"):
            found.add(id(step.variable))
        stack += [following for following, _ in step.next_functions]
    return found


def _gradients(results: Sequence[Any], of: Sequence[Tensor]) -> list[Tensor | None] | None:
    """Gradients for one cotangent, the same on all ranks; None where nothing is differentiable."""
    roots = [each for each in results if isinstance(each, Tensor) and each.requires_grad]
    if not roots or not of:
        return None
    generator = torch.Generator().manual_seed(_COTANGENT_SEED)
    cotangents = [
        torch.randn(each.shape, generator=generator, dtype=each.dtype).to(each.device) for each in roots
    ]
    with _hooks_off(of):
        return list(torch.autograd.grad(roots, list(of), cotangents, allow_unused=True, retain_graph=True))


@contextmanager
def _hooks_off(tensors: Sequence[Tensor]) -> Iterator[None]:
    """The user's hooks on these tensors do not see gradients that are only compared."""
    kept = [(each._backward_hooks, dict(each._backward_hooks)) for each in tensors if each._backward_hooks]
    for hooks, _ in kept:
        hooks.clear()
    try:
        yield
    finally:
        for hooks, before in kept:
            hooks.update(before)
