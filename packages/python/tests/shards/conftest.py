"""Homes that tests share: one that forks its shards, one that ships them to workers."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .fake_service import FakeService

PYTHON = os.environ.get("CELLFARM_TEST_PYTHON", sys.executable)
"""The notebook's interpreter: any Python from 3.10 on with ipykernel, numpy and pandas."""
WAYS = ["fork", "ship"] if sys.platform == "linux" else ["ship"]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a path short enough for a socket."""
    path = Path(tempfile.mkdtemp(prefix="cf-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module", params=WAYS)
def service(request: pytest.FixtureRequest) -> Iterator[FakeService]:
    """A home whose maps leave by fork, and one whose maps are shipped. Tests of a module share its variables."""
    path = Path(tempfile.mkdtemp(prefix="cf-"))
    with FakeService(path, python=PYTHON, fork=request.param == "fork") as service:
        yield service
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def forking() -> Iterator[FakeService]:
    """A home whose maps leave by fork."""
    path = Path(tempfile.mkdtemp(prefix="cf-"))
    with FakeService(path, python=PYTHON) as service:
        yield service
    shutil.rmtree(path, ignore_errors=True)
