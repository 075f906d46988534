"""The floor of a hand-over: one copy of so many bytes from memory to memory, both touched before. Prints JSON."""

from __future__ import annotations

import json
import sys
import time

import numpy as np


def main() -> None:
    count, size = int(sys.argv[1]), int(sys.argv[2])
    source = [np.full(size // 8, float(number)) for number in range(count)]
    target = [np.zeros(size // 8) for _ in range(count)]
    for copy in target:
        copy[:] = 1.0
    began = time.perf_counter()
    for copy, array in zip(target, source, strict=True):
        np.copyto(copy, array)
    seconds = time.perf_counter() - began
    print(
        json.dumps({"arraysPerSecond": count / seconds, "megabytesPerSecond": count * size / seconds / 1e6})
    )


if __name__ == "__main__":
    main()
