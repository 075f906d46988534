"""Starts the ranks of a gang on this host, hands each the same cell, and passes on what rank 0 says. All or nothing: when one rank
fails, all are ended, and it is that rank's failure that is told.
"""

from __future__ import annotations

import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

from cellfarm.frames import Frame, FrameStream
from cellfarm.gang.rank_table import GangSpec, rank_environment
from cellfarm.protocol import messages as m
from cellfarm.worker.leave import LastWords

GRACE_SECONDS = 5.0
"""How long the others may take to fail by themselves after one rank did."""
_WORDS_BYTES = 4000


class RankLost(LastWords):
    """A rank ended without an answer; the text says which, and its last words."""


@dataclass(slots=True)
class _Rank:
    number: int
    process: subprocess.Popen[bytes]
    stream: FrameStream
    words: IO[bytes]
    result: Frame | None = None
    errors: list[Frame] = field(default_factory=list)
    """The error that it showed: of all ranks only the one that failed first is told of."""

    def last_words(self) -> str:
        self.words.seek(0)
        return self.words.read()[-_WORDS_BYTES:].decode("utf-8", "replace").strip()


def run_gang(task: Frame, size: int, objects_folder: str | None, tell: Callable[[Frame], None]) -> None:
    """Runs the cell of a `run-cell` frame on `size` ranks. What rank 0 says is told on, its `result` last.

    Raises:
        RankLost: a rank ended without a result, or a result came too late after that of another.
        OSError: a process cannot be started.
    """
    spec = GangSpec(size, "127.0.0.1", _free_port(), _cores())
    ranks: list[_Rank] = []
    try:
        for number in range(size):
            ranks.append(_start(spec, number, objects_folder))
        for rank in ranks:
            rank.stream.write(task)
        _follow(ranks, tell)
    finally:
        for rank in ranks:
            _end(rank)


def _start(spec: GangSpec, number: int, objects_folder: str | None) -> _Rank:
    ours, theirs = socket.socketpair()
    words = tempfile.TemporaryFile()
    environment = os.environ | rank_environment(spec, number)
    environment["CELLFARM_CHANNEL"] = str(theirs.fileno())
    environment["CELLFARM_PATH"] = _package_path()
    if objects_folder is not None:
        environment["CELLFARM_OBJECTS"] = objects_folder
    process = subprocess.Popen(
        [*sys.orig_argv[:-1], "rank"],
        env=environment,
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=words,
        stderr=words,
    )
    theirs.close()
    return _Rank(number, process, FrameStream(ours), words)


def _package_path() -> str:
    import cellfarm

    return os.path.dirname(os.path.dirname(os.path.abspath(cellfarm.__file__)))


def _follow(ranks: list[_Rank], tell: Callable[[Frame], None]) -> None:
    """Reads until rank 0 has answered and no rank is left without an answer."""
    deadline: float | None = None
    failed: _Rank | None = None
    with selectors.DefaultSelector() as selector:
        for rank in ranks:
            selector.register(rank.stream.fileno(), selectors.EVENT_READ, rank)
        while any(rank.result is None for rank in ranks) and selector.get_map():
            wait = None if deadline is None else max(0.0, deadline - time.monotonic())
            ready = selector.select(wait)
            if not ready:
                break
            for key, _ in ready:
                rank = key.data
                while (frame := rank.stream.poll()) is not None:
                    _take(rank, frame, tell)
                if failed is None and _failed(rank):
                    failed, deadline = rank, time.monotonic() + GRACE_SECONDS
                if rank.stream.ended:
                    selector.unregister(rank.stream.fileno())
                    if rank.result is None and failed is None:
                        raise RankLost(_how_it_ended(rank))
    _answer(ranks, failed, tell)


def _take(rank: _Rank, frame: Frame, tell: Callable[[Frame], None]) -> None:
    if frame.type == m.FRAME_RESULT:
        rank.result = frame
    elif frame.type == m.FRAME_OUTPUT and frame.meta["type"] == "error":
        rank.errors = [frame]
    elif rank.number == 0:
        tell(frame)


def _failed(rank: _Rank) -> bool:
    return rank.result is not None and rank.result.status != m.STATUS_OK


def _answer(ranks: list[_Rank], failed: _Rank | None, tell: Callable[[Frame], None]) -> None:
    """The result of rank 0, or of the rank that failed first: what others met after that came of it."""
    teller = ranks[0] if failed is None or _same_end(ranks[0], failed) else failed
    for error in teller.errors:
        tell(error)
    if teller.result is None:
        raise RankLost(f"rank {teller.number} does not answer")
    tell(teller.result)


def _same_end(one: _Rank, other: _Rank) -> bool:
    if one.result is None or other.result is None:
        return False
    return (
        one.result.status == other.result.status and one.result.meta["reason"] == other.result.meta["reason"]
    )


def _how_it_ended(rank: _Rank) -> str:
    status = rank.process.wait()
    how = f"signal {-status}" if status < 0 else f"status {status}"
    words = rank.last_words()
    return f"rank {rank.number} ended with {how}" + (f":\n{words}" if words else "")


def _end(rank: _Rank) -> None:
    rank.stream.close()
    if rank.process.poll() is None:
        rank.process.kill()
    rank.process.wait()
    rank.words.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
