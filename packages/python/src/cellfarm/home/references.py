"""Picklers for values that go to another process and back: an object that the receiver has already travels as a reference to it.

A forked shard refers to home's objects by their number in the map's `Reach`, a worker to what it was sent by the number that the
pickler gave it, an away cell by the variable's name. Who gives names and finds objects is passed in; the forms are listed here.
"""

from __future__ import annotations

import pickle
import sys
import types
from collections.abc import Callable
from typing import IO, Any, Literal

from cellfarm.home import kinds
from cellfarm.home.arrays import reduce_array
from cellfarm.home.not_a_number import NanFinder, NanNames, NanReference
from cellfarm.home.reach import Reach

Reference = (
    tuple[Literal["reach"], int]
    | tuple[Literal["code"], int]
    | tuple[Literal["items"], int, int]
    | tuple[Literal["variable"], str]
    | tuple[Literal["definition"], str]
    | tuple[Literal["namespace"], None]
    | tuple[Literal["module"], str]
    | NanReference
)
NameOf = Callable[[Any], Reference | None]
Names = dict[int, Reference]
"""By the address of the object."""
Find = Callable[[Any], Any]
_NEVER_NAMED = frozenset({int, str, bytes, bool, type(None)})
"""Types whose identity never matters; asked first, because this is asked for every object."""
BufferCallback = Callable[[pickle.PickleBuffer], Any]


class StaleReference(pickle.UnpicklingError):
    """A result refers to an object of the process that asked for it then, not of this one."""


class CannotShip(Exception):
    """Something cannot leave by value; the text says why."""


class ResultPickler(pickle.Pickler):
    """Results on their way home: classes and functions by name, as home has them; nothing of the user's by value."""

    def __init__(self, file: IO[bytes], buffer_callback: BufferCallback, name_of: NameOf) -> None:
        super().__init__(file, protocol=5, buffer_callback=buffer_callback)
        self._name_of = name_of
        self._nans = NanNames()

    def persistent_id(self, value: Any) -> Reference | None:
        """The reference of an object that the receiver has."""
        if type(value) in _NEVER_NAMED:
            return None
        return self._name_of(value) or self._nans.name_of(value) or _module_name(value)

    def reducer_override(self, value: Any) -> Any:
        """Arrays as they were; all else as pickle does it."""
        return reduce_array(value, lambda other: self._name_of(other) is not None)


class ReferenceUnpickler(pickle.Unpickler):
    """Reads what either pickler wrote."""

    def __init__(self, file: IO[bytes], buffers: Any, find: Find) -> None:
        super().__init__(file, buffers=buffers)
        self._find = find
        self._nans = NanFinder()

    def persistent_load(self, reference: Any) -> Any:
        """The object of this process that a reference names."""
        if reference[0] == "nan":
            return self._nans.find(reference)
        if reference[0] == "module":
            return sys.modules[reference[1]]
        return self._find(reference)

    def numbered(self) -> dict[int, Any]:
        """Every object that was read, by its number."""
        return dict(self.memo.copy())


def _module_name(value: Any) -> Reference | None:
    return ("module", value.__name__) if isinstance(value, types.ModuleType) else None


def names_in_reach(reach: Reach) -> NameOf:
    """References of a forked shard."""
    index = reach.index

    def name_of(value: Any) -> Reference | None:
        number = index.get(id(value))
        return None if number is None else ("reach", number)

    return name_of


def found_in_reach(reach: Reach, again: bool) -> Find:
    """Finds them at home. `again`: the results were computed for an earlier home, whose sets may have had another order."""
    objects = reach.objects

    def find(reference: Any) -> Any:
        if reference[0] != "reach" or (again and reference[1] >= reach.ordered):
            raise StaleReference(f"a result refers to {reference[0]} of an earlier home")
        return objects[reference[1]]

    return find


def names_of_code(memo: dict[int, Any]) -> Names:
    """References of a worker to the objects that came with a function."""
    return {id(value): ("code", number) for number, value in memo.items() if _has_identity(value)}


def names_in_memos(code: Names, items: dict[int, Any], start: int) -> NameOf:
    """References of a worker to what it was sent: with the function (`code`) and with elements from `start` on."""
    others: Names = {
        id(value): ("items", start, number) for number, value in items.items() if _has_identity(value)
    }
    return lambda value: code.get(id(value)) or others.get(id(value))


def found_in_memos(code: dict[int, Any], items: dict[int, dict[int, Any]], again: bool) -> Find:
    """Finds them at home; `items` by the first element of each shard."""

    def find(reference: Any) -> Any:
        if again:
            raise StaleReference("a result refers to what an earlier home sent")
        return code[reference[1]] if reference[0] == "code" else items[reference[1]][reference[2]]

    return find


def _has_identity(value: Any) -> bool:
    return type(value) not in kinds.ATOMIC
