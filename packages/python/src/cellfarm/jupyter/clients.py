"""The files by which `cellfarm up` knows who still needs it: one for each Jupyter server, named by its process id.

The reader is packages/cli/src/clients.ts: it counts a file whose process has ended only if that said `keepRuns`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from cellfarm.jupyter.process_birth import process_birth


class Clients:
    """The folder of those files, and this process's own.

    Args:
        home: cellfarm's data folder.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self.folder = home / "clients"
        self._own = self.folder / f"{os.getpid()}.json"

    def join(self, keep_runs: bool) -> None:
        """Say that this process needs the service, and whether its runs go on when it is gone; makes the folders."""
        for folder in (self._home, self.folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        said = {"birth": process_birth(os.getpid()), "keepRuns": keep_runs}
        fresh = self._own.with_suffix(".new")
        fresh.write_text(json.dumps(said), "utf-8")
        fresh.replace(self._own)

    def leave(self) -> None:
        """Say that this process needs it no more."""
        self._own.unlink(missing_ok=True)

    def others(self) -> bool:
        """Whether another living process needs the service."""
        return any(_lives(file) for file in self.folder.glob("*.json") if file != self._own)


def _lives(file: Path) -> bool:
    try:
        return bool(process_birth(int(file.stem)) == json.loads(file.read_text("utf-8"))["birth"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False  # it left meanwhile, or is no file of a client
