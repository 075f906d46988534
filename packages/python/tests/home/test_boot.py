"""How a process of the notebook's Python begins, and that it ends with its agent."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from harness import PACKAGE, PYTHON, HomeUnderTest


def boot(*words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PYTHON, str(PACKAGE / "boot.py"), *words],
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("words", [(), ("cellfarm",), ("cellfarm", "service"), ("home",)])
def test_an_unknown_part_is_refused_with_the_usage(words: tuple[str, ...]) -> None:
    run = boot(*words)
    assert run.returncode == 1
    assert "usage: python boot.py cellfarm home|worker" in run.stderr


def test_a_process_that_no_agent_started_says_so() -> None:
    run = boot("cellfarm", "home")
    assert run.returncode == 1
    assert "started by an agent" in run.stderr


def test_a_door_that_is_not_there_ends_the_process(tmp_path: Path) -> None:
    run = boot("cellfarm", "home", env={"CELLFARM_DOOR": str(tmp_path / "door"), "CELLFARM_NONCE": "n"})
    assert run.returncode == 1
    assert "FileNotFoundError" in run.stderr


def test_another_cellfarm_installed_there_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "cellfarm").mkdir()
    (tmp_path / "cellfarm" / "__init__.py").write_text("version = 'another'")
    with HomeUnderTest(env={"PYTHONPATH": str(tmp_path)}) as home:
        played = home.play("import cellfarm\nhasattr(cellfarm, 'version'), cellfarm.map.__name__")
        assert played.data() == [{"text/plain": "(False, 'map')"}]


def test_modules_of_the_notebooks_folder_with_our_names_are_the_users(tmp_path: Path) -> None:
    for name in ("frames", "objects", "door", "container", "title"):
        (tmp_path / f"{name}.py").write_text(f"whose = 'user {name}'")
    with HomeUnderTest(cwd=str(tmp_path)) as home:
        played = home.play("import frames, objects, door, container, title\nframes.whose, title.whose")
        assert played.data() == [{"text/plain": "('user frames', 'user title')"}]


def test_a_home_needs_no_object_folder(tmp_path: Path) -> None:
    with HomeUnderTest(env={"CELLFARM_OBJECTS": ""}, cwd=str(tmp_path)) as home:
        assert home.play("1").data() == [{"text/plain": "1"}]
    assert list(tmp_path.iterdir()) == []


STARTER = """
import json, subprocess, sys, time
argv, env, cwd = json.loads(sys.argv[1])
process = subprocess.Popen(argv, env=env, cwd=cwd, start_new_session=True)
print(process.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the next agent sweeps")
def test_home_ends_when_its_agent_is_killed(tmp_path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(tmp_path / "door"))
    listener.listen()
    argv = [PYTHON, str(PACKAGE / "boot.py"), "cellfarm", "home"]
    env = {**os.environ, "CELLFARM_DOOR": str(tmp_path / "door"), "CELLFARM_NONCE": "n"}
    agent = subprocess.Popen(
        [sys.executable, "-c", STARTER, json.dumps([argv, env, str(tmp_path)])],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert agent.stdout is not None
    pid = int(agent.stdout.readline())
    connection, _ = listener.accept()
    connection.recv(1000)
    agent.kill()
    agent.wait()
    agent.stdout.close()
    for _ in range(500):
        if not _runs(pid):
            break
        time.sleep(0.02)
    connection.close()
    listener.close()
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
