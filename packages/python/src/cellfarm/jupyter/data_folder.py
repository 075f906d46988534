"""Where cellfarm keeps its things, as the command `cellfarm` decides it (packages/cli/src/settings.ts)."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def data_folder() -> Path:
    """`CELLFARM_HOME`, else `cellfarm` in the user's data folder; an absolute path, which need not exist."""
    named = os.environ.get("CELLFARM_HOME")
    return Path(named).absolute() if named else _user_data_folder() / "cellfarm"


def _user_data_folder() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
