"""How a running service is found: the file `service.json` that `cellfarm up` writes, for this user's eyes only."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class ServiceAddress:
    """Where a service listens, and what opens its door.

    Attributes:
        pid: of the service's process. socket: path of its Unix socket. token: its bearer token; never shown.
        version: of cellfarm.
    """

    pid: int
    socket: str
    token: str = field(repr=False)
    version: str


def read_address(home: Path) -> ServiceAddress | None:
    """The address last written in a data folder; None where there is none. Whether the service lives is not asked."""
    try:
        written = json.loads((home / "service.json").read_text("utf-8"))
        return ServiceAddress(
            int(written["pid"]), str(written["socket"]), str(written["token"]), str(written["version"])
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None  # it is absent, or was written by something else: as good as absent
