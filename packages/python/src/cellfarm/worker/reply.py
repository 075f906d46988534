"""The `result` frame of a worker: the outcome of one shard or away cell, with its value inline or as an object."""

from __future__ import annotations

import time

from cellfarm.container import Parts
from cellfarm.frames import Frame, FrameStream
from cellfarm.objects import Objects
from cellfarm.protocol import messages as m


def send_result(
    stream: FrameStream,
    objects: Objects,
    task: Frame,
    began: float,
    status: int,
    reason: str,
    parts: Parts | None,
) -> None:
    """Answers `task`.

    Args:
        stream: the dialogue with the service.
        objects: where a large value goes.
        task: the frame that asked.
        began: `time.perf_counter()` when the work began.
        status: one of the STATUS_* numbers.
        reason: why it is not ok; empty when it is.
        parts: the value when ok.
    """
    payload, ref = b"", None
    if parts is not None:
        payload, ref = objects.pack(parts)
    duration = round((time.perf_counter() - began) * 1000, 3)
    meta = {"durationsMs": [duration], "object": ref, "reason": reason}
    stream.write(
        Frame(
            m.FRAME_RESULT, meta, payload, status, task.slot, task.epoch, task.attempt, task.task, task.code
        )
    )
