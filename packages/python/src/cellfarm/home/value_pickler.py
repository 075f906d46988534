"""The pickler for what goes by value: functions, elements and variables that `__main__` defines, by cloudpickle.

A module of its own, because most homes never ship anything and need not import cloudpickle.
"""

from __future__ import annotations

import types
from typing import IO, Any

from cellfarm._vendor.cloudpickle import CloudPickler
from cellfarm._vendor.cloudpickle import cloudpickle as _cloudpickle
from cellfarm.container import Parts, dump
from cellfarm.home.arrays import reduce_array
from cellfarm.home.not_a_number import NanNames
from cellfarm.home.references import BufferCallback, NameOf, Reference


class ValuePickler(CloudPickler):  # type: ignore[misc]  # the vendored module carries no types
    """Functions, elements and variables on their way to a worker or back: what `__main__` defines goes by value."""

    def __init__(self, file: IO[bytes], buffer_callback: BufferCallback, name_of: NameOf) -> None:
        super().__init__(file, protocol=5, buffer_callback=buffer_callback)
        self._name_of = name_of
        self._nans = NanNames()
        self.bare_namespace: dict[str, Any] | None = None
        """Globals of functions that the receiver binds to its own namespace: they travel without them."""

    def persistent_id(self, value: Any) -> Reference | None:
        """The reference of an object that the receiver has."""
        if self.bare_namespace is not None and value is self.bare_namespace:
            return ("namespace", None)
        return self._nans.name_of(value) or self._name_of(value)

    def reducer_override(self, value: Any) -> Any:
        """Arrays as they were; functions and classes as cloudpickle does it."""
        reduced = reduce_array(value, lambda other: self._name_of(other) is not None)
        return super().reducer_override(value) if reduced is NotImplemented else reduced

    def numbered(self) -> dict[int, Any]:
        """Every object that was pickled, by the number that the unpickler will give it, too."""
        return dict(self.memo.copy().values())

    def _dynamic_function_reduce(self, func: types.FunctionType) -> Any:
        reduced = super()._dynamic_function_reduce(func)
        if self.bare_namespace is None or func.__globals__ is not self.bare_namespace:
            return reduced
        _, (code, _, *rest), (state, slots), *setters = reduced
        return (
            make_in_namespace,
            (self.bare_namespace, code, *rest),
            (state, {**slots, "__globals__": {}}),
            *setters,
        )


def make_in_namespace(namespace: dict[str, Any], code: Any, *rest: Any) -> Any:
    """A function whose globals are the receiver's own namespace."""
    return _cloudpickle._make_function(code, namespace, *rest)


def dump_value(
    value: Any, name_of: NameOf, bare_namespace: dict[str, Any] | None = None
) -> tuple[Parts, dict[int, Any]]:
    """The pickle of `value`, and every object in it by its number. Raises what pickling raises."""
    picklers: list[ValuePickler] = []

    def factory(file: IO[bytes], buffer_callback: BufferCallback) -> ValuePickler:
        pickler = ValuePickler(file, buffer_callback, name_of)
        pickler.bare_namespace = bare_namespace
        picklers.append(pickler)
        return pickler

    parts = dump(value, factory)
    return parts, picklers[0].numbered()
