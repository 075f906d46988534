"""Home's half of the dialogue with the service: takes frames one by one, does what each asks, answers.

Decides the order of things and what a frame leads to. Playing, handing out, shipping and digests are modules
of their own.
"""

from __future__ import annotations

import asyncio
from typing import Any

from cellfarm.frames import HOME_SLOT, Frame, FrameStream
from cellfarm.home.engine import MapEngine
from cellfarm.home.play import Player
from cellfarm.home.shell import HomeShell
from cellfarm.objects import Objects
from cellfarm.protocol import messages as m


class Session:
    """Serves one run."""

    def __init__(self, stream: FrameStream, home: HomeShell, objects: Objects, engine: MapEngine) -> None:
        self._stream = stream
        self._home = home
        self._objects = objects
        self._engine = engine
        self._player = Player(home)

    async def serve(self) -> bool:
        """Answers frames until the service says `end` (True) or its stream closes (False)."""
        while (frame := await self._next()) is not None:
            if frame.type == m.FRAME_PLAY:
                await self._play(frame.meta)
            elif frame.type == m.FRAME_SHIP:
                self._ship(frame.meta)
            elif frame.type == m.FRAME_BIND:
                self._bind(frame)
            elif frame.type == m.FRAME_INSPECT:
                self._inspect()
            elif frame.type == m.FRAME_FORK:
                refusal = {"slot": frame.meta["slot"], "pid": None, "refused": "no map is open"}
                self._answer(m.FRAME_FORKED, refusal)
            elif frame.type == m.FRAME_END:
                return True
            # Anything else concerns a map that is closed by now.
        return False

    async def _play(self, meta: dict[str, Any]) -> None:
        loops = meta["loops"] if meta["workers"] > 0 else []
        self._engine.begin_cell(meta)  # type: ignore[arg-type]  # its shape is the schema's
        try:
            played = await self._player.play(
                meta["code"], meta["cell"], meta["cellId"], meta["executionCount"], loops
            )
        finally:
            self._engine.end_cell()
        for problem in played.problems:
            self.note("warning", "loop-not-found", problem, meta["cell"])
        self._answer(
            m.FRAME_PLAYED,
            {"task": meta["task"], "cell": meta["cell"], "error": played.error, "exit": played.exit},
        )
        self._home.widgets.settle()

    def _ship(self, meta: dict[str, Any]) -> None:
        from cellfarm.home import ship

        answer: dict[str, Any] = {"task": meta["task"], "refused": None, "object": None}
        payload = b""
        try:
            parts = self._player.in_context(
                ship.collect, self._home.namespace, meta["names"], meta["training"]
            )
        except ship.Refused as refusal:
            answer["refused"] = str(refusal)
        else:
            payload, answer["object"] = self._objects.pack(parts)
        self._answer(m.FRAME_SHIPPED, answer, payload)

    def _bind(self, frame: Frame) -> None:
        from cellfarm.home import ship

        ship.bind(self._home.namespace, self._objects.unpack(frame.payload, frame.meta["object"]))
        self._answer(m.FRAME_BOUND, {"task": frame.meta["task"]})

    def _inspect(self) -> None:
        from cellfarm.structure import digest_namespace

        self._answer(m.FRAME_INSPECTED, {"variables": digest_namespace(self._home.namespace)})

    def note(self, level: str, code: str, text: str, cell: int | None) -> None:
        """Says something for people. `code` is a stable kebab-case word."""
        self._answer(m.FRAME_NOTE, {"level": level, "code": code, "text": text, "cell": cell})

    def _answer(self, type: int, meta: Any, payload: bytes = b"") -> None:
        self._stream.write(Frame(type, meta, payload, slot=HOME_SLOT))

    async def _next(self) -> Frame | None:
        """The next frame; the user's background tasks run on the event loop while none is here."""
        loop = asyncio.get_running_loop()
        while (frame := self._stream.poll()) is None and not self._stream.ended:
            readable = asyncio.Event()
            loop.add_reader(self._stream.fileno(), readable.set)
            try:
                await readable.wait()
            finally:
                loop.remove_reader(self._stream.fileno())
        return frame
