"""What a cell declares, read from its source and what it left behind."""

from __future__ import annotations

from typing import Any

import pytest

import cellfarm as cf
from cellfarm.kernel.cells import Cells, CellStructure
from cellfarm.kernel.declared import magic_tags, marked_functions


def marks(source: str) -> list[tuple[str, int, str]]:
    namespace: dict[str, Any] = {"cf": cf}
    exec(source, namespace)
    return [(mark["name"], mark["line"], mark["role"]) for mark in marked_functions(source, namespace)]


def test_marked_functions_come_in_the_order_of_the_cell() -> None:
    source = "@cf.map\ndef f(x): ...\ndef plain(): ...\n@cf.stage\nasync def g(x): ...\n"
    assert marks(source) == [("f", 2, "map"), ("g", 5, "stage")]


def test_a_name_that_is_no_function_any_more_is_left_out() -> None:
    assert marks("@cf.map\ndef f(x): ...\nf = 3\n") == []


def test_values_of_other_kinds_are_not_touched() -> None:
    class Touchy:
        def __getattr__(self, name: str) -> None:
            raise AssertionError(name)

    assert marked_functions("@x\ndef f(): ...", {"f": Touchy()}) == []


@pytest.mark.parametrize("source", ["@broken(", "x = 1", "", "@\x00"])
def test_a_cell_that_does_not_parse_declares_nothing(source: str) -> None:
    assert marked_functions(source, {}) == []


@pytest.mark.parametrize(
    ("source", "tags"),
    [
        ("%%cellfarm role=map", {"role": "map", "resources": {}}),
        (
            '\n%%cellfarm target="docker" cpus=1.5 gpus=2 timeout=30m\nx',
            {"target": "docker", "resources": {"cpus": 1.5, "gpus": 2, "timeout": "30m"}},
        ),
        ("%%cellfarm", {"resources": {}}),
        ("%%cellfarmer role=map", None),
        ("x = 1\n%%cellfarm role=map", None),
    ],
)
def test_the_magic_line_is_read_as_the_compiler_reads_it(source: str, tags: dict[str, Any] | None) -> None:
    assert magic_tags(source) == tags


def test_only_what_changed_is_news() -> None:
    cells = Cells()
    tagged: CellStructure = {"cell": "a", "tags": {"role": "map"}, "magic": None, "functions": []}
    plain: CellStructure = {"cell": "a", "tags": None, "magic": None, "functions": []}
    assert not cells.put(plain)
    assert cells.put(tagged)
    assert not cells.put({**tagged})
    assert cells.all() == [tagged]
    assert cells.put(plain), "the tags were taken away"
    assert not cells.put(plain)
    assert cells.all() == []
