"""One rank of a gang: reads the cell from its launcher, plays it with the adapters watching, answers as a worker does.

Decides when adapters are put in (with the framework's import) and what is told of them. Playing is `worker.away_cell`'s.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from typing import NoReturn

from cellfarm.adapters import Installed, Verdict
from cellfarm.adapters.on_import import OnImport
from cellfarm.adapters.world import Place, World
from cellfarm.door import telling_sealed
from cellfarm.frames import Frame, FrameStream
from cellfarm.home import audit
from cellfarm.home.outlet import Outlet
from cellfarm.objects import Objects
from cellfarm.protocol import messages as m
from cellfarm.worker.leave import serve_and_leave
from cellfarm.worker.reply import send_result


def run(channel: int, objects_folder: str | None) -> None:
    """Entry from `boot`. Leaves the process.

    Args:
        channel: descriptor of the socket to the launcher.
        objects_folder: folder of objects shared with the service; None where none is.
    """
    serve_and_leave(lambda: _serve(FrameStream(socket.socket(fileno=channel)), objects_folder))


async def _serve(stream: FrameStream, objects_folder: str | None) -> None:
    from cellfarm.home.shell import build_shell
    from cellfarm.worker.away_cell import AwayCells

    place = _place()
    _warm_up()
    home = build_shell(asyncio.get_running_loop(), Outlet(lambda cell, type, content: None))
    objects = Objects(objects_folder, telling_sealed(stream, 0))
    frame = stream.read()
    if frame is None:
        return

    def stop(reason: str) -> NoReturn:
        _stop(stream, objects, frame, reason)

    installed: list[Installed] = []
    OnImport({"torch": lambda: installed.append(_pytorch(place, stop))}).watch()
    cells = AwayCells(stream, objects, home)
    audit.watch(stop)
    with audit.allowed():
        await cells.play(frame, before_success=lambda: _tell(stream, frame, installed))
        objects.settle()


def _warm_up() -> None:
    """What libraries write of their own accord is written now, or not at all: later, writing is taken for the cell's doing."""
    sys.dont_write_bytecode = True
    tempfile.gettempdir()


def _stop(stream: FrameStream, objects: Objects, task: Frame, reason: str) -> NoReturn:
    """Ends this rank before it does something that several at once must not do: home then plays the cell."""
    with audit.allowed():
        send_result(stream, objects, task, time.perf_counter(), m.STATUS_REJECTED, reason, None)
        os._exit(0)


def _place() -> Place:
    """Taken out of the environment now: the cell's own is home's, in which there is no gang."""
    names = os.environ
    world = World(int(names["RANK"]), int(names["WORLD_SIZE"]))
    return Place(world, names["MASTER_ADDR"], int(names["MASTER_PORT"]), int(names["OMP_NUM_THREADS"]))


def _pytorch(place: Place, stop: Callable[[str], NoReturn]) -> Installed:
    from cellfarm.adapters.pytorch import install

    return install(place, stop)


def _tell(stream: FrameStream, task: Frame, installed: list[Installed]) -> None:
    for adapter in installed:
        for verdict in adapter.verdicts():
            note = {
                "level": "info",
                "code": "training-shared" if verdict.shared else "training-alone",
                "text": words(verdict),
                "cell": task.meta["cell"],
            }
            stream.write(Frame(m.FRAME_NOTE, note, slot=task.slot, epoch=task.epoch))
        adapter.close()


def words(verdict: Verdict) -> str:
    """A verdict in words."""
    if not verdict.shared:
        return f"{verdict.module}: computed whole on each rank, because {verdict.reason}"
    times = "call" if verdict.checked == 1 else "calls"
    return (
        f"{verdict.module}: shared out over the ranks, exact in {verdict.checked} {times} that were checked"
        f" (largest difference {verdict.worst:.1e})"
    )
