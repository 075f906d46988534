"""Loops as home prepares them: found by their span, wrapped without a trace, left alone where they are not as described."""

from __future__ import annotations

import ast
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from describe_loop import site

from cellfarm.home.rewrite import ENGINE_NAME, wrap_loops
from cellfarm.protocol.messages import LoopSite


class FakeEngine:
    """Computes the even elements elsewhere (through the function it is given), and leaves the odd ones to the loop."""

    def __init__(self) -> None:
        self.loops: list[int] = []
        self.elsewhere: list[Any] = []
        self._function: Callable[[list[Any]], list[Any]] = list
        self._element: Any = None
        self._index = -1

    def over(self, k: int, iterable: Iterable[Any], function: Callable[[Any], Any]) -> Iterator[Any]:
        self.loops.append(k)
        self._function = function

        def elements() -> Iterator[Any]:
            for self._index, self._element in enumerate(iterable):
                yield self._element

        return elements()

    def have(self) -> bool:
        return self._index % 2 == 0

    def next(self) -> Any:
        (value,) = self._function([self._element])
        self.elsewhere.append(value)
        return value

    def mapped(self, k: int, f: Callable[[Any], Any], iterable: Iterable[Any]) -> Iterator[Any]:
        self.loops.append(k)
        return map(f, iterable)


def run(
    code: str, *sites: LoopSite, names: dict[str, Any] | None = None
) -> tuple[dict[str, Any], FakeEngine, Any]:
    """Namespace after the cell, the engine, and what was left alone."""
    engine = FakeEngine()
    builtins = {**__builtins__, ENGINE_NAME: engine} if isinstance(__builtins__, dict) else {}
    if not builtins:
        builtins = {**vars(__builtins__), ENGINE_NAME: engine}
    namespace: dict[str, Any] = {"__builtins__": builtins, "f": lambda x: x * x, **(names or {})}
    tree = ast.parse(code)
    problems = wrap_loops(tree, sites, namespace)
    exec(compile(tree, "cell", "exec"), namespace)
    return namespace, engine, problems


@pytest.mark.parametrize(
    ("code", "element"),
    [
        ("ys = [f(x) for x in range(5)]", "f(x)"),
        ("ys = [(x, f(x) + 1) for x in range(5)]", "f(x)"),
        ("ys = [f(a) + b for a, b in zip(range(5), range(5))]", "f(a)"),
        ("ys = [f(a) for (a, *rest) in [(1, 2, 3), (4, 5, 6)]]", "f(a)"),
        (
            "if True:\n    with open('/dev/null'):\n        ys = [f(x)\n              for x in range(5)]",
            "f(x)",
        ),
        ("for _ in range(2):\n    ys = [f(x) for x in range(5)]", "f(x)"),
        ("try:\n    ys = sorted([f(x) for x in range(5)])\nfinally:\n    pass", "f(x)"),
        ("é = 'ü'; ys = ['é' and f(x) for x in range(5)]", "f(x)"),
        ("ys = [y for y in [f(x) for x in range(5)]]", "f(x)"),
        ("it = 3; ys = [f(x + it) for x in range(5)]", "f(x + it)"),
        ("ys = [x for x in [0]] + [f(x) for x in range(5)]", "f(x)"),
    ],
)
def test_a_comprehension_gives_the_same_list_with_elements_from_elsewhere(code: str, element: str) -> None:
    expected: dict[str, Any] = {"f": lambda x: x * x}
    exec(code, expected)
    loop = _innermost(code, element)
    namespace, engine, problems = run(code, loop)
    assert problems == []
    assert namespace["ys"] == expected["ys"]
    assert engine.elsewhere


def _innermost(code: str, element: str) -> LoopSite:
    described = site(code, "comprehension", element, ast.ListComp)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ListComp) and element in (ast.get_source_segment(code, node.elt) or ""):
            described["span"] = {
                "line": node.lineno,
                "column": node.col_offset,
                "endLine": node.end_lineno or 0,
                "endColumn": node.end_col_offset or 0,
            }
    return described


def test_an_append_loop_keeps_its_variable_and_its_list() -> None:
    code = "out = []\nfor x in range(5):\n    out.append((x, f(x)))"
    namespace, engine, problems = run(code, site(code, "append-loop", "f(x)", ast.For))
    assert problems == []
    assert namespace["out"] == [(x, x * x) for x in range(5)]
    assert namespace["x"] == 4
    assert engine.elsewhere == [0, 4, 16]


def test_a_map_call_goes_through_the_engine() -> None:
    code = "ys = list(map(f, range(4)))"
    namespace, engine, problems = run(code, site(code, "map-call", "f", ast.Call))
    assert problems == []
    assert namespace["ys"] == [0, 1, 4, 9]
    assert engine.loops == [0]


