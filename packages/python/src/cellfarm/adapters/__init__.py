"""Adapters: what lets a framework's plain single-device code train on several ranks at once, unchanged.

An adapter is a package here with one function, `install(place)`, called in each rank right after its framework was imported. It puts
hooks into the framework so that every rank runs the user's whole code on whole batches while the work inside a model's call is
shared out; what the user's code sees are the values of one device. It gives back an `Installed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found out about one module whose calls were to be shared out.

    Attributes:
        module: name of its class.
        shared: whether its calls are shared out; else each rank computes them whole, as one device would.
        checked: calls that were compared with the whole call, on every rank.
        worst: largest difference found, relative to the largest gradient or output; 0.0 where nothing was compared.
        reason: why its calls are not shared out; empty when they are.
    """

    module: str
    shared: bool
    checked: int
    worst: float
    reason: str


class Installed(Protocol):
    """An adapter at work in this rank."""

    def verdicts(self) -> list[Verdict]:
        """One for each module that was called, in the order of their first calls. The same on every rank."""
        ...

    def close(self) -> None:
        """Waits for the other ranks, then takes the hooks out and leaves the group."""
        ...
