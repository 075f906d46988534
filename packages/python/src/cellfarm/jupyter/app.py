"""The server extension `cellfarm`: its settings, its routes, and its part in the life of Jupyter Server."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Enum, Unicode, default

from cellfarm.jupyter.data_folder import data_folder
from cellfarm.jupyter.feed import FeedHandler
from cellfarm.jupyter.own_routes import PathHandler, RestartHandler, StatusHandler
from cellfarm.jupyter.relay import RelayHandler
from cellfarm.jupyter.service_state import Ready, State
from cellfarm.jupyter.watch import ServiceWatch


class Cellfarm(ExtensionApp):
    """Keeps a service of cellfarm at hand and lets the browser reach it through Jupyter Server alone."""

    name = "cellfarm"
    description = "Runs notebooks as parallel workflows"
    load_other_extensions = True

    home = Unicode(
        help="Folder of the journal, objects and records of runs. Default: CELLFARM_HOME, else the user's data folder."
    ).tag(config=True)
    start_service = Enum(
        ["at-first-request", "at-once", "never"],
        "at-first-request",
        help="When a service is started where none runs. `never`: only one that runs already is used.",
    ).tag(config=True)
    keep_runs = Bool(
        False,
        help="Whether runs that are not finished go on when Jupyter Server ends. They are found again when it is back.",
    ).tag(config=True)

    @default("home")
    def _data_folder(self) -> str:
        return str(data_folder())

    def initialize_settings(self) -> None:
        self.watch = ServiceWatch(
            Path(self.home).absolute(),
            start=self.start_service != "never",
            keep_runs=self.keep_runs,
            seen=self._seen,
        )

    def initialize_handlers(self) -> None:
        given: dict[str, Any] = {"watch": self.watch}
        self.handlers.extend(
            [
                (r"/cellfarm/api/status", StatusHandler, given),
                (r"/cellfarm/api/restart", RestartHandler, given),
                (r"/cellfarm/api/path", PathHandler, given),
                (r"/cellfarm/api/v1/feed", FeedHandler, given),
                (r"/cellfarm/api/v1/(.+)", RelayHandler, given),
            ]
        )

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        if self.start_service == "at-once":
            self.watch.begin()

    async def stop_extension(self) -> None:
        await self.watch.stop()

    def current_activity(self) -> dict[str, int] | None:
        """Runs that are not finished: while there are any, Jupyter Server does not end for want of activity."""
        state = self.watch.state
        runs = state.health["runs"] if isinstance(state, Ready) else 0
        return {"runs": runs} if runs else None

    def _seen(self, state: State) -> None:
        """A hub's culler looks at the last activity: runs are some."""
        if isinstance(state, Ready) and state.health["runs"] and self.serverapp is not None:
            self.serverapp.web_app.settings["last_activity_times"]["cellfarm"] = datetime.now(timezone.utc)
