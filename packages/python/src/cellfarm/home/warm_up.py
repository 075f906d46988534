"""Look-ups that libraries make once per process and that would count as an effect in a shard: made before, where they are allowed."""

from __future__ import annotations

import sys


def warm_up() -> None:
    """Asks joblib for the number of physical cores, if it is loaded: the first time it runs a program to find out."""
    joblib = sys.modules.get("joblib")
    if joblib is not None and hasattr(joblib, "cpu_count"):
        joblib.cpu_count(only_physical_cores=True)
