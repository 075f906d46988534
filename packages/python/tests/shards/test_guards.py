"""What a shard must not do is seen, and home computes the element itself: the answer is that of the plain loop."""

from __future__ import annotations

import re

import pytest

from cellfarm.protocol import messages as m

from .fake_service import FakeService, MapRecord, Play

REJECTED = [
    ("draws from random", "import random; random.seed(1)", "random.random() < 2", "[f(x) for x in range(6)]", "random"),
    ("draws from numpy's global generator", "import numpy as np", "np.random.rand() < 2", "[f(x) for x in range(6)]", "numpy.random"),
    ("draws from a generator object", "import numpy as np; rng = np.random.default_rng(0)", "rng.normal() < 9", "[f(x) for x in range(6)]", "Generator"),
    ("changes a dictionary", "seen = {}", "seen.setdefault(x, len(seen))", "[f(x) for x in range(6)]", "dict"),
    ("changes a dictionary inside an object", "class Box: pass\nbox = Box(); box.d = {}", "box.d.setdefault(x, len(box.d))", "[f(x) for x in range(6)]", "dict"),
    ("changes an attribute of an object", "class Tin: n = 0\ntin = Tin()", "setattr(tin, 'n', tin.n + x) or tin.n", "[f(x) for x in range(6)]", "Tin"),
    ("changes a class", "class Count: n = 0", "setattr(Count, 'n', Count.n + 1) or Count.n", "[f(x) for x in range(6)]", "class Count"),
    ("changes an array", "import numpy as np; a = np.zeros(9)", "(a.__setitem__(x, 1), float(a.sum()))[1]", "[f(x) for x in range(6)]", "ndarray"),
    ("changes a frame", "import pandas as pd; df = pd.DataFrame({'a': range(9)})", "(df.__setitem__('b', x), len(df.columns))[1]", "[f(x) for x in range(6)]", "DataFrame"),
    ("sets a global name", "total = 0", "globals().__setitem__('total', total + x) or total", "[f(x) for x in range(6)]", "global name total"),
    ("changes its own default", "def remember(x, known=[]):\n    known.append(x)\n    return len(known)", "remember(x)", "[f(x) for x in range(6)]", "list"),
    ("changes a variable of its closure", "def counter():\n    n = 0\n    def count(x):\n        nonlocal n\n        n += 1\n        return n\n    return count\ncount = counter()", "count(x)", "[f(x) for x in range(6)]", "cell"),
    ("opens a file to write", "", "open(f'out-{x}.txt', 'w').close()", "[f(x) for x in range(6)]", "for writing"),
    ("removes a file", "import os; open('old.txt', 'w').close()", "os.path.exists('old.txt') and os.remove('old.txt')", "[f(x) for x in range(6)]", "os.remove"),
    ("makes a folder", "import os", "os.makedirs(f'made-{x}', exist_ok=True)", "[f(x) for x in range(6)]", "os.mkdir"),
    ("changes the environment", "import os", "os.environ.__setitem__('MADE_BY_F', str(x))", "[f(x) for x in range(6)], os.environ['MADE_BY_F']", "os.putenv"),
    ("starts a program", "import subprocess", "subprocess.check_output(['echo', str(x)])", "[f(x) for x in range(6)]", "subprocess.Popen"),
    ("connects to a database", "import sqlite3", "sqlite3.connect(':memory:').execute('select 1').fetchone()", "[f(x) for x in range(6)]", "sqlite3.connect"),
    ("changes the decimal context", "import decimal", "setattr(decimal.getcontext(), 'prec', 10 + x)", "[f(x) for x in range(6)], decimal.getcontext().prec", "decimal context"),
    ("adds a warnings filter", "import warnings", "warnings.simplefilter('always') or len(warnings.filters) > 0", "[f(x) for x in range(6)]", "warnings filters"),
]  # fmt: skip


def only_map(play: Play) -> MapRecord:
    (record,) = play.maps
    assert record.closed is not None
    return record


def sequential(service: FakeService, code: str) -> Play:
    workers, service.workers = service.workers, 0
    try:
        return service.play(code)
    finally:
        service.workers = workers


@pytest.mark.parametrize(
    ("setup", "body", "loop", "word"), [c[1:] for c in REJECTED], ids=[c[0] for c in REJECTED]
)
def test_a_shard_is_thrown_away_when_its_function(
    service: FakeService, setup: str, body: str, loop: str, word: str
) -> None:
    prepare = f"{setup}\ndef f(x):\n    return {body}"
    assert service.play(prepare).error is None
    here = service.play(loop)
    assert here.error is None
    record = only_map(here)
    assert record.closed is not None
    assert m.STATUS_REJECTED in record.statuses()
    assert record.closed["homeFrom"] == 0
    assert word in record.closed["reason"]
    assert sequential(service, prepare).error is None
    assert sequential(service, loop).result() == here.result()


def test_a_shard_is_thrown_away_when_its_function_changes_the_element(service: FakeService) -> None:
    service.play("rows = [[i] for i in range(6)]\ndef grow(row):\n    row.append(1)\n    return len(row)")
    play = service.play("[grow(row) for row in rows], rows")
    assert "".join(play.result().split()) == str(([2] * 6, [[i, 1] for i in range(6)])).replace(" ", "")
    assert only_map(play).closed["homeFrom"] == 0


def test_a_cache_that_a_function_fills_is_filled_at_home(service: FakeService) -> None:
    service.play(
        "import functools\n@functools.lru_cache\ndef twice(x): return 2 * x\ndef f(x): return twice(x)"
    )
    play = service.play("[f(x) for x in range(4)], twice.cache_info().misses")
    assert play.result() == "([0, 2, 4, 6], 4)"
    assert m.STATUS_OK not in only_map(play).statuses()


def test_an_error_comes_from_home_with_everything_before_it(service: FakeService) -> None:
    service.play("def g(x):\n    print('at', x)\n    if x == 5:\n        raise KeyError(x)\n    return x")
    play = service.play("[g(x) for x in range(8)]")
    assert play.error is not None and (play.error["ename"], play.error["evalue"]) == ("KeyError", "5")
    assert play.error["line"] == 1
    assert play.text() == "".join(f"at {x}\n" for x in range(6))
    record = only_map(play)
    assert record.closed["reason"] == "raised: KeyError: 5"
    assert record.closed["homeFrom"] == 4


def test_the_traceback_of_an_error_is_that_of_the_plain_loop(service: FakeService) -> None:
    service.play("def h(x):\n    return 1 / (x - 3)")
    code = "out = []\nfor x in range(6): out.append(h(x))"
    parallel, plain = service.play(code), sequential(service, code)
    assert parallel.error is not None and plain.error is not None
    assert _without_counts(parallel) == _without_counts(plain)
    assert service.play("out, x").result() == sequential(service, "out, x").result()


def test_what_does_not_pickle_is_computed_at_home(service: FakeService) -> None:
    service.play("def make(x): return lambda: x")
    play = service.play("made = [make(x) for x in range(4)]")
    assert m.STATUS_UNSHIPPABLE in only_map(play).statuses()
    assert service.play("made[3](), made[0]()").result() == "(3, 0)"


def _without_counts(play: Play) -> list[str]:
    assert play.error is not None
    return [re.sub(r"In\[\d+\]", "In[]", line) for line in play.error["traceback"]]
