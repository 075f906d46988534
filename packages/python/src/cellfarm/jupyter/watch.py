"""Keeps a service at hand: finds the running one or starts one, sees when it is lost, and tries again with growing pauses.

Decides when; how `cellfarm up` is started is `up_process`'s, and how requests get to the service is `relay`'s.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from cellfarm.jupyter.address import ServiceAddress, read_address
from cellfarm.jupyter.clients import Clients
from cellfarm.jupyter.exchange import Unreachable, get_json
from cellfarm.jupyter.process_birth import process_birth
from cellfarm.jupyter.reports import ErrorReport, report
from cellfarm.jupyter.service_state import Failed, Ready, Starting, State, Stopped
from cellfarm.jupyter.up_process import CannotStart, UpProcess
from cellfarm.protocol.messages import PROTOCOL_VERSION

_LOG = logging.getLogger(__name__)
HEALTH_SECONDS = 2.0
"""Between two looks at a service that answers."""
_ANSWER_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.1
_START_SECONDS = 60.0
_OWN_SUPERVISOR_SECONDS = 2.0
"""How long a lost service that nobody here started may take to come back by its own supervisor."""
_END_SECONDS = 30.0
"""Both graces of the supervisor, for the agent and for the service, and some more."""
_PAUSES_SECONDS = (0.5, 1.0, 3.0, 10.0, 30.0)


class NotReady(Exception):
    """There is no service to ask now."""

    def __init__(self, error: ErrorReport) -> None:
        super().__init__(error["message"])
        self.error = error


class ServiceWatch:
    """One service for this Jupyter server, shared with others of the same user.

    Args:
        home: cellfarm's data folder. start: whether a service is started where none runs. keep_runs: whether runs
        that are not finished go on when this process ends. seen: told each state.
    """

    def __init__(self, home: Path, *, start: bool, keep_runs: bool, seen: Callable[[State], None]) -> None:
        self._home = home
        self._start = start
        self._keep_runs = keep_runs
        self._seen = seen
        self._clients = Clients(home)
        self._up = UpProcess(home, self._clients)
        self._state: State = Stopped()
        self._changed = asyncio.Event()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._leaving: int | None = None
        self._had_service = False
        self._stopping = False

    @property
    def state(self) -> State:
        return self._state

    def last_lines(self, count: int) -> list[str]:
        """The end of the service's log."""
        return self._up.last_lines(count)

    def begin(self) -> None:
        """Begin to look for a service; nothing where that was done before."""
        if self._task is None and not self._stopping:
            self._become(Starting())
            self._clients.join(self._keep_runs)
            self._task = asyncio.create_task(self._keep(), name="cellfarm: the service")

    async def ready(self, timeout_seconds: float) -> ServiceAddress:
        """Where the service is; waits while it is being started. Raises NotReady."""
        self.begin()
        until = time.monotonic() + timeout_seconds
        while isinstance(self._state, Starting) and time.monotonic() < until:
            try:
                await asyncio.wait_for(self._changed.wait(), until - time.monotonic())
            except asyncio.TimeoutError:
                break
        if isinstance(self._state, Ready):
            return self._state.address
        raise NotReady(self._state.error if isinstance(self._state, Failed) else self._unreachable())

    def doubt(self, address: ServiceAddress) -> None:
        """A request found nobody at this address: look at once."""
        if isinstance(self._state, Ready) and self._state.address == address:
            self._become(Starting())
            self._wake.set()

    def restart(self) -> None:
        """End the service, so that another is started; try at once where there is none."""
        self.begin()
        if self._stopping:
            return
        if isinstance(self._state, Ready):
            self._leaving = self._state.address.pid
            self._up.note("the service is started again, as asked")
            _terminate(self._leaving)
        elif isinstance(self._state, Failed):
            self._up.end()  # it may be of another version
        self._become(Starting())
        self._wake.set()

    async def stop(self) -> None:
        """Need it no more. When nobody else does, it has ended when this returns, unless runs are to go on."""
        self._stopping = True  # an open page may still ask
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        self._task = None
        runs_go_on = self._keep_runs and await self._has_runs()
        self._become(Stopped())
        if runs_go_on:
            self._up.note("Jupyter Server ends; the service stays until its runs are finished")
            return
        self._clients.leave()
        if not self._clients.others():
            await self._until(lambda: not self._up.is_alive(), _END_SECONDS)
            self._up.kill()

    async def _keep(self) -> None:
        failures = 0
        while True:
            try:
                found = await self._look() or await self._bring_up()
            except CannotStart as error:
                found = Failed(report("C5008", detail=error, log=self._up.log_path))
            except Exception as error:  # whatever the system refuses is told, and tried again
                _LOG.exception("the service cannot be looked for")
                found = Failed(report("C5008", detail=repr(error), log=self._up.log_path))
            self._had_service = isinstance(found, Ready)
            failures = 0 if self._had_service else failures + 1
            self._become(found)
            await self._pause(
                HEALTH_SECONDS if failures == 0 else _PAUSES_SECONDS[min(failures, len(_PAUSES_SECONDS)) - 1]
            )

    async def _look(self) -> Ready | Failed | None:
        """The service that answers, or one that does not fit; None where there is none."""
        address = read_address(self._home)
        if address is None or (address.pid == self._leaving and process_birth(address.pid) is not None):
            return None
        try:
            health = await get_json(address, "/v1/health", _ANSWER_SECONDS)
        except Unreachable:
            return None
        if health["protocol"] == PROTOCOL_VERSION:
            return Ready(address, health)
        peer = f"the running service ({health['version']})"
        return Failed(report("C5007", peer=peer, theirs=health["protocol"], ours=PROTOCOL_VERSION))

    async def _bring_up(self) -> Ready | Failed:
        """Wait for a supervisor that is at work, or start one."""
        lost, self._had_service = self._had_service, False
        self._become(Starting())
        if lost:
            self._up.note("the service was lost")
        patience = _START_SECONDS if self._up.is_alive() else _OWN_SUPERVISOR_SECONDS if lost else 0.0
        found = await self._look_for(patience, while_alive=self._up.is_alive())
        if found is not None or not self._start:
            return found or Failed(self._unreachable())
        with self._up.alone() as alone:
            # Between the look above and the lock another Jupyter server may have started it.
            found = await self._look()
            if found is None and alone and not self._up.is_alive():
                self._up.note("no service runs: one is started")
                self._up.start()
            return found or await self._look_for(_START_SECONDS, while_alive=alone) or self._did_not_start()

    async def _look_for(self, seconds: float, *, while_alive: bool) -> Ready | Failed | None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and (not while_alive or self._up.is_alive()):
            found = await self._look()
            if found is not None:
                return found
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        return None

    def _did_not_start(self) -> Failed:
        lines = [line for line in self._up.last_lines(20) if " jupyter " not in line]
        self._up.note("it did not start")
        detail = f"the service did not start ({lines[-1]})" if lines else "the service did not start"
        return Failed(report("C5008", detail=detail, log=self._up.log_path))

    def _unreachable(self) -> ErrorReport:
        return report("C5001", address=self._home / "service.json", log=self._up.log_path)

    async def _has_runs(self) -> bool:
        if not isinstance(self._state, Ready):
            return True  # it is being started anew, to go on with what it had
        try:
            return bool((await get_json(self._state.address, "/v1/health", _ANSWER_SECONDS))["runs"])
        except Unreachable:
            return True

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except asyncio.TimeoutError:
            return
        self._wake.clear()

    @staticmethod
    async def _until(true: Callable[[], bool], seconds: float) -> None:
        until = time.monotonic() + seconds
        while not true() and time.monotonic() < until:
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    def _become(self, state: State) -> None:
        self._state = state
        self._seen(state)
        if not isinstance(state, Starting):
            self._changed.set()
            self._changed = asyncio.Event()


def _terminate(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        pass  # it ended by itself in this moment
