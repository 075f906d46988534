"""The life of a forked shard, from the moment after the fork to its end by `os._exit`: it joins the door as a process of its own
and computes elements of the map that was open when it was forked.

Decides what of home it lets go of and in which order. How elements are computed is `compute`'s, what is forbidden `audit`'s.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from cellfarm.container import PicklerFactory
from cellfarm.door import join, say_hello, telling_sealed
from cellfarm.frames import Frame, FrameStream
from cellfarm.home import audit
from cellfarm.home.answers import Answer, Answers
from cellfarm.home.compute import Function, Outcome, broken_guard, compute, failed
from cellfarm.home.fork import die_with_parent, reset_signals
from cellfarm.home.guards import Guards
from cellfarm.home.inherited import InheritedDescriptors
from cellfarm.home.reach import Reach
from cellfarm.home.recorder import Recorder
from cellfarm.home.references import ResultPickler, names_in_reach
from cellfarm.home.shell import HomeShell
from cellfarm.objects import Objects
from cellfarm.protocol import messages as m
from cellfarm.title import set_title

_BROKEN = 70


@dataclass(frozen=True, slots=True)
class ShardPlace:
    """What a shard needs to know of where it was forked.

    Attributes:
        door: path of the agent's Unix socket.
        nonce: the word that tells the agent which lease this shard belongs to.
        slot: its slot's number.
        parent: home's process id.
        objects: the object folder; None where none is shared.
        loop: home's running event loop.
    """

    door: str
    nonce: str
    slot: int
    parent: int
    objects: str | None
    loop: asyncio.AbstractEventLoop | None


def live(
    place: ShardPlace, home: HomeShell, function: Function, items: Sequence[Any], reach: Reach
) -> NoReturn:
    """Serves tasks until the door closes. Never returns, and nothing is raised out of it."""
    status = _BROKEN
    try:
        _serve(place, home, function, items, reach)
        status = 0
    except (SystemExit, ConnectionError):  # the door is closed: the map is, too
        status = 0
    except BaseException:
        os.write(home.captured[2].original, traceback.format_exc().encode())
    finally:
        os._exit(status)


def _serve(
    place: ShardPlace, home: HomeShell, function: Function, items: Sequence[Any], reach: Reach
) -> None:
    die_with_parent(place.parent)
    reset_signals()
    set_title(("cellfarm", "worker", "shard"))
    _own_streams(home)
    kept = [fd for captured in home.captured.values() for fd in (captured.original, captured.own)]
    inherited = InheritedDescriptors(kept)
    sys.dont_write_bytecode = True
    if place.loop is not None:
        asyncio._set_running_loop(place.loop)
    stream = join(place.door, place.nonce)
    shard = _Shard(place, stream, home, function, items, reach, inherited)
    audit.watch(shard.stop)
    say_hello(stream, place.nonce, "shard", place.slot)
    frame = stream.read()
    try:
        while frame is not None and frame.type != m.FRAME_END:
            if frame.type == m.FRAME_TASK:
                shard.do(frame)
            frame = stream.poll()
            if frame is None:
                shard.settle()
                frame = stream.read()
    finally:
        shard.leave()


def _own_streams(home: HomeShell) -> None:
    """Descriptors 1 and 2 of its own; the Python streams take this process for theirs."""
    for captured in home.captured.values():
        captured.renew()
    for stream in home.streams:
        stream._master_pid = os.getpid()


class _Shard:
    def __init__(
        self,
        place: ShardPlace,
        stream: FrameStream,
        home: HomeShell,
        function: Function,
        items: Sequence[Any],
        reach: Reach,
        inherited: InheritedDescriptors,
    ) -> None:
        self._objects = Objects(place.objects, telling_sealed(stream, place.slot))
        self._answers = Answers(stream, self._objects)
        self._function = function
        self._items = items
        self._pickler = _pickler_for(reach)
        self._recorder = Recorder(home)
        self._inherited = inherited
        self._guards = Guards(reach, home.namespace)
        self._present: tuple[Frame, int, float] | None = None
        """The task that is being computed: its frame, its number, when it began."""
        self._spoiled: Outcome | None = None

    def do(self, task: Frame) -> None:
        """Computes the tasks of one frame; their results are sent by `settle`, which comes when some have waited long enough."""
        for number, (start, stop) in enumerate(task.meta["ranges"], task.task):
            if not self._answers.continues(number):
                self.settle()
            began = time.perf_counter()
            self._present = (task, number, began)
            outcome = self._spoiled or compute(self._function, self._items[start:stop], self._recorder)
            if outcome.status == m.STATUS_RAISED:
                self._spoiled = outcome  # what this process holds is no longer home's state
            self._keep(outcome)
            if self._answers.is_due:
                self.settle()

    def settle(self) -> None:
        """Asks the guards and sends the results that wait: what broke one may have touched them all."""
        if not self._answers:
            return
        broken = broken_guard(self._violated, self._recorder)
        self._spoiled = broken or self._spoiled
        with audit.allowed():
            self._answers.send(broken)

    def leave(self) -> None:
        """Puts on disk what is not yet, before this process ends."""
        with audit.allowed():
            self._objects.settle()

    def stop(self, reason: str) -> NoReturn:
        """Ends this process before the event that `reason` tells of."""
        with audit.allowed():
            broken = broken_guard(self._violated, self._recorder) if self._answers else None
            if self._present is not None:
                self._keep(failed(m.STATUS_REJECTED, reason))
            self._answers.send(broken)
            self._objects.settle()
            os._exit(0)

    def _keep(self, outcome: Outcome) -> None:
        if self._present is None:
            return
        (task, number, began), self._present = self._present, None
        milliseconds = (time.perf_counter() - began) * 1000
        self._answers.add(Answer(task, number, outcome, milliseconds, self._pickler), began)

    def _violated(self) -> str | None:
        return self._inherited.used() or self._guards.violated()


def _pickler_for(reach: Reach) -> PicklerFactory:
    name_of = names_in_reach(reach)
    return lambda file, buffer_callback: ResultPickler(file, buffer_callback, name_of)
