"""The light decorators: they say what a function is, and change nothing about it.

A decorated function is the function itself with one attribute more. The compiler reads the directive from
the notebook's source; in a plain kernel, without cellfarm's service, it means nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from cellfarm.directive import Directive, make_directive

Function = TypeVar("Function", bound=Callable[..., Any])

ATTRIBUTE = "__cellfarm__"
"""Attribute of a decorated function that holds its directive."""

_MISSING: Any = object()


def _decorate(function: Function | None, directive: Directive) -> Function | Callable[[Function], Function]:
    def mark(marked: Function) -> Function:
        if not callable(marked) and not isinstance(marked, (staticmethod, classmethod)):
            raise TypeError(f"a function is decorated, not {marked!r}")
        try:
            setattr(marked, ATTRIBUTE, directive)
        except (AttributeError, TypeError):
            return marked  # a function of C takes no attributes; the source says it all the same
        return marked

    return mark if function is None else mark(function)


@overload
def task(function: Function, /) -> Function: ...
@overload
def task(
    *,
    role: str = "auto",
    target: str = "auto",
    cpus: float | None = None,
    memory: str | None = None,
    gpus: int | None = None,
    gpu_memory: str | None = None,
    timeout: str | None = None,
    retries: int | None = None,
) -> Callable[[Function], Function]: ...
def task(function: Any = None, /, *, role: str = "auto", target: str = "auto", **resources: Any) -> Any:
    """A function that may run as a task of its own.

    Args:
        function: what is decorated, when the decorator is used without arguments. role: what it is; one of
        the roles of a cell. target: where it prefers to run: `auto`, `local`, `docker`, `kubernetes`,
        `slurm` or a configured name. cpus: CPU cores. memory: main memory, such as `"8GiB"`. gpus: whole
        GPUs. gpu_memory: memory of each GPU, such as `"16GiB"`. timeout: longest time one attempt may take,
        such as `"30m"`. retries: further attempts after the function itself failed.

    Raises:
        TypeError: a value of the wrong type, or an argument that there is not.
        ValueError: a value that is not allowed.
    """
    return _decorate(function, _directive("task", role, target, resources))


@overload
def map(function: Function, /) -> Function: ...
@overload
def map(
    *,
    target: str = "auto",
    cpus: float | None = None,
    memory: str | None = None,
    gpus: int | None = None,
    gpu_memory: str | None = None,
    timeout: str | None = None,
    retries: int | None = None,
) -> Callable[[Function], Function]: ...
def map(function: Any = None, /, *, target: str = "auto", **resources: Any) -> Any:
    """A function of one element, so that `[f(x) for x in xs]` and the like may run in parallel.

    Arguments and errors as for `task`.
    """
    return _decorate(function, _directive("map", "map", target, resources))


@overload
def reduce(function: Function, /) -> Function: ...
@overload
def reduce(
    *,
    identity: Any = ...,
    target: str = "auto",
    cpus: float | None = None,
    memory: str | None = None,
    gpus: int | None = None,
    gpu_memory: str | None = None,
    timeout: str | None = None,
    retries: int | None = None,
) -> Callable[[Function], Function]: ...
def reduce(
    function: Any = None, /, *, identity: Any = _MISSING, target: str = "auto", **resources: Any
) -> Any:
    """An associative function of two arguments, whose order of combination may change.

    Args:
        function: what is decorated, when the decorator is used without arguments.
        identity: the value that changes nothing when combined with another.

    The other arguments and the errors are those of `task`.
    """
    options = {} if identity is _MISSING else {"identity": identity}
    return _decorate(function, _directive("reduce", "reduce", target, resources, options))


@overload
def stage(function: Function, /) -> Function: ...
@overload
def stage(
    *,
    target: str = "auto",
    cpus: float | None = None,
    memory: str | None = None,
    gpus: int | None = None,
    gpu_memory: str | None = None,
    timeout: str | None = None,
    retries: int | None = None,
) -> Callable[[Function], Function]: ...
def stage(function: Any = None, /, *, target: str = "auto", **resources: Any) -> Any:
    """One stage of a pipeline through which items stream. Arguments and errors as for `task`."""
    return _decorate(function, _directive("stage", "stage", target, resources))


@overload
def train(function: Function, /) -> Function: ...
@overload
def train(
    *,
    devices: str | int = "all",
    target: str = "auto",
    cpus: float | None = None,
    memory: str | None = None,
    gpus: int | None = None,
    gpu_memory: str | None = None,
    timeout: str | None = None,
    retries: int | None = None,
) -> Callable[[Function], Function]: ...
def train(
    function: Any = None, /, *, devices: str | int = "all", target: str = "auto", **resources: Any
) -> Any:
    """A function that trains a model and may do so on several devices, each with its part of every batch.

    Args:
        function: what is decorated, when the decorator is used without arguments.
        devices: how many devices, or `"all"`.

    The other arguments and the errors are those of `task`.
    """
    if isinstance(devices, bool) or not isinstance(devices, (str, int)):
        raise TypeError(f'devices must be "all" or a whole number above 0, not {devices!r}')
    if devices != "all" and (isinstance(devices, str) or devices < 1):
        raise ValueError(f'devices must be "all" or a whole number above 0, not {devices!r}')
    return _decorate(function, _directive("train", "train", target, resources, {"devices": devices}))


_RESOURCES = ("cpus", "memory", "gpus", "gpu_memory", "timeout", "retries")


def _directive(
    decorator: str, role: str, target: str, resources: dict[str, Any], options: dict[str, Any] | None = None
) -> Directive:
    for name in resources:
        if name not in _RESOURCES:
            raise TypeError(
                f"{decorator}() takes no argument {name!r}; resources are {', '.join(_RESOURCES)}"
            )
    values = {name: resources.get(name) for name in _RESOURCES}
    return make_directive(role, target, options=options, **values)
