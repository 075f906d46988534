"""Home's half of the dialogue with the service: takes frames one by one, does what each asks, answers.

Decides the order of things and what a frame leads to. Playing, handing out, shipping and digests are modules
of their own.
"""

from __future__ import annotations

import asyncio
from typing import Any

from cellfarm.frames import HOME_SLOT, Frame, FrameStream
from cellfarm.home.play import Player
from cellfarm.home.shell import HomeShell
from cellfarm.protocol import messages as m


class Session:
    """Serves one run."""

    def __init__(self, stream: FrameStream, home: HomeShell) -> None:
        self._stream = stream
        self._home = home
        self._player = Player(home)

    async def serve(self) -> bool:
        """Answers frames until the service says `end` (True) or its stream closes (False)."""
        while (frame := await self._next()) is not None:
            if frame.type == m.FRAME_END:
                return True
            await self._handle(frame)
        return False

    async def _handle(self, frame: Frame) -> None:
        if frame.type == m.FRAME_PLAY:
            await self._play(frame.meta)
        elif frame.type == m.FRAME_FORK:
            refusal = {"slot": frame.meta["slot"], "pid": None, "refused": "no map is open"}
            self._answer(m.FRAME_FORKED, refusal)
        # Anything else concerns a map that is closed by now.

    async def _play(self, meta: dict[str, Any]) -> None:
        played = await self._player.play(meta["code"], meta["cell"], meta["cellId"], meta["executionCount"])
        self._answer(
            m.FRAME_PLAYED,
            {"task": meta["task"], "cell": meta["cell"], "error": played.error, "exit": played.exit},
        )

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
