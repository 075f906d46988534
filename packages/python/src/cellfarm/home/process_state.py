"""State of the process that code may read without naming it: folder, environment, warnings filters, number formats, options.

A table of settings, each with how to read it and how to set it in another process. A shipped function travels with all of them;
a forked shard is compared before and after. Random number generators are `guards`' matter.
"""

from __future__ import annotations

import decimal
import locale
import logging
import os
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """One part of the process' state.

    Attributes:
        name: words for a note.
        read: its present value, comparable and picklable; None where the library is not loaded.
        apply: gives it that value; takes what `read` gave.
    """

    name: str
    read: Callable[[], Any]
    apply: Callable[[Any], None]


def read_state() -> dict[str, Any]:
    """Present value of every setting."""
    return {setting.name: setting.read() for setting in SETTINGS}


def apply_state(state: dict[str, Any]) -> None:
    """Gives this process the settings of another. Raises whatever a setting raises that cannot be applied here."""
    for setting in SETTINGS:
        value = state.get(setting.name)
        if value is not None and value != setting.read():
            setting.apply(value)


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Settings that differ, with their later values: what `apply_state` takes."""
    return {name: value for name, value in after.items() if value != before[name]}


def difference(before: dict[str, Any], after: dict[str, Any]) -> str | None:
    """Name of the first setting that differs; None when none does."""
    for name, value in before.items():
        if value is not None and value != after[name]:
            return name
    return None


def _apply_environment(value: dict[str, str]) -> None:
    for name in [name for name in os.environ if name not in value]:
        del os.environ[name]
    os.environ.update(value)


def _apply_filters(value: list[Any]) -> None:
    python: Any = warnings
    python.filters[:] = value
    getattr(warnings, "_filters_mutated", lambda: None)()


def _read_filters() -> list[Any]:
    return list(warnings.filters)


def _read_decimal() -> dict[str, Any]:
    context = decimal.getcontext()
    names = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp")
    state: dict[str, Any] = {name: getattr(context, name) for name in names}
    state["traps"] = sorted(signal.__name__ for signal, on in context.traps.items() if on)
    return state


def _apply_decimal(value: dict[str, Any]) -> None:
    traps = [getattr(decimal, name) for name in value["traps"]]
    rest = {name: item for name, item in value.items() if name != "traps"}
    decimal.setcontext(decimal.Context(traps=traps, **rest))


def _read_numpy() -> Any:
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    options = {name: item for name, item in numpy.get_printoptions().items() if name != "formatter"}
    return {"errors": numpy.geterr(), "print": options}


def _apply_numpy(value: dict[str, Any]) -> None:
    import numpy

    numpy.seterr(**value["errors"])
    options = {name: item for name, item in value["print"].items() if name != "override_repr"}
    numpy.set_printoptions(**options)


def _read_pandas() -> Any:
    if "pandas" not in sys.modules:
        return None
    config = sys.modules.get("pandas._config.config")
    return None if config is None else _flat(config._global_config, "")


def _apply_pandas(value: dict[str, Any]) -> None:
    import pandas

    present = _read_pandas() or {}
    for name, item in value.items():
        if present.get(name) != item:
            pandas.set_option(name, item)


def _flat(tree: dict[str, Any], prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, item in tree.items():
        found.update(_flat(item, f"{prefix}{name}.") if isinstance(item, dict) else {prefix + name: item})
    return found


def _read_torch() -> dict[str, Any] | None:
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "is_grad_enabled"):  # not loaded, or in the middle of that
        return None
    return {
        "dtype": str(torch.get_default_dtype()).removeprefix("torch."),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "warn_only": torch.is_deterministic_algorithms_warn_only_enabled(),
        "matmul": torch.get_float32_matmul_precision(),
        "gradients": torch.is_grad_enabled(),
        "anomalies": torch.is_anomaly_enabled(),
    }


def _apply_torch(value: dict[str, Any]) -> None:
    import torch

    torch.set_default_dtype(getattr(torch, value["dtype"]))
    torch.use_deterministic_algorithms(value["deterministic"], warn_only=value["warn_only"])
    torch.set_float32_matmul_precision(value["matmul"])
    torch.set_grad_enabled(value["gradients"])
    torch.autograd.set_detect_anomaly(value["anomalies"])


_SET_BY_FIRST_FIGURE = ("backend", "backend_fallback", "interactive")


def _read_rc_params() -> Any:
    matplotlib = sys.modules.get("matplotlib")
    params = getattr(matplotlib, "rcParams", None)
    if params is None:
        return None
    names = [name for name in dict.keys(params) if name not in _SET_BY_FIRST_FIGURE]
    return {name: dict.__getitem__(params, name) for name in names}


def _apply_rc_params(value: dict[str, Any]) -> None:
    import matplotlib

    present = _read_rc_params() or {}
    matplotlib.rcParams.update({name: item for name, item in value.items() if present.get(name) != item})


def _read_logging() -> list[Any]:
    root = logging.root
    return [root.level, root.manager.disable, [type(handler).__name__ for handler in root.handlers]]


def _apply_logging(value: list[Any]) -> None:
    level, disable, handlers = value
    if handlers != _read_logging()[2]:
        raise ValueError("the root logger's handlers")
    logging.root.setLevel(level)
    logging.disable(disable)


def _read_locale() -> str:
    return locale.setlocale(locale.LC_ALL)


def _apply_path(value: list[str]) -> None:
    sys.path[:] = value


def _apply_locale(value: str) -> None:
    locale.setlocale(locale.LC_ALL, value)


SETTINGS = (
    Setting("the current folder", os.getcwd, os.chdir),
    Setting("the environment", lambda: dict(os.environ), _apply_environment),
    Setting("sys.path", lambda: list(sys.path), _apply_path),
    Setting("warnings filters", _read_filters, _apply_filters),
    Setting("the decimal context", _read_decimal, _apply_decimal),
    Setting("numpy's settings", _read_numpy, _apply_numpy),
    Setting("pandas options", _read_pandas, _apply_pandas),
    Setting("torch's settings", _read_torch, _apply_torch),
    Setting("matplotlib's settings", _read_rc_params, _apply_rc_params),
    Setting("logging levels", _read_logging, _apply_logging),
    Setting("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
    Setting("the locale", _read_locale, _apply_locale),
)


class Arrival:
    """Stands first in what is shipped: where it is unpickled, the process takes the sender's settings before anything is imported.

    Then the modules are compared, so that code meets the same libraries; a difference raises `patches.Patched`.
    """

    def __init__(self, state: dict[str, Any], modules: dict[str, dict[str, Any]]) -> None:
        self._state = state
        self._modules = modules

    def __reduce__(self) -> Any:
        return _arrive, (self._state, self._modules)


def _arrive(state: dict[str, Any], modules: dict[str, dict[str, Any]]) -> None:
    from cellfarm.home.patches import compare

    apply_state(state)
    compare(modules)
