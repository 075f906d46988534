"""What a shard read outside of its memory, and what the digest of a loop's inputs knows of code beside the notebook."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path

import pytest

from cellfarm.home.code_around import code_around
from cellfarm.home.reach import Reach
from cellfarm.home.reads import MOST, Reads, stamp
from cellfarm.structure import digest


def test_a_file_is_told_with_size_and_time_of_its_opening(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("1,2")
    reads = Reads()
    reads.note(path)
    before = stamp(str(path))
    path.write_text("1,2,3")
    assert reads.take() == [[str(path), before]]
    assert before != stamp(str(path))
    assert reads.take() == []


def test_a_file_that_is_not_there_is_told_as_absent(tmp_path: Path) -> None:
    reads = Reads()
    reads.note(str(tmp_path / "later.csv"))
    reads.note(b"a\0b")
    reads.note(3)
    assert [seen for _, seen in reads.take() or []] == ["absent", "absent"]


def test_modules_are_told_again_with_each_result_and_python_itself_never(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("x = 1")
    reads = Reads()
    reads.note(str(tmp_path / "helper.py"))
    reads.note(os.__file__)
    reads.note(str(tmp_path / "site-packages" / "package" / "deep" / "file.py"))
    paths = [path for path, _ in reads.take() or []]
    assert paths == [str(tmp_path / "helper.py"), str(tmp_path / "site-packages" / "package")]
    assert [path for path, _ in reads.take() or []] == paths


def test_too_many_files_are_none() -> None:
    reads = Reads()
    for number in range(MOST + 1):
        reads.note(f"/nowhere/{number}")
    assert reads.take() is None


def _around(source: str, monkeypatch: pytest.MonkeyPatch) -> str | None:
    module = types.ModuleType("beside")
    module.__file__ = "/home/ada/beside.py"
    exec(source, module.__dict__)
    monkeypatch.setitem(sys.modules, "beside", module)
    namespace: dict[str, object] = {"__name__": "__main__", "beside": module}
    return digest(code_around(Reach(namespace).walk([("beside", module)])))


@pytest.mark.parametrize(
    "changed",
    [
        "LIMIT = 2\ndef f(x): return x",
        "LIMIT = 1\ndef f(x): return -x",
        "LIMIT = 1\ndef f(x): return x\nclass C: n = 1",
    ],
)
def test_code_and_constants_of_a_module_beside_the_notebook_count(
    changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = "LIMIT = 1\ndef f(x): return x"
    assert _around(same, monkeypatch) == _around(same, monkeypatch) is not None
    assert _around(same, monkeypatch) != _around(changed, monkeypatch)
