"""Tells a process from a later one of the same number, as packages/service/src/journal/process-identity.ts does.

A process that has ended and was not waited for counts as gone.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_START_FIELD = 19
"""Start time within /proc/<pid>/stat, counted after the command's closing parenthesis."""


def process_birth(pid: int) -> str | None:
    """A text that differs between processes of the same number; None where there is none with it."""
    return _from_proc(pid) if sys.platform == "linux" else _from_ps(pid)


def _from_proc(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat[stat.rindex(")") + 2 :].split(" ")
    return None if fields[0] in ("Z", "X") else f"{boot}:{fields[_START_FIELD]}"


def _from_ps(pid: int) -> str | None:
    asked = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]
    words = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()
    return " ".join(words[1:]) if words and words[0][0] not in "ZX" else None
