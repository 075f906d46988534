"""What a decorator says of a function, checked: role, target, resources.

Decides which values are allowed (those of a cell's tags, in packages/protocol/src/{tags,resources}.ts) and
says so when one is not. What a directive leads to is the compiler's matter.
"""

from __future__ import annotations

import re
from typing import Any, TypedDict

ROLES = (
    "auto",
    "load",
    "preprocess",
    "map",
    "reduce",
    "stage",
    "train",
    "evaluate",
    "sequential",
    "local",
    "skip",
)

_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)\s*")
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:ms|s|m|h|d)\s*")
_TARGET = re.compile(r"[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?")

_SIZES = 'a size such as "512MiB" or "8 GB"'
_DURATIONS = 'a duration such as "90s", "30m" or "1.5h"'


class Directive(TypedDict):
    """A plain dictionary, so that a decorated function still pickles for where cellfarm is not.

    Attributes:
        role: what the function is. target: where it prefers to run; `auto` leaves it open. resources: what
        one task asks for, under the names of the tags: cpus, memory, gpus, gpuMemory, timeout, retries.
        options: what only this role has: `identity` of a reduction, `devices` of a training.
    """

    role: str
    target: str
    resources: dict[str, Any]
    options: dict[str, Any]


def make_directive(
    role: str,
    target: str,
    *,
    cpus: float | None,
    memory: str | None,
    gpus: int | None,
    gpu_memory: str | None,
    timeout: str | None,
    retries: int | None,
    options: dict[str, Any] | None = None,
) -> Directive:
    """Checks and collects. Raises TypeError for a wrong type, ValueError for a value that is not allowed."""
    if not isinstance(role, str):
        raise TypeError(f"role must be one of {', '.join(ROLES)}, not {role!r}")
    if role not in ROLES:
        raise ValueError(f"role must be one of {', '.join(ROLES)}, not {role!r}")
    if not isinstance(target, str):
        raise TypeError(f"target must be the name of a target, such as 'local' or 'slurm', not {target!r}")
    if _TARGET.fullmatch(target) is None:
        raise ValueError(
            f"target must be made of lower-case letters, digits, '.', '_' and '-', not {target!r}"
        )
    checked = {
        "cpus": _number("cpus", cpus, 0, 4096, whole=False),
        "memory": _text("memory", memory, _SIZE, _SIZES),
        "gpus": _number("gpus", gpus, 0, 1024, whole=True),
        "gpuMemory": _text("gpu_memory", gpu_memory, _SIZE, _SIZES),
        "timeout": _text("timeout", timeout, _DURATION, _DURATIONS),
        "retries": _number("retries", retries, 0, 100, whole=True),
    }
    resources = {name: value for name, value in checked.items() if value is not None}
    return {"role": role, "target": target, "resources": resources, "options": options or {}}


def _number(name: str, value: object, least: int, most: int, *, whole: bool) -> int | float | None:
    if value is None:
        return None
    allowed = f"a whole number from {least} to {most}" if whole else f"a number above {least}, up to {most}"
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        raise TypeError(f"{name} must be {allowed}, not {value!r}")
    if not least <= value <= most or (not whole and value == least):
        raise ValueError(f"{name} must be {allowed}, not {value!r}")
    return value


def _text(name: str, value: object, pattern: re.Pattern[str], allowed: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(f"{name} must be {allowed}, not {value!r}")
    match = pattern.fullmatch(value)
    if match is None or float(match[1]) == 0:
        raise ValueError(f"{name} must be {allowed}, not {value!r}")
    return value
