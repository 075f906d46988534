"""Everything that code may reach from a set of values: what must not change while its elements are computed elsewhere.

`walk` also says which value cannot leave home or be shared with a forked child (an open file, a lock, a generator, ...). Libraries
are not walked: their functions and modules count as constants. `baseline` compares what was found before and after.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import hashlib
import io
import logging
import mmap
import socket
import subprocess
import sys
import threading
import types
import weakref
from collections.abc import Iterable
from typing import Any

from cellfarm.home import kinds

OBJECT_LIMIT = 3_000_000
_LOCKS = (type(threading.Lock()), type(threading.RLock()), type(threading.local()))
_LARGE = 4096


class Reach:
    """Objects found, in order, each once; and why they cannot be used elsewhere, if so.

    `objects` keeps strong references, so that the ids in `index` stay unique for as long as this object lives.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        kinds.learn_atoms()
        self.namespace = namespace
        self.objects: list[Any] = []
        self.index: dict[int, int] = {}
        self.functions: list[types.FunctionType] = []
        self.refusal: str | None = None
        self.ordered = 0
        """Objects below this number come in the same order in every home; the rest was found in sets."""
        self._sets: list[Any] = []
        self._skip = {id(namespace), id(sys.modules), id(self.objects), id(self.index)}

    def walk(self, roots: Iterable[tuple[str, Any]]) -> Reach:
        """Adds what `roots` (label, value) reach. Stops at the first value that cannot be used elsewhere."""
        for label, value in roots:
            self._walk(label, [value])
            if self.refusal is not None:
                return self
        self.ordered = len(self.objects)
        while self._sets and self.refusal is None:
            elements = [element for found in self._sets for element in found]
            self._sets.clear()
            self._walk("a set", elements)
        return self

    def shape(self) -> str:
        """Digest of the types in order: equal in two homes, a number means the same object in both."""
        kinds_in_order = "|".join(type(value).__qualname__ for value in self.objects[: self.ordered])
        return hashlib.sha256(kinds_in_order.encode("utf-8", "surrogatepass")).hexdigest()

    def holds(self, value: object) -> bool:
        return id(value) in self.index

    def _walk(self, label: str, roots: list[Any]) -> None:
        pending = roots
        while pending:
            plain, children = [], []
            for value in self._new(pending):
                if type(value) is set or type(value) is frozenset:
                    self._sets.append(value)
                elif type(value) in kinds.PLAIN:
                    if not _holds_only_atoms(value):
                        plain.append(value)
                else:
                    problem = refusal_of(value)
                    if problem is not None:
                        self.refusal = f"`{label}` {'is' if pending is roots else 'holds'} {problem}"
                        return
                    children.extend(self._expand(value))
            pending = gc.get_referents(*plain)
            pending += children
            if len(self.objects) > OBJECT_LIMIT:
                self.refusal = (
                    f"`{label}` reaches more than {OBJECT_LIMIT:,} objects, too many to watch for changes"
                )
                return

    def _new(self, values: list[Any]) -> list[Any]:
        atomic, index, objects, skip = kinds.ATOMIC, self.index, self.objects, self._skip
        first = len(objects)
        for value in values:
            kind = type(value)
            if kind in atomic and (kind is not float or value == value):
                continue  # of numbers only a NaN is known by which object it is
            address = id(value)
            if address in index or address in skip:
                continue
            index[address] = len(objects)
            objects.append(value)
        return objects[first:]

    def _expand(self, value: Any) -> list[Any]:
        if isinstance(value, types.FunctionType):
            return self._expand_function(value)
        if isinstance(value, types.ModuleType):
            user = not kinds.is_library_module(value.__name__) and value.__dict__ is not self.namespace
            return [*value.__dict__.values()] if user else []
        if isinstance(value, type):
            return (
                []
                if kinds.is_library_module(value.__module__)
                else [*value.__dict__.values(), *value.__bases__]
            )
        if is_opaque_library_value(value):
            return []
        special = _expand_array_like(value)
        if special is not None:
            return special
        if isinstance(value, types.BuiltinFunctionType):
            owner = value.__self__
            return [] if isinstance(owner, types.ModuleType) else [owner]
        return gc.get_referents(value)

    def _expand_function(self, function: types.FunctionType) -> list[Any]:
        self.functions.append(function)
        found: list[Any] = [function.__defaults__, function.__kwdefaults__, *(function.__closure__ or ())]
        if function.__dict__:
            found.append(function.__dict__)
        names = function.__globals__
        if names is self.namespace or kinds.is_user_namespace(names):
            found += [names[name] for name in sorted(global_names(function.__code__)) if name in names]
        return found