def test_two_loops_of_a_cell_keep_their_numbers() -> None:
    code = "a = [f(x) for x in range(3)]\nb = [f(y) for y in range(3)]"
    _, engine, problems = run(
        code,
        site(code, "comprehension", "f(x)", ast.ListComp),
        site(code, "comprehension", "f(y)", ast.ListComp),
    )
    assert (engine.loops, problems) == ([0, 1], [])


@pytest.mark.parametrize(
    ("code", "form", "element", "loop", "why"),
    [
        ("ys = [f(x) for x in range(3) if x]", "comprehension", "f(x)", ast.ListComp, "filters"),
        ("ys = [f(x) for x in [1] for y in [2]]", "comprehension", "f(x)", ast.ListComp, "more than one"),
        ("ys = [(z := f(x)) for x in [1]]", "comprehension", "z := f(x)", ast.ListComp, "element"),
        ("def g():\n    return [f(x) for x in [1]]\ng()", "comprehension", "f(x)", ast.ListComp, "not found"),
        ("g = lambda: [f(x) for x in [1]]", "comprehension", "f(x)", ast.ListComp, "not found"),
        ("class C:\n    ys = [x for x in [1]]", "comprehension", "x", ast.ListComp, "not found"),
        ("ys = [[f(x) for x in r] for r in [[1]]]", "append-loop", "f(x)", ast.ListComp, "not found"),
        ("o = []\nfor x in [1]:\n    o.append(f(x)); f(x)", "append-loop", "f(x)", ast.For, "more than one"),
        (
            "o = []\nfor x in [1]:\n    o.append(f(x))\nelse:\n    f(2)",
            "append-loop",
            "f(x)",
            ast.For,
            "body",
        ),
        ("o = {}\np = []\nfor o[0] in [1]:\n    p.append(f(1))", "append-loop", "f(1)", ast.For, "target"),
        ("ys = tuple(map(f, [1]))", "map-call", "f", ast.Call, "list(map"),
        ("ys = list(map(f, [1], [2])) if 0 else 1", "map-call", "f", ast.Call, "list(map"),
    ],
)
def test_a_loop_that_is_not_as_described_runs_unchanged_with_a_reason(
    code: str, form: str, element: str, loop: type[ast.AST], why: str
) -> None:
    described = site(code, form, element, loop)
    _, engine, problems = run(code, described)
    assert len(problems) == 1
    assert why in problems[0]
    assert engine.loops == []


def test_a_loop_of_the_notebooks_own_map_runs_unchanged() -> None:
    code = "ys = list(map(f, [1, 2]))"
    names = {"map": lambda f, xs: ["mine"]}
    namespace, _, problems = run(code, site(code, "map-call", "f", ast.Call), names=names)
    assert namespace["ys"] == ["mine"]
    assert "`map` is a name of the notebook" in problems[0]


def test_a_stale_span_is_not_found() -> None:
    code = "ys = [f(x) for x in range(3)]"
    described = site(code, "comprehension", "f(x)", ast.ListComp)
    namespace, _, problems = run("\n" + code, described)
    assert "not found" in problems[0]
    assert namespace["ys"] == [0, 1, 4]


def test_the_traceback_of_an_element_is_that_of_the_loop_as_written() -> None:
    code = "def f(x):\n    return 1 // (x - 3)\nys = [f(x)\n      for x in range(5)]"

    def lines(prepared: bool) -> list[tuple[str, int | None]]:
        sites = [site(code, "comprehension", "f(x)", ast.ListComp)] if prepared else []
        try:
            run(code, *sites)
        except ZeroDivisionError as error:
            return [
                (entry.name, entry.lineno)
                for entry in traceback.extract_tb(error.__traceback__)
                if entry.filename == "cell"
            ]
        raise AssertionError("the element did not fail")

    assert lines(prepared=True) == lines(prepared=False)


def test_every_node_of_the_users_keeps_its_place() -> None:
    code = "out = []\nfor x in range(5):\n    out.append((x, f(x)))\nys = [f(y) for y in out]\nzs = list(map(f, ys))"
    places = {
        (type(n).__name__, n.lineno, n.col_offset) for n in ast.walk(ast.parse(code)) if hasattr(n, "lineno")
    }
    tree = ast.parse(code)
    problems = wrap_loops(
        tree,
        [
            site(code, "append-loop", "f(x)", ast.For),
            site(code, "comprehension", "f(y)", ast.ListComp),
            site(code, "map-call", "f", ast.Call),
        ],
        {},
    )
    kept = {(type(n).__name__, n.lineno, n.col_offset) for n in ast.walk(tree) if hasattr(n, "lineno")}
    assert problems == []
    assert places <= kept
