"""What every handler of ours has: the watch over the service, JSON answers, and errors as reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar, cast

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError

from cellfarm.jupyter.reports import ErrorReport
from cellfarm.jupyter.watch import ServiceWatch

AUTH_RESOURCE = "cellfarm"
"""What an authorizer is asked about; the actions are `read`, `write` and `execute`."""


Method = TypeVar("Method", bound=Callable[..., Any])


def allowed(action: str) -> Callable[[Method], Method]:
    """Only users whom the server's authorizer allows `read`, `write` or `execute` on cellfarm: Jupyter's decorator, typed."""

    def decorate(method: Method) -> Method:
        return cast("Method", authorized(action)(method))

    return decorate


class CellfarmHandler(APIHandler):
    """A handler of JSON for users who are logged in and allowed to."""

    auth_resource = AUTH_RESOURCE

    def initialize(self, watch: ServiceWatch) -> None:
        self.watch = watch

    async def prepare(self, **options: Any) -> None:
        """Whatever the verb, nobody gets further without having logged in; what a browser asks before it asks has no login."""
        await super().prepare(**options)
        if self.current_user is None and self.request.method != "OPTIONS":
            raise HTTPError(403)
        if self._from_elsewhere():
            raise HTTPError(403)

    def _from_elsewhere(self) -> bool:
        """Whether a page of another origin has the browser ask in a way that names no origin, as an image does. It could not read the
        answer, but the question alone may start a service. Where an origin is named, Jupyter Server has judged it."""
        site = self.request.headers.get("Sec-Fetch-Site", "none")
        return "Origin" not in self.request.headers and site in ("cross-site", "same-site")

    def answer(self, value: object) -> None:
        self.finish(json.dumps(value))

    def refuse(self, status: int, error: ErrorReport) -> None:
        self.set_status(status)
        self.answer(error)

    def query(self) -> dict[str, str]:
        """The last value of each word of the query."""
        given = self.request.query_arguments.items()
        return {name: values[-1].decode("utf-8", errors="replace") for name, values in given}