def global_names(code: types.CodeType) -> set[str]:
    """Names that a code object and those nested in it may look up as globals (attribute names come along, harmlessly)."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= global_names(constant)
    return names


def is_opaque_library_value(value: object) -> bool:
    """Library objects that count as constants although they hold locks and much else: loggers, the shell, standard streams."""
    if value is sys.stdout or value is sys.stderr or value is sys.__stdout__ or value is sys.__stderr__:
        return True
    if isinstance(value, (logging.Logger, logging.Handler, logging.LoggerAdapter, weakref.ReferenceType)):
        return True
    return any(base.__name__ == "InteractiveShell" for base in type(value).__mro__)


def refusal_of(value: Any) -> str | None:
    """Why this one object cannot be used by a forked child or a worker; None where it can."""
    kind = type(value)
    if isinstance(value, (type, types.FunctionType, types.ModuleType)):
        return None
    if isinstance(value, (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)):
        return f"a {kind.__name__}"
    if isinstance(value, io.IOBase) and not isinstance(value, (io.StringIO, io.BytesIO)):
        return None if value.closed or is_opaque_library_value(value) else "an open file"
    if isinstance(value, socket.socket):
        return "a socket"
    if isinstance(value, _LOCKS):
        return "a lock"
    if isinstance(value, concurrent.futures.Executor):
        return "a pool of threads or processes"
    if isinstance(value, (asyncio.Future, asyncio.AbstractEventLoop, concurrent.futures.Future)):
        return (
            f"an unfinished {kind.__name__}"
            if not isinstance(value, asyncio.AbstractEventLoop)
            else "an event loop"
        )
    if isinstance(value, (subprocess.Popen, threading.Thread)):
        return f"a {kind.__name__}"
    if isinstance(value, mmap.mmap):
        return "mapped memory"
    if hasattr(kind, "__next__"):
        return f"an iterator ({kind.__name__})"
    return _library_refusal(value)


def _library_refusal(value: Any) -> str | None:
    kind = type(value)
    module = kind.__module__ if isinstance(kind.__module__, str) else ""
    if module == "sqlite3" or (
        module.startswith("psycopg") and kind.__name__ in ("connection", "Connection", "Cursor")
    ):
        return f"a database connection ({kind.__name__})"
    if module.startswith("h5py"):
        return "an open HDF5 file"
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    pillow = sys.modules.get("PIL.Image")
    if pillow is not None and isinstance(value, pillow.Image) and getattr(value, "fp", None) is not None:
        return "an image that is still being read from its file"
    if numpy is not None and isinstance(value, numpy.memmap) and value.flags.writeable:
        return "an array that writes to a file"
    if torch is not None and isinstance(value, torch.Tensor) and (value.is_cuda or value.is_shared()):
        return "a tensor on the GPU" if value.is_cuda else "a tensor in shared memory"
    return None


def _expand_array_like(value: Any) -> list[Any] | None:
    """Children of arrays and frames, which the garbage collector does not show; None for anything else."""
    numpy, pandas, torch = sys.modules.get("numpy"), sys.modules.get("pandas"), sys.modules.get("torch")
    if type(value).__module__.startswith("numpy.random."):
        return []  # a generator: its lock is numpy's own matter, its state is compared whole
    if numpy is not None and isinstance(value, numpy.ndarray):
        base = [value.base] if isinstance(value.base, (numpy.ndarray, bytearray)) else []
        return base + (value.ravel().tolist() if value.dtype.hasobject else [])
    if isinstance(value, memoryview):
        return [value.obj]
    pillow = sys.modules.get("PIL.Image")
    if pillow is not None and isinstance(value, pillow.Image):
        return []
    if pandas is not None and isinstance(value, pandas.Index):
        return [] if value.dtype != object else [*value]
    if pandas is not None and isinstance(value, (pandas.DataFrame, pandas.Series)):
        return [*frame_arrays(value), value.attrs]
    if torch is not None and isinstance(value, torch.Tensor):
        return [] if value.grad is None else [value.grad]
    return None


def frame_arrays(frame: Any) -> list[Any]:
    """Arrays behind a pandas Series or DataFrame, and its axes."""
    manager = frame._mgr
    return [*getattr(manager, "arrays", ()), *frame.axes]


def _holds_only_atoms(value: Any) -> bool:
    if len(value) < _LARGE or type(value) is not list:
        return False
    return set(map(type, value)) <= kinds.ATOMIC
