"""The ranks of one gang and what they send one another. A group of its own: torch.distributed's default one stays the user's, whose
libraries would otherwise take the cell for distributed code.

Ranks meet before what they do together. When they do not come for the same thing, or bring other values, they have parted ways (a
random generator that was seeded by chance, a clock): then no result of theirs is to be trusted, and `stop` is called with a sentence.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NoReturn

import torch
import torch.distributed as dist
from torch import Tensor

from cellfarm.adapters.pytorch.signature import Signature, alike
from cellfarm.adapters.world import Place, World

TIMEOUT = timedelta(seconds=120)
"""Longest time that a rank waits for the others."""
_WORDS = 112
_HEADER = struct.Struct(f"<dd{_WORDS}s")


class Apart(BaseException):
    """Inside a shared call: the ranks do not compute the same steps. No `Exception`, so that a model's own handlers let it pass."""


class Group:
    """All ranks of the gang, seen from one of them."""

    def __init__(
        self, world: World, processes: dist.ProcessGroupGloo, stop: Callable[[str], NoReturn]
    ) -> None:
        self.world = world
        self._processes = processes
        self._stop = stop
        self._seen = Signature(0.0, 0.0)

    @classmethod
    def join(cls, place: Place, stop: Callable[[str], NoReturn]) -> Group:
        """Waits for all ranks.

        Args:
            place: of this rank. stop: ends this rank and lets home play the cell; does not return.

        Raises:
            RuntimeError: the other ranks do not come.
        """
        world = place.world
        store = dist.TCPStore(place.address, place.port, world.size, world.rank == 0, timeout=TIMEOUT)
        return cls(world, dist.ProcessGroupGloo(store, world.rank, world.size, TIMEOUT), stop)

    def note(self, values: Signature) -> None:
        """Keeps values that must be the same on all ranks: the next meeting compares them."""
        self._seen = self._seen + values

    def forget(self) -> None:
        """Drops values that were noted by an attempt that came to nothing."""
        self._seen = Signature(0.0, 0.0)

    def meet(self, where: str) -> None:
        """Waits for all ranks; stops where another came to something else or brings other values."""
        texts, same = self._exchange(where)
        if len(set(texts)) > 1:
            places = "; ".join(f"rank {rank} at {text}" for rank, text in enumerate(texts))
            self.stop(f"its ranks parted ways: {places}")
        if not same:
            self.stop(
                f"its ranks came with different values to {where}: something in the cell is random or timed"
            )

    def same_step(self, where: str) -> None:
        """A meeting within a shared call.

        Raises:
            Apart: on all ranks, where one came to another step: the call can still be made whole.
        """
        if len(set(self._exchange(where)[0])) > 1:
            raise Apart("its parts take different ways through its code")

    def all_agree(self, yes: bool) -> bool:
        """Whether all say yes."""
        return float(self.total(torch.tensor([0.0 if yes else 1.0]))) == 0.0

    def total(self, value: Tensor) -> Tensor:
        """The sum over ranks. Changes `value` and gives it back."""
        self._wait(self._processes.allreduce, [value])
        return value

    def parts(self, value: Tensor) -> list[Tensor]:
        """What each rank brings, of one shape."""
        parts = [torch.empty_like(value) for _ in range(self.world.size)]
        self._wait(self._processes.allgather, [parts], [value])
        return parts

    def stop(self, reason: str) -> NoReturn:
        """Ends this rank: home plays the cell."""
        self._stop(reason)

    def _exchange(self, where: str) -> tuple[list[str], bool]:
        seen, self._seen = self._seen, Signature(0.0, 0.0)
        header = bytearray(_HEADER.pack(seen.value, seen.scale, where.encode()[:_WORDS]))
        parts = [
            _HEADER.unpack(bytes(part.tolist()))
            for part in self.parts(torch.frombuffer(header, dtype=torch.uint8))
        ]
        texts = [text.rstrip(b"\0").decode("utf-8", "replace") for _, _, text in parts]
        return texts, alike([Signature(value, scale) for value, scale, _ in parts])

    def _wait(self, collective: Callable[..., dist.Work], *values: Sequence[object]) -> None:
        try:
            collective(*values).wait()
        except RuntimeError as error:
            self.stop(f"a rank does not answer: {error}")
