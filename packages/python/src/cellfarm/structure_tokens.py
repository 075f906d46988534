"""How one value becomes tokens of a structural digest: its type and own data as bytes, and the values it holds.

One function a family of types, found by exact type first. Arrays, frames and tensors have adapters in `structure_arrays`.
"""

from __future__ import annotations

import array
import collections
import functools
import logging
import struct
import sys
import types
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

_FEW = 32
_SELF_FILLING = frozenset(
    {
        "__module__",
        "__dict__",
        "__weakref__",
        "__doc__",
        "__firstlineno__",
        "__static_attributes__",
        "__annotations__",
    }
    | {
        "__abstractmethods__",
        "_abc_impl",
        "__qualname__",
        "__annotations_cache__",
        "__annotate_func__",
        "__slots__",
        "__slotnames__",
    }
)
_FOREIGN = (
    "matplotlib",
    "ipywidgets",
    "IPython",
    "ipykernel",
    "traitlets",
    "asyncio",
    "threading",
    "tkinter",
    "_thread",
)


class Untellable(Exception):
    """The structure of a value cannot be told, or not the same in every process."""


class Tokens:
    """Bytes of a digest, in pieces."""

    __slots__ = ("pieces",)

    def __init__(self, *pieces: Any) -> None:
        self.pieces = pieces


@dataclass(slots=True)
class Described:
    """One value.

    Attributes:
        tokens: its type and own data.
        children: what it holds, in order.
        changeable: whether it is one object for all who hold it (two holders of one list differ from two equal lists).
        unordered: what it holds in no order.
    """

    tokens: Tokens
    children: list[Any] = field(default_factory=list)
    changeable: bool = True
    unordered: Iterable[Any] | None = None


def tokens_of(value: Any, namespace: dict[str, Any] | None) -> Described:
    """Describes a value. Raises Untellable, or whatever the value's own code raises."""
    kind = type(value)
    exact = _EXACT.get(kind)
    if exact is not None:
        return exact(value)
    if isinstance(value, types.FunctionType):
        return _function(value, namespace)
    if isinstance(value, type):
        return _class(value)
    from cellfarm.structure_arrays import describe_array_like

    described = describe_array_like(value)
    return described if described is not None else _instance(value)


def head(value: Any, *more: object) -> Tokens:
    """Token of a value's type, with data of its own."""
    kind = type(value)
    return Tokens(f"{kind.__module__}.{kind.__qualname__}{more!r};".encode("utf-8", "surrogatepass"))


def _atom(value: Any) -> Described:
    return Described(
        Tokens(f"{type(value).__name__} {value!r};".encode("utf-8", "surrogatepass")), changeable=False
    )


def _integer(value: int) -> Described:
    return Described(Tokens(b"int %x;" % value if value >= 0 else b"int -%x;" % -value), changeable=False)


def _float(value: float) -> Described:
    return Described(Tokens(b"float", struct.pack("<d", value)), changeable=False)


def _complex(value: complex) -> Described:
    return Described(Tokens(b"complex", struct.pack("<dd", value.real, value.imag)), changeable=False)


def _text(value: str) -> Described:
    data = value.encode("utf-8", "surrogatepass")
    return Described(Tokens(b"str %d;" % len(data), data), changeable=False)


def _bytes(value: bytes | bytearray) -> Described:
    name = type(value).__name__.encode()
    return Described(
        Tokens(b"%s %d;" % (name, len(value)), bytes(value)), changeable=type(value) is bytearray
    )


def _sequence(value: Any) -> Described:
    changeable = type(value) is not tuple
    if len(value) >= _FEW:
        packed = _packed(value)
        if packed is not None:
            return Described(
                Tokens(b"%s %d;" % (type(value).__name__.encode(), len(value)), *packed), [], changeable
            )
    return Described(Tokens(b"%s %d;" % (type(value).__name__.encode(), len(value))), list(value), changeable)


