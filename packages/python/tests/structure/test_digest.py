"""Structural digests: equal for equal structure in another process, different where anything differs, none where it cannot be told."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cellfarm.structure import digest, digest_namespace

SOURCE = Path(__file__).resolve().parents[2] / "src"
SAMPLES = """
import collections, datetime, decimal, enum, functools, random, re
import numpy as np, pandas as pd
class Point:
    made = {'a', 'b', 'c'}
    def __init__(self, x): self.x, self.tags = x, {'u', 'v', (1, 'w')}
class Slim:
    __slots__ = ('a', 'b')
    def __init__(self): self.a, self.b = [1], {2}
class Colour(enum.Enum): RED = 1
def outer(n):
    def inner(x=[n]): return x, n
    return inner
text, number, truth, nothing = 'é\\ud800', 2**200, True, None
nan, zero, minus_zero = float('nan'), 0.0, -0.0
pair = ([1], [1]); shared = [[1]] * 2; cyclic = []; cyclic.append(cyclic)
names = {'x', 'y', 'z', frozenset({'p', 'q'})}
table = {'b': 1, 'a': [2, (3, 4)]}
point, slim, red = Point(1), Slim(), Colour.RED
inner, short, part = outer([5]), (lambda a: a + 1), functools.partial(outer, 3)
when, money, pattern = datetime.datetime(2020, 1, 2), decimal.Decimal('1.10'), re.compile('a+')
draws, generator = random.Random(3), np.random.default_rng(4)
counter, queue, ordered = collections.Counter('abca'), collections.deque([1], 3), collections.OrderedDict(a=1)
array, strided = np.arange(12.0), np.arange(24.0)[::2]
fortran = np.asfortranarray(np.arange(6).reshape(2, 3)); objects = np.array([1, 'a', [2]], object)
masked = np.ma.array([1, 2], mask=[0, 1]); record = np.zeros(2, [('a', 'i4'), ('b', 'f8')])
frame = pd.DataFrame({'a': [1, 2], 'b': ['x', None], 'c': pd.Categorical(['u', 'v'])}, index=['r', 's'])
series, times = pd.Series([1.5, float('nan')], name='n'), pd.date_range('2020', periods=3, tz='UTC')
many = pd.MultiIndex.from_product([[1, 2], ['a', 'b']])
error = ValueError('no', 3)
chain = None
for i in range(20_000): chain = (chain, [i])
"""


def digests_in_new_process(seed: str, code: str = SAMPLES) -> dict[str, Any]:
    script = (
        f"import sys; sys.path.append({str(SOURCE)!r})\n{code}\n"
        "import json, cellfarm.structure as s; print(json.dumps(s.digest_namespace(dict(globals()))))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_sample_has_the_same_digest_in_two_processes_with_other_hash_seeds() -> None:
    one, two = digests_in_new_process("1"), digests_in_new_process("2")
    assert one == two
    assert [name for name, variable in one.items() if variable["digest"] is None] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (True, 1),
        (0.0, -0.0),
        ("1", b"1"),
        ([1, 2], (1, 2)),
        ([1, 2], [2, 1]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1, 2}, frozenset({1, 2})),
        ([[1], [1]], [[1]] * 2),
        ([None], []),
        (list(range(100)), [*range(99), 100]),
        ([float(x) for x in range(100)], [float(x) for x in range(99)] + [-1.0]),
        (np.zeros(3), np.zeros(3, "f4")),
        (np.zeros((2, 3)), np.zeros((3, 2))),
        (np.zeros(3), np.array([0.0, 0.0, -0.0])),
        (pd.Series([1, 2]), pd.Series([1, 2], name="n")),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1]}, index=[5])),
        (pd.Series([1, 2]), pd.Series([1.0, 2.0])),
        (lambda x: x + 1, lambda x: x + 2),
        (ValueError("a"), ValueError("b")),
    ],
)
def test_different_values_have_different_digests(one: object, other: object) -> None:
    assert digest(one) != digest(other)
    assert digest(one) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.arange(24)[::2], np.arange(0, 24, 2).copy()),
        (np.asfortranarray(np.eye(3)), np.eye(3)),
        ({"a", "b", "c"}, {"c", "b", "a"}),
        (float("nan"), float("nan")),
        ((1, (2, 3)), (1, (2, 3))),
        (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 2], "b": 0}).drop(columns="b")),
    ],
)
def test_equal_values_have_equal_digests(one: object, other: object) -> None:
    assert digest(one) == digest(other)


def test_what_cannot_be_told_has_no_digest() -> None:
    import threading

    with open(__file__, encoding="utf-8") as file:
        for value in ((i for i in range(3)), threading.Lock(), file, [threading.Lock()]):
            assert digest(value) is None


def test_a_digest_does_not_change_when_its_value_was_copied() -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec("class Own:\n    def __init__(self): self.x = 1", namespace)
    value = namespace["Own"]()
    before = digest(value)
    copy.copy(value)
    assert digest(value) == before


def test_a_namespace_leaves_out_modules_and_the_shells_own_names() -> None:
    namespace = {
        "x": 1,
        "_": 2,
        "_i3": "a",
        "_12": 1,
        "In": [],
        "Out": {},
        "np": np,
        "__name__": "__main__",
        "_own": 5,
    }
    assert list(digest_namespace(namespace)) == ["_own", "x"]


def test_names_that_share_an_object_are_told_from_names_that_do_not() -> None:
    rows = [1, 2]
    shared = digest_namespace({"a": rows, "b": rows})
    apart = digest_namespace({"a": [1, 2], "b": [1, 2]})
    assert shared["a"] == apart["a"]
    assert shared["b"] != apart["b"]
    inside = digest_namespace({"a": rows, "b": {"rows": rows}})
    assert inside["b"] != digest_namespace({"a": rows, "b": {"rows": [1, 2]}})["b"]


def test_types_are_named_with_their_modules() -> None:
    types = {
        name: v["type"]
        for name, v in digest_namespace({"i": 1, "a": np.zeros(1), "d": pd.Series([1])}).items()
    }
    assert types["i"] == "int"
    assert types["a"] == "numpy.ndarray"
    assert types["d"].startswith("pandas.") and types["d"].endswith("Series")


def test_limits_leave_a_value_without_digest() -> None:
    assert digest(list("abc" * 100), limit=10) is None
    assert digest(np.zeros(1_000_000), byte_limit=1_000_000) is None
    assert digest(np.zeros(1_000), byte_limit=1_000_000) is not None


def test_functions_are_digested_with_the_global_names_they_read() -> None:
    def space(rate: int) -> dict[str, Any]:
        namespace: dict[str, Any] = {"__name__": "__main__"}
        exec(f"rate = {rate}\ndef inner(x): return x * rate\ndef outer(x): return inner(x)", namespace)
        return namespace

    one, two, three = space(2), space(2), space(3)
    assert digest(one["outer"], namespace=one) == digest(two["outer"], namespace=two)
    assert digest(one["outer"], namespace=one) != digest(three["outer"], namespace=three)
