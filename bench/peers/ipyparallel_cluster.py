"""ipyparallel: a cluster of engines on this machine, tasks through its load-balanced view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipyparallel
from measures import serve


class IpyparallelCluster:
    def __init__(self, workers: int) -> None:
        self._cluster = ipyparallel.Cluster(n=workers, log_level=40)
        self._client = self._cluster.start_and_connect_sync()
        self._view = self._client.load_balanced_view()

    def each(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        return list(self._view.map(function, items, chunksize=1, block=False).get())

    def chain(self, function: Callable[[int], int], count: int) -> int:
        value = 0
        for _ in range(count):
            value = self._view.apply_sync(function, value)
        return value

    def close(self) -> None:
        self._client.close()
        self._cluster.stop_cluster_sync()


if __name__ == "__main__":
    serve(IpyparallelCluster)
