"""The same outputs as a plain kernel's, cell by cell, on a corpus of hostile cells."""

from __future__ import annotations

from pathlib import Path

import corpus
import pytest
from harness import need
from same_as_kernel import at_home, in_kernel, levelled, lines_of

NEEDS = {"science": "import numpy, matplotlib", "widgets": "import ipywidgets"}


def _cells_of(name: str) -> list[str]:
    if name in NEEDS:
        need(NEEDS[name])
    return corpus.NOTEBOOKS[name]


@pytest.mark.parametrize("name", [name for name in corpus.NOTEBOOKS if name != "descriptors"])
def test_every_cell_shows_what_it_shows_in_a_kernel(name: str, tmp_path: Path) -> None:
    cells = _cells_of(name)
    kernel, home = in_kernel(cells, tmp_path), at_home(cells, tmp_path)
    differing = [
        (cell, levelled(theirs), levelled(ours))
        for cell, theirs, ours in zip(cells, kernel, home, strict=True)
        if levelled(theirs) != levelled(ours)
    ]
    assert differing == []


def test_text_of_c_code_and_children_is_shown_as_in_a_kernel(tmp_path: Path) -> None:
    cells = corpus.DESCRIPTORS
    assert lines_of(at_home(cells, tmp_path)) == lines_of(in_kernel(cells, tmp_path))
