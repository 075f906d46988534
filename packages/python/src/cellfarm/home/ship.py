"""Variables of a cell that leaves: collected at home, received by a worker, given back and bound at home.

Decides what travels by value and what as a reference to a name. A variable that the cell did not change comes back as the very
object that home has; classes and functions of the notebook come back as home's own.
"""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import Any

from cellfarm.container import Parts, load
from cellfarm.home import kinds
from cellfarm.home.baseline import Baseline, unwatchable
from cellfarm.home.patches import Patched, find_patch, module_facts
from cellfarm.home.process_state import Arrival, apply_state, changes, read_state
from cellfarm.home.random_state import apply_random_state, read_random_state
from cellfarm.home.reach import Reach
from cellfarm.home.references import Find, ReferenceUnpickler
from cellfarm.home.value_pickler import dump_value


class Refused(Exception):
    """The variables cannot leave home; the text says why."""


@dataclass(frozen=True)
class Process:
    """What a training cell leaves of the process it ran in.

    Attributes:
        settings: those that it changed. random: state of the random generators.
    """

    settings: dict[str, Any]
    random: dict[str, Any]

    @classmethod
    def since(cls, before: dict[str, Any]) -> Process:
        """What changed since `read_state` gave `before`."""
        return cls(changes(before, read_state()), read_random_state())


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a worker received: the variables, and their state then."""

    variables: dict[str, Any]
    reach: Reach
    baseline: Baseline | None


def collect(namespace: dict[str, Any], names: list[str], trains: bool = False) -> Parts:
    """Pickles the variables `names` with the state of the process. Names that home does not have are left out.

    Args:
        namespace: home's. names: what the cell reads. trains: the cell takes the random generators along.

    Raises:
        Refused: a value stays in this process, cannot be pickled, or is of a class that home would not find again.
    """
    variables = {name: namespace[name] for name in names if name in namespace}
    reach = Reach(namespace).walk(variables.items())
    refusal = reach.refusal or unwatchable(reach) or _lost_definition(reach, namespace)
    if refusal is not None:
        raise Refused(refusal)
    patch = find_patch(namespace)
    if patch is not None:
        raise Refused(f"{patch} was replaced by the notebook")
    try:
        arrival = Arrival(read_state(), module_facts(reach))
        random = read_random_state() if trains else None
        return dump_value([arrival, variables, random], lambda value: None, bare_namespace=namespace)[0]
    except Patched as patched:
        raise Refused(str(patched)) from None
    except Exception as error:  # the user's own reducers may raise anything
        raise Refused(f"a value cannot be pickled: {type(error).__name__}: {error}") from None


def receive(namespace: dict[str, Any], packed: Any) -> Inputs:
    """Puts what `collect` packed into a worker's namespace. Raises what unpickling raises."""
    _, variables, random = _load(packed, lambda reference: namespace)
    if random is not None:
        apply_random_state(random)
    namespace.update(variables)
    reach = Reach(namespace).walk(variables.items())
    watched = reach.refusal is None and unwatchable(reach) is None
    return Inputs(variables, reach, Baseline(reach) if watched else None)


def give_back(
    namespace: dict[str, Any], names: list[str], inputs: Inputs, process: Process | None = None
) -> Parts:
    """Pickles the outputs after the cell ran, with what it left of the process where that comes home. Raises what pickling raises."""
    outputs = {name: namespace[name] for name in names if name in namespace}
    gone = [name for name in names if name not in namespace]
    unchanged = inputs.baseline is not None and inputs.baseline.changed() is None
    references: dict[int, Any] = {}
    for value in inputs.reach.objects:
        if isinstance(value, (type, types.FunctionType)) and _is_definition(value) and unchanged:
            references[id(value)] = ("definition", value.__qualname__)
    if unchanged:
        references.update(
            (id(value), ("variable", name))
            for name, value in inputs.variables.items()
            if type(value) not in kinds.ATOMIC
        )
    return dump_value(
        [outputs, gone, process], lambda value: references.get(id(value)), bare_namespace=namespace
    )[0]


def bind(namespace: dict[str, Any], packed: Any) -> None:
    """Binds at home what `give_back` packed. Raises what unpickling raises."""

    def find(reference: Any) -> Any:
        kind, name = reference
        if kind == "namespace":
            return namespace
        return namespace[name] if kind == "variable" else _definition(namespace, name)

    outputs, gone, process = _load(packed, find)
    namespace.update(outputs)
    for name in gone:
        namespace.pop(name, None)
    if process is not None:
        apply_state(process.settings)
        apply_random_state(process.random)


def _load(packed: Any, find: Find) -> Any:
    return load(packed, lambda file, buffers: ReferenceUnpickler(file, buffers, find))


def _is_definition(value: Any) -> bool:
    return value.__module__ == "__main__" and "<" not in value.__qualname__


def _definition(namespace: dict[str, Any], qualified_name: str) -> Any:
    first, *rest = qualified_name.split(".")
    found = namespace[first]
    for part in rest:
        found = getattr(found, part)
    return found


def _lost_definition(reach: Reach, namespace: dict[str, Any]) -> str | None:
    """A class that is in use but no longer what its name says: an instance could not come back as one of it."""
    for value in reach.objects:
        if not isinstance(value, type) or value.__module__ != "__main__":
            continue
        try:
            same = _definition(namespace, value.__qualname__) is value
        except (KeyError, AttributeError):
            same = False
        if not same:
            return f"the class {value.__qualname__} is in use but no longer defined under its name"
    return None
