"""Has anything changed? A baseline holds the state of every reachable object, exactly, and names the first that differs later.

Containers are compared by the identity of what they hold (the baseline keeps it alive, so no address is used twice); data in C by
checksum. Made in the child or worker before its first element, so that home pays nothing.
"""

from __future__ import annotations

import collections
import gc
import io
import operator
import pickle
import sys
import types
import zlib
from typing import Any

from cellfarm.home import kinds
from cellfarm.home.pages import watch
from cellfarm.home.reach import Reach, frame_arrays, is_opaque_library_value


class Baseline:
    """State of all objects of `reach`."""

    def __init__(self, reach: Reach) -> None:
        self._entries = [_Watched(value) for value in reach.objects]

    def changed(self) -> str | None:
        """Description of the first object that is not as it was; None when all are."""
        for watched in self._entries:
            if watched.changed():
                return f"changed {describe(watched.value)}"
        return None


class _Watched:
    """One object and its state then: of a large array in a forked child the pages, else everything."""

    __slots__ = ("_before", "_pages", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        memory = _memory_of(value)
        self._pages = None if memory is None else watch(*memory)
        self._before = state_of(value) if self._pages is None else ([], _array_shape(value))

    def changed(self) -> bool:
        if self._pages is None:
            return not _same(self._before, state_of(self.value))
        return self._before[1] != _array_shape(self.value) or self._pages.written()


def _memory_of(value: Any) -> tuple[int, int] | None:
    """Address and size in bytes of an array's memory, when it is in one piece."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(value, numpy.ndarray) or value.dtype.hasobject:
        return None
    if not (value.flags.c_contiguous or value.flags.f_contiguous):
        return None
    return value.__array_interface__["data"][0], value.nbytes


def unwatchable(reach: Reach) -> str | None:
    """Description of the first object whose state cannot be told; None when all can."""
    for value in reach.objects:
        kind = type(value)
        if kind in kinds.PLAIN or isinstance(value, type) or not kinds.hides_state(kind) or _is_data(value):
            continue
        try:
            state_of(value)
        except (pickle.PicklingError, TypeError, AttributeError, NotImplementedError, ValueError) as problem:
            return f"{describe(value)} cannot be watched for changes ({problem})"
    return None


def _is_data(value: Any) -> bool:
    """Arrays, frames and tensors, whose state can always be told."""
    numpy, pandas, torch = sys.modules.get("numpy"), sys.modules.get("pandas"), sys.modules.get("torch")
    return (
        (numpy is not None and isinstance(value, numpy.ndarray))
        or (pandas is not None and isinstance(value, (pandas.Index, pandas.Series, pandas.DataFrame)))
        or (torch is not None and isinstance(value, torch.Tensor))
    )


def state_of(value: Any) -> tuple[list[Any], Any]:
    """(objects compared by identity, value compared by equality)."""
    kind = type(value)
    if kind in kinds.PLAIN:
        return gc.get_referents(value), None
    if isinstance(value, types.ModuleType):
        return _module_state(value)
    if isinstance(value, type):
        if kinds.is_library_module(value.__module__):
            return [], None
        own = {name: item for name, item in value.__dict__.items() if name not in _SELF_FILLING}
        return [*own.keys(), *own.values()], None
    if is_opaque_library_value(value):
        return [], None
    data = _data_state(value)
    if data is not None:
        return data
    if isinstance(value, collections.OrderedDict):
        return [*value.keys(), *value.values()], None
    if hasattr(value, "cache_info") and hasattr(value, "__wrapped__"):
        return [], tuple(value.cache_info())
    if kinds.hides_state(kind):
        return [], zlib.crc32(pickle.dumps(value, 5))
    return _instance_state(value)


_SELF_FILLING = frozenset(
    {
        "__annotations__",
        "__abstractmethods__",
        "_abc_impl",
        "__annotations_cache__",
        "__doc__",
        "__slotnames__",
    }
)


def _instance_state(value: Any) -> tuple[list[Any], Any]:
    try:
        own = object.__getattribute__(value, "__dict__")
    except (AttributeError, TypeError):
        return gc.get_referents(value), None
    if type(own) is not dict:
        return gc.get_referents(value), None
    if isinstance(value, types.FunctionType):
        return [value.__code__, value.__defaults__, value.__kwdefaults__, *own.keys(), *own.values()], None
    rest = (
        [item for item in gc.get_referents(value) if item is not own]
        if _has_more_than_dict(type(value))
        else []
    )
    return [*own.keys(), *own.values(), *rest], None


def _has_more_than_dict(kind: type) -> bool:
    return any(
        base not in (object,) and ("__slots__" in base.__dict__ or base in kinds.PLAIN)
        for base in kind.__mro__
    ) or (issubclass(kind, BaseException))


def _module_state(module: types.ModuleType) -> tuple[list[Any], Any]:
    own = module.__dict__
    if module.__name__ == "__main__":
        return [], None
    if kinds.is_library_module(module.__name__):
        return [], None
    named = [(name, item) for name, item in own.items() if not name.startswith("__")]
    return [part for pair in named for part in pair], None


def _data_state(value: Any) -> tuple[list[Any], Any] | None:
    if isinstance(value, (bytearray, memoryview)):
        return [], (len(value), zlib.crc32(value))
    if isinstance(value, (io.StringIO, io.BytesIO)):
        return [], ("closed",) if value.closed else (value.tell(), hash(value.getvalue()))
    numpy, pandas, torch = sys.modules.get("numpy"), sys.modules.get("pandas"), sys.modules.get("torch")
    if numpy is not None and isinstance(value, numpy.ndarray):
        return _array_state(value)
    pillow = sys.modules.get("PIL.Image")
    if pillow is not None and isinstance(value, pillow.Image):
        return [], (value.size, value.mode, zlib.crc32(value.tobytes()))
    if pandas is not None and isinstance(value, pandas.Index):
        return [], (value.names, len(value))
    if pandas is not None and isinstance(value, (pandas.DataFrame, pandas.Series)):
        return frame_arrays(value), (value.shape, str(getattr(value, "name", None)))
    if torch is not None and isinstance(value, torch.Tensor):
        return [value.grad], (
            value.data_ptr(),
            value._version,
            tuple(value.shape),
            value.requires_grad,
            str(value.dtype),
        )
    return None


def _array_state(array: Any) -> tuple[list[Any], Any]:
    shape = _array_shape(array)
    if array.dtype.hasobject:
        return array.ravel().tolist(), shape
    flat = array if array.flags.c_contiguous else array.T if array.flags.f_contiguous else array.copy()
    if flat.nbytes == 0:
        return [], shape
    return [], (*shape, zlib.crc32(memoryview(flat.reshape(-1).view("u1"))))


def _array_shape(array: Any) -> tuple[Any, ...]:
    return array.shape, array.strides, array.dtype.str, array.flags.writeable


def _same(before: tuple[list[Any], Any], after: tuple[list[Any], Any]) -> bool:
    held, now = before[0], after[0]
    return len(held) == len(now) and all(map(operator.is_, held, now)) and bool(before[1] == after[1])


def describe(value: Any) -> str:
    """A short name for an object in a note: `a list of 3`, `the function f`, `the class C`."""
    if isinstance(value, types.FunctionType):
        return f"the function {value.__qualname__}"
    if isinstance(value, type):
        return f"the class {value.__qualname__}"
    if isinstance(value, types.ModuleType):
        return f"the module {value.__name__}"
    if type(value) in kinds.PLAIN:
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__name__}"
