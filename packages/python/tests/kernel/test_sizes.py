"""What the plan is told of the sizes of values."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from cellfarm.kernel.sizes import sizes_of


class Own:
    """Somebody's class, whose code must not run."""

    def __sizeof__(self) -> int:
        raise AssertionError("somebody's code was run")


def test_arrays_and_frames_tell_their_bytes() -> None:
    values = {"a": np.zeros((100, 10)), "frame": pd.DataFrame({"x": np.arange(1000)})}
    sizes = sizes_of(values, ["a", "frame"])
    assert sizes["a"] == 8000
    assert sizes["frame"] >= 8000


def test_containers_of_plain_values_are_measured_to_their_leaves() -> None:
    sizes = sizes_of({"texts": ["x" * 1000] * 3, "raw": {"k": b"12345678"}}, ["texts", "raw"])
    assert sizes["texts"] >= 3000
    assert sizes["raw"] >= 8


def test_a_module_is_as_large_as_its_name() -> None:
    assert sizes_of({"j": json}, ["j"]) == {"j": 4}


def test_nobodys_code_runs_and_what_is_not_known_is_left_out() -> None:
    values = {
        "own": Own(),
        "deep": [Own()],
        "objects": np.array([Own()], dtype=object),
        "frame": pd.DataFrame({"x": [Own()]}),
        "f": len,
    }
    assert sizes_of(values, [*values, "missing"]) == {}


def test_a_very_long_list_is_not_measured() -> None:
    assert sizes_of({"long": list(range(100_000))}, ["long"]) == {}


def test_it_shows_itself_as_json() -> None:
    assert json.loads(repr(sizes_of({"a": np.zeros(2)}, ["a"]))) == {"a": 16}
