"""Is a shared call the whole call? Both are made from one state, and everything that could tell them apart is compared on every rank:
outputs, buffers, the random generator after, and the gradients of all parameters and arguments for one random cotangent.

Decides which of the guessed plans is right, or why none is. All ranks agree by vote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.nn import Module
from torch.utils import _pytree as pytree

from cellfarm.adapters.pytorch.call_plan import CallPlan, guesses

_TOLERANCE = {torch.float64: 1e-9}
_TOLERANCE_ELSE = 2e-3
_LEAST = {torch.float64: 1e-6}
_LEAST_ELSE = 1e-3
"""Values below this count as this large, so that noise around zero is no difference."""
_COTANGENT_SEED = 12345


@dataclass(frozen=True, slots=True)
class Checked:
    """Outcome of one checked call.

    Attributes:
        result: of the call, with its graph.
        plan: the plan that is right; None: none is.
        worst: largest relative difference of the accepted plan, 0.0 where none was accepted.
        reason: why no plan is right; empty when one is.
    """

    result: Any
    plan: CallPlan | None
    worst: float
    reason: str


@dataclass(slots=True)
class _State:
    """What a call changes beside its result."""

    buffers: list[Tensor]
    random: Tensor

    @classmethod
    def of(cls, module: Module) -> _State:
        return cls([each.clone() for each in module.buffers()], torch.get_rng_state())

    def restore(self, module: Module) -> None:
        for buffer, before in zip(module.buffers(), self.buffers, strict=True):
            buffer.data.copy_(before)
        torch.set_rng_state(self.random)


def checked_call(
    module: Module,
    arguments: Any,
    keywords: Any,
    known: CallPlan | None,
    ranks: int,
    whole_call: Callable[[], Any],
    shared_call: Callable[[CallPlan], Any],
) -> Checked:
    """Makes the call both ways. Its result is the shared one where that is right, else the whole one.

    Args:
        module, arguments, keywords: the call. known: the plan that was right before; None: guess.
        ranks: how many there are. whole_call, shared_call: make the call, with hooks for calls inside it switched off.
    """
    leaves = pytree.tree_leaves((arguments, keywords))
    before = _State.of(module)
    whole = whole_call()
    after = _State.of(module)
    wholes = pytree.tree_leaves(whole)
    differentiated = [each for each in module.parameters() if each.requires_grad]
    differentiated += [each for each in leaves if isinstance(each, Tensor) and each.requires_grad]
    reason = _untracked(wholes, differentiated)
    expected = None if reason else _gradients(wholes, differentiated)
    plans: Iterator[CallPlan] = iter([known]) if known is not None else guesses(leaves, ranks)
    for plan in () if reason else _with_joinings(plans, leaves, wholes):
        before.restore(module)
        compared = _Comparison()
        try:
            shared = shared_call(plan)
            compared.results(pytree.tree_leaves(shared), wholes)
            compared.state(_State.of(module), after)
            failure = compared.failure
        except (RuntimeError, ValueError, IndexError, TypeError) as error:
            failure = f"{type(error).__name__}: {error}"
        if _all_agree(not failure) and expected is not None:
            compared.gradients(_gradients(pytree.tree_leaves(shared), differentiated), expected)
            failure = compared.failure
        if _all_agree(not failure):
            return Checked(shared, plan, compared.worst, "")
        reason = failure or "another rank found a difference"
    before.restore(module)
    return Checked(whole_call(), None, 0.0, reason or "no argument has a batch dimension")


def _with_joinings(
    plans: Iterator[CallPlan], leaves: Sequence[Any], wholes: Sequence[Any]
) -> Iterator[CallPlan]:
    """A scalar result may be a mean over the rows or a sum: both are tried."""
    for plan in plans:
        if plan.joinings is not None:
            yield plan
            continue
        rows = plan.rows_of(leaves)
        mean = plan.joined_as(wholes, rows, "mean")
        yield mean
        if "mean" in (mean.joinings or ()):
            yield replace(plan, joinings=plan.joined_as(wholes, rows, "sum").joinings)


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
    return list(torch.autograd.grad(roots, list(of), cotangents, allow_unused=True, retain_graph=True))


class _Comparison:
    """Collects differences between the shared call and the whole one."""

    def __init__(self) -> None:
        self.worst = 0.0
        self.failure = ""

    def results(self, shared: Sequence[Any], whole: Sequence[Any]) -> None:
        if len(shared) != len(whole):
            self.failure = "the number of results differs"
        for own, expected in zip(shared, whole, strict=False):
            if isinstance(expected, Tensor):
                self._tensor("an output", own, expected, 0.0)

    def state(self, shared: _State, whole: _State) -> None:
        for own, expected in zip(shared.buffers, whole.buffers, strict=True):
            self._tensor("a buffer", own, expected, 0.0)
        if not torch.equal(shared.random, whole.random):
            self._fail("the random generator is in another state after the call")

    def gradients(self, shared: list[Tensor | None] | None, whole: list[Tensor | None]) -> None:
        largest = max(
            (float(each.abs().max()) for each in whole if each is not None and each.numel()), default=0.0
        )
        for own, expected in zip(shared or [], whole, strict=True):
            if (own is None) != (expected is None):
                self._fail("a parameter takes part on some ranks only")
            elif own is not None and expected is not None:
                self._tensor("a gradient", own, expected, largest)

    def _tensor(self, what: str, own: Any, expected: Tensor, scale: float) -> None:
        if not isinstance(own, Tensor) or own.shape != expected.shape:
            self._fail(f"{what} has another shape")
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


def _all_agree(yes: bool) -> bool:
    against = torch.tensor([0.0 if yes else 1.0])
    dist.all_reduce(against)
    return float(against) == 0.0
