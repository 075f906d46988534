"""A whole cell away from home: its inputs become the variables of an empty notebook, it is played as home plays cells, and the
variables it was tagged to write go back.

Decides what the cell may not do away (draw random numbers, change settings: home then plays it). Playing is `home.play`'s.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from cellfarm.frames import Frame, FrameStream
from cellfarm.home import audit, process_state, ship
from cellfarm.home.guards import process_change, process_facts
from cellfarm.home.play import Player
from cellfarm.home.shell import HomeShell
from cellfarm.objects import Objects
from cellfarm.protocol import messages as m
from cellfarm.worker.reply import send_result

_OF_TRAINING = frozenset({"random", "numpy", "torch", "threads"})
"""What training may change of a process: random generators, which come home with its settings, and threads of the framework."""


class AwayCells:
    """All cells that one worker plays."""

    def __init__(self, stream: FrameStream, objects: Objects, home: HomeShell) -> None:
        self._stream = stream
        self._objects = objects
        self._home = home
        self._player = Player(home)

    async def play(self, frame: Frame, before_success: Callable[[], None] = lambda: None) -> None:
        """Plays the cell of one `run-cell` frame: `output`s while it runs, one `result` at the end.

        Args:
            frame: the cell. before_success: called before a `result` that says ok.
        """
        began = time.perf_counter()
        try:
            status, reason, parts = await self._play(frame)
        except Exception as error:  # inputs that cannot be read here, outputs that cannot be pickled
            status, reason, parts = m.STATUS_UNSHIPPABLE, f"{type(error).__name__}: {error}", None
        if status == m.STATUS_OK:
            before_success()
        send_result(self._stream, self._objects, frame, began, status, reason, parts)

    async def _play(self, frame: Frame) -> tuple[int, str, Any]:
        meta, home = frame.meta, self._home
        home.shell.reset(new_session=False)
        inputs = ship.receive(home.namespace, self._objects.unpack(frame.payload, meta["object"]))
        self._player.renew_context()  # cells see the settings that came with the inputs
        facts, settings = process_facts(), process_state.read_state()
        home.outlet.sink = self._sink(frame)
        trains = meta["ranks"] is not None
        with audit.enforced() if trains else nullcontext():
            played = await self._player.play(
                meta["code"], meta["cell"], meta["cellId"], meta["executionCount"], []
            )
        home.outlet.sink = lambda cell, type, content: None
        if played.error is not None:
            return m.STATUS_RAISED, f"{played.error['ename']}: {played.error['evalue']}"[:500], None
        changed = process_change(facts, {}, _OF_TRAINING) if trains else process_change(facts, settings)
        if changed is not None:
            return m.STATUS_REJECTED, changed, None
        if played.exit:
            return m.STATUS_REJECTED, "it ends the notebook", None
        process = ship.Process.since(settings) if trains else None
        return m.STATUS_OK, "", ship.give_back(home.namespace, meta["outputs"], inputs, process)

    def _sink(self, frame: Frame) -> Any:
        def send(cell: int, type: str, content: dict[str, Any]) -> None:
            meta = {"cell": cell, "type": type, "content": content}
            self._stream.write(
                Frame(
                    m.FRAME_OUTPUT,
                    meta,
                    slot=frame.slot,
                    epoch=frame.epoch,
                    attempt=frame.attempt,
                    task=frame.task,
                )
            )

        return send
