"""How much faster a map is; printed (`pytest -s`), because a busy machine says nothing about the code."""

from __future__ import annotations

import sys
import time

from .fake_service import FakeService
from .test_guards import only_map, sequential

ELEMENTS, SECONDS = 24, 0.05


def test_a_map_of_naps_runs_on_all_workers(service: FakeService) -> None:
    service.play(f"import time\ndef nap(x):\n    time.sleep({SECONDS})\n    return x")
    code = f"[nap(x) for x in range({ELEMENTS})]"
    service.play(code)  # workers are up from here on, as in the second map of a run
    began = time.perf_counter()
    play = service.play(code)
    parallel = time.perf_counter() - began
    began = time.perf_counter()
    plain = sequential(service, code)
    ratio = (time.perf_counter() - began) / parallel
    way = only_map(play).over["way"]
    print(
        f"{ELEMENTS} x {SECONDS * 1000:.0f} ms on {service.workers} workers ({way}): {ratio:.2f}x",
        file=sys.stderr,
    )
    assert play.result() == plain.result()
    assert only_map(play).closed["homeFrom"] is None
