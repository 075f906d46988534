"""What is written down twice agrees: errors with the catalogue, births of processes with what the command reads."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cellfarm.jupyter.clients import Clients
from cellfarm.jupyter.process_birth import process_birth
from cellfarm.jupyter.reports import CATALOGUE
from cellfarm.jupyter.routes import feed_path, service_path

REPOSITORY = Path(__file__).parents[4]


def test_errors_are_those_of_the_catalogue() -> None:
    rows = (REPOSITORY / "packages" / "protocol" / "ERRORS.md").read_text().splitlines()
    told = {}
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        if re.fullmatch(r"C\d{4}", cells[0]):
            told[cells[0]] = (cells[1], cells[3], cells[4])
    assert {code: told[code] for code in CATALOGUE} == CATALOGUE


def test_a_process_has_one_birth_and_a_finished_one_has_none() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    birth = process_birth(child.pid)
    assert birth is not None
    assert birth == process_birth(child.pid)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert process_birth(child.pid) is None, "it has ended, though nobody has waited for it yet"
    child.wait()
    assert process_birth(child.pid) is None


def test_a_client_of_another_life_does_not_count(tmp_path: Path) -> None:
    clients = Clients(tmp_path)
    clients.join(keep_runs=False)
    assert not clients.others()
    (clients.folder / "1.json").write_text(json.dumps({"birth": "another life", "keepRuns": True}))
    (clients.folder / "x.json").write_text("no client's")
    assert not clients.others()
    (clients.folder / "1.json").write_text(json.dumps({"birth": process_birth(1), "keepRuns": False}))
    assert clients.others()
    clients.leave()
    assert not (clients.folder / f"{os.getpid()}.json").exists()


@pytest.mark.parametrize(
    ("method", "path", "query", "asked"),
    [
        ("GET", "runs", {}, "/v1/runs"),
        ("GET", "runs/r-1/events", {"after": "3", "follow": "1"}, "/v1/runs/r-1/events?after=3&follow=1"),
        ("GET", "runs", {"token": "secret", "_xsrf": "x"}, "/v1/runs"),
        ("POST", "runs/r-1/cancel", {}, "/v1/runs/r-1/cancel"),
        ("GET", "agents/box-1-a/samples", {"after": "9"}, "/v1/agents/box-1-a/samples?after=9"),
        ("POST", "runs/r-1/retry", {}, "/v1/runs/r-1/retry"),
        ("POST", "runs/r-1/tasks/c1.m0/cancel", {}, "/v1/runs/r-1/tasks/c1.m0/cancel"),
        ("POST", "runs/r-1/tasks/c1.m0.0/4/retry", {}, "/v1/runs/r-1/tasks/c1.m0.0/4/retry"),
        ("POST", "runs/r-1/tasks/../x/cancel", {}, None),
        ("GET", "agents/../samples", {}, None),
        ("GET", "runs/r-1/cancel", {}, None),
        ("POST", "health", {}, None),
        ("GET", "runs/r 1", {}, None),
        ("GET", "streams/l-1", {}, None),
        ("POST", "leases/l-1/exit", {}, None),
        ("POST", "leases/l-1/samples", {}, None),
    ],
)
def test_a_request_becomes_one_of_the_service_or_none(
    method: str, path: str, query: dict[str, str], asked: str | None
) -> None:
    assert service_path(method, path, query) == asked


def test_words_of_the_feed_are_quoted() -> None:
    assert (
        feed_path({"run": "r-1&x=2", "after": "5", "batch": "1"})
        == "/v1/feed?run=r-1%26x%3D2&after=5&batch=1"
    )
