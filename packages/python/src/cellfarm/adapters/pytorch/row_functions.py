"""Functions inside a shared call that couple the rows of a batch or draw random numbers for each: they act as on the whole batch.

Batch normalisation takes its moments over all ranks; dropout and `rand_like` draw for the whole batch and keep this rank's rows, so
that the random stream is that of one device.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor

from cellfarm.adapters.pytorch.collectives import AllSum
from cellfarm.adapters.pytorch.group import Group


@dataclass(frozen=True, slots=True)
class Shard:
    """The rows that a shared call in progress computes here: `count` of `rows`, in dimension `lead` where several could hold them."""

    rows: int
    count: int
    lead: int = 0


class RowFunctions:
    """The functions with their hooks; outside a shared call they are torch's own."""

    def __init__(self, group: Group) -> None:
        self.shard: Shard | None = None
        self.silent = False
        """Whether the steps that hooks make are hidden from who records steps."""
        self._group = group
        self._originals: list[tuple[Any, str, Callable[..., Any]]] = []

    def install(self) -> None:
        """Puts them in torch's place."""
        self._replace(functional, "batch_norm", self._batch_norm)
        for name in ("dropout", "dropout1d", "dropout2d", "dropout3d"):
            self._replace(functional, name, self._dropout)
        for name in ("alpha_dropout", "feature_alpha_dropout"):
            self._replace(functional, name, self._alpha_dropout)
        self._replace(torch, "rand_like", self._like)
        self._replace(torch, "randn_like", self._like)

    def remove(self) -> None:
        """Gives torch its own back."""
        for owner, name, original in self._originals:
            setattr(owner, name, original)

    def _replace(self, owner: Any, name: str, hook: Callable[..., Any]) -> None:
        original = getattr(owner, name)
        self._originals.append((owner, name, original))

        def hooked(*arguments: Any, **keywords: Any) -> Any:
            with torch._C.DisableTorchFunction() if self.silent else nullcontext():
                if self.shard is None:
                    return original(*arguments, **keywords)
                return hook(self.shard, original, *arguments, **keywords)

        setattr(owner, name, hooked)

    def _batch_norm(
        self,
        shard: Shard,
        original: Callable[..., Any],
        input: Tensor,
        running_mean: Tensor | None,
        running_var: Tensor | None,
        weight: Tensor | None = None,
        bias: Tensor | None = None,
        training: bool = False,
        momentum: float = 0.1,
        eps: float = 1e-5,
    ) -> Any:
        if not training:
            return original(input, running_mean, running_var, weight, bias, training, momentum, eps)
        self._group.same_step("batch_norm")
        channels = input.shape[1]
        values = shard.rows * (input.numel() // max(1, input.shape[0] * channels))
        over = [0, *range(2, input.dim())]
        shape = [1, channels, *[1] * (input.dim() - 2)]
        mean = AllSum.apply(input.sum(over), self._group) / values
        variance = AllSum.apply(((input - mean.view(shape)) ** 2).sum(over), self._group) / values
        if running_mean is not None and running_var is not None:
            with torch.no_grad():
                running_mean.mul_(1 - momentum).add_(mean.detach(), alpha=momentum)
                unbiased = variance.detach() * values / (values - 1)
                running_var.mul_(1 - momentum).add_(unbiased, alpha=momentum)
        result = (input - mean.view(shape)) * torch.rsqrt(variance.view(shape) + eps)
        if weight is not None:
            result = result * weight.view(shape)
        return result if bias is None else result + bias.view(shape)

    def _dropout(
        self,
        shard: Shard,
        original: Callable[..., Any],
        input: Tensor,
        p: float = 0.5,
        training: bool = True,
        inplace: bool = False,
    ) -> Any:
        whole = self._whole_shape(shard, input.shape) if training else None
        if whole is None:
            return original(input, p, training, inplace)
        ones = torch.ones(whole[1], dtype=input.dtype, device=input.device)
        return input * self._own_rows(shard, whole[0], original(ones, p, True))

    def _alpha_dropout(
        self,
        shard: Shard,
        original: Callable[..., Any],
        input: Tensor,
        p: float = 0.5,
        training: bool = False,
        inplace: bool = False,
    ) -> Any:
        """What is drawn decides between the value and a constant, then scales and shifts: a line through its values at 0 and at 1."""
        whole = self._whole_shape(shard, input.shape) if training else None
        if whole is None:
            return original(input, p, training, inplace)
        before = torch.get_rng_state()
        at_zero = original(torch.zeros(whole[1], dtype=input.dtype, device=input.device), p, True)
        torch.set_rng_state(before)
        at_one = original(torch.ones(whole[1], dtype=input.dtype, device=input.device), p, True)
        shift = self._own_rows(shard, whole[0], at_zero)
        return input * (self._own_rows(shard, whole[0], at_one) - shift) + shift

    def _like(
        self, shard: Shard, original: Callable[..., Any], input: Tensor, *rest: Any, **options: Any
    ) -> Any:
        whole = self._whole_shape(shard, input.shape)
        if whole is None:
            return original(input, *rest, **options)
        return self._own_rows(shard, whole[0], original(input.new_empty(whole[1]), *rest, **options))

    def _whole_shape(self, shard: Shard, shape: Any) -> tuple[int, tuple[int, ...]] | None:
        """The dimension that holds the rows, and the shape with all of them; None where none does."""
        holding = [dimension for dimension, size in enumerate(shape) if size == shard.count]
        if not holding:
            return None
        dimension = shard.lead if shard.lead in holding else holding[0]
        return dimension, (*shape[:dimension], shard.rows, *shape[dimension + 1 :])

    def _own_rows(self, shard: Shard, dimension: int, whole: Tensor) -> Tensor:
        start, count = self._group.world.span(shard.rows)
        return whole.narrow(dimension, start, count)
