"""What kind of thing a value is, as far as watching it for changes needs to know: atomic, a plain container, a library's own, ...

Pure questions about types and modules; `reach` walks with the answers and `baseline` compares with them.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import functools
import pathlib
import re
import sys
import sysconfig
import types
import uuid
import weakref
from collections.abc import Callable
from typing import Any

# Values that nobody can change and that hold nothing that anybody could change.
ATOMIC: set[type] = {
    int, float, complex, bool, str, bytes, range, type(None), type(...), type(NotImplemented),
    datetime.date, datetime.datetime, datetime.time, datetime.timedelta, datetime.timezone,
    decimal.Decimal, fractions.Fraction, re.Pattern, types.CodeType,
    types.WrapperDescriptorType, types.MethodDescriptorType, types.ClassMethodDescriptorType,
    types.GetSetDescriptorType, types.MemberDescriptorType, re.Match, uuid.UUID,
    pathlib.PurePosixPath, pathlib.PureWindowsPath, type(pathlib.Path()),
    weakref.ref, types.TracebackType, types.FrameType,
}  # fmt: skip

# Containers whose whole state is what the garbage collector sees of them.
PLAIN: set[type] = {
    list,
    tuple,
    dict,
    set,
    frozenset,
    collections.deque,
    collections.defaultdict,
    collections.Counter,
}

# Types in C (or their bases) whose state the garbage collector sees, or that have none.
_SEEN_BASES: set[type] = PLAIN | {
    object, collections.OrderedDict, type, types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.CellType,
    types.MappingProxyType, types.SimpleNamespace, types.MethodWrapperType, types.GenericAlias, types.UnionType,
    memoryview, bytearray,
    functools.partial, functools.partialmethod, property, staticmethod, classmethod, super, BaseException, Exception,
    slice, int, float, complex, str, bytes, types.ModuleType,
}  # fmt: skip
_SEEN_BASES.add(type(functools.lru_cache(lambda: None)))

_LIBRARY_FOLDERS = tuple(
    {sysconfig.get_paths()[key] + "/" for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    | {
        folder.rstrip("/") + "/"
        for folder in sys.path
        if folder.rstrip("/").endswith(("site-packages", "dist-packages"))
    }
)
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: types made by a class statement, and some made in C
_c_kinds: dict[type, bool] = {}


def learn_atoms() -> None:
    """Adds the immutable scalars of the libraries that are loaded by now."""
    for library, atoms in _ATOMS_OF.items():
        module = sys.modules.get(library)
        if module is not None and library not in _learnt:
            _learnt.add(library)
            ATOMIC.update(atoms(module))


def _numpy_atoms(numpy: Any) -> set[type]:
    scalars = {kind for kind in numpy.sctypeDict.values() if kind not in (numpy.void, numpy.object_)}
    return scalars | {type(numpy.dtype(kind)) for kind in scalars}


def _pandas_atoms(pandas: Any) -> set[type]:
    scalars = {pandas.Timestamp, pandas.Timedelta, pandas.Period, pandas.Interval}
    return scalars | {type(pandas.NaT), type(pandas.NA)}


_ATOMS_OF: dict[str, Callable[[Any], set[type]]] = {"numpy": _numpy_atoms, "pandas": _pandas_atoms}
_learnt: set[str] = set()


def is_library_file(file: object) -> bool:
    """Whether a module's `__file__` lies in the standard library or among installed packages (or it has none: built in)."""
    if not isinstance(file, str):
        return True
    return file.startswith(_LIBRARY_FOLDERS) or "/site-packages/" in file or "/dist-packages/" in file


def is_library_module(name: object) -> bool:
    """Whether the module of that name is installed rather than written by the user. `__main__` is the user's."""
    if name == "__main__" or not isinstance(name, str):
        return False
    module = sys.modules.get(name)
    if module is None:
        return False
    if name.partition(".")[0] == "cellfarm":
        return True
    return is_library_file(getattr(module, "__file__", None))


def is_user_namespace(namespace: dict[str, Any]) -> bool:
    """Whether global names of this dictionary belong to the user: the notebook's, or a module beside it."""
    name = namespace.get("__name__")
    if name == "__main__" or not isinstance(name, str):
        return True
    return not is_library_module(name)


def hides_state(kind: type) -> bool:
    """Whether objects of this type keep state in C where the garbage collector does not show it."""
    known = _c_kinds.get(kind)
    if known is None:
        known = _c_kinds[kind] = any(_is_c(base) for base in kind.__mro__ if base not in _SEEN_BASES)
    return known


def _is_c(kind: type) -> bool:
    if not kind.__flags__ & _HEAP_TYPE:
        return True
    name = kind.__module__
    if name in sys.builtin_module_names:
        return True
    file = getattr(sys.modules.get(name), "__file__", None)
    return isinstance(file, str) and not file.endswith((".py", ".pyc"))
