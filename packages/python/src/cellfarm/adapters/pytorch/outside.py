"""What the code of a module reads and may change beside its parameters and buffers: attributes of its own, and variables outside that
its functions name. A call that changes any of them is not made twice, and not in parts.

Decides where to look. Functions written in C, and what objects of theirs hold, are not seen.
"""

from __future__ import annotations

import dis
import random
import types
import weakref
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module

from cellfarm.adapters.pytorch.signature import signature

_SIMPLE = (bool, int, float, complex, str, bytes, type(None))
_STATIC = (
    type,
    types.ModuleType,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    weakref.ref,
)
_OF_MODULES = frozenset(vars(Module()))
_OUTSIDE = frozenset({"LOAD_GLOBAL", "STORE_GLOBAL", "DELETE_GLOBAL", "LOAD_NAME"})
_MOST = 20_000
"""Values looked at for one module; what lies beyond is not seen."""


def settings(module: Module) -> list[Any]:
    """Simple values that steer what the module computes: cheap enough to read before every call."""
    found: list[Any] = []
    for each in module.modules():
        found.append(each.training)
        for name, value in vars(each).items():
            if name not in _OF_MODULES and isinstance(value, _SIMPLE):
                found.append((name, value))
    found += [each.requires_grad for each in module.parameters()]
    found += [(name, value) for name, value in _named_outside(module) if isinstance(value, _SIMPLE)]
    return found


def contents(module: Module) -> dict[str, Any]:
    """Everything that a call might change, by a name for people."""
    found: dict[str, Any] = {}
    walk = _Walk(found)
    for name, each in module.named_parameters():
        found[f"its parameter {name}"] = _plain(each)
    for path, each in module.named_modules():
        for name, value in vars(each).items():
            if name not in _OF_MODULES and not type(each).__module__.startswith("torch."):
                walk.into(f"its attribute {'.'.join(filter(None, [path, name]))}", value)
    for name, value in _named_outside(module):
        walk.into(f"the variable {name}", value)
    return found


class _Walk:
    def __init__(self, found: dict[str, Any]) -> None:
        self._found = found
        self._seen: dict[int, Any] = {}

    def into(self, name: str, value: Any) -> None:
        if id(value) in self._seen or len(self._found) > _MOST or isinstance(value, (*_STATIC, Module)):
            return
        plain = _plain(value)
        self._found[name] = plain
        if isinstance(value, (*_SIMPLE, Tensor)):
            return
        self._seen[id(value)] = value
        for part, inner in _parts(value):
            self.into(f"{name}{part}", inner)


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((f"[{key!r}]", inner) for key, inner in list(value.items()))
    elif type(value).__module__ in ("builtins", "collections") and hasattr(value, "__iter__"):
        if hasattr(value, "__len__"):
            yield from ((f"[{at}]", inner) for at, inner in enumerate(list(value)))
    elif isinstance(getattr(value, "__dict__", None), dict):
        yield from ((f".{key}", inner) for key, inner in list(vars(value).items()))


def _plain(value: Any) -> Any:
    """What tells this value from another: itself, a signature, a state, or its length."""
    if isinstance(value, _SIMPLE):
        return value
    if isinstance(value, Tensor):
        return tuple(value.shape), signature([value])
    if isinstance(value, random.Random):
        return value.getstate()
    if isinstance(value, torch.Generator):
        return bytes(value.get_state().tolist())
    if hasattr(value, "bit_generator"):
        return repr(value.bit_generator.state)
    if type(value).__module__ == "numpy" and hasattr(value, "tobytes"):
        return value.tobytes()
    return id(value), len(value) if hasattr(value, "__len__") else 0


def _named_outside(module: Module) -> Iterator[tuple[str, Any]]:
    """Variables that the functions of the user's own classes name, and those that functions named there name."""
    done: set[int] = set()
    todo = [
        value
        for kind in dict.fromkeys(type(each) for each in module.modules())
        if not kind.__module__.startswith("torch.")
        for value in vars(kind).values()
    ]
    while todo:
        function = todo.pop()
        code = getattr(function, "__code__", None)
        if code is None or id(code) in done or function.__module__.split(".")[0] == "torch":
            continue
        done.add(id(code))
        for name in _names(code):
            value = function.__globals__.get(name)
            if isinstance(value, types.FunctionType):
                todo.append(value)
            elif name in function.__globals__ and not isinstance(value, _STATIC):
                yield name, value
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=False):
            try:
                inner = cell.cell_contents
            except ValueError:  # not bound yet
                continue
            if isinstance(inner, types.FunctionType):
                todo.append(inner)
            elif not isinstance(inner, _STATIC):
                yield name, inner


@lru_cache(maxsize=4096)
def _names(code: types.CodeType) -> tuple[str, ...]:
    """Variables outside that a function reads or sets."""
    names = {each.argval for each in dis.get_instructions(code) if each.opname in _OUTSIDE}
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            names |= set(_names(inner))
    return tuple(sorted(names))
