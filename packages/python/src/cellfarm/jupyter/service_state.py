"""What Jupyter Server knows of the service: one of four states, each with what only it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from cellfarm.jupyter.address import ServiceAddress
from cellfarm.jupyter.reports import ErrorReport


class Health(TypedDict):
    """What the service says of itself; more than these words."""

    version: str
    protocol: int
    pid: int
    runs: int


@dataclass(frozen=True)
class Stopped:
    """Nobody asked for it yet, or it was ended."""


@dataclass(frozen=True)
class Starting:
    """It is being started, or looked for again after it was lost."""


@dataclass(frozen=True)
class Ready:
    """It answers."""

    address: ServiceAddress
    health: Health


@dataclass(frozen=True)
class Failed:
    """It cannot be had; it is tried again after a while."""

    error: ErrorReport


State = Stopped | Starting | Ready | Failed


def name_of(state: State) -> str:
    """The word for a state in the answer of `status`."""
    if isinstance(state, Stopped):
        return "stopped"
    if isinstance(state, Starting):
        return "starting"
    return "ready" if isinstance(state, Ready) else "failed"
