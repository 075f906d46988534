"""Runs a home: joins the door, builds the shell, says hello, serves frames until the end.

Decides how the process leaves: as a kernel that is shut down after `end`, at once when the stream is lost.
"""

from __future__ import annotations

import asyncio
import builtins
import os
import traceback
from collections.abc import Callable

from cellfarm.door import join, say_hello, telling_sealed
from cellfarm.frames import HOME_SLOT, Frame, FrameStream
from cellfarm.home.outlet import Content, Outlet, Sink
from cellfarm.home.rewrite import ENGINE_NAME
from cellfarm.home.ticker import Ticker
from cellfarm.objects import Objects
from cellfarm.protocol.messages import FRAME_NOTE, FRAME_OUTPUT

_FAILED = 70
_TICK_SECONDS = 0.2


def run(door: str, nonce: str, objects_folder: str | None) -> None:
    """Entry from `boot`. Returns after `end`; leaves the process when the stream is lost.

    Args:
        door: path of the agent's Unix socket.
        nonce: the word that tells the agent which lease this process belongs to.
        objects_folder: folder of objects shared with the service; None where none is.
    """
    stream = join(door, nonce)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    original_stderr = os.dup(2)

    def serve() -> None:
        try:
            ended = loop.run_until_complete(_serve(stream, door, nonce, objects_folder))
        except BaseException:  # whatever it is, another home replays the run
            os.write(original_stderr, traceback.format_exc().encode())
            os._exit(_FAILED)
        if not ended:
            # The state is lost and another home will replay it: no exit handler may act a second time.
            os._exit(1)

    # As deep as `python -m` has it in a kernel (see `depth`).
    exec("serve()", {"serve": serve})


async def _serve(stream: FrameStream, door: str, nonce: str, objects_folder: str | None) -> bool:
    from cellfarm.home.shell import build_shell

    home = build_shell(asyncio.get_running_loop(), Outlet(_to_frames(stream)))
    from cellfarm.home.engine import MapEngine
    from cellfarm.home.session import Session

    objects = Objects(objects_folder, telling_sealed(stream, HOME_SLOT), _to_notes(stream))
    engine = MapEngine(stream, objects, home, door, objects_folder)
    setattr(builtins, ENGINE_NAME, engine)
    session = Session(stream, home, objects, engine)
    ticker = Ticker(_TICK_SECONDS, home.send_waiting)
    home.before_cell = ticker.wait_whole
    say_hello(stream, nonce, "home")
    try:
        return await session.serve()
    finally:
        ticker.stop()
        objects.settle()


def _to_frames(stream: FrameStream) -> Sink:
    owner = os.getpid()

    def send(cell: int, type: str, content: Content) -> None:
        if (
            os.getpid() != owner
        ):  # a child that user code forked shares the connection, but must not speak on it
            os.write(1, f"{content.get('data', {}).get('text/plain', '')}\n".encode())
            return
        frame = Frame(FRAME_OUTPUT, {"cell": cell, "type": type, "content": content}, slot=HOME_SLOT)
        try:
            stream.write(frame)
        except ValueError as error:  # over the limit of a frame
            _note(stream, "output-too-large", f"one output is not shown: {error}", cell)

    return send


def _to_notes(stream: FrameStream) -> Callable[[str, OSError], None]:
    def send(id: str, error: OSError) -> None:
        _note(stream, "object-not-kept", f"object {id} could not be put on disk: {error}", None)

    return send


def _note(stream: FrameStream, code: str, text: str, cell: int | None) -> None:
    meta = {"level": "warning", "code": code, "text": text, "cell": cell}
    stream.write(Frame(FRAME_NOTE, meta, slot=HOME_SLOT))
