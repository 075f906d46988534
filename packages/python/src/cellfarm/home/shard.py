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
from cellfarm.door import join, say_hello
from cellfarm.frames import Frame, FrameStream
from cellfarm.home import audit
from cellfarm.home.compute import Function, Outcome, broken_guard, compute
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
_SLICE_SECONDS = 0.002
"""How long results may wait for the guards, so that tasks of no length share one look."""


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
    while frame is not None and frame.type != m.FRAME_END:
        if frame.type == m.FRAME_TASK:
            shard.do(frame)
        frame = None if shard.is_due else stream.poll()
        if frame is None:
            shard.settle()
            frame = stream.read()


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
        self._stream = stream
        self._slot = place.slot
        self._objects = Objects(place.objects, self._sealed)
        self._function = function
        self._items = items
        self._pickler = _pickler_for(reach)
        self._recorder = Recorder(home)
        self._inherited = inherited
        self._guards = Guards(reach, home.namespace)
        self._task: Frame | None = None
        self._began = 0.0
        self._spoiled: Outcome | None = None
        self._computed: list[tuple[Frame, Outcome, float]] = []
        """Tasks whose results wait for the guards, with their milliseconds."""
        self._slice_began = 0.0

    def do(self, task: Frame) -> None:
        """Computes the elements of one task; its result is sent by `settle`."""
        start, stop = task.meta["range"]
        self._task, self._began = task, time.perf_counter()
        if not self._computed:
            self._slice_began = self._began
        outcome = self._spoiled or compute(
            self._function, self._items[start:stop], self._recorder, self._pickler
        )
        if outcome.status == m.STATUS_RAISED:
            self._spoiled = outcome  # what this process holds is no longer home's state
        self._task = None
        self._computed.append((task, outcome, (time.perf_counter() - self._began) * 1000))

    @property
    def is_due(self) -> bool:
        """Whether results have waited long enough: tasks of no length share one look at the guards."""
        return time.perf_counter() - self._slice_began > _SLICE_SECONDS

    def settle(self) -> None:
        """Asks the guards and sends the results that wait: what broke one may have touched them all."""
        if not self._computed:
            return
        broken = broken_guard(self._violated, self._recorder)
        self._spoiled = broken or self._spoiled
        with audit.allowed():
            self._send(broken)
            self._objects.settle()

    def stop(self, reason: str) -> NoReturn:
        """Ends this process before the event that `reason` tells of."""
        with audit.allowed():
            broken = broken_guard(self._violated, self._recorder) if self._computed else None
            if self._task is not None:
                duration = (time.perf_counter() - self._began) * 1000
                self._computed.append((self._task, Outcome(m.STATUS_REJECTED, reason, None), duration))
            self._send(broken)
            os._exit(0)

    def _violated(self) -> str | None:
        return self._inherited.used() or self._guards.violated()

    def _send(self, instead: Outcome | None) -> None:
        """Sends what was computed, or `instead` of each."""
        computed, self._computed = self._computed, []
        self._stream.write(*(self._result(task, instead or outcome, ms) for task, outcome, ms in computed))

    def _result(self, task: Frame, outcome: Outcome, duration: float) -> Frame:
        payload, ref = (b"", None) if outcome.parts is None else self._objects.pack(outcome.parts)
        meta = {"durationMs": round(duration, 3), "object": ref, "reason": outcome.reason}
        return Frame(
            m.FRAME_RESULT,
            meta,
            payload,
            outcome.status,
            self._slot,
            task.epoch,
            task.attempt,
            task.task,
            task.code,
        )

    def _sealed(self, id: str, digest: str, size: int) -> None:
        self._stream.write(Frame(m.FRAME_SEALED, {"id": id, "digest": digest, "size": size}, slot=self._slot))


def _pickler_for(reach: Reach) -> PicklerFactory:
    name_of = names_in_reach(reach)
    return lambda file, buffer_callback: ResultPickler(file, buffer_callback, name_of)
