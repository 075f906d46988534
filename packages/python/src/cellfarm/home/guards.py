"""The guards of one shard: what is looked at before and after its elements to know that nothing but their results came of them.

Random numbers, global names, settings of the process, figures, threads, everything reachable. What would act outside the process
is stopped earlier, by `audit` and `inherited`.
"""

from __future__ import annotations

import random
import sys
import threading
import warnings
import zlib
from typing import Any

from cellfarm.home import kinds, process_state
from cellfarm.home.baseline import Baseline
from cellfarm.home.reach import Reach


class Guards:
    """Made once in the process that computes shards, before the first; asked after each."""

    def __init__(self, reach: Reach, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._names = dict(namespace)
        self._values = Baseline(reach)
        self._settings = process_state.read_state()
        self._process = process_facts()
        self._modules = set(sys.modules)

    def violated(self) -> str | None:
        """Half a sentence about the first thing that is not as before; None when all is."""
        return self._process_change() or self._name_change() or self._values.changed()

    def _process_change(self) -> str | None:
        changed = process_change(self._process, self._settings)
        if changed is not None:
            return changed
        for name in set(sys.modules) - self._modules:
            if not kinds.is_library_module(name):
                return f"it imports {name}, which is not an installed module"
        return None

    def _name_change(self) -> str | None:
        if len(self._names) == len(self._namespace):
            for (name, value), (now_name, now) in zip(
                self._names.items(), self._namespace.items(), strict=True
            ):
                if name != now_name or value is not now:
                    return f"it sets the global name {now_name}"
            return None
        changed = self._names.keys() ^ self._namespace.keys()
        changed.discard("__warningregistry__")
        return f"it sets the global name {min(changed)}" if changed else None


_WORDS = {
    "random": "it draws random numbers (random)",
    "numpy": "it draws random numbers (numpy.random)",
    "torch": "it draws random numbers (torch)",
    "threads": "it leaves threads behind",
    "streams": "it replaces sys.stdout or sys.stderr",
    "figures": "it leaves a figure open",
    "warnings": "it changes how warnings are shown",
    "trace": "it sets a trace function",
}


def process_change(
    facts: dict[str, Any], settings: dict[str, Any], except_for: frozenset[str] = frozenset()
) -> str | None:
    """What of the process is not as it was; None when all is.

    Args:
        facts, settings: what `process_facts` and `read_state` gave then.
        except_for: facts that may be others.
    """
    now = process_facts()
    for name, value in now.items():
        if name in except_for:
            continue
        if name not in facts or facts[name] != value:
            return _WORDS[name]
    changed = process_state.difference(settings, process_state.read_state())
    return None if changed is None else f"it changes {changed}"


def process_facts() -> dict[str, Any]:
    """State of random number generators, threads, streams, figures."""
    facts: dict[str, Any] = {
        "random": random.getstate(),
        "threads": threading.active_count(),
        "streams": (id(sys.stdout), id(sys.stderr)),
        "warnings": warnings.showwarning,
        "trace": (sys.gettrace(), sys.getprofile()),
    }
    if "numpy" in sys.modules:
        import numpy.random  # numpy itself imports it when it is first used

        name, keys, *rest = numpy.random.get_state()
        facts["numpy"] = (name, zlib.crc32(keys.tobytes()), *rest)
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "default_generator"):
        facts["torch"] = zlib.crc32(torch.default_generator.get_state().numpy().tobytes())
    figures = sys.modules.get("matplotlib._pylab_helpers")
    if figures is not None and figures.Gcf.figs:
        facts["figures"] = [
            (number, len(manager.canvas.figure.axes)) for number, manager in figures.Gcf.figs.items()
        ]
    return facts
