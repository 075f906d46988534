"""One rank that plays the cases: `python play_cases.py RANK SIZE OUT`. With one rank there is no adapter: what a user gets at home."""

from __future__ import annotations

import contextlib
import io
import sys
from typing import Any

import torch
from training.cases import CASES

from cellfarm.adapters.world import World


def _play(source: str) -> tuple[str, list[torch.Tensor]]:
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(source, names)
    return printed.getvalue(), names["weights"]


def main(rank: int, size: int, out: str) -> None:
    """Plays every case and keeps what it printed, its weights and, with several ranks, the verdicts on its modules."""
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    results = {}
    for name, source in CASES.items():
        verdicts: list[Any] = []
        if size > 1:
            from cellfarm.adapters.pytorch import SharedCalls

            calls = SharedCalls(World(rank, size))
            calls.install()
        try:
            printed, weights = _play(source)
        finally:
            if size > 1:
                verdicts = calls.verdicts()
                calls.remove()
        results[name] = {"printed": printed, "weights": weights, "verdicts": verdicts}
    torch.save(results, out)


if __name__ == "__main__":
    rank, size, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    if size > 1:
        torch.distributed.init_process_group("gloo", rank=rank, world_size=size)
    main(rank, size, out)
