"""Performs one call of a module shared out over the ranks: cuts the arguments, syncs the parameters, joins the results."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn import Module
from torch.utils import _pytree as pytree

from cellfarm.adapters.pytorch.call_plan import CallPlan, Folded, Joining, Rows
from cellfarm.adapters.pytorch.collectives import Gather, Scatter, SyncParameters
from cellfarm.adapters.pytorch.group import Apart, Group
from cellfarm.adapters.pytorch.row_functions import RowFunctions, Shard
from cellfarm.adapters.pytorch.signature import signature
from cellfarm.adapters.pytorch.trace import trace

WholeCall = Callable[[Module, Any, Any], Any]
"""Calls a module with arguments and keywords without sharing it out."""


def shared_call(
    module: Module,
    arguments: Any,
    keywords: Any,
    plan: CallPlan,
    group: Group,
    where: str,
    functions: RowFunctions,
    call: WholeCall,
) -> tuple[Any, int]:
    """The result of the whole call, computed in parts, and the trace of the way it took. Every rank must make the same call.

    Args:
        module: what is called. arguments, keywords: whole, as the user's code gives them.
        plan: with its joinings. group: all ranks. where: names this call. functions: the hooks that act on the whole batch meanwhile.
        call: what calls a module without sharing it out.

    Raises:
        Apart: on all ranks, where the parts are not those of one call. Nothing was joined.
    """
    leaves, shape = pytree.tree_flatten((arguments, keywords))
    rows = plan.rows_of(leaves)
    count = group.world.span(rows)[1]
    own = [_cut(leaf, cut, group) for leaf, cut in zip(leaves, plan.cuts, strict=True)]
    versions = [each._version for each in own if isinstance(each, Tensor)]
    own_arguments, own_keywords = pytree.tree_unflatten(own, shape)
    outer, functions.shard = functions.shard, Shard(rows, count, plan.lead)
    try:
        result = _part(module, own_arguments, own_keywords, group, where, call)
    except (
        Exception
    ) as error:  # of one rank or of all: the whole call, made next, shows it or does not have it
        group.same_step(f"failed: {type(error).__name__}")
        raise Apart(f"{type(error).__name__}: {error}") from error
    finally:
        functions.shard = outer
    results, result_shape = pytree.tree_flatten(result)
    way = trace(results)
    changed = versions != [each._version for each in own if isinstance(each, Tensor)]
    fits = not changed and all(map(partial(_fits, count=count), results, plan.joinings or ()))
    group.same_step(f"{way} {_outlines(results, plan.joinings or ())}" if fits else "unfit")
    if not fits or len(results) != len(plan.joinings or ()):
        raise Apart("its parts do not give the rows that they were given")
    joined = [_join(each, how, rows, group) for each, how in zip(results, plan.joinings or (), strict=True)]
    return pytree.tree_unflatten(joined, result_shape), way


def _part(module: Module, arguments: Any, keywords: Any, group: Group, where: str, call: WholeCall) -> Any:
    trained = {name: each for name, each in module.named_parameters() if each.requires_grad}
    if not torch.is_grad_enabled() or not trained:
        return call(module, arguments, keywords)
    synced = SyncParameters.apply(group, where, *trained.values())
    return functional_call(module, dict(zip(trained, synced, strict=True)), arguments, keywords)


def _fits(result: Any, how: Joining, count: int) -> bool:
    """Whether this part has the rows that it should have."""
    if isinstance(how, Rows):
        return (
            isinstance(result, Tensor)
            and result.dim() > how.dimension
            and result.shape[how.dimension] == count
        )
    if isinstance(how, Folded):
        return isinstance(result, Tensor) and result.dim() > 0 and result.shape[0] == count * how.each
    return True


def _outlines(results: list[Any], joinings: Sequence[Joining]) -> int:
    """Shapes apart from the rows: what is joined must have the same on all ranks."""
    shapes = []
    for each, how in zip(results, joinings, strict=False):
        if isinstance(each, Tensor):
            rows = {Rows: getattr(how, "dimension", 0), Folded: 0}.get(type(how))
            shapes.append([size for at, size in enumerate(each.shape) if at != rows])
    return zlib.crc32(repr((len(results), shapes)).encode())


def _cut(leaf: Any, dimension: int | None, group: Group) -> Any:
    if dimension is None:
        return leaf
    if leaf.requires_grad:
        return Scatter.apply(leaf, dimension, group)
    start, count = group.world.span(leaf.shape[dimension])
    return leaf.narrow(dimension, start, count)


def _join(result: Any, how: Joining, rows: int, group: Group) -> Any:
    if not isinstance(result, Tensor):
        return result
    if how == "same":
        group.note(signature([result]))
        return result
    if isinstance(how, Folded):
        unfolded = result.reshape(result.shape[0] // how.each, how.each, *result.shape[1:])
        whole = Gather.apply(unfolded, 0, rows, group)
        return whole.reshape(rows * how.each, *result.shape[1:])
    assert isinstance(how, Rows)
    return Gather.apply(result, how.dimension, rows, group)
