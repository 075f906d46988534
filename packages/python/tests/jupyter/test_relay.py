"""Runs through the relay: started, followed from any event on, looked at afterwards."""

from __future__ import annotations

import json

import pytest
from jupyter_process import JupyterProcess, events_of
from tornado.httpclient import HTTPClientError

CELLS = ("xs = [n * n for n in range(4)]", "print(sum(xs))")


async def test_a_run_started_through_the_relay_finishes_below_a_base_url(jupyter: JupyterProcess) -> None:
    notebook = jupyter.notebook("squares.ipynb", *CELLS)
    graph = await jupyter.post("v1/compile", {key: notebook[key] for key in ("path", "content")})
    assert [task["id"] for task in graph["tasks"]] == ["c0", "c1"]

    run = (await jupyter.post("v1/runs", notebook))["run"]
    feed = await jupyter.feed(run)
    events = await events_of(feed)
    assert feed.close_code == 1000
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["type"] == "run.finished"

    states = {each["run"]: each["state"] for each in await jupyter.get("v1/runs")}
    assert states[run] == "done"
    executed = await jupyter.get(f"v1/runs/{run}/notebook")
    assert executed["cells"][1]["outputs"][0]["text"] in ("14\n", ["14\n"])
    lines = (await jupyter.ask("GET", jupyter.url(f"v1/runs/{run}/events?after=2"))).body.splitlines()
    assert [json.loads(line) for line in lines] == events[2:]


async def test_a_feed_begins_after_the_event_that_the_browser_has(jupyter: JupyterProcess) -> None:
    run = (await jupyter.post("v1/runs", jupyter.notebook("squares.ipynb", *CELLS)))["run"]
    whole = await events_of(await jupyter.feed(run))
    assert await events_of(await jupyter.feed(run, after=5)) == whole[5:]
    assert await events_of(await jupyter.feed(run, after=len(whole))) == []


async def test_a_feed_arrives_while_the_run_goes_on(jupyter: JupyterProcess) -> None:
    gate = jupyter.root / "gate"
    waiting = f"import pathlib, time\nprint('here')\nwhile not pathlib.Path({str(gate)!r}).exists(): time.sleep(0.02)"
    run = (await jupyter.post("v1/runs", jupyter.notebook("waits.ipynb", waiting)))["run"]
    feed = await jupyter.feed(run)
    seen = ""
    while "here" not in seen:
        seen = str(await feed.read_message())
    gate.touch()
    assert (await events_of(feed))[-1]["type"] == "run.finished"


async def test_a_browser_that_writes_into_the_feed_is_put_out(jupyter: JupyterProcess) -> None:
    run = (await jupyter.post("v1/runs", jupyter.notebook("short.ipynb", "1")))["run"]
    feed = await jupyter.feed(run)
    await feed.write_message("hello")
    await events_of(feed)
    assert feed.close_code in (1008, 1000)


async def test_refusals_of_the_service_arrive_as_they_are(jupyter: JupyterProcess) -> None:
    bad = await jupyter.ask("POST", jupyter.url("v1/runs"), {"path": "/a.ipynb"})
    assert (bad.code, json.loads(bad.body)["code"]) == (400, "C6003")
    syntax = jupyter.notebook("broken.ipynb", "def (")
    broken = await jupyter.ask("POST", jupyter.url("v1/runs"), syntax)
    assert broken.code == 422
    unknown = await jupyter.ask("GET", jupyter.url("v1/runs/r-0123456789abcdef"))
    assert unknown.code == 404
    with pytest.raises(HTTPClientError) as refused:
        await jupyter.feed("r-0123456789abcdef")
    assert refused.value.code == 404