def _packed(value: Any) -> tuple[bytes, ...] | None:
    """Many numbers of one type at once: their bytes are as good as tokens of each."""
    kinds = set(map(type, value))
    if kinds == {float}:
        return b"floats;", array.array("d", value).tobytes()
    if kinds == {int}:
        try:
            return b"ints;", array.array("q", value).tobytes()
        except OverflowError:
            return None
    return None


def _deque(value: collections.deque[Any]) -> Described:
    return Described(head(value, value.maxlen), list(value))


def _dict(value: dict[Any, Any]) -> Described:
    children = [part for pair in value.items() for part in pair]
    return Described(Tokens(b"%s %d;" % (type(value).__name__.encode(), len(value))), children)


def _defaultdict(value: collections.defaultdict[Any, Any]) -> Described:
    described = _dict(value)
    described.children.insert(0, value.default_factory)
    return described


def _set(value: Any) -> Described:
    name = type(value).__name__.encode()
    return Described(Tokens(b"%s %d;" % (name, len(value))), changeable=type(value) is set, unordered=value)


def _module(value: types.ModuleType) -> Described:
    return Described(Tokens(f"module {value.__name__};".encode()), changeable=False)


def _code(value: types.CodeType) -> Described:
    shape = (
        value.co_name,
        value.co_argcount,
        value.co_kwonlyargcount,
        value.co_posonlyargcount,
        value.co_flags,
    )
    names = (value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars)
    return Described(
        Tokens(b"code", repr((shape, names)).encode(), value.co_code), list(value.co_consts), False
    )


def _function(value: types.FunctionType, namespace: dict[str, Any] | None) -> Described:
    if value.__module__ != "__main__" and _is_found_by_name(value):
        return Described(
            Tokens(f"function {value.__module__}.{value.__qualname__};".encode()), changeable=False
        )
    cells = [_content(cell) for cell in value.__closure__ or ()]
    children: list[Any] = [
        value.__code__,
        value.__defaults__,
        value.__kwdefaults__,
        cells,
        _own_attributes(value.__dict__),
    ]
    if namespace is not None and value.__globals__ is namespace:
        from cellfarm.home.reach import global_names

        for name in sorted(global_names(value.__code__)):
            if name in namespace:
                children.extend((name, namespace[name]))
    return Described(Tokens(f"function {value.__qualname__};".encode()), children)


def _is_found_by_name(function: types.FunctionType) -> bool:
    """Whether a module offers this very function under its qualified name."""
    found: Any = sys.modules.get(function.__module__)
    for name in function.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is function


def _content(cell: types.CellType) -> Any:
    try:
        return [cell.cell_contents]
    except ValueError:
        return None


def _class(value: type) -> Described:
    name = f"class {value.__module__}.{value.__qualname__};".encode()
    if value.__module__ != "__main__":
        return Described(Tokens(name), changeable=False)
    own = {
        key: item
        for key, item in value.__dict__.items()
        if key not in _SELF_FILLING and not _is_descriptor(item)
    }
    return Described(Tokens(name), [value.__bases__, _own_attributes(own)])


def _is_descriptor(value: Any) -> bool:
    return isinstance(value, (types.GetSetDescriptorType, types.MemberDescriptorType))


def _own_attributes(own: dict[str, Any]) -> tuple[Any, ...]:
    """Attributes in the order of their names: the order in which they were set is no structure."""
    names = sorted(str(name) for name in own if name not in ("__cellfarm__", "__wrapped__"))
    return tuple((name, own[name]) for name in names)


def _method(value: types.MethodType) -> Described:
    return Described(head(value), [value.__self__, value.__func__])


def _builtin(value: types.BuiltinFunctionType) -> Described:
    owner = value.__self__
    name = f"builtin {value.__module__}.{value.__qualname__};".encode()
    return Described(Tokens(name), [] if owner is None or isinstance(owner, types.ModuleType) else [owner])


