"""dask.distributed: a LocalCluster of single-threaded worker processes, without its dashboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from distributed import Client, LocalCluster
from measures import serve


class DaskDistributed:
    def __init__(self, workers: int) -> None:
        self._cluster = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
        self._client = Client(self._cluster)

    def each(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        return list(self._client.gather(self._client.map(function, list(items), pure=False)))

    def chain(self, function: Callable[[int], int], count: int) -> int:
        value: Any = 0
        for _ in range(count):
            value = self._client.submit(function, value, pure=False)
        return int(value.result())

    def close(self) -> None:
        self._client.close()
        self._cluster.close()


if __name__ == "__main__":
    serve(DaskDistributed)
