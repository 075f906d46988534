"""One HTTP request to the service over its Unix socket, answered piece by piece.

The reader of the answer is waited for at each piece, so an answer of any size takes little memory. Whose request it is
and what becomes of the answer is decided elsewhere.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable
from typing import Any

from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine
from tornado.iostream import IOStream, StreamClosedError

from cellfarm.jupyter.address import ServiceAddress

_NO_LIMIT = 1 << 62
"""Bytes of an answer; objects are as large as they are."""


class Unreachable(Exception):
    """Nobody answers: the request was not begun, or its answer ended in the middle."""


class Answer(HTTPMessageDelegate):
    """What becomes of an answer. Subclasses keep or pass on its status, headers and pieces.

    Attributes:
        begun: whether its status has arrived. complete: whether all of it has.
    """

    def __init__(self) -> None:
        self.begun = False
        self.complete = False

    def headers_received(self, start_line: Any, headers: HTTPHeaders) -> Awaitable[None] | None:
        assert isinstance(start_line, ResponseStartLine)
        self.begun = True
        return self.status_received(start_line.code, headers)

    def status_received(self, status: int, headers: HTTPHeaders) -> Awaitable[None] | None:
        raise NotImplementedError

    def finish(self) -> None:
        self.complete = True


class Connection:
    """A connection to the service, for one request."""

    def __init__(self, stream: IOStream, address: ServiceAddress) -> None:
        self._stream = stream
        self._address = address

    @classmethod
    async def open(cls, address: ServiceAddress) -> Connection:
        """Connect. Raises Unreachable."""
        stream = IOStream(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        try:
            await stream.connect(address.socket)
        except (StreamClosedError, OSError) as error:
            stream.close()
            raise Unreachable(str(error)) from error
        return cls(stream, address)

    async def ask(self, method: str, path: str, headers: dict[str, str], body: bytes, answer: Answer) -> None:
        """Send a request and read its answer to the end. Raises Unreachable where the answer is not whole."""
        connection = HTTP1Connection(
            self._stream, True, HTTP1ConnectionParameters(no_keep_alive=True, max_body_size=_NO_LIMIT)
        )
        sent = HTTPHeaders(headers)
        sent["Host"] = "localhost"
        sent["Authorization"] = f"Bearer {self._address.token}"
        sent["Connection"] = "close"
        body = b"" if method == "GET" else body  # without a length it would be read as a request of its own
        if method != "GET":
            sent["Content-Length"] = str(len(body))
        try:
            await connection.write_headers(RequestStartLine(method, path, "HTTP/1.1"), sent, body or None)
            connection.finish()
            await connection.read_response(answer)
        except StreamClosedError as error:
            raise Unreachable("it closed the connection") from error
        finally:
            self.close()
        if not answer.complete:
            raise Unreachable("its answer ended in the middle")

    def close(self) -> None:
        self._stream.close()


class _Kept(Answer):
    def __init__(self) -> None:
        super().__init__()
        self.status = 0
        self.body = bytearray()

    def status_received(self, status: int, headers: HTTPHeaders) -> None:
        self.status = status

    def data_received(self, chunk: bytes) -> None:
        self.body += chunk


async def get_json(address: ServiceAddress, path: str, timeout_seconds: float) -> Any:
    """The JSON that the service gives for a path. Raises Unreachable for anything but such an answer in time."""
    answer = _Kept()
    try:
        connection = await Connection.open(address)
        await asyncio.wait_for(connection.ask("GET", path, {}, b"", answer), timeout_seconds)
        if answer.status != 200:
            raise Unreachable(f"it answered with status {answer.status}")
        return json.loads(answer.body)
    except (asyncio.TimeoutError, ValueError) as error:
        raise Unreachable(f"no answer within {timeout_seconds} s, or none of its own") from error
