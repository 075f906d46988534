"""Calls an adapter the moment its framework has been imported, before anything else can have taken functions out of it."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from types import ModuleType


class OnImport(importlib.abc.MetaPathFinder):
    """Finds nothing itself: lets the others find, and has `act` called after the first import of each module it is told of."""

    def __init__(self, acts: dict[str, Callable[[], None]]) -> None:
        self._acts = acts

    def watch(self) -> None:
        """From now on; for what is imported already, at once."""
        sys.meta_path.insert(0, self)
        for name in [name for name in self._acts if name in sys.modules]:
            self._acts.pop(name)()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec that the other finders give, with a loader that calls `act` at its end."""
        act = self._acts.pop(fullname, None)
        if act is None:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _Loader(spec.loader, act)
                return spec
        self._acts[fullname] = act
        return None


class _Loader(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader, act: Callable[[], None]) -> None:
        self._loader = loader
        self._act = act

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader  # nothing of ours is left on the module
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._act()
