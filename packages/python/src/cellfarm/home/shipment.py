"""A function by value on its way to workers, and the elements of each shard after it.

Decides what travels with a function (the process' state, facts about modules) and keeps what was sent, so that results which refer
to it find the very objects. Whether a loop may be shipped is decided in `departure`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from cellfarm.container import UnpicklerFactory
from cellfarm.home.compute import Function
from cellfarm.home.patches import Patched, find_patch, module_facts
from cellfarm.home.process_state import Arrival, read_state
from cellfarm.home.reach import Reach
from cellfarm.home.references import CannotShip, Find, NameOf, ReferenceUnpickler, found_in_memos
from cellfarm.home.value_pickler import dump_value
from cellfarm.objects import Objects
from cellfarm.protocol.messages import MAX_FRAME_BYTES, ObjectRef

_HEADER_ROOM = 1 << 20


class Shipment:
    """One function, pickled once."""

    def __init__(self, function: Function, reach: Reach, objects: Objects) -> None:
        """Pickles it. Raises CannotShip."""
        self._objects = objects
        patch = find_patch(reach.namespace)
        if patch is not None:
            raise CannotShip(f"{patch} was replaced by the notebook")
        try:
            arrival = Arrival(read_state(), module_facts(reach))
            parts, self._code_memo = dump_value([arrival, function], lambda value: None)
        except Patched as patched:
            raise CannotShip(str(patched)) from None
        except Exception as error:  # the user's own reducers may raise anything
            raise CannotShip(f"its code cannot be pickled: {type(error).__name__}: {error}") from None
        if parts.size > MAX_FRAME_BYTES - _HEADER_ROOM:
            raise CannotShip(f"what its code reads takes {parts.size >> 20} MiB, too much for one message")
        self.payload = parts.join()
        self.code = hashlib.sha256(self.payload).digest()[:16]
        self._items_memos: dict[int, dict[int, Any]] = {}
        self._name_in_code = _names_in(self._code_memo)

    def pack_items(self, items: Sequence[Any], start: int) -> tuple[bytes, ObjectRef | None]:
        """Payload or object with the elements from `start` on. Raises CannotShip."""
        try:
            parts, self._items_memos[start] = dump_value([start, list(items)], self._name_in_code)
        except Exception as error:  # the user's own reducers may raise anything
            raise CannotShip(f"an element cannot be pickled: {type(error).__name__}: {error}") from None
        return self._objects.pack(parts)

    def unpickler(self, again: bool) -> UnpicklerFactory:
        """For results; `again`: they were computed for an earlier home."""
        find: Find = found_in_memos(self._code_memo, self._items_memos, again)
        return lambda file, buffers: ReferenceUnpickler(file, buffers, find)


def _names_in(memo: dict[int, Any]) -> NameOf:
    numbers = {id(value): number for number, value in memo.items()}

    def name_of(value: Any) -> Any:
        number = numbers.get(id(value))
        return None if number is None else ("code", number)

    return name_of
