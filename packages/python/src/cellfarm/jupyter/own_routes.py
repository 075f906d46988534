"""The routes that Jupyter Server answers itself: how the service is, starting it again, where a file lies on disk."""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_server.utils import ApiPath, to_os_path
from tornado.web import authenticated

from cellfarm.jupyter.handlers import CellfarmHandler, allowed
from cellfarm.jupyter.reports import report
from cellfarm.jupyter.service_state import Failed, Ready, name_of
from cellfarm.jupyter.watch import ServiceWatch
from cellfarm.version import VERSION

_LOG_LINES = 50


class StatusHandler(CellfarmHandler):
    """`GET <base_url>cellfarm/api/status`: the state of the service; the first request begins to look for it."""

    _track_activity = False  # a panel that is open is nobody at work

    @authenticated
    @allowed("read")
    async def get(self) -> None:
        self.watch.begin()
        self.answer(_status(self.watch))


class RestartHandler(CellfarmHandler):
    """`POST <base_url>cellfarm/api/restart`: the service is ended and started again; runs go on."""

    @authenticated
    @allowed("execute")
    async def post(self) -> None:
        self.watch.restart()
        self.set_status(202)
        self.answer(_status(self.watch))


def _status(watch: ServiceWatch) -> dict[str, object]:
    state = watch.state
    return {
        "state": name_of(state),
        "version": VERSION,
        "service": state.health if isinstance(state, Ready) else None,
        "error": state.error if isinstance(state, Failed) else None,
        "log": watch.last_lines(_LOG_LINES),
    }


class PathHandler(CellfarmHandler):
    """`GET <base_url>cellfarm/api/path?path=`: the absolute path of a file of the contents API."""

    @authenticated
    @allowed("read")
    async def get(self) -> None:
        asked = self.get_query_argument("path")
        root = getattr(self.contents_manager, "root_dir", None)
        found = _below(Path(root), asked) if isinstance(root, str) else None
        if found is None:
            self.refuse(404, report("C6004", path="this path"))
        else:
            self.answer({"path": str(found)})


def _below(root: Path, path: str) -> Path | None:
    """The file that a path of the contents API names; None where it lies outside of the root."""
    top = os.path.abspath(root)
    found = os.path.abspath(to_os_path(ApiPath(path), top))
    return Path(found) if os.path.commonpath([top, found]) == top and found != top else None
