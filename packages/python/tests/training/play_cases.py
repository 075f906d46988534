"""One rank that plays the cases: `python play_cases.py RANK SIZE OUT`. With one rank there is no adapter: what a user gets at home."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import Any, NoReturn

import torch

from cellfarm.adapters.world import Place, World
from training.cases import CASES
from training.hard_cases import HARD, PARTING


def _play(source: str) -> tuple[str, list[torch.Tensor]]:
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(source, names)
    return printed.getvalue(), names["weights"]


class Stopped(BaseException):
    """Where a rank of a gang ends, and home plays the cell."""


def _stop(reason: str) -> NoReturn:
    raise Stopped(reason)


def main(rank: int, size: int, out: str) -> None:
    """Plays every case and keeps what it printed, its weights and, with several ranks, the verdicts on its modules."""
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    group = None
    if size > 1:
        from cellfarm.adapters.pytorch import SharedCalls
        from cellfarm.adapters.pytorch.group import Group

        place = Place(World(rank, size), os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]), 1)
        group = Group.join(place, _stop)
    results = {}
    for name, source in {**CASES, **HARD, **(PARTING if group else {})}.items():
        kept: dict[str, Any] = {"verdicts": []}
        calls = SharedCalls(group) if group else None
        if calls:
            calls.install()
        try:
            kept["printed"], kept["weights"] = _play(source)
            if calls:
                kept["verdicts"] = calls.verdicts()
                calls.close()
        except Stopped as stopped:
            kept["stopped"] = str(stopped)
        finally:
            if calls:
                calls.remove()
        results[name] = kept
    torch.save(results, out)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
