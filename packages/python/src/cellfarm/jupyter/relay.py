"""Relays a browser's requests to the service, one to one, and its answers back, with the service's token put in here.

Which routes there are for a browser is decided in `routes`.
"""

from __future__ import annotations

from collections.abc import Awaitable

from tornado.httputil import HTTPHeaders
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from cellfarm.jupyter.address import ServiceAddress
from cellfarm.jupyter.exchange import Answer, Connection, Unreachable
from cellfarm.jupyter.handlers import CellfarmHandler, allowed
from cellfarm.jupyter.reports import report
from cellfarm.jupyter.routes import service_path
from cellfarm.jupyter.watch import NotReady, ServiceWatch

START_SECONDS = 30.0
"""How long a request waits for a service that is being started."""
_ASKED = ("Accept", "Content-Type", "Range")
_ANSWERED = (
    "Content-Type",
    "Content-Length",
    "Content-Disposition",
    "Content-Range",
    "Accept-Ranges",
)


async def connect(watch: ServiceWatch) -> tuple[Connection, ServiceAddress]:
    """A connection to the service, also where it is just being started anew. Raises NotReady."""
    address = await watch.ready(START_SECONDS)
    try:
        return await Connection.open(address), address
    except Unreachable:
        watch.doubt(address)
    address = await watch.ready(START_SECONDS)
    try:
        return await Connection.open(address), address
    except Unreachable as error:
        raise NotReady(report("C5001", address=address.socket, log="services/*/service.log")) from error


class RelayHandler(CellfarmHandler):
    """`<base_url>cellfarm/api/v1/...`"""

    _left = False
    """Whether the browser is gone: then a broken answer says nothing of the service."""

    @authenticated
    @allowed("read")
    async def get(self, path: str) -> None:
        await self._relay(path)

    @authenticated
    @allowed("execute")
    async def post(self, path: str) -> None:
        await self._relay(path)

    async def _relay(self, path: str) -> None:
        method = self.request.method or "GET"
        asked = service_path(method, path, self.query())
        if asked is None:
            self.refuse(404, report("C6004", path="this path"))
            return
        try:
            self._connection, address = await connect(self.watch)
        except NotReady as error:
            self.refuse(503, error.error)
            return
        headers = {name: self.request.headers[name] for name in _ASKED if name in self.request.headers}
        answer = _PassedOn(self)
        try:
            await self._connection.ask(method, asked, headers, self.request.body, answer)
        except Unreachable:
            if self._left:
                return
            self.watch.doubt(address)
            if answer.begun:
                self._break_off()
            else:
                self.refuse(503, report("C5001", address=address.socket, log="services/*/service.log"))
            return
        if not self._finished:
            self.finish(set_content_type=answer.content_type)

    def _break_off(self) -> None:
        """The browser must not take half an answer for a whole one."""
        connection = self.request.connection
        if connection is not None:
            connection.stream.close()  # type: ignore[attr-defined]  # of HTTP/1, which is what there is

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._left = True
        connection = getattr(self, "_connection", None)
        if connection is not None:
            connection.close()


class _PassedOn(Answer):
    """Gives status, headers and each piece to the browser; the next piece is read when this one is on its way."""

    def __init__(self, handler: RelayHandler) -> None:
        super().__init__()
        self._handler = handler
        self.content_type = "application/json"

    def status_received(self, status: int, headers: HTTPHeaders) -> None:
        self._handler.set_status(status)
        for name in _ANSWERED:
            if name in headers:
                self._handler.set_header(name, headers[name])
        for policy in headers.get_list("Content-Security-Policy"):
            self._handler.add_header("Content-Security-Policy", policy)  # beside Jupyter's own: both hold
        self.content_type = headers.get("Content-Type", self.content_type)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._pass_on(chunk)

    async def _pass_on(self, chunk: bytes) -> None:
        self._handler.write(chunk)
        try:
            await self._handler.flush()
        except StreamClosedError:
            self._handler.on_connection_close()
