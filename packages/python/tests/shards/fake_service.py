"""Plays the parts of service and agent over a real door: starts a home, cuts maps into shards, opens slots, hands tasks out."""

from __future__ import annotations

import os
import selectors
import socket
import subprocess
import sys
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cellfarm.frames import HOME_SLOT, Frame, FrameStream
from cellfarm.protocol import messages as m

from .seen import Away, MapRecord, Play
from .sites import loop_sites

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "cellfarm"
TIMEOUT_SECONDS = 30


@dataclass
class _Slot:
    stream: FrameStream
    busy: int | None = None
    codes: set[bytes] = field(default_factory=set)
    lost: bool = False

    def write(self, frame: Frame) -> None:
        """Sends a frame, if anyone is there to take it."""
        try:
            self.stream.write(frame)
        except ConnectionError:
            self.lost = True

    def poll(self) -> Frame | None:
        """The next frame; a connection that breaks is a slot that is lost."""
        try:
            return self.stream.poll()
        except ConnectionError:
            self.lost = True
            return None


class FakeService:
    """One home and its slots. `fork=False` ships; `shard_size` elements a shard."""

    def __init__(
        self,
        folder: Path,
        *,
        python: str = sys.executable,
        workers: int = 2,
        fork: bool = True,
        shippable: bool = True,
        shard_size: int = 0,
        kill: Any = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.folder, self.python, self.workers, self.fork, self.shippable = (
            folder,
            python,
            workers,
            fork,
            shippable,
        )
        self.shard_size = shard_size
        self.kill = kill
        self.environment = environment or {}
        self.cwd = folder / "notebook"
        self.cwd.mkdir(parents=True, exist_ok=True)
        (folder / "objects" / "tmp").mkdir(parents=True, exist_ok=True)
        self.door = str(folder / "door")
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self.door)
        self._listener.listen()
        self._listener.settimeout(TIMEOUT_SECONDS)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.slots: dict[int, _Slot] = {}
        self._forked: set[int] = set()
        self._nonces: dict[str, int] = {}
        self._next_slot = 0
        self._next_task = 1
        self._todo: deque[int] = deque()
        self._queued_items: dict[int, Frame] = {}
        self.sealed: dict[str, str] = {}
        self._count = 0
        self._record: MapRecord | None = None
        self.given_up: set[int] = set()
        """Shards that are answered as lost instead of being computed."""
        self.kept: dict[str, dict[int, Frame]] = {}
        """Committed results of an earlier home, by the digest of their inputs."""
        self.shard_pids: set[int] = set()
        self.home = self._launch("home")
        hello = self.home.read()
        assert hello is not None and hello.meta["part"] == "home", hello
        self.home_pid = hello.meta["pid"]

    def __enter__(self) -> FakeService:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for slot in self.slots.values():
            slot.stream.close()
        try:
            self.home.write(Frame(m.FRAME_END, slot=HOME_SLOT))
            while self.home.read() is not None:
                pass
        except ConnectionError:
            pass
        self.home.close()
        self._listener.close()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    # ---- processes

    def _launch(self, part: str) -> FrameStream:
        nonce = uuid.uuid4().hex
        environment = {
            **os.environ,
            "CELLFARM_DOOR": self.door,
            "CELLFARM_NONCE": nonce,
            "CELLFARM_OBJECTS": str(self.folder / "objects"),
            **self.environment,
        }
        environment.pop("PYTHONPATH", None)
        command = [self.python, str(PACKAGE / "boot.py"), "cellfarm", part]
        self.processes.append(
            subprocess.Popen(command, env=environment, cwd=self.cwd, start_new_session=True)
        )
        got, stream = self._accept()
        assert got == nonce
        return stream

    def _accept(self) -> tuple[str, FrameStream]:
        connection, _ = self._listener.accept()
        nonce = b""
        while not nonce.endswith(b"\n"):
            piece = connection.recv(1)
            assert piece, "the process closed the door before it said its nonce"
            nonce += piece
        return nonce.decode().strip(), FrameStream(connection)

    def _open_slots(self, record: MapRecord) -> None:
        while len(self.slots) + len(self._nonces) < self.workers:
            slot, self._next_slot = self._next_slot, self._next_slot + 1
            if record.over["way"] == "ship":
                stream = self._launch("worker")
                hello = stream.read()
                assert hello is not None and hello.meta["part"] == "worker"
                self.slots[slot] = _Slot(stream)
            else:
                nonce = uuid.uuid4().hex
                self._nonces[nonce] = slot
                self.home.write(Frame(m.FRAME_FORK, {"slot": slot, "nonce": nonce}, slot=HOME_SLOT))

    # ---- a cell that leaves

    def away(
        self, code: str, inputs: list[str], outputs: list[str], *, cell: int = 7, ranks: int | None = None
    ) -> Away:
        """Ships the inputs, runs the cell in a worker of its own and binds the outputs where it went well.

        `ranks`: how many there are where the cell trains; None for a plain cell.
        """
        names = {"task": f"c{cell}.ship", "cell": cell, "names": inputs, "training": ranks is not None}
        shipped = self.ask(Frame(m.FRAME_SHIP, names))
        assert shipped.type == m.FRAME_SHIPPED
        if shipped.meta["refused"] is not None:
            return Away(refused=shipped.meta["refused"])
        worker = self._launch("worker")
        hello = worker.read()
        assert hello is not None and hello.meta["part"] == "worker"
        away = Away()
        meta = {"task": f"c{cell}", "cell": cell, "cellId": "away", "code": code, "executionCount": 70}
        meta |= {"outputs": outputs, "object": shipped.meta["object"], "ranks": ranks}
        worker.write(Frame(m.FRAME_RUN_CELL, meta, shipped.payload, slot=0, task=99, attempt=1))
        while (frame := worker.read()) is not None and frame.type != m.FRAME_RESULT:
            if frame.type == m.FRAME_OUTPUT:
                away.outputs.append((frame.meta["type"], frame.meta["content"]))
            elif frame.type == m.FRAME_NOTE:
                away.notes.append(frame.meta["text"])
        assert frame is not None, "the worker ended"
        worker.write(Frame(m.FRAME_END))
        worker.close()
        away.status, away.reason = frame.status, frame.meta["reason"]
        if frame.status == m.STATUS_OK:
            bound_names = {
                "task": f"c{cell}.bind",
                "cell": cell,
                "names": outputs,
                "object": frame.meta["object"],
            }
            bound = self.ask(Frame(m.FRAME_BIND, bound_names, frame.payload))
            assert bound.type == m.FRAME_BOUND
        return away

    # ---- a cell

    def play(self, code: str, *, cell: int = 0, send_only: bool = False) -> Play:
        """Plays one cell to its end."""
        self._count += 1
        self.home.write(
            Frame(
                m.FRAME_PLAY,
                {
                    "task": f"c{cell}",
                    "cell": cell,
                    "cellId": f"cell-{cell}",
                    "code": code,
                    "executionCount": self._count,
                    "loops": loop_sites(code, self.shippable),
                    "fork": self.fork,
                    "workers": self.workers,
                    "probe": True,
                },
                slot=HOME_SLOT,
            )
        )
        play = Play()
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            assert time.monotonic() < deadline, f"the cell does not end: {play}"
            frame = self._next_event(play)
            if frame is None:
                continue
            if frame.type == m.FRAME_PLAYED:
                play.error = frame.meta["error"]
                self._close_shards()
                return play

    def ask(self, frame: Frame) -> Frame:
        """Sends a frame to home and waits for its answer, notes and outputs left out."""
        self.home.write(frame)
        while (answer := self.home.read()) is not None:
            if answer.type not in (m.FRAME_NOTE, m.FRAME_OUTPUT, m.FRAME_SEALED):
                return answer
        raise AssertionError("home ended")

    def _close_shards(self) -> None:
        """A shard belongs to the map it was forked in; workers stay."""
        for number, slot in list(self.slots.items()):
            if number in self._forked:
                slot.stream.close()
                del self.slots[number]
        self._nonces.clear()
        self._todo.clear()

    def _dismiss_workers(self) -> None:
        for number, slot in list(self.slots.items()):
            if number not in self._forked:
                slot.stream.close()
                del self.slots[number]

    def _next_event(self, play: Play) -> Frame | None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ, "door")
            selector.register(self.home, selectors.EVENT_READ, "home")
            for number, slot in self.slots.items():
                selector.register(slot.stream, selectors.EVENT_READ, number)
            waiting = [slot.stream for slot in self.slots.values() if slot.stream._frames] + list(
                self.home._frames
            )
            events = [] if waiting else selector.select(1)
        for key, _ in events:
            if key.data == "door":
                self._joined()
        for number in list(self.slots):
            if number in self.slots:
                self._from_slot(number, play)
        frame = self.home.poll()
        assert not self.home.ended, "home ended"
        return None if frame is None else self._from_home(frame, play)

    def _joined(self) -> None:
        nonce, stream = self._accept()
        number = self._nonces.pop(nonce, None)
        if number is None:
            stream.close()
            return
        self.slots[number] = _Slot(stream)
        self._forked.add(number)

    def _from_slot(self, number: int, play: Play) -> None:
        slot = self.slots[number]
        while (frame := slot.poll()) is not None:
            if number not in self.slots:
                return
            record = self._record
            if frame.type == m.FRAME_RESULT:
                slot.busy = None
            if record is None or record.closed is not None:
                continue  # late, for a map that is closed
            if frame.type == m.FRAME_HELLO:
                self.shard_pids.add(frame.meta["pid"])
                self._deal(record)
            elif frame.type == m.FRAME_RESULT:
                if not 0 <= frame.task - record.first < len(record.plan):
                    continue  # late, for an earlier map
                record.results[frame.task - record.first] = frame
                self.home.write(
                    Frame(m.FRAME_VALUE, frame.meta, frame.payload, frame.status, HOME_SLOT, task=frame.task)
                )
                self._deal(record)
            elif frame.type == m.FRAME_SEALED:
                self.sealed[frame.meta["id"]] = frame.meta["digest"]
        if slot.stream.ended or slot.lost:
            del self.slots[number]
            if slot.busy is not None:
                self._todo.appendleft(slot.busy)
            if play.maps and play.maps[-1].closed is None:
                self._open_slots(play.maps[-1])

    def _from_home(self, frame: Frame, play: Play) -> Frame | None:
        if frame.type == m.FRAME_OUTPUT:
            play.outputs.append((frame.meta["type"], frame.meta["content"]))
        elif frame.type == m.FRAME_NOTE:
            play.notes.append(frame.meta)
        elif frame.type == m.FRAME_OVER:
            self._over(MapRecord(frame.meta, bytes(frame.payload), frame.code), play)
        elif frame.type == m.FRAME_ITEMS:
            self._queued_items[frame.task] = frame
            self._deal(play.maps[-1])
        elif frame.type == m.FRAME_MAP_CLOSED:
            play.maps[-1].closed = frame.meta
            self._close_shards()
        elif frame.type == m.FRAME_FORKED:
            pass
        elif frame.type == m.FRAME_SEALED:
            self.sealed[frame.meta["id"]] = frame.meta["digest"]
        else:
            return frame
        return None

    def _over(self, record: MapRecord, play: Play) -> None:
        play.maps.append(record)
        self._record = record
        start, count = record.over["start"], record.over["count"]
        size = self.shard_size or max(1, -(-(count - start) // (self.workers * 2)))
        record.plan = [[at, min(at + size, count)] for at in range(start, count, size)]
        record.first = self._next_task
        self._next_task += len(record.plan)
        kept = self.kept.get(record.over["inputs"] or "", {})
        self._todo = deque(record.first + i for i in range(len(record.plan)) if i not in kept)
        self.home.write(
            Frame(
                m.FRAME_MAP_PLAN,
                {
                    "task": record.over["task"],
                    "occurrence": record.over["occurrence"],
                    "first": record.first,
                    "shards": record.plan,
                    "reused": sorted(kept),
                },
                slot=HOME_SLOT,
            )
        )
        for number, frame in kept.items():
            self.home.write(
                Frame(
                    m.FRAME_VALUE,
                    frame.meta,
                    frame.payload,
                    frame.status,
                    HOME_SLOT,
                    task=record.first + number,
                )
            )
        if record.over["way"] == "fork":
            self._dismiss_workers()
        self._open_slots(record)
        self._deal(record)

    def _deal(self, record: MapRecord) -> None:
        for number, slot in self.slots.items():
            if slot.busy is not None or not self._todo or record.closed is not None:
                continue
            task = self._todo[0]
            if record.over["way"] == "ship" and task not in self._queued_items:
                continue
            self._todo.popleft()
            slot.busy = task
            self._give(record, number, slot, task)

    def _give(self, record: MapRecord, number: int, slot: _Slot, task: int) -> None:
        if task - record.first in self.given_up:
            slot.busy = None
            lost = {"durationsMs": [0], "object": None, "reason": "it ended three processes"}
            self.home.write(Frame(m.FRAME_VALUE, lost, b"", m.STATUS_LOST, HOME_SLOT, task=task))
        elif record.over["way"] == "fork":
            meta = {"ranges": [record.plan[task - record.first]], "object": None}
            slot.write(Frame(m.FRAME_TASK, meta, slot=number, task=task, attempt=1))
        else:
            if record.code not in slot.codes:
                slot.write(Frame(m.FRAME_CODE, {}, record.payload, slot=number, code=record.code))
                slot.codes.add(record.code)
            items = self._queued_items[task]
            meta = {"ranges": None, "object": items.meta["object"]}
            slot.write(
                Frame(m.FRAME_TASK, meta, items.payload, slot=number, task=task, attempt=1, code=record.code)
            )
        if self.kill is not None:
            self.kill(self, number, task)
