"""The service's life beside Jupyter: found, shared, lost and found again, ended with the last who needs it."""

from __future__ import annotations

import asyncio
import os
import signal

from conftest import Start
from jupyter_process import JupyterProcess, events_of, until


def waiting_notebook(jupyter: JupyterProcess) -> dict[str, object]:
    """A run that goes on until `gate` is there in the root."""
    gate = str(jupyter.root / "gate")
    source = (
        f"import pathlib, time\nwhile not pathlib.Path({gate!r}).exists(): time.sleep(0.02)\nprint('through')"
    )
    return jupyter.notebook("waits.ipynb", source)


async def test_a_killed_service_is_started_again_and_its_run_goes_on(start: Start) -> None:
    jupyter = await start()
    before = await jupyter.is_ready()
    run = (await jupyter.post("v1/runs", waiting_notebook(jupyter)))["run"]
    feed = await jupyter.feed(run)
    await feed.read_message()
    os.kill(before["service"]["pid"], signal.SIGKILL)
    await events_of(feed)
    assert feed.close_code == 1012, "the browser is told to come again"

    (jupyter.root / "gate").touch()
    events = await events_of(await jupyter.feed(run))
    assert events[-1]["type"] == "run.finished"
    assert (await jupyter.is_ready())["service"]["pid"] != before["service"]["pid"]


async def test_a_killed_supervisor_is_replaced(start: Start) -> None:
    jupyter = await start()
    before = await jupyter.is_ready()
    up = jupyter.service_processes()[0]
    up.kill()

    async def another() -> bool:
        status = await jupyter.get("status")
        return status["state"] == "ready" and status["service"]["pid"] != before["service"]["pid"]

    await until(another)
    assert await jupyter.get("v1/runs") == []


async def test_restart_gives_another_service(start: Start) -> None:
    jupyter = await start()
    before = await jupyter.is_ready()
    answer = await jupyter.post("restart", {})
    assert answer["state"] == "starting"
    assert (await jupyter.get("v1/health"))["pid"] != before["service"]["pid"]


async def test_two_servers_share_one_service_until_both_have_ended(start: Start) -> None:
    at_once = "--Cellfarm.start_service=at-once"
    first, second = await asyncio.gather(start(at_once), start(at_once, base_url="/other/"))
    one, other = await first.is_ready(), await second.is_ready()
    assert one["service"]["pid"] == other["service"]["pid"]
    processes = first.service_processes()
    assert len([process for process in processes if "up" in process.cmdline()]) == 1

    first.end()
    assert (await second.get("v1/health"))["pid"] == other["service"]["pid"]
    second.end()
    assert [process for process in processes if process.is_running() and process.status() != "zombie"] == []


async def test_when_jupyter_ends_nothing_is_left_running(start: Start) -> None:
    jupyter = await start("--Cellfarm.start_service=at-once")
    await jupyter.is_ready()
    await jupyter.post("v1/runs", waiting_notebook(jupyter))
    await until(lambda: len(jupyter.service_processes()) >= 4)
    processes = jupyter.service_processes()
    jupyter.end()
    assert [process for process in processes if process.is_running() and process.status() != "zombie"] == []
    assert not (jupyter.home / "service.json").exists()


async def test_when_jupyter_is_killed_the_service_ends_by_itself(start: Start) -> None:
    jupyter = await start()
    await jupyter.is_ready()
    jupyter.process.kill()
    jupyter.process.wait()
    await until(lambda: jupyter.service_processes() == [])


async def test_runs_go_on_without_jupyter_where_the_user_said_so_and_are_found_again(start: Start) -> None:
    first = await start("--Cellfarm.keep_runs=True")
    service = (await first.is_ready())["service"]["pid"]
    run = (await first.post("v1/runs", waiting_notebook(first)))["run"]
    first.end()

    second = await start()
    assert (await second.is_ready())["service"]["pid"] == service
    feed = await second.feed(run)
    (second.root / "gate").touch()
    assert (await events_of(feed))[-1]["type"] == "run.finished"
    second.end()
    assert second.service_processes() == []


async def test_kept_runs_keep_the_service_no_longer_than_they_last(start: Start) -> None:
    jupyter = await start("--Cellfarm.keep_runs=True")
    await jupyter.post("v1/runs", waiting_notebook(jupyter))
    jupyter.end()
    assert jupyter.service_processes() != []
    (jupyter.root / "gate").touch()
    await until(lambda: jupyter.service_processes() == [])


async def test_where_none_may_be_started_the_status_says_what_to_do(start: Start) -> None:
    jupyter = await start("--Cellfarm.start_service=never")

    async def failed() -> bool:
        return bool((await jupyter.get("status"))["state"] == "failed")

    await until(failed)
    status = await jupyter.get("status")
    assert status["error"]["code"] == "C5001"
    assert "cellfarm up" in status["error"]["hint"]
    refused = await jupyter.ask("GET", jupyter.url("v1/runs"))
    assert (refused.code, b"C5001" in refused.body) == (503, True)
    assert jupyter.service_processes() == []
