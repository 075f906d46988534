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
        self._at = 0
        self._ready: list[Any] | None = None

    def put(self, frame: Frame) -> None:
        """Keeps a `value` frame; one that belongs to another map is dropped."""
        shard = frame.task - self._first
        if 0 <= shard < len(self.shards):
            self._frames[shard] = frame

    def arrived(self, element: int) -> Frame | None:
        """The frame that holds `element`; None while it is not here. Elements are asked for in order."""
        while self._at < len(self.shards) and element >= self.shards[self._at][1]:
            self._frames.pop(self._at, None)
            self._at += 1
            self._ready = None
        return self._frames.get(self._at)

    def covers(self, element: int) -> bool:
        """Whether any shard holds `element`."""
        return bool(self.shards) and element < self.shards[-1][1]

    def prepare(self) -> None:
        """Reads the result of the shard that `arrived` spoke of. Raises whatever unpickling it raises."""
        if self._ready is None:
            start, stop = self.shards[self._at]
            self._ready = self._load(self._frames[self._at], stop - start)

    def take(self, element: int) -> tuple[Any, list[Any]]:
        """Value of `element` and what it showed; its shard is prepared."""
        if self._ready is None:
            raise RuntimeError("the shard's result is not read yet")
        at = element - self.shards[self._at][0]
        value, shown = self._ready[at]
        self._ready[at] = None
        return value, shown

    def _load(self, frame: Frame, count: int) -> list[Any]:
        packed = self._objects.unpack(frame.payload, frame.meta.get("object"))
        values = load(packed, self._unpickler(self._at in self._reused))
        if len(values) != count:
            raise ValueError(f"a shard of {count} elements brought {len(values)} results")
        return list(values)


STATUS_WORDS = {
    m.STATUS_RAISED: "raised",
    m.STATUS_REJECTED: "rejected",
    m.STATUS_UNSHIPPABLE: "unshippable",
    m.STATUS_LOST: "lost",
}
