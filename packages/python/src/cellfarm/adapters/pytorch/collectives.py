"""Differentiable collectives: how values and gradients cross ranks, so that each rank's backward is that of one device.

Every rank holds the same loss, computed from gathered outputs, so an upstream gradient is the same on all ranks. That is what the
backward of each function here relies on.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from cellfarm.adapters.pytorch.group import Group
from cellfarm.adapters.pytorch.signature import signature


class AllSum(Function):
    """The sum of a value that differs between ranks; its gradient is summed as well."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, group: Group) -> Tensor:
        """Adds up."""
        ctx.group = group
        return group.total(value.clone(memory_format=torch.contiguous_format))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """Adds up."""
        return AllSum.apply(gradient, ctx.group), None


class SharedSum(Function):
    """The sum over ranks of a value that differs between them, used alike on all: so its gradient is the same on all, and each rank's."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, group: Group) -> Tensor:
        """Adds up."""
        return group.total(value.clone(memory_format=torch.contiguous_format))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """Hands it through."""
        return gradient, None


class Scatter(Function):
    """This rank's rows of a value that every rank has whole."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, dimension: int, group: Group) -> Tensor:
        """Takes the rows."""
        ctx.dimension, ctx.rows, ctx.group = dimension, value.shape[dimension], group
        start, count = group.world.span(value.shape[dimension])
        return value.narrow(dimension, start, count).clone()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        """Gathers the gradient's rows."""
        return Gather.apply(gradient, ctx.dimension, ctx.rows, ctx.group), None, None


class Gather(Function):
    """The whole value from every rank's rows."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, dimension: int, rows: int, group: Group) -> Tensor:
        """Puts the rows together in the order of the ranks."""
        ctx.dimension, ctx.group = dimension, group
        counts = group.world.counts(rows)
        moved = value.movedim(dimension, 0).contiguous()
        is_bool = moved.dtype == torch.bool
        if is_bool:  # gloo does not send booleans
            moved = moved.to(torch.uint8)
        missing = max(counts) - moved.shape[0]
        if missing:
            moved = torch.cat([moved, moved.new_zeros(missing, *moved.shape[1:])])
        parts = zip(group.parts(moved), counts, strict=True)
        whole = torch.cat([part[:count] for part, count in parts])
        whole = whole.movedim(0, dimension).contiguous()
        return whole.bool() if is_bool else whole

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        """Takes this rank's rows of the gradient, which must be the same on all ranks."""
        ctx.group.note(signature([gradient]))
        return Scatter.apply(gradient, ctx.dimension, ctx.group), None, None, None


class SyncParameters(Function):
    """Parameters on their way into a shared call; on the way back one reduction adds up their gradients over the ranks.

    A parameter that no rank used keeps no gradient, as on one device.
    """

    @staticmethod
    def forward(ctx: Any, group: Group, where: str, *parameters: Tensor) -> tuple[Tensor, ...]:
        """Hands them through."""
        ctx.set_materialize_grads(False)
        ctx.group, ctx.where = group, where
        ctx.kinds = [(each.shape, each.dtype, each.device) for each in parameters]
        ctx.widest = reduce(torch.promote_types, (each.dtype for each in parameters), torch.float32)
        return tuple(each.view_as(each) for each in parameters)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Any, ...]:
        """Adds up all gradients in one flat reduction, with a flag for each that is there."""
        ctx.group.meet(f"the backward pass of {ctx.where}")
        dtype, device = ctx.widest, ctx.kinds[0][2]
        used = torch.tensor([float(each is not None) for each in gradients], dtype=dtype, device=device)
        pieces = [
            (torch.zeros(shape, dtype=own, device=place) if each is None else each).reshape(-1).to(dtype)
            for each, (shape, own, place) in zip(gradients, ctx.kinds, strict=True)
        ]
        flat = torch.cat([*pieces, used])
        flat = SharedSum.apply(flat, ctx.group) if torch.is_grad_enabled() else ctx.group.total(flat)
        flags = flat[-len(gradients) :].real.tolist()
        whole: list[Tensor | None] = []
        start = 0
        for (shape, own, _), flag in zip(ctx.kinds, flags, strict=True):
            count = shape.numel()
            whole.append(flat[start : start + count].view(shape).to(own) if flag > 0 else None)
            start += count
        return None, None, *whole
