"""Relays the live feed of one run: a WebSocket of the service's on one side, the browser's on the other.

Messages go one way and are not read here. The next is taken from the service when the browser has taken the one before. The
browser begins again where it was by the number of the last event that it has, so a lost socket loses nothing.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any, NoReturn, cast

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.netutil import Resolver
from tornado.web import HTTPError
from tornado.websocket import (
    WebSocketClientConnection,
    WebSocketClosedError,
    WebSocketHandler,
    websocket_connect,
)

from cellfarm.jupyter.handlers import AUTH_RESOURCE
from cellfarm.jupyter.relay import START_SECONDS
from cellfarm.jupyter.routes import feed_path
from cellfarm.jupyter.watch import NotReady, ServiceWatch

_MESSAGE_BYTES = 1 << 30
_FINISHED = 1000
_NOT_ALLOWED = 1008
_TRY_AGAIN = 1012
"""Close code: the service is being started again."""


class _SocketResolver(Resolver):
    """Finds one Unix socket behind every name."""

    def initialize(self, path: str) -> None:
        self._path = path

    async def resolve(
        self, host: str, port: int, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[tuple[int, Any]]:
        return [(socket.AF_UNIX, self._path)]


class FeedHandler(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """`<base_url>cellfarm/api/v1/feed?run=&after=&batch=1`"""

    auth_resource = AUTH_RESOURCE

    def initialize(self, watch: ServiceWatch) -> None:
        self.watch = watch
        self._service: WebSocketClientConnection | None = None
        self._passing: asyncio.Task[None] | None = None

    async def prepare(self, *args: Any, **options: Any) -> None:
        """Whatever the verb, nobody gets further without having logged in."""
        await super().prepare(*args, **options)
        if self.current_user is None:
            raise HTTPError(403)

    @ws_authenticated
    async def get(self, *args: str, **kwargs: str) -> None:
        allowed = self.authorizer.is_authorized(self, self.current_user, "read", self.auth_resource)
        if not await ensure_async(allowed):
            raise HTTPError(403)
        if not self.check_origin():
            raise HTTPError(403)
        self._service = await self._connect()
        await super().get(*args, **kwargs)
        if self.ws_connection is None:  # the handshake was refused
            self._service.close()

    async def _connect(self) -> WebSocketClientConnection:
        """The service's feed; its refusal becomes that of the handshake."""
        query = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        try:
            return (
                await self._open_feed(feed_path(query)) or await self._open_feed(feed_path(query)) or _gone()
            )
        except HTTPClientError as error:
            raise HTTPError(error.code if error.code in (400, 404) else 503) from error
        except NotReady as error:
            raise HTTPError(503, str(error)) from error

    async def _open_feed(self, path: str) -> WebSocketClientConnection | None:
        """None where the service was lost in this moment: it is worth another try."""
        self._address = await self.watch.ready(START_SECONDS)
        request = HTTPRequest(
            f"ws://localhost{path}", headers={"Authorization": f"Bearer {self._address.token}"}
        )
        resolver = _SocketResolver(path=self._address.socket)
        try:
            return await websocket_connect(request, max_message_size=_MESSAGE_BYTES, resolver=resolver)
        except OSError:
            self.watch.doubt(self._address)
            return None

    def open(self, *args: str, **kwargs: str) -> None:
        super().open(*args, **kwargs)
        self._passing = asyncio.create_task(self._pass_on())

    async def _pass_on(self) -> None:
        service = cast("WebSocketClientConnection", self._service)
        try:
            while (message := await service.read_message()) is not None:
                await self.write_message(message)
        except WebSocketClosedError:
            return  # the browser left
        if self.ws_connection is None:
            return  # the browser left, and with it the service's side was closed
        if service.close_code == _FINISHED:
            self.close(_FINISHED)
        else:
            self.watch.doubt(self._address)
            self.close(_TRY_AGAIN)

    def on_message(self, message: str | bytes) -> None:
        self.close(_NOT_ALLOWED, "the feed goes one way")

    def on_close(self) -> None:
        super().on_close()
        if self._service is not None:
            self._service.close()


def _gone() -> NoReturn:
    raise HTTPError(503, "the service does not answer")
