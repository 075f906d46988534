"""Pickles what a shard computed so that home gets what it would have computed itself: same objects where they existed before, same
arrays.

An object that home had when the map opened travels as its number in the map's `Reach`. Arrays keep whether they own their memory,
may be written, and which array they are a view of. Classes and functions of `__main__` go by name.
"""

from __future__ import annotations

import pickle
import sys
import types
from collections.abc import Callable
from typing import IO, Any

from cellfarm.home.reach import Reach

BufferCallback = Callable[[pickle.PickleBuffer], Any]
_VIEW_SHARE = 4
_MODULE = "m"


class Unshippable(pickle.PicklingError):
    """A value cannot be taken to another process and be the same there."""


class ShardPickler(pickle.Pickler):
    """Protocol 5 with buffers out of band, identity by `reach` (None: nothing existed before)."""

    def __init__(self, file: IO[bytes], buffer_callback: BufferCallback | None, reach: Reach | None) -> None:
        super().__init__(file, protocol=5, buffer_callback=buffer_callback)
        self._index = reach.index if reach is not None else {}

    def persistent_id(self, value: Any) -> int | tuple[str, str] | None:
        """Number of an object that home has already, or the name of a module."""
        number = self._index.get(id(value))
        if number is None and isinstance(value, types.ModuleType):
            return (_MODULE, value.__name__)
        return number

    def reducer_override(self, value: Any) -> Any:
        """Arrays are rebuilt as they were; all else as pickle does it."""
        numpy = sys.modules.get("numpy")
        if numpy is None or type(value) is not numpy.ndarray or value.dtype.hasobject:
            return NotImplemented
        base = value.base
        if base is None:
            return _own_array(value)
        if type(base) is not numpy.ndarray:
            return NotImplemented
        if id(base) in self._index or base.nbytes <= _VIEW_SHARE * value.nbytes + 4096:
            return _view_of(value, base)
        return NotImplemented


def shard_unpickler(file: IO[bytes], buffers: Any, reach: Reach | None) -> pickle.Unpickler:
    """Reads what `ShardPickler` wrote, in the process that holds the same `reach`."""
    return _ShardUnpickler(file, buffers, reach)


class _ShardUnpickler(pickle.Unpickler):
    def __init__(self, file: IO[bytes], buffers: Any, reach: Reach | None) -> None:
        super().__init__(file, buffers=buffers)
        self._objects = reach.objects if reach is not None else []

    def persistent_load(self, number: Any) -> Any:
        if isinstance(number, tuple):
            return sys.modules[number[1]]
        return self._objects[number]


def _own_array(array: Any) -> Any:
    order = "C" if array.flags.c_contiguous else "F"
    return rebuild_array, (
        pickle.PickleBuffer(_bytes_of(array, order)),
        array.dtype,
        array.shape,
        order,
        bool(array.flags.writeable),
    )


def _bytes_of(array: Any, order: str) -> Any:
    """The memory of a contiguous array as bytes, without a copy."""
    flat = array.reshape(-1, order=order)
    return flat.view("u1") if flat.nbytes else flat[:0].astype("u1")


def rebuild_array(buffer: Any, dtype: Any, shape: tuple[int, ...], order: str, writeable: bool) -> Any:
    """An array of its own memory with the bytes of `buffer`."""
    import numpy

    array = numpy.empty(shape, dtype, order=order)
    if array.nbytes:
        _bytes_of(array, order)[:] = numpy.frombuffer(buffer, "u1")
    array.flags.writeable = writeable
    return array


def _view_of(view: Any, base: Any) -> Any:
    offset = view.__array_interface__["data"][0] - base.__array_interface__["data"][0]
    contiguous = base.flags.c_contiguous or base.flags.f_contiguous
    if not contiguous or offset < 0:
        return NotImplemented
    return rebuild_view, (base, view.dtype, view.shape, view.strides, offset, bool(view.flags.writeable))


def rebuild_view(
    base: Any, dtype: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int, writeable: bool
) -> Any:
    """A view of `base` that begins `offset` bytes after its first."""
    import numpy

    memory = base if base.flags.c_contiguous else base.T
    view = numpy.ndarray(shape, dtype, buffer=memory, offset=offset, strides=strides)
    if not writeable:
        view.flags.writeable = False
    return view
