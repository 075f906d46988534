"""Which loops leave, which stay and why; and that the loop around the elements is the user's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import PYTHON, WAYS
from .fake_service import FakeService
from .test_guards import only_map

OVER = [
    ("a list", "[3, 1, 2]"),
    ("a range", "range(5)"),
    ("a tuple", "(1, 2, 3)"),
    ("a dictionary's items", "{'a': 1, 'b': 2}.items()"),
    ("a text", "'abcd'"),
    ("enumerate", "enumerate('abc')"),
    ("zip of a list and a reversed range", "zip([1, 2, 3], reversed(range(3)))"),
    ("a map of int", "map(int, ['1', '2', '3'])"),
    ("rows of an array", "np.arange(6).reshape(3, 2)"),
    ("a series", "pd.Series([1, 2, 3])"),
    ("a list's iterator after a step", "after_a_step()"),
]
STAYS = [
    ("a generator", "pass", "1", "(i for i in range(4))", "iterates-lazily"),
    ("a class with an iterator of its own", "class Own:\n    def __iter__(self): return iter([1, 2])", "1", "Own()", "iterates-lazily"),
    ("an open file", "handle = open('data.txt', 'w+')", "handle.read(1)", "range(4)", "not-shareable"),
    ("a lock", "import threading; lock = threading.Lock()", "lock.locked()", "range(4)", "not-shareable"),
    ("a generator that it reads", "gen = (i for i in range(9))", "next(gen)", "range(4)", "not-shareable"),
    ("an iterator that it reads", "numbers = iter(range(9))", "next(numbers)", "range(4)", "not-shareable"),
    ("a connection", "import sqlite3; db = sqlite3.connect(':memory:')", "db.total_changes", "range(4)", "not-shareable"),
    ("a hash that it feeds", "import hashlib; h = hashlib.sha256()", "h.digest_size", "range(4)", "not-watchable"),
]  # fmt: skip


@pytest.mark.parametrize("iterable", [case[1] for case in OVER], ids=[case[0] for case in OVER])
def test_a_loop_leaves_over(service: FakeService, iterable: str) -> None:
    service.play("import numpy as np, pandas as pd\ndef same(x): return repr(x)")
    service.play("def after_a_step():\n    it = iter([7, 8, 9, 10])\n    next(it)\n    return it")
    play = service.play(f"[same(x) for x in {iterable}] == list(map(repr, {iterable}))")
    assert play.result() == "True"
    (first, *_) = play.maps
    assert first.closed is not None and first.closed["homeFrom"] is None


@pytest.mark.parametrize(
    ("setup", "body", "iterable", "code"), [c[1:] for c in STAYS], ids=[c[0] for c in STAYS]
)
def test_a_loop_stays_home_that_uses(
    service: FakeService, setup: str, body: str, iterable: str, code: str
) -> None:
    service.play(f"{setup}\ndef use(x): return {body}")
    play = service.play(f"used = [use(x) for x in {iterable}]")
    assert play.error is None
    assert play.note_codes() == [code]
    assert play.maps == []


def test_an_append_loop_appends_as_it_would(service: FakeService) -> None:
    service.play("out = ['first']\nsame = out\ndef half(x): return x / 2")
    play = service.play("for x in range(5): out.append(half(x))")
    assert only_map(play).closed["homeFrom"] is None
    assert service.play("out, x, same is out").result() == "(['first', 0.0, 0.5, 1.0, 1.5, 2.0], 4, True)"


def test_a_map_call_gives_a_list(service: FakeService) -> None:
    service.play("def third(x): return x * 3")
    play = service.play("list(map(third, (1, 2, 3)))")
    assert play.result() == "[3, 6, 9]"
    assert only_map(play).closed["homeFrom"] is None


def test_an_error_in_a_map_call_leaves_what_it_would(service: FakeService) -> None:
    service.play("def inverse(x):\n    print(x)\n    return 1 / x")
    play = service.play("list(map(inverse, [2, 1, 0, 4]))")
    assert play.error is not None and play.error["ename"] == "ZeroDivisionError"
    assert play.text() == "2\n1\n0\n"


def test_a_loop_that_can_reach_what_it_appends_to_stays_home(service: FakeService) -> None:
    service.play("grown = []\ndef size(x): return len(grown)")
    play = service.play("for x in range(4): grown.append(size(x))")
    assert play.note_codes() == ["reads-accumulator"]
    assert service.play("grown").result() == "[0, 1, 2, 3]"


def test_a_function_that_reads_the_loops_variable_stays_home(service: FakeService) -> None:
    service.play("taken = []\ndef peek(ignored): return number")
    play = service.play("for number in range(4): taken.append(peek(0))")
    assert play.note_codes() == ["reads-loop-variable"]
    assert service.play("taken").result() == "[0, 1, 2, 3]"


def test_a_loop_whose_output_is_redirected_stays_home(service: FakeService) -> None:
    service.play("import io, contextlib\nkept = io.StringIO()\ndef loud(x): print(x)")
    play = service.play("with contextlib.redirect_stdout(kept): r = [loud(x) for x in range(3)]")
    assert play.note_codes() == ["output-redirected"]
    assert service.play("kept.getvalue()").result() == repr("0\n1\n2\n")


def test_one_element_stays_home_without_a_word(service: FakeService) -> None:
    service.play("def one(x): return x")
    play = service.play("[one(x) for x in [1]]")
    assert (play.result(), play.maps, play.notes) == ("[1]", [], [])


def test_a_long_loop_of_nothing_stays_home(service: FakeService) -> None:
    service.play("def nothing(x): return x")
    play = service.play("sum([nothing(x) for x in range(1000)])")
    assert play.result() == "499500"
    assert play.note_codes() == ["below-grain"]


def test_a_very_long_loop_of_nothing_stays_home(service: FakeService) -> None:
    service.play("def nothing(x): return x")
    play = service.play("sum([nothing(x) for x in range(300_000)])")
    assert play.result() == "44999850000"
    assert (play.maps, play.note_codes()) == ([], ["below-grain"])


def test_a_long_loop_of_something_leaves_after_a_probe(service: FakeService) -> None:
    service.play("import time\ndef nap(x):\n    time.sleep(0.001)\n    print(x)\n    return x")
    play = service.play("sum([nap(x) for x in range(600)])")
    assert play.result() == "179700"
    assert play.text() == "".join(f"{x}\n" for x in range(600))
    assert only_map(play).over["start"] > 0


def test_loops_of_one_cell_are_told_apart_by_how_often_they_were_reached(service: FakeService) -> None:
    service.play("def plus(x): return x + 1")
    play = service.play("total = 0\nfor _ in range(3):\n    total += sum([plus(x) for x in range(4)])\ntotal")
    assert play.result() == "30"
    assert [record.over["occurrence"] for record in play.maps] == [0, 1, 2]


def test_a_loop_that_is_interrupted_by_an_error_of_its_own_is_closed(service: FakeService) -> None:
    service.play(
        "class Full(list):\n    def append(self, x):\n        if len(self) == 2: raise OverflowError(x)\n"
        "        super().append(x)\nfull = Full()\ndef same(x): return x"
    )
    play = service.play("for x in range(6): full.append(same(x))")
    assert play.error is not None and play.error["ename"] == "OverflowError"
    assert only_map(play).closed["homeFrom"] == 3
    assert service.play("list(full), x").result() == "([0, 1], 2)"


@pytest.mark.parametrize("fork", [way == "fork" for way in WAYS], ids=WAYS)
def test_equal_inputs_have_equal_digests_in_another_home(folder: Path, fork: bool) -> None:
    setup = "table = {'a', 'b', ('c', 1)}\nclass Two: n = 2\ndef inner(x): return x + Two.n\n"
    setup += "def outer(x): return inner(x) + len(table)"
    digests = []
    for name in ("1", "2"):
        with FakeService(folder / name, fork=fork, python=PYTHON) as home:
            home.play(setup)
            digests.append(only_map(home.play("[outer(x) for x in range(4)]")).over["inputs"])
            home.play("Two.n = 3")
            digests.append(only_map(home.play("[outer(x) for x in range(4)]")).over["inputs"])
    assert None not in digests
    assert digests[0] == digests[2] != digests[1] == digests[3]


def test_a_library_that_counts_the_cores_once_leaves_too(service: FakeService) -> None:
    service.play(
        "from sklearn.cluster import KMeans\nimport numpy as np\npoints = np.random.RandomState(0).rand(60, 2)"
    )
    service.play("def clusters(k): return KMeans(k, n_init=1, random_state=0).fit(points).labels_.max() + 1")
    play = service.play("[int(n) for n in [clusters(k) for k in (2, 3, 4)]]")
    assert play.result() == "[2, 3, 4]"
    assert [record.closed["homeFrom"] for record in play.maps if record.closed] == [None, None]
