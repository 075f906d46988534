"""Arrays across processes as they were: owner of their memory or view of another array, writable or not, C or Fortran order.

Plain pickling with buffers out of band would make every array a read-only view of the message.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from typing import Any

_VIEW_SHARE = 4
_COPY_BYTES = 64 << 20
"""Arrays above this stay views of the mapped object, to save the copy."""


def reduce_array(value: Any, is_known: Callable[[Any], bool]) -> Any:
    """What a pickler's `reducer_override` returns for an array; NotImplemented for anything else.

    Args:
        value: anything.
        is_known: whether the other process has an object already; a view of such an array stays one.
    """
    numpy = sys.modules.get("numpy")
    if numpy is None or type(value) is not numpy.ndarray or value.dtype.hasobject:
        return NotImplemented
    base = value.base
    if base is None:
        return _own_array(value)
    if type(base) is not numpy.ndarray:
        return NotImplemented
    if is_known(base) or base.nbytes <= _VIEW_SHARE * value.nbytes + 4096:
        return _view_of(value, base)
    return NotImplemented


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

    memory = memoryview(buffer)
    if memory.nbytes > _COPY_BYTES and not memory.readonly:
        return numpy.frombuffer(memory, dtype).reshape(shape, order=order)
    array = numpy.empty(shape, dtype, order=order)
    if array.nbytes:
        _bytes_of(array, order)[:] = numpy.frombuffer(memory, "u1")
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
