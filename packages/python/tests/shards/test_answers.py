"""Outcomes on their way: which tasks share a frame, and what becomes of one that cannot be pickled among others that can."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cellfarm.container import PicklerFactory, load, plain_pickler, plain_unpickler
from cellfarm.frames import Frame, FrameStream
from cellfarm.home.answers import Answer, Answers
from cellfarm.home.compute import Outcome, failed
from cellfarm.home.values import Values
from cellfarm.objects import Objects
from cellfarm.protocol import messages as m


class Line:
    """Both ends of one connection."""

    def __init__(self) -> None:
        here, there = socket.socketpair()
        self.here, self.there = FrameStream(here), FrameStream(there)

    def received(self) -> list[Frame]:
        """The frames that are here."""
        frames = []
        while (frame := self.there.poll()) is not None:
            frames.append(frame)
        return frames


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.here.close()
    made.there.close()


def objects(folder: Path | None) -> Objects:
    return Objects(None if folder is None else str(folder), lambda id, digest, size: None)


def ok(*values: Any, shown: dict[int, list[Any]] | None = None) -> Outcome:
    return Outcome(m.STATUS_OK, "", list(values), shown or {})


def send(
    line: Line, outcomes: list[Outcome], folder: Path | None, pickler: PicklerFactory = plain_pickler
) -> list[Frame]:
    answers = Answers(line.here, objects(folder))
    task = Frame(m.FRAME_TASK, {}, slot=3, epoch=2, attempt=1, task=10)
    for number, outcome in enumerate(outcomes, 10):
        answers.add(Answer(task, number, outcome, 0.5, pickler), 0.0)
    answers.send(None)
    return line.received()


def told(frames: list[Frame]) -> list[tuple[int, int, int]]:
    """Of each frame its first task, how many tasks it answers for, and how they ended."""
    return [(frame.task, len(frame.meta["durationsMs"]), frame.status) for frame in frames]


def test_tasks_in_a_row_that_ended_alike_share_a_frame(line: Line, tmp_path: Path) -> None:
    outcomes = [ok(1), ok(2), failed(m.STATUS_RAISED, "ValueError"), ok(4), ok(5), ok(6)]
    frames = send(line, outcomes, tmp_path)
    assert told(frames) == [(10, 2, m.STATUS_OK), (12, 1, m.STATUS_RAISED), (13, 3, m.STATUS_OK)]
    assert all((frame.slot, frame.epoch, frame.attempt) == (3, 2, 1) for frame in frames)


def test_one_value_that_cannot_be_pickled_leaves_the_others_of_its_row(line: Line, tmp_path: Path) -> None:
    frames = send(line, [ok(1), ok(2), ok(lambda: 3), ok(4)], tmp_path)
    assert told(frames) == [
        (10, 1, m.STATUS_OK),
        (11, 1, m.STATUS_OK),
        (12, 1, m.STATUS_UNSHIPPABLE),
        (13, 1, m.STATUS_OK),
    ]


def test_without_a_shared_folder_each_task_has_a_frame_of_its_own(line: Line) -> None:
    assert told(send(line, [ok(1), ok(2)], None)) == [(10, 1, m.STATUS_OK), (11, 1, m.STATUS_OK)]


def test_what_elements_showed_stays_with_them_in_a_shared_frame(line: Line, tmp_path: Path) -> None:
    outcomes = [ok(1), ok(2, 3, shown={1: ["three"]}), ok(4, shown={0: ["four"]})]
    (frame,) = send(line, outcomes, tmp_path)
    assert load(frame.payload) == ([1, 2, 3, 4], {2: ["three"], 3: ["four"]})
    shards = [[0, 1], [1, 3], [3, 4]]
    values = Values(shards, 10, objects(tmp_path), set(), lambda again: plain_unpickler)
    values.put(frame)
    taken = []
    for element in range(4):
        assert values.arrived(element) is frame
        values.prepare()
        taken.append(values.take(element))
    assert taken == [(1, []), (2, []), (3, ["three"]), (4, ["four"])]
    assert values.arrived(4) is None


def test_a_broken_guard_stands_in_place_of_all_that_wait(line: Line, tmp_path: Path) -> None:
    answers = Answers(line.here, objects(tmp_path))
    task = Frame(m.FRAME_TASK, {}, task=1)
    answers.add(Answer(task, 1, ok(1), 0.1, plain_pickler), 0.0)
    answers.add(Answer(task, 2, failed(m.STATUS_RAISED, "KeyError"), 0.1, plain_pickler), 0.0)
    answers.send(failed(m.STATUS_REJECTED, "it sets the global name x"))
    assert told(line.received()) == [(1, 2, m.STATUS_REJECTED)]
    assert not answers


def test_one_look_at_the_guards_stands_only_for_tasks_without_a_gap(line: Line, tmp_path: Path) -> None:
    answers = Answers(line.here, objects(tmp_path))
    assert answers.continues(7)
    answers.add(Answer(Frame(m.FRAME_TASK, {}, task=7), 7, ok(1), 0.1, plain_pickler), 0.0)
    assert answers.continues(8)
    assert not answers.continues(9)
    assert not answers.continues(7)
    answers.send(None)
    assert answers.continues(9)