def _partial(value: functools.partial[Any]) -> Described:
    return Described(head(value), [value.func, value.args, value.keywords])


def _property(value: property) -> Described:
    return Described(head(value), [value.fget, value.fset, value.fdel])


def _wrapped(value: Any) -> Described:
    return Described(
        head(value), [value.__func__ if isinstance(value, (staticmethod, classmethod)) else value.__wrapped__]
    )


def _logger(value: logging.Logger) -> Described:
    return Described(Tokens(f"logger {value.name} {value.level};".encode()), changeable=False)


def _reference(value: Any) -> Described:
    return Described(Tokens(b"weakref %d;" % (value() is not None)), changeable=False)


def _instance(value: Any) -> Described:
    """An instance of any class: its attributes and slots, what it holds as a container, else what its pickle would hold."""
    kind = type(value)
    if kind.__module__.partition(".")[0] in _FOREIGN:
        raise Untellable(f"a {kind.__name__} differs from process to process")
    if hasattr(kind, "__next__") and kind.__module__ not in ("builtins", "itertools", "__main__"):
        raise Untellable(f"an iterator ({kind.__name__})")
    children: list[Any] = []
    own = getattr(value, "__dict__", None)
    if isinstance(own, dict):
        children.append(_own_attributes(own))
    slots = [(name, getattr(value, name)) for name in _slot_names(kind) if hasattr(value, name)]
    children += slots
    container = _contained(value)
    if container is not None:
        children.append(container)
    elif _needs_reduction(kind):
        return _reduced(value)
    return Described(head(value), children)


_CONTAINERS = (list, tuple, set, frozenset, str, bytes, bytearray, int, float, complex, collections.deque)


def _contained(value: Any) -> Any:
    """What an instance of a container's or number's subclass holds as one; None for other instances."""
    if isinstance(value, BaseException):
        return value.args
    if isinstance(value, dict):
        return list(dict.items(value))
    for base in _CONTAINERS:
        if isinstance(value, base):
            plain: Any = base
            return plain(value)
    return None


def _slot_names(kind: type) -> list[str]:
    names: list[str] = []
    for base in kind.__mro__:
        slots = base.__dict__.get("__slots__", ())
        names += [slots] if isinstance(slots, str) else list(slots)
    return sorted({name for name in names if name not in ("__dict__", "__weakref__")})


def _needs_reduction(kind: type) -> bool:
    """Whether a class keeps state where only its own reducer sees it."""
    from cellfarm.home.kinds import hides_state

    return hides_state(kind)


def _reduced(value: Any) -> Described:
    try:
        reduced = value.__reduce_ex__(4)
    except TypeError as error:
        raise Untellable(str(error)) from error
    if isinstance(reduced, str):
        return Described(Tokens(f"named {type(value).__module__}.{reduced};".encode()), changeable=False)
    parts = list(reduced) + [None] * (5 - len(reduced))
    items, pairs = parts[3], parts[4]
    listed = [list(items) if items is not None else None, list(pairs) if pairs is not None else None]
    return Described(head(value), [*parts[:3], *listed], changeable=True)


_EXACT: dict[type, Callable[[Any], Described]] = {
    type(None): _atom, bool: _atom, type(...): _atom, type(NotImplemented): _atom, range: _atom,
    int: _integer, float: _float, complex: _complex, str: _text, bytes: _bytes, bytearray: _bytes,
    list: _sequence, tuple: _sequence, dict: _dict, set: _set, frozenset: _set, collections.deque: _deque,
    collections.OrderedDict: _dict, collections.Counter: _dict, collections.defaultdict: _defaultdict,
    types.ModuleType: _module, types.CodeType: _code, types.MethodType: _method, types.BuiltinFunctionType: _builtin,
    functools.partial: _partial, property: _property, staticmethod: _wrapped, classmethod: _wrapped,
    type(functools.lru_cache(lambda: None)): _wrapped, logging.Logger: _logger, weakref.ReferenceType: _reference,
}  # fmt: skip
