"""A prepared loop that stays at home shows what the loop as written shows in a kernel, errors and all."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from describe_loop import site
from harness import HomeUnderTest
from same_as_kernel import in_kernel, levelled

CELLS = [
    ("def f(x):\n    print('f', x)\n    return 1 / x", None, "", None),
    ("[f(x) for x in [1]]", "comprehension", "f(x)", ast.ListComp),
    ("ys = [f(x)\n      for x in [0]]", "comprehension", "f(x)", ast.ListComp),
    ("if True:\n    for x in (0,):\n        [].append(f(x))", "append-loop", "f(x)", ast.For),
    ("list(map(f, [0]))", "map-call", "f", ast.Call),
    ("[f(x) for x in 5]", "comprehension", "f(x)", ast.ListComp),
    ("list(map(f, 5))", "map-call", "f", ast.Call),
    ("list(map(5, [1]))", "map-call", "5", ast.Call),
    ("[f(x) for x in undefined]", "comprehension", "f(x)", ast.ListComp),
    (
        "def g():\n    yield 1\n    raise LookupError('in the generator')\n[f(x) for x in g()]",
        "comprehension",
        "f(x)",
        ast.ListComp,
    ),
    ("import asyncio\nawait asyncio.sleep(0)\n[f(x) for x in [0]]", "comprehension", "f(x)", ast.ListComp),
    ("[f(a) for a, b in [(1,)]]", "comprehension", "f(a)", ast.ListComp),
]


def _play(home: HomeUnderTest, index: int, cell: tuple[Any, ...]) -> list[dict[str, Any]]:
    code, form, element, loop = cell
    loops = [] if form is None else [{**site(code, form, element, loop), "shippable": False}]
    played = home.play(code, cell=index, executionCount=index + 1, loops=loops, workers=2, fork=True)
    assert not [note for note in home.notes if note["code"] == "loop-not-found"]
    return [
        {"output_type": message["type"], **{k: v for k, v in message["content"].items() if k != "transient"}}
        for message in played.messages
    ]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], list[Any]]:
    kernel = in_kernel([cell[0] for cell in CELLS], Path(tmp_path_factory.mktemp("kernel")))
    with HomeUnderTest() as home:
        return kernel, [_play(home, index, cell) for index, cell in enumerate(CELLS)]


@pytest.mark.parametrize("index", range(len(CELLS)), ids=[cell[0][:24] for cell in CELLS])
def test_a_prepared_loop_at_home_looks_as_in_a_kernel(
    outputs: tuple[list[Any], list[Any]], index: int
) -> None:
    kernel, home = outputs
    assert levelled(home[index]) == levelled(kernel[index])


def test_a_loop_that_is_not_in_the_cell_is_told_and_runs() -> None:
    with HomeUnderTest() as home:
        described = site("[abs(x) for x in [1, 2]]", "comprehension", "abs(x)", ast.ListComp)
        played = home.play(
            "\n[abs(x) for x in [-1, 2]]", loops=[{**described, "shippable": False}], workers=2, fork=True
        )
        assert played.data() == [{"text/plain": "[1, 2]"}]
        assert [note["code"] for note in home.notes] == ["loop-not-found"]
