"""What a peer must be able to do to be measured: tasks that know nothing of each other, and tasks in a chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol


class System(Protocol):
    """A pool of workers that is up. Made by a function of the number of workers."""

    def each(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """One task an item, all submitted before any is awaited; the results in order."""

    def chain(self, function: Callable[[int], int], count: int) -> int:
        """`count` tasks, each with the result of the one before, from 0 on; the last result."""

    def close(self) -> None:
        """Ends the workers."""
