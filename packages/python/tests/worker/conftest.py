"""A home whose cells leave."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from shards.conftest import PYTHON
from shards.fake_service import FakeService


@pytest.fixture(scope="module")
def service() -> Iterator[FakeService]:
    """Tests of a module share its variables."""
    path = Path(tempfile.mkdtemp(prefix="cf-"))
    with FakeService(path, python=PYTHON) as service:
        yield service
    shutil.rmtree(path, ignore_errors=True)
