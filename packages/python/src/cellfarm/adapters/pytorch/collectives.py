"""Differentiable collectives: how values and gradients cross ranks, so that each rank's backward is that of one device.

Every rank holds the same loss, computed from gathered outputs, so an upstream gradient is the same on all ranks. That is what the
backward of each function here relies on.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.autograd import Function

from cellfarm.adapters.world import World


def all_sum(value: Tensor) -> Tensor:
    """The sum over ranks. May change `value`."""
    value = value.contiguous()
    dist.all_reduce(value)
    return value


class AllSum(Function):
    """The sum of a value that differs between ranks; its gradient is summed as well."""

    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        """Adds up."""
        return all_sum(value.clone())

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        """Adds up."""
        return AllSum.apply(gradient)


class Scatter(Function):
    """This rank's rows of a value that every rank has whole."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, dimension: int, world: World) -> Tensor:
        """Takes the rows."""
        ctx.dimension, ctx.rows, ctx.world = dimension, value.shape[dimension], world
        start, count = world.span(value.shape[dimension])
        return value.narrow(dimension, start, count).clone()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        """Gathers the gradient's rows."""
        return Gather.apply(gradient, ctx.dimension, ctx.rows, ctx.world), None, None


class Gather(Function):
    """The whole value from every rank's rows."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, dimension: int, rows: int, world: World) -> Tensor:
        """Puts the rows together in the order of the ranks."""
        ctx.dimension, ctx.world = dimension, world
        counts = world.counts(rows)
        moved = value.movedim(dimension, 0).contiguous()
        is_bool = moved.dtype == torch.bool
        if is_bool:  # gloo does not send booleans
            moved = moved.to(torch.uint8)
        missing = max(counts) - moved.shape[0]
        if missing:
            moved = torch.cat([moved, moved.new_zeros(missing, *moved.shape[1:])])
        parts = [torch.empty_like(moved) for _ in counts]
        dist.all_gather(parts, moved)
        whole = torch.cat([part[:count] for part, count in zip(parts, counts, strict=True)])
        whole = whole.movedim(0, dimension).contiguous()
        return whole.bool() if is_bool else whole

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        """Takes this rank's rows of the gradient."""
        return Scatter.apply(gradient, ctx.dimension, ctx.world), None, None, None


class WeightedSum(Function):
    """The weighted sum over ranks of a scalar; the upstream gradient is the same on all of them."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, weight: float) -> Tensor:
        """Weighs and adds up."""
        ctx.weight = weight
        return all_sum(value * weight)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """Weighs."""
        return gradient * ctx.weight, None


class SyncParameters(Function):
    """Parameters on their way into a shared call; on the way back one reduction adds up their gradients over the ranks.

    A parameter that no rank used keeps no gradient, as on one device.
    """

    @staticmethod
    def forward(ctx: Any, *parameters: Tensor) -> tuple[Tensor, ...]:
        """Hands them through."""
        ctx.set_materialize_grads(False)
        ctx.kinds = [(each.shape, each.dtype, each.device) for each in parameters]
        return tuple(each.view_as(each) for each in parameters)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        """Adds up all gradients in one flat reduction, with a flag for each that is there."""
        _, dtype, device = ctx.kinds[0]
        used = torch.tensor([float(each is not None) for each in gradients], dtype=dtype, device=device)
        pieces = [
            (torch.zeros(shape, dtype=own, device=place) if each is None else each).reshape(-1).to(dtype)
            for each, (shape, own, place) in zip(gradients, ctx.kinds, strict=True)
        ]
        flat = torch.cat([*pieces, used])
        flat = AllSum.apply(flat) if torch.is_grad_enabled() else all_sum(flat)
        flags = flat[-len(gradients) :].tolist()
        whole: list[Tensor | None] = []
        start = 0
        for (shape, own, _), flag in zip(ctx.kinds, flags, strict=True):
            count = shape.numel()
            whole.append(flat[start : start + count].view(shape).to(own) if flag > 0 else None)
            start += count
        return tuple(whole)
