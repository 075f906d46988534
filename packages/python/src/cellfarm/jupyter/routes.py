"""Which of the service's routes a browser may reach, and with which words of the query. Everything else is not there.

Streams and leases are for agents, which have tickets; a browser has no business with them.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

_TASK = r"c\d{1,9}(?:\.m\d{1,9}(?:\.\d{1,9}/\d{1,9})?)?"
"""A cell, a map in it, or a shard of that: the last has a slash of its own."""
_ROUTES = tuple(
    (method, re.compile(pattern))
    for method, pattern in (
        ("GET", r"health"),
        ("GET", r"agents"),
        ("GET", r"agents/[A-Za-z0-9][A-Za-z0-9.-]{0,119}/samples"),
        ("GET", r"runs"),
        ("POST", r"runs"),
        ("GET", r"runs/[A-Za-z0-9_-]{1,100}"),
        ("GET", r"runs/[A-Za-z0-9_-]{1,100}/(?:events|log|graph|notebook)"),
        ("POST", r"runs/[A-Za-z0-9_-]{1,100}/(?:cancel|resume|retry)"),
        ("POST", rf"runs/[A-Za-z0-9_-]{{1,100}}/tasks/{_TASK}/(?:cancel|retry)"),
        ("POST", r"compile"),
        ("GET", r"objects/[A-Za-z0-9_-]{1,100}"),
    )
)
_QUERY = ("run", "after", "follow", "batch")
"""What the service reads of a query. A Jupyter token in it stays here."""


def service_path(method: str, path: str, query: dict[str, str]) -> str | None:
    """The service's path for a request to `<base_url>cellfarm/api/v1/<path>`; None where a browser may not go."""
    if not any(method == allowed and pattern.fullmatch(path) for allowed, pattern in _ROUTES):
        return None
    return f"/v1/{path}{_query(query)}"


def feed_path(query: dict[str, str]) -> str:
    """The service's path of the live feed."""
    return f"/v1/feed{_query(query)}"


def _query(query: dict[str, str]) -> str:
    kept = {name: query[name] for name in _QUERY if name in query}
    return f"?{urlencode(kept)}" if kept else ""
