"""`python -m cellfarm.kernel install`: Jupyter finds the kernel of this interpreter, and finds it no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "src"


def kernel(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(SOURCES),
        "HOME": str(place),
        "JUPYTER_DATA_DIR": str(place / "data"),
    }
    command = [sys.executable, "-m", "cellfarm.kernel", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


@pytest.mark.parametrize(
    ("words", "folder"),
    [
        ([], "data/kernels/cellfarm"),
        (["--user"], "data/kernels/cellfarm"),
        (["--prefix", "{place}/other"], "other/share/jupyter/kernels/cellfarm"),
        (["--user", "--name", "second"], "data/kernels/second"),
    ],
)
def test_it_is_where_it_was_asked_to_be_and_goes_away_again(
    words: list[str], folder: str, tmp_path: Path
) -> None:
    given = [word.format(place=tmp_path) for word in words]
    installed = kernel(tmp_path, "install", *given)
    assert installed.returncode == 0, installed.stderr
    spec = json.loads((tmp_path / folder / "kernel.json").read_text())
    assert spec["argv"] == [sys.executable, "-m", "cellfarm.kernel", "-f", "{connection_file}"]
    assert spec["display_name"] == "Cellfarm (Python 3)"
    assert spec["metadata"] == {"debugger": True}
    assert kernel(tmp_path, "install", *given).returncode == 0, "again, over itself"
    assert kernel(tmp_path, "uninstall", *given).returncode == 0
    assert not (tmp_path / folder).exists()


def test_what_is_not_there_cannot_be_taken_away(tmp_path: Path) -> None:
    gone = kernel(tmp_path, "uninstall", "--prefix", str(tmp_path))
    assert gone.returncode == 2
    assert gone.stderr.startswith("cellfarm: there is no kernel cellfarm in")


def test_a_name_that_jupyter_refuses_is_said_so(tmp_path: Path) -> None:
    refused = kernel(tmp_path, "install", "--name", "no such name")
    assert refused.returncode == 2
    assert "no such name" in refused.stderr.lower()
