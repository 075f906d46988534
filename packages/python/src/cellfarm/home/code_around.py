"""The code and constants behind a loop that its own digest names only: modules beside the notebook, installed packages.

Two homes, or two runs, may use the same results only where these are equal too. Everything is told from what is loaded in this process,
never from files: those may have changed since.
"""

from __future__ import annotations

import sys
import types
from typing import Any

from cellfarm.home import kinds
from cellfarm.home.reach import Reach

_CODE = (types.FunctionType, types.BuiltinFunctionType, types.ModuleType)


def code_around(reach: Reach) -> list[Any]:
    """Values to be digested with the inputs of a loop: code of every function reached, values of the user's modules, versions."""
    modules = [value for value in reach.objects if isinstance(value, types.ModuleType)]
    return [
        sys.version,
        _versions(),
        [function.__code__ for function in reach.functions],
        [(module.__name__, _values(vars(module))) for module in modules if _is_users(module)],
        [
            (value.__qualname__, _atoms(vars(value)))
            for value in reach.objects[: reach.ordered]
            if isinstance(value, type) and not kinds.is_library_module(value.__module__)
        ],
    ]


def _is_users(module: types.ModuleType) -> bool:
    return module.__name__ != "__main__" and not kinds.is_library_module(module.__name__)


def _values(names: dict[str, Any]) -> list[tuple[str, Any]]:
    """Global names of a module; functions and classes are told by their code."""
    return [
        (name, value)
        for name, value in sorted(names.items())
        if not name.startswith("__") and not isinstance(value, (*_CODE, type))
    ]


def _atoms(names: Any) -> list[tuple[str, Any]]:
    return [
        (name, value)
        for name, value in sorted(names.items())
        if not name.startswith("__") and type(value) in kinds.ATOMIC and not _is_descriptor(value)
    ]


def _is_descriptor(value: Any) -> bool:
    return isinstance(value, (types.GetSetDescriptorType, types.MemberDescriptorType))


def _versions() -> list[tuple[str, str]]:
    """Of the packages that are loaded."""
    found = []
    for name, module in sorted(sys.modules.items()):
        version = None if "." in name else getattr(module, "__dict__", {}).get("__version__")
        if isinstance(version, str):
            found.append((name, version))
    return found
