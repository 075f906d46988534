"""Are the libraries here what a fresh process would import? A function shipped elsewhere must find the same ones.

Decides what counts as patched: a function or class of the user's put into an installed module or class, a plain constant that
differs, and for modules beside the notebook anything that differs. Found out on both sides: some at home, some where it arrives.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

from cellfarm.home import kinds
from cellfarm.home.reach import Reach
from cellfarm.structure import digest

_CONSTANTS = (bool, int, float, str, bytes, type(None))
_DIGEST_LIMIT = 10_000
Facts = dict[str, dict[str, Any]]
"""For each module: its constants, or for a module beside the notebook the digest of each attribute."""


class Patched(Exception):
    """A module differs from the one that a fresh process imports."""


def find_patch(namespace: dict[str, Any]) -> str | None:
    """Name of the first attribute of an installed module or class that the user's code replaced; None when none is seen."""
    for name, module in list(sys.modules.items()):
        if (
            type(module) is not types.ModuleType
            or module.__dict__ is namespace  # multiprocessing lists it a second time, as __mp_main__
            or not kinds.is_library_module(name)
            or name.startswith("cellfarm")
        ):
            continue
        for attribute, value in list(module.__dict__.items()):
            if _is_users(value, namespace):
                return f"{name}.{attribute}"
            if _is(value, type) and value.__module__ == name:
                for member, item in list(value.__dict__.items()):
                    if _is_users(item, namespace):
                        return f"{name}.{attribute}.{member}"
    return None


def _is_users(value: Any, namespace: dict[str, Any]) -> bool:
    if _is(value, (staticmethod, classmethod)):
        value = value.__func__
    if type(value) is types.FunctionType:
        return value.__globals__ is namespace
    return _is(value, type) and value.__module__ == "__main__"


def _is(value: Any, kinds_of: Any) -> bool:
    """`isinstance` without asking the object itself: torch keeps some that warn when any attribute is read."""
    return issubclass(type(value), kinds_of)


def module_facts(reach: Reach) -> Facts:
    """What is compared on arrival, of the modules that the code reaches directly. Raises Patched where it cannot be told."""
    return {name: _facts(name) for name in sorted(_modules(reach))}


def compare(facts: Facts) -> None:
    """Imports the modules here and compares. Raises Patched, or what an import raises."""
    for name, there in facts.items():
        importlib.import_module(name)
        here = _facts(name)
        for attribute, value in there.items():
            if attribute not in here or here[attribute] != value:
                raise Patched(f"{name}.{attribute} is not what a fresh process imports")


def _modules(reach: Reach) -> set[str]:
    found = {value.__name__ for value in reach.objects if isinstance(value, types.ModuleType)}
    for value in reach.objects:
        if isinstance(value, (types.FunctionType, type)):
            found.add(value.__module__)
    return {
        name
        for name in found
        if isinstance(name, str) and name not in ("__main__", "builtins") and name in sys.modules
    }


def _facts(name: str) -> dict[str, Any]:
    own = sys.modules[name].__dict__
    if kinds.is_library_module(name):
        return {key: repr(value) for key, value in own.items() if type(value) in _CONSTANTS and key[0] != "_"}
    facts = {}
    for key, value in list(own.items()):
        if key.startswith("__") or isinstance(value, types.ModuleType):
            continue
        facts[key] = digest(value, _DIGEST_LIMIT)
        if facts[key] is None:
            raise Patched(f"whether {name}.{key} is as a fresh process imports it cannot be told")
    return facts
