"""Shards that die, results of an earlier home, and what is left behind afterwards."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from .conftest import PYTHON, WAYS
from .fake_service import FakeService
from .test_guards import only_map

ONLY_FORK = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can fork a home safely")


@ONLY_FORK
def test_a_killed_shard_is_forked_again(folder: Path) -> None:
    killed: list[int] = []

    def kill(service: FakeService, slot: int, task: int) -> None:
        if not killed and service.shard_pids:
            killed.append(service.shard_pids.pop())
            os.kill(killed[0], signal.SIGKILL)

    with FakeService(folder, kill=kill) as service:
        service.play("import time\ndef slow(x):\n    time.sleep(0.05)\n    return x")
        play = service.play("[slow(x) for x in range(8)]")
    assert killed
    assert play.result() == str(list(range(8)))
    assert only_map(play).closed["homeFrom"] is None


@ONLY_FORK
def test_a_shard_shows_what_it_is_and_leaves_no_zombie(folder: Path) -> None:
    titles: list[str] = []

    def look(service: FakeService, slot: int, task: int) -> None:
        for pid in service.shard_pids:
            titles.append(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip())

    with FakeService(folder, kill=look) as service:
        service.play("def same(x): return x")
        service.play("[same(x) for x in range(8)]")
        service.play("import time; time.sleep(0.2)")
        service.play("pass")
        alive = Path(f"/proc/{service.home_pid}/task/{service.home_pid}/children").read_text().split()
    assert titles and set(titles) == {"cellfarm worker shard"}
    assert alive == []


@ONLY_FORK
def test_a_cell_with_many_maps_keeps_no_zombies_of_those_before(folder: Path) -> None:
    maps = 6 * ["[same(x) for x in range(8)]", "time.sleep(0.2)"]
    count = "print(len(open(f'/proc/{os.getpid()}/task/{os.getpid()}/children').read().split()))"
    with FakeService(folder) as service:
        service.play("import os, time\ndef same(x): return x")
        play = service.play("\n".join([*maps, count]))
        forked = len(service.shard_pids)
    assert len(play.maps) == 6
    assert int(play.text()) < forked / 2  # about those of the last map


@ONLY_FORK
def test_open_threads_make_a_loop_leave_by_value(forking: FakeService) -> None:
    forking.play(
        "import threading\nstop = threading.Event()\nt = threading.Thread(target=stop.wait); t.start()"
    )
    forking.play("def same(x): return x")
    play = forking.play("[same(x) for x in range(4)]")
    forking.play("stop.set(); t.join()")
    assert play.result() == "[0, 1, 2, 3]"
    assert only_map(play).over["way"] == "ship"


@ONLY_FORK
def test_open_threads_keep_a_loop_home_that_is_not_proved_pure(folder: Path) -> None:
    with FakeService(folder, shippable=False) as service:
        service.play(
            "import threading\nstop = threading.Event()\nt = threading.Thread(target=stop.wait); t.start()"
        )
        service.play("def same(x): return x")
        play = service.play("[same(x) for x in range(4)]")
        service.play("stop.set(); t.join()")
    assert play.note_codes() == ["fork-unsafe"]
    assert "Thread-" in play.notes[0]["text"]


def test_a_result_that_the_service_gave_up_is_computed_at_home(service: FakeService) -> None:
    service.play("def same(x): return x")
    service.given_up = {1}
    play = service.play("[same(x) for x in range(8)]")
    service.given_up = set()
    assert play.result() == str(list(range(8)))
    assert only_map(play).closed["reason"].startswith("lost")
    assert only_map(play).closed["homeFrom"] == only_map(play).plan[1][0]


@pytest.mark.parametrize("fork", [way == "fork" for way in WAYS], ids=WAYS)
def test_committed_results_of_an_earlier_home_are_taken(folder: Path, fork: bool) -> None:
    setup = "rows = [[i] for i in range(6)]\ndef mark(row):\n    print('row', row[0])\n    return row[0] * 10"
    code = "marked = [mark(row) for row in rows]\nmarked"
    with FakeService(folder / "1", fork=fork, python=PYTHON) as one:
        one.play(setup)
        first = one.play(code)
    record = only_map(first)
    with FakeService(folder / "2", fork=fork, python=PYTHON) as two:
        two.kept[record.over["inputs"]] = {0: record.results[0], 1: record.results[1]}
        two.play(setup)
        second = two.play(code)
    assert (second.text(), second.result()) == (first.text(), first.result())
    assert set(only_map(second).results) == set(range(2, len(record.plan)))


@ONLY_FORK
def test_committed_results_refer_to_the_new_homes_objects(folder: Path) -> None:
    setup = "rows = [[i] for i in range(6)]\ndef same(row): return row"
    code = "all(a is b for a, b in zip([same(row) for row in rows], rows))"
    with FakeService(folder / "1", python=PYTHON) as one:
        one.play(setup)
        record = only_map(one.play(code))
    with FakeService(folder / "2", python=PYTHON) as two:
        two.kept[record.over["inputs"]] = dict(record.results)
        two.play(setup)
        again = two.play(code)
    assert again.result() == "True"
    assert only_map(again).results == {}


@ONLY_FORK
def test_an_inherited_file_is_neither_read_on_nor_written(forking: FakeService) -> None:
    forking.play(
        "import os\nopen('letters.txt', 'w').write('abcdef')\nfd = os.open('letters.txt', os.O_RDONLY)"
    )
    forking.play("def letter(x): return os.read(fd, 1).decode()")
    play = forking.play("[letter(x) for x in range(4)], os.lseek(fd, 0, os.SEEK_CUR)")
    assert play.result() == "(['a', 'b', 'c', 'd'], 4)"
    assert "a file that was open before" in only_map(play).closed["reason"]
    forking.play(
        "out = os.open('written.txt', os.O_WRONLY | os.O_CREAT)\ndef put(x): return os.write(out, b'x')"
    )
    play = forking.play("[put(x) for x in range(4)], os.path.getsize('written.txt')")
    assert play.result() == "([1, 1, 1, 1], 4)"


def test_an_interrupt_ends_the_cell_and_closes_the_map(folder: Path) -> None:
    interrupted: list[int] = []

    def interrupt(service: FakeService, slot: int, task: int) -> None:
        if len(interrupted) < 1:
            interrupted.append(task)
            os.kill(service.home_pid, signal.SIGINT)

    with FakeService(folder, python=PYTHON, fork=WAYS[0] == "fork", kill=interrupt) as service:
        service.play("import time\ndef slow(x):\n    time.sleep(0.3)\n    return x\nkept = 'kept'")
        play = service.play("[slow(x) for x in range(8)]")
        after = service.play("kept").result()
    assert play.error is not None and play.error["ename"] == "KeyboardInterrupt"
    assert only_map(play).closed is not None
    assert after == "'kept'"
