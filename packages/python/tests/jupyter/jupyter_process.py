"""A real Jupyter Server with cellfarm's extension, in a process of its own, and what a browser does with it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import psutil
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

PACKAGE = Path(__file__).parents[2]
TOKEN = "a-token-of-the-tests"
PATIENCE_SECONDS = 60.0
"""Until a test gives up waiting for what should happen soon."""


class JupyterProcess:
    """A server with its own root, settings and data folders.

    Args:
        place: a folder: `root` in it holds the notebooks, `home` is cellfarm's. settings: further words of the command.
        installed: a Python that has cellfarm from a wheel. Default: this one, with the sources.
    """

    def __init__(
        self, place: Path, *settings: str, base_url: str = "/", installed: Path | None = None
    ) -> None:
        self.root = place / "root"
        self.home = place / "home"
        self.base_url = base_url
        self.root.mkdir(parents=True, exist_ok=True)
        self.port = _free_port()
        self.log = place / f"jupyter-{self.port}.log"
        words = [
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            "--ServerApp.open_browser=False",
            "--ServerApp.allow_root=True",
            f"--ServerApp.base_url={base_url}",
            f"--ServerApp.root_dir={self.root}",
            f"--IdentityProvider.token={TOKEN}",
            *settings,
        ]
        environment = {
            **{name: os.environ[name] for name in os.environ if not name.startswith(("PYTHON", "JUPYTER"))},
            "CELLFARM_HOME": str(self.home),
            "JUPYTER_CONFIG_DIR": str(place / "own-config"),
            "JUPYTER_DATA_DIR": str(place / "own-data"),
            "JUPYTER_RUNTIME_DIR": str(place / "runtime"),
        }
        if installed is None:
            environment |= _from_sources(place)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [installed or sys.executable, "-m", "jupyter_server", *words],
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
            )

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        """Of a route below `<base_url>cellfarm/api/`."""
        return f"{self.origin}{self.base_url}cellfarm/api/{path}"

    async def is_up(self) -> None:
        """Returns when it answers."""

        async def answers() -> bool:
            if self.process.poll() is not None:
                raise AssertionError(f"Jupyter Server ended: {self.log.read_text()}")
            try:
                return (await self.ask("GET", f"{self.origin}{self.base_url}api")).code == 200
            except OSError:
                return False

        await until(answers)

    async def ask(
        self,
        method: str,
        url: str,
        body: object = None,
        *,
        token: bool = True,
        headers: dict[str, str] | None = None,
    ) -> HTTPResponse:
        sent = {"Authorization": f"token {TOKEN}"} if token else {}
        sent |= {"Content-Type": "application/json"} if method in ("POST", "PUT") else {}
        sent |= headers or {}
        data = json.dumps(body).encode() if method in ("POST", "PUT") else None
        request = HTTPRequest(
            url, method, headers=sent, body=data, follow_redirects=False, request_timeout=PATIENCE_SECONDS
        )
        return await AsyncHTTPClient().fetch(request, raise_error=False)

    async def get(self, path: str) -> Any:
        response = await self.ask("GET", self.url(path))
        assert response.code == 200, (response.code, response.body)
        return json.loads(response.body)

    async def post(self, path: str, body: object) -> Any:
        response = await self.ask("POST", self.url(path), body)
        assert response.code in (200, 202), (response.code, response.body)
        return json.loads(response.body)

    async def cookies(self) -> dict[str, str]:
        """What a browser holds after it was opened with the token in the address: a login, and the XSRF cookie."""
        response = await self.ask("GET", f"{self.origin}{self.base_url}tree?token={TOKEN}", token=False)
        held = SimpleCookie()
        for line in response.headers.get_list("Set-Cookie"):
            held.load(line)
        if not any(name.startswith("_xsrf") for name in held):
            page = await self.ask(
                "GET", f"{self.origin}{self.base_url}login", token=False, headers=cookie_header(held)
            )
            for line in page.headers.get_list("Set-Cookie"):
                held.load(line)
        return {name: morsel.value for name, morsel in held.items()}

    async def feed(
        self, run: str, after: int = 0, headers: dict[str, str] | None = None
    ) -> WebSocketClientConnection:
        url = self.url(f"v1/feed?run={run}&after={after}&batch=1").replace("http", "ws", 1)
        sent = {"Authorization": f"token {TOKEN}"} if headers is None else headers
        return await websocket_connect(HTTPRequest(url, headers=sent))

    async def is_ready(self) -> dict[str, Any]:
        """The status, when the service answers."""
        found: dict[str, Any] = {}

        async def ready() -> bool:
            found.update(await self.get("status"))
            return bool(found["state"] == "ready")

        await until(ready)
        return found

    def notebook(self, name: str, *cells: str) -> dict[str, Any]:
        """Writes a notebook into the root; gives what `POST v1/runs` takes."""
        content = json.dumps(
            {
                "nbformat": 4,
                "nbformat_minor": 5,
                "metadata": {"language_info": {"name": "python"}},
                "cells": [
                    {
                        "cell_type": "code",
                        "id": f"cell-{index}",
                        "metadata": {},
                        "source": source,
                        "outputs": [],
                        "execution_count": None,
                    }
                    for index, source in enumerate(cells)
                ],
            }
        )
        (self.root / name).write_text(content)
        options = {"workers": 1, "python": sys.executable}
        return {"path": str(self.root / name), "content": content, "options": options}

    def service_processes(self) -> list[psutil.Process]:
        """`cellfarm up` that belongs to the home, and everything below it."""
        found = []
        for process in psutil.process_iter():
            try:
                words = process.cmdline()
                if "up" in words and str(self.home / "clients") in words:
                    found += [process, *process.children(recursive=True)]
            except psutil.Error:
                continue  # it ended meanwhile
        return found

    def end(self) -> int:
        """Asks it to end, as Ctrl-C does; its exit status."""
        self.process.terminate()
        return self.process.wait(PATIENCE_SECONDS)

    def clear_away(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for process in self.service_processes():
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue


def cookie_header(cookies: SimpleCookie | dict[str, str]) -> dict[str, str]:
    held = {name: getattr(value, "value", value) for name, value in cookies.items()}
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in held.items())}


def xsrf_of(cookies: dict[str, str]) -> str:
    return next(value for name, value in cookies.items() if re.match("_xsrf", name))


async def events_of(feed: WebSocketClientConnection) -> list[dict[str, Any]]:
    """All events until the feed is closed."""
    events: list[dict[str, Any]] = []
    while (message := await feed.read_message()) is not None:
        events += json.loads(message)
    return events


async def until(true: Callable[[], Any]) -> None:
    """Returns when it is true; fails when it does not become so."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = true()
        if await answer if asyncio.iscoroutine(answer) else answer:
            return
        assert time.monotonic() < give_up, "it did not happen"
        await asyncio.sleep(0.05)


def _from_sources(place: Path) -> dict[str, str]:
    """The environment in which Jupyter finds the extension in this checkout."""
    enabled = place / "config" / "jupyter_server_config.d"
    enabled.mkdir(parents=True, exist_ok=True)
    (enabled / "cellfarm.json").write_text((PACKAGE / "jupyter-config" / "cellfarm.json").read_text())
    return {"PYTHONPATH": str(PACKAGE / "src"), "JUPYTER_CONFIG_PATH": str(place / "config")}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
