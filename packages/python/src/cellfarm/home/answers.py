"""Outcomes of tasks on their way to the service: they wait for the guards a little, then leave in as few frames as may be.

Decides which tasks share a frame: those with numbers in a row that ended alike, and whose values one pickler takes. What the guards
say is the caller's.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

from cellfarm.container import Parts, PicklerFactory, dump
from cellfarm.frames import Frame, FrameStream
from cellfarm.home import audit
from cellfarm.home.compute import Outcome, text_of
from cellfarm.objects import Objects
from cellfarm.protocol import messages as m

_SLICE_SECONDS = 0.002
"""How long outcomes may wait for the guards, so that tasks of no length share one look."""


@dataclass(slots=True)
class Answer:
    """One task's outcome.

    Attributes:
        task: the frame that asked.
        number: the task's own number.
        outcome: how it ended.
        milliseconds: how long it took.
        pickler: takes its values.
    """

    task: Frame
    number: int
    outcome: Outcome
    milliseconds: float
    pickler: PicklerFactory


class Answers:
    """Those of one process, in order."""

    def __init__(self, stream: FrameStream, objects: Objects) -> None:
        self._stream = stream
        self._objects = objects
        self._waiting: list[Answer] = []
        self._since = 0.0
        self._files: list[list[str]] | None = []
        """What all that is being sent read, for which of them is not asked."""

    def __bool__(self) -> bool:
        return bool(self._waiting)

    @property
    def is_due(self) -> bool:
        """Whether some have waited long enough."""
        return bool(self._waiting) and time.perf_counter() - self._since > _SLICE_SECONDS

    def continues(self, number: int) -> bool:
        """Whether a task follows what waits without a gap. Only then may one look at the guards stand for both: what the first
        changed and the second changed back is what home would have seen, but not when an element between them ran elsewhere."""
        return not self._waiting or self._waiting[-1].number + 1 == number

    def add(self, answer: Answer, began: float) -> None:
        """Keeps an outcome until `send`. `began`: `time.perf_counter()` when its task began."""
        if not self._waiting:
            self._since = began
        self._waiting.append(answer)

    def send(self, instead: Outcome | None) -> None:
        """Sends all that wait, or `instead` of each outcome."""
        waiting, self._waiting = self._waiting, []
        if instead is not None:
            waiting = [replace(answer, outcome=instead) for answer in waiting]
        self._files = audit.reads.take()
        self._stream.write(*(frame for row in self._rows(waiting) for frame in self._frames(row)))

    def _rows(self, answers: list[Answer]) -> list[list[Answer]]:
        rows: list[list[Answer]] = []
        for answer in answers:
            if rows and self._objects.is_shared and _follows(rows[-1][-1], answer):
                rows[-1].append(answer)
            else:
                rows.append([answer])
        return rows

    def _frames(self, row: list[Answer]) -> list[Frame]:
        outcome = row[0].outcome
        if outcome.status != m.STATUS_OK:
            return [self._frame(row, outcome.status, outcome.reason, None)]
        try:
            return [self._frame(row, m.STATUS_OK, "", dump(_together(row), row[0].pickler))]
        except Exception as error:  # the user's own reducers may raise anything
            if len(row) > 1:
                return [frame for answer in row for frame in self._frames([answer])]
            reason = f"a result cannot be pickled: {text_of(error)}"
            return [self._frame(row, m.STATUS_UNSHIPPABLE, reason, None)]

    def _frame(self, row: list[Answer], status: int, reason: str, parts: Parts | None) -> Frame:
        payload, ref = (b"", None) if parts is None else self._objects.pack(parts)
        durations = [round(answer.milliseconds, 3) for answer in row]
        meta: dict[str, object] = {"durationsMs": durations, "object": ref, "reason": reason}
        if self._files != []:
            meta["files"] = self._files
        first, task = row[0], row[0].task
        return Frame(
            m.FRAME_RESULT,
            meta,
            payload,
            status,
            task.slot,
            task.epoch,
            task.attempt,
            first.number,
            task.code,
        )


def _together(row: list[Answer]) -> tuple[list[Any], dict[int, list[Any]]]:
    """Values of a row, and what its elements showed by their place among them."""
    values: list[Any] = []
    shown: dict[int, list[Any]] = {}
    for answer in row:
        if answer.outcome.shown:
            shown.update({len(values) + at: seen for at, seen in answer.outcome.shown.items()})
        values += answer.outcome.values
    return values, shown


def _follows(last: Answer, answer: Answer) -> bool:
    """Whether two answers may share a frame."""
    return (
        answer.number == last.number + 1
        and answer.pickler is last.pickler
        and answer.task.attempt == last.task.attempt
        and answer.outcome.status == last.outcome.status
        and answer.outcome.reason == last.outcome.reason
    )
