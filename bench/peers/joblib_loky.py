"""joblib with its default backend, loky. One task a message (`batch_size=1`), as in every other system here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor
from measures import serve


class JoblibLoky:
    def __init__(self, workers: int) -> None:
        self._parallel = Parallel(n_jobs=workers, batch_size=1)
        self._parallel.__enter__()  # keeps its processes from one call to the next

    def each(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        return list(self._parallel(delayed(function)(item) for item in items))

    def chain(self, function: Callable[[int], int], count: int) -> int:
        value = 0
        for _ in range(count):
            (value,) = self._parallel([delayed(function)(value)])
        return value

    def close(self) -> None:
        self._parallel.__exit__(None, None, None)
        get_reusable_executor().shutdown(wait=True, kill_workers=True)


if __name__ == "__main__":
    serve(JoblibLoky)
