"""Runs a home: joins the door, builds the shell, says hello, serves frames until the end.

Decides how the process leaves: as a kernel that is shut down after `end`, at once when the stream is lost.
"""

from __future__ import annotations

import asyncio
import os

from cellfarm.door import join, say_hello
from cellfarm.frames import HOME_SLOT, Frame, FrameStream
from cellfarm.home.outlet import Content, Outlet, Sink
from cellfarm.home.session import Session
from cellfarm.home.shell import build_shell
from cellfarm.protocol.messages import FRAME_OUTPUT


def run(door: str, nonce: str, objects: str | None) -> None:
    """Entry from `boot`. Returns after `end`; leaves the process when the stream is lost.

    Args:
        door: path of the agent's Unix socket.
        nonce: the word that tells the agent which lease this process belongs to.
        objects: folder of objects shared with the service; None where none is.
    """
    stream = join(door, nonce)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    if not loop.run_until_complete(_serve(stream, nonce)):
        # The state cannot be saved and another home will replay it: no exit handler may act a second time.
        os._exit(1)


async def _serve(stream: FrameStream, nonce: str) -> bool:
    home = build_shell(asyncio.get_running_loop(), Outlet(_to_frames(stream)))
    session = Session(stream, home)
    say_hello(stream, nonce, "home")
    return await session.serve()


def _to_frames(stream: FrameStream) -> Sink:
    def send(cell: int, type: str, content: Content) -> None:
        stream.write(Frame(FRAME_OUTPUT, {"cell": cell, "type": type, "content": content}, slot=HOME_SLOT))

    return send
