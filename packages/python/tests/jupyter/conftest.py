"""Jupyter Servers for the tests of this folder, each ended with its test."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from jupyter_process import JupyterProcess

Start = Callable[..., Awaitable[JupyterProcess]]


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """One server below a base_url, for tests that only ask."""
    shared = JupyterProcess(tmp_path_factory.mktemp("shared"), base_url="/user/x/")
    asyncio.run(shared.is_up())
    yield shared
    shared.end()
    shared.clear_away()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a server; several of one test share root and home."""
    started: list[JupyterProcess] = []

    async def starting(*settings: str, base_url: str = "/") -> JupyterProcess:
        jupyter = JupyterProcess(tmp_path, *settings, base_url=base_url)
        started.append(jupyter)
        await jupyter.is_up()
        return jupyter

    yield starting
    for jupyter in started:
        jupyter.clear_away()
