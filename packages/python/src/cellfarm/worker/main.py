"""Runs a worker: joins the door, builds the same shell as home, says hello, computes what it is sent until the end.

Decides nothing but which part takes a frame: shards go to `shards`, whole cells to `away_cell`.
"""

from __future__ import annotations

import asyncio

from cellfarm.door import join, say_hello, telling_sealed
from cellfarm.frames import FrameStream
from cellfarm.gang.launcher import run_gang
from cellfarm.home import audit
from cellfarm.home.outlet import Outlet
from cellfarm.objects import Objects
from cellfarm.protocol import messages as m
from cellfarm.worker.leave import serve_and_leave


def run(door: str, nonce: str, objects_folder: str | None) -> None:
    """Entry from `boot`. Leaves the process.

    Args:
        door: path of the agent's Unix socket.
        nonce: the word that tells the agent which lease this process belongs to.
        objects_folder: folder of objects shared with the service; None where none is.
    """
    serve_and_leave(lambda: _serve(join(door, nonce), nonce, objects_folder))


async def _serve(stream: FrameStream, nonce: str, objects_folder: str | None) -> None:
    from cellfarm.home.shell import build_shell
    from cellfarm.worker.away_cell import AwayCells
    from cellfarm.worker.shards import WorkerShards

    home = build_shell(asyncio.get_running_loop(), Outlet(lambda cell, type, content: None))
    objects = Objects(objects_folder, telling_sealed(stream, 0))
    shards = WorkerShards(stream, objects, home)
    cells = AwayCells(stream, objects, home)
    audit.watch(shards.stop)
    say_hello(stream, nonce, "worker")
    with audit.allowed():
        frame = stream.read()
        while frame is not None and frame.type != m.FRAME_END:
            if frame.type == m.FRAME_CODE:
                shards.keep(frame)
            elif frame.type == m.FRAME_TASK:
                shards.do(frame)
            elif frame.type == m.FRAME_RUN_CELL:
                shards.release()
                if frame.meta["ranks"] is None:
                    await cells.play(frame)
                else:
                    run_gang(frame, frame.meta["ranks"], objects_folder, stream.write)
            frame = stream.poll()
            if frame is None:
                shards.settle()
                frame = stream.read()
        objects.settle()
