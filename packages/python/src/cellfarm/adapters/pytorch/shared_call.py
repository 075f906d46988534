"""Performs one call of a module shared out over the ranks: cuts the arguments, syncs the parameters, joins the results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn import Module
from torch.utils import _pytree as pytree

from cellfarm.adapters.pytorch.call_plan import CallPlan, Folded, Joining, Rows
from cellfarm.adapters.pytorch.collectives import Gather, Scatter, SyncParameters, WeightedSum
from cellfarm.adapters.pytorch.row_functions import RowFunctions, Shard
from cellfarm.adapters.world import World

WholeCall = Callable[..., Any]
"""`nn.Module.__call__` as torch has it."""


def shared_call(
    module: Module,
    arguments: Any,
    keywords: Any,
    plan: CallPlan,
    world: World,
    functions: RowFunctions,
    call: WholeCall,
) -> Any:
    """The result of the whole call, computed in parts. Every rank must make the same call.

    Args:
        module: what is called. arguments, keywords: whole, as the user's code gives them.
        plan: with its joinings. world: this rank. functions: the hooks that act on the whole batch meanwhile.
        call: what calls a module without sharing it out.
    """
    leaves, shape = pytree.tree_flatten((arguments, keywords))
    rows = plan.rows_of(leaves)
    count = world.span(rows)[1]
    own = [_cut(leaf, cut, world) for leaf, cut in zip(leaves, plan.cuts, strict=True)]
    own_arguments, own_keywords = pytree.tree_unflatten(own, shape)
    trained = {name: each for name, each in module.named_parameters() if each.requires_grad}
    outer, functions.shard = functions.shard, Shard(rows, count)
    try:
        if torch.is_grad_enabled() and trained:
            synced = SyncParameters.apply(*trained.values())
            replaced = dict(zip(trained, synced, strict=True))
            result = functional_call(module, replaced, own_arguments, own_keywords)
        else:
            result = call(module, *own_arguments, **own_keywords)
    finally:
        functions.shard = outer
    results, result_shape = pytree.tree_flatten(result)
    joinings = plan.joinings or ()
    if len(results) != len(joinings):
        raise ValueError(f"{len(results)} results where the whole call has {len(joinings)}")
    joined = [_join(each, how, rows, count, world) for each, how in zip(results, joinings, strict=True)]
    return pytree.tree_unflatten(joined, result_shape)


def _cut(leaf: Any, dimension: int | None, world: World) -> Any:
    if dimension is None:
        return leaf
    if leaf.requires_grad:
        return Scatter.apply(leaf, dimension, world)
    start, count = world.span(leaf.shape[dimension])
    return leaf.narrow(dimension, start, count)


def _join(result: Any, how: Joining, rows: int, count: int, world: World) -> Any:
    if not isinstance(result, Tensor) or how == "same":
        return result
    if how == "mean":
        return WeightedSum.apply(result, count / rows)
    if how == "sum":
        return WeightedSum.apply(result, 1.0)
    if isinstance(how, Folded):
        unfolded = result.reshape(count, result.shape[0] // count, *result.shape[1:])
        whole = Gather.apply(unfolded, 0, rows, world)
        return whole.reshape(rows * how.each, *result.shape[1:])
    assert isinstance(how, Rows)
    return Gather.apply(result, how.dimension, rows, world)
