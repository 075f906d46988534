"""The wheel, in an environment that has Jupyter and nothing of this checkout: all is there, and nothing has to be switched on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_process import PACKAGE, JupyterProcess, events_of


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A virtual environment with the wheel. What the wheel depends on is lent by this one, so nothing is asked of the network."""
    place = tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(place)]
    subprocess.run(build, cwd=PACKAGE, check=True, capture_output=True)
    [wheel] = place.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", str(place / "venv")], check=True)
    python = place / "venv" / "bin" / "python"
    pip(python, "install", "--no-index", "--no-deps", str(wheel))
    _lend_packages(python)
    yield place / "venv"


def pip(python: Path, *words: str) -> None:
    subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "--quiet", *words], check=True)


def _lend_packages(python: Path) -> None:
    asked = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    )
    (Path(asked.stdout.strip()) / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")


def below(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*cellfarm*")
        if "__pycache__" not in path.parts
    }


async def test_the_wheel_brings_extension_kernel_and_service(environment: Path, tmp_path: Path) -> None:
    kernel = json.loads((environment / "share/jupyter/kernels/cellfarm/kernel.json").read_text())
    assert kernel["display_name"] == "Cellfarm (Python 3)"
    front = environment / "share/jupyter/labextensions/cellfarm"
    described = json.loads((front / "package.json").read_text())
    assert (front / described["jupyterlab"]["_build"]["load"]).is_file()
    assert json.loads((front / "install.json").read_text())["packageName"] == "cellfarm"

    python = environment / "bin" / "python"
    jupyter = JupyterProcess(tmp_path, base_url="/user/x/", installed=python)
    try:
        await jupyter.is_up()
        specs = json.loads((await jupyter.ask("GET", f"{jupyter.origin}/user/x/api/kernelspecs")).body)
        assert "cellfarm" in specs["kernelspecs"]
        notebook = jupyter.notebook("squares.ipynb", "import cellfarm", "print(cellfarm.__file__)")
        run = (await jupyter.post("v1/runs", {**notebook, "options": {"python": str(python)}}))["run"]
        events = await events_of(await jupyter.feed(run))
        assert (events[-1]["type"], events[-1]["state"]) == ("run.finished", "done")
        [up, *_] = jupyter.service_processes()
        assert str(environment) in " ".join(up.cmdline()), "the program comes from the wheel"
        jupyter.end()
        assert jupyter.service_processes() == []
    finally:
        jupyter.clear_away()


async def test_its_kernel_starts_and_runs_a_cell(environment: Path, tmp_path: Path) -> None:
    code = (
        "from jupyter_client.manager import start_new_kernel as start\n"
        "manager, client = start(kernel_name='cellfarm')\n"
        "reply = client.execute_interactive('%%cellfarm role=load\\nimport cellfarm; print(6 * 7)', timeout=60)\n"
        "manager.shutdown_kernel(now=True)\n"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "JUPYTER"))}
    ran = subprocess.run(
        [environment / "bin" / "python", "-c", code], cwd=tmp_path, capture_output=True, text=True, env=clean
    )
    assert ran.stdout == "42\n", ran.stderr


def test_nothing_is_left_when_it_is_uninstalled(environment: Path) -> None:
    assert below(environment) != set()
    pip(environment / "bin" / "python", "uninstall", "--yes", "cellfarm")
    assert below(environment) == set()
