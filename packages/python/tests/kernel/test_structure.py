"""What the front end is told of the cells that are run, over the comm `cellfarm.structure`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kernel_process import Kernel, running

TARGET = "cellfarm.structure"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with running(tmp_path_factory.mktemp("jupyter")) as kernel:
        yield kernel


@pytest.fixture
def kernel(shared: Kernel) -> Kernel:
    """With nothing loaded but what was loaded at its start."""
    shared.run("%reload_ext cellfarm")
    return shared


def test_tags_of_the_metadata_are_told_when_the_cell_is_run(kernel: Kernel) -> None:
    kernel.open_comm("tags", TARGET)
    assert kernel.told("tags") == {"type": "structure", "cells": []}
    kernel.run("x = 1", cell="one", tags={"version": 1, "role": "load"})
    assert kernel.told("tags")["cells"] == [
        {"cell": "one", "tags": {"version": 1, "role": "load"}, "magic": None, "functions": None}
    ]
    assert kernel.told("tags")["cells"][0]["functions"] == []


def test_marked_functions_are_told_with_what_their_decorators_say(kernel: Kernel) -> None:
    kernel.open_comm("marks", TARGET)
    assert kernel.told("marks")["cells"] == []
    code = "import cellfarm as cf\nN = 2\n\n@cf.map(cpus=N)\ndef f(x): return x\n\n@cf.reduce(identity={1})\ndef g(a, b): return a"
    assert kernel.run(code, cell="two")["status"] == "ok"
    [told] = kernel.told("marks")["cells"]
    first, second = told["functions"]
    assert first == {
        "name": "f",
        "line": 5,
        "role": "map",
        "target": "auto",
        "resources": {"cpus": 2},
        "options": {},
    }
    assert (second["name"], second["role"], second["options"]) == ("g", "reduce", {"identity": "<set>"})

    kernel.run("nothing = 'to say'", cell="two")
    assert kernel.told("marks")["cells"] == [{"cell": "two", "tags": None, "magic": None, "functions": []}]


def test_the_magic_runs_the_cell_and_is_told(kernel: Kernel) -> None:
    kernel.open_comm("magic", TARGET)
    assert kernel.told("magic")["cells"] == []
    request = kernel.run_later("%%cellfarm role=train gpus=1 memory='2 GiB'\nprint(6 * 7)", cell="three")
    [told] = kernel.told("magic")["cells"]
    assert told["magic"] == {"role": "train", "resources": {"gpus": 1, "memory": "'2", "GiB'": ""}}
    assert kernel.reply("shell", request)["status"] == "ok"


def test_a_cell_without_tags_or_marks_is_not_spoken_of(kernel: Kernel) -> None:
    kernel.open_comm("quiet", TARGET)
    assert kernel.told("quiet")["cells"] == []
    kernel.run("@staticmethod\ndef plain(): pass", cell="four")
    kernel.run("broken(", cell="five")
    kernel.run("y = 1", cell="six", tags={"role": "load"})
    assert [cell["cell"] for cell in kernel.told("quiet")["cells"]] == ["six"]


def test_on_a_subshell_the_comm_answers_while_a_cell_runs(kernel: Kernel, tmp_path: Path) -> None:
    created = kernel.send("control", "create_subshell_request", {})
    subshell = kernel.reply("control", created)["subshell_id"]
    gate = tmp_path / "gate"
    code = f"import pathlib, time\nwhile not pathlib.Path({str(gate)!r}).exists(): time.sleep(0.02)"
    long = kernel.run_later(code, cell="long", tags={"role": "train"})
    kernel.is_idle_after(kernel.open_comm("sub", TARGET, subshell))
    asked = {"comm_id": "sub", "data": {"type": "ask"}}
    cells: list[object] = []
    while not cells:
        kernel.send("shell", "comm_msg", asked, subshell)
        cells = kernel.told("sub")["cells"]
    assert cells == [{"cell": "long", "tags": {"role": "train"}, "magic": None, "functions": None}]
    gate.touch()
    assert kernel.reply("shell", long)["status"] == "ok"


def test_it_can_be_loaded_into_a_kernel_that_runs_and_taken_out_again(tmp_path: Path) -> None:
    with running(tmp_path, "python3") as kernel:
        assert kernel.run("%load_ext cellfarm")["status"] == "ok"
        kernel.open_comm("late", TARGET)
        assert kernel.told("late")["cells"] == []
        kernel.run("x = 1", cell="one", tags={"role": "load"})
        assert kernel.told("late")["cells"][0]["cell"] == "one"
        assert kernel.run("%unload_ext cellfarm")["status"] == "ok"
        assert kernel.run("%%cellfarm role=map\nx = 2")["status"] == "ok", "its cells go on to work"
        assert kernel.run("events = get_ipython().events.callbacks")["status"] == "ok"
        request = kernel.run_later(
            "print([f for f in events['post_run_cell'] if 'cellfarm' in f.__module__])"
        )
        assert kernel.printed(request) == "[]\n"
