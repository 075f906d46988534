"""concurrent.futures of the standard library: a ProcessPoolExecutor with its defaults."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from measures import serve


class ConcurrentFutures:
    def __init__(self, workers: int) -> None:
        self._pool = ProcessPoolExecutor(workers)

    def each(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        futures = [self._pool.submit(function, item) for item in items]
        return [future.result() for future in futures]

    def chain(self, function: Callable[[int], int], count: int) -> int:
        value = 0
        for _ in range(count):
            value = self._pool.submit(function, value).result()
        return value

    def close(self) -> None:
        self._pool.shutdown()


if __name__ == "__main__":
    serve(ConcurrentFutures)
