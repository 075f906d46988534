"""One map while it is open: elements offered to the service, shards forked on its word, values taken in order.

Decides when the map is closed and from which element on home computes itself. Whether a loop may be opened at all is decided
before, in `departure`; the loop around it is the user's own.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cellfarm.container import UnpicklerFactory
from cellfarm.frames import HOME_SLOT, Frame, FrameStream
from cellfarm.home import pages, shard
from cellfarm.home.compute import Function
from cellfarm.home.fork import fork, reap
from cellfarm.home.fork_safety import unsafe_reason
from cellfarm.home.reach import Reach
from cellfarm.home.recorder import show_again
from cellfarm.home.references import CannotShip, ReferenceUnpickler, found_in_reach
from cellfarm.home.shell import HomeShell
from cellfarm.home.values import STATUS_WORDS, Values
from cellfarm.home.warm_up import warm_up
from cellfarm.objects import Objects
from cellfarm.protocol import messages as m

if TYPE_CHECKING:
    from cellfarm.home.shipment import Shipment


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every map of this home uses.

    Attributes:
        stream: the dialogue with the service.
        objects: where large values lie.
        home: the shell.
        door: path of the agent's Unix socket, for shards.
        objects_folder: the folder behind `objects`; None where none is shared.
        children: process ids of forked shards that were not reaped yet.
    """

    stream: FrameStream
    objects: Objects
    home: HomeShell
    door: str
    objects_folder: str | None
    children: set[int]


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered.

    Attributes:
        task: the map's task id.
        occurrence: how many times the loop was reached before in this play.
        items: all elements, also those before `start`.
        start: elements below are computed at home already.
        inputs: structural digest of function, elements and what they read; None when it cannot be told.
        function: the element's code, over a list of items.
        reach: everything that the function and the elements reach.
        shipped: what goes ahead to workers; None for a map that is forked.
    """

    task: str
    occurrence: int
    items: Sequence[Any]
    start: int
    inputs: str | None
    function: Function
    reach: Reach
    shipped: Shipment | None

    def unpickler(self, again: bool) -> UnpicklerFactory:
        """Reads results; `again`: they were computed for an earlier home."""
        if self.shipped is not None:
            return self.shipped.unpickler(again)
        find = found_in_reach(self.reach, again)
        return lambda file, buffers: ReferenceUnpickler(file, buffers, find)


class MapClosed(Exception):
    """Home computes from here on itself."""


class OpenMap:
    """Opened by its constructor; afterwards `have` and `take` are asked for each element in order."""

    def __init__(self, offer: Offer, around: Surroundings) -> None:
        self._offer = offer
        self._around = around
        self._values: Values | None = None
        self._closing: str | None = None
        self.is_open = True
        self.next = offer.start
        """The element whose turn it is."""
        self._send_over()

    def have(self) -> bool:
        """Whether the next element's value is here; waits for it. False closes the map: home computes from this element on."""
        if not self.is_open:
            return False
        try:
            frame = self._wait_for(self.next)
        except MapClosed as closed:
            self.close(self.next, str(closed))
            return False
        if frame.status != m.STATUS_OK:
            word = STATUS_WORDS.get(frame.status, "lost")
            self.close(self.next, f"{word}: {frame.meta.get('reason', '')}".rstrip(": "))
            return False
        return self._loads()

    def take(self) -> Any:
        """The next element's value, after showing again what it showed. Closes the map after the last."""
        values = self._values
        if values is None:
            raise RuntimeError("no value was asked for")
        value, shown = values.take(self.next)
        self.next += 1
        if self.next == len(self._offer.items):
            self.close(None, "")
        show_again(shown, self._around.home)
        return value

    def close(self, home_from: int | None, reason: str) -> None:
        """Tells the service, once. The shards of maps before have ended by now: they are reaped here, however long the cell is."""
        if not self.is_open:
            return
        self.is_open = False
        reap(self._around.children)
        meta = {
            "task": self._offer.task,
            "occurrence": self._offer.occurrence,
            "homeFrom": home_from,
            "reason": reason,
        }
        self._around.stream.write(Frame(m.FRAME_MAP_CLOSED, meta, slot=HOME_SLOT))

    def _loads(self) -> bool:
        """Unpickles the shard's result now, so that a failure leaves this element to home."""
        values = self._values
        if values is None:
            return False
        try:
            values.prepare()
        except Exception as error:  # a class that is gone, a reducer of the user's that fails
            self.close(
                self.next, f"unshippable: its result cannot be read at home ({type(error).__name__}: {error})"
            )
            return False
        return True

    def _send_over(self) -> None:
        offer = self._offer
        shipped = offer.shipped
        meta = {
            "task": offer.task,
            "occurrence": offer.occurrence,
            "count": len(offer.items),
            "way": "fork" if shipped is None else "ship",
            "start": offer.start,
            "inputs": offer.inputs,
        }
        if shipped is None:
            self._around.stream.write(Frame(m.FRAME_OVER, meta, slot=HOME_SLOT))
        else:
            self._around.stream.write(
                Frame(m.FRAME_OVER, meta, shipped.payload, slot=HOME_SLOT, code=shipped.code)
            )

    def _wait_for(self, element: int) -> Frame:
        while True:
            frame = self._values.arrived(element) if self._values is not None else None
            if frame is not None:
                return frame
            if self._values is not None and not self._values.covers(element):
                raise MapClosed("lost: no shard holds this element")
            if self._closing is not None:
                raise MapClosed(self._closing)
            self._receive()

    def _receive(self) -> None:
        frame = self._around.stream.read()
        if frame is None:
            os._exit(1)  # the service replays this run in another home
        if frame.type == m.FRAME_VALUE and self._values is not None:
            self._values.put(frame)
        elif frame.type == m.FRAME_MAP_PLAN:
            self._plan(frame)
        elif frame.type == m.FRAME_FORK:
            self._fork(frame)
        elif frame.type == m.FRAME_END:
            self._around.stream.unread(frame)
            raise KeyboardInterrupt

    def _plan(self, frame: Frame) -> None:
        offer = self._offer
        if frame.meta["task"] != offer.task or frame.meta["occurrence"] != offer.occurrence:
            return
        plan: list[list[int]] = frame.meta["shards"]
        reused = set(frame.meta["reused"])
        self._values = Values(plan, frame.meta["first"], self._around.objects, reused, offer.unpickler)
        if offer.shipped is not None:
            self._send_items(offer.shipped, plan, frame.meta["first"], reused)

    def _send_items(self, shipped: Shipment, plan: list[list[int]], first: int, reused: set[int]) -> None:
        for number, (start, stop) in enumerate(plan):
            if number in reused:
                continue
            try:
                payload, ref = shipped.pack_items(self._offer.items[start:stop], start)
            except CannotShip as problem:
                raise MapClosed(f"unshippable: {problem}") from None
            self._around.stream.write(
                Frame(
                    m.FRAME_ITEMS,
                    {"object": ref},
                    payload,
                    slot=HOME_SLOT,
                    task=first + number,
                    code=shipped.code,
                )
            )

    def _fork(self, frame: Frame) -> None:
        around, offer = self._around, self._offer
        slot = frame.meta["slot"]
        around.home.flush()
        around.objects.settle()
        pages.prepare()
        warm_up()
        refused = "the map is shipped" if offer.shipped is not None else unsafe_reason()
        pid: int | None = None
        if refused is None:
            parent = os.getpid()
            try:
                pid = fork(around.children)
            except OSError as error:
                refused = f"no process could be forked: {error}"
        if pid == 0:
            place = shard.ShardPlace(
                around.door, frame.meta["nonce"], slot, parent, around.objects_folder, _running_loop()
            )
            shard.live(place, around.home, offer.function, offer.items, offer.reach)
        if pid is None:
            self._closing = f"fork-refused: {refused}"
        meta = {"slot": slot, "pid": pid, "refused": refused}
        around.stream.write(Frame(m.FRAME_FORKED, meta, slot=HOME_SLOT))


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
