"""Which rank this is among how many, and which rows of a batch are its own. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class World:
    """One rank's place in its gang.

    Attributes:
        rank: number of this rank, from 0.
        size: number of ranks.
    """

    rank: int
    size: int

    def counts(self, rows: int) -> list[int]:
        """Rows of each rank: contiguous parts in the order of the ranks, the remainder spread over the first."""
        least, more = divmod(rows, self.size)
        return [least + (rank < more) for rank in range(self.size)]

    def span(self, rows: int) -> tuple[int, int]:
        """First row and number of rows of this rank."""
        counts = self.counts(rows)
        return sum(counts[: self.rank]), counts[self.rank]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rank is and how it finds the others.

    Attributes:
        world: its number among how many.
        address: host name or address of rank 0. port: there, for the framework's own group.
        threads: processor threads that this rank may compute with.
    """

    world: World
    address: str
    port: int
    threads: int
