"""Results of shards as they arrive at home: kept unread until it is their turn, then one value and what it showed per element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cellfarm.container import UnpicklerFactory, load
from cellfarm.frames import Frame
from cellfarm.objects import Objects
from cellfarm.protocol import messages as m


class Values:
    """Buffer of one map. `shards` are its half-open ranges, in order; task number `first + i` is shard i.

    Results of the shards in `reused` were computed for an earlier home; `unpickler` is asked with that.
    """

    def __init__(
        self,
        shards: list[list[int]],
        first: int,
        objects: Objects,
        reused: set[int],
        unpickler: Callable[[bool], UnpicklerFactory],
    ) -> None:
        self.shards = shards
        self._first = first
        self._objects = objects
        self._reused = reused
        self._unpickler = unpickler
        self._frames: dict[int, Frame] = {}
        """By their first shard: one frame may answer for several in a row."""
        self._at = 0
        self._ready: tuple[list[Any], dict[int, list[Any]]] | None = None
        """Values of the present frame, and what their elements showed by place."""

    def put(self, frame: Frame) -> None:
        """Keeps a `value` frame; one that belongs to another map is dropped."""
        shard = frame.task - self._first
        if 0 <= shard and shard + _shards_in(frame) <= len(self.shards):
            self._frames[shard] = frame

    def arrived(self, element: int) -> Frame | None:
        """The frame that holds `element`; None while it is not here. Elements are asked for in order."""
        while (frame := self._frames.get(self._at)) is not None:
            if element < self._stop_of(frame):
                return frame
            del self._frames[self._at]
            self._at += _shards_in(frame)
            self._ready = None
        return None

    def covers(self, element: int) -> bool:
        """Whether any shard holds `element`."""
        return bool(self.shards) and element < self.shards[-1][1]

    def prepare(self) -> None:
        """Reads the result that `arrived` spoke of. Raises whatever unpickling it raises."""
        if self._ready is None:
            frame = self._frames[self._at]
            self._ready = self._load(frame, self._stop_of(frame) - self.shards[self._at][0])

    def take(self, element: int) -> tuple[Any, list[Any]]:
        """Value of `element` and what it showed; its result is prepared."""
        if self._ready is None:
            raise RuntimeError("the shard's result is not read yet")
        at = element - self.shards[self._at][0]
        values, shown = self._ready
        value, values[at] = values[at], None
        return value, shown.get(at, _NOTHING)

    def _stop_of(self, frame: Frame) -> int:
        return self.shards[self._at + _shards_in(frame) - 1][1]

    def _load(self, frame: Frame, count: int) -> tuple[list[Any], dict[int, list[Any]]]:
        packed = self._objects.unpack(frame.payload, frame.meta.get("object"))
        values, shown = load(packed, self._unpickler(self._at in self._reused))
        if len(values) != count:
            raise ValueError(f"a shard of {count} elements brought {len(values)} results")
        return values, shown


_NOTHING: list[Any] = []


def _shards_in(frame: Frame) -> int:
    return len(frame.meta["durationsMs"])


STATUS_WORDS = {
    m.STATUS_RAISED: "raised",
    m.STATUS_REJECTED: "rejected",
    m.STATUS_UNSHIPPABLE: "unshippable",
    m.STATUS_LOST: "lost",
}
