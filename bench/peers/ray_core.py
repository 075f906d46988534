"""Ray's tasks on one node, without its dashboard."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from typing import Any

import ray
from measures import serve

STORE_BYTES = 2 * 2**30


class RayCore:
    def __init__(self, workers: int) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault(
            "RAY_AUTH_TOKEN", secrets.token_hex(32)
        )  # else Ray writes one into the user's home
        ray.init(
            num_cpus=workers,
            include_dashboard=False,
            object_store_memory=STORE_BYTES,
            log_to_driver=False,
        )
        self._remotes: dict[Callable[..., Any], Any] = {}

    def _remote(self, function: Callable[..., Any]) -> Any:
        if function not in self._remotes:
            self._remotes[function] = ray.remote(function)
        return self._remotes[function]

    def each(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        remote = self._remote(function)
        return list(ray.get([remote.remote(item) for item in items]))

    def chain(self, function: Callable[[int], int], count: int) -> int:
        remote = self._remote(function)
        value: Any = 0
        for _ in range(count):
            value = remote.remote(value)
        return int(ray.get(value))

    def close(self) -> None:
        ray.shutdown()


if __name__ == "__main__":
    serve(RayCore)
