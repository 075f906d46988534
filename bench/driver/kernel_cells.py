"""What a cell costs in the kernel "Cellfarm (Python 3)" beside plain ipykernel: both are up at once and are asked in turn, so that what the
machine does meanwhile meets both. Prints one JSON line a round: the median time of a cell in each, in microseconds."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager

MODULES = ("ipykernel_launcher", "cellfarm.kernel")
CELL = "x = 1"
ROUNDS, CELLS = int(sys.argv[1]), int(sys.argv[2])


def start(module: str, folder: Path) -> tuple[KernelManager, BlockingKernelClient]:
    spec = folder / module
    spec.mkdir()
    argv = [sys.executable, "-m", module, "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": module, "language": "python"})
    )
    manager = KernelManager(kernel_name=module)
    manager.kernel_spec_manager.kernel_dirs.insert(0, str(folder))
    # Each keeps a history of its own: two that write the same file wait for each other.
    manager.start_kernel(env={**os.environ, "IPYTHONDIR": str(spec / "ipython")})
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    return manager, client


def play(client: BlockingKernelClient, cell: int) -> float:
    """Seconds until the reply, asked as JupyterLab asks: with the cell's id and its tags."""
    content = {
        "code": CELL,
        "silent": False,
        "store_history": True,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": True,
    }
    request = client.session.msg("execute_request", content)
    request["metadata"] = {"cellId": f"cell-{cell % 20}", "deletedCells": [], "recordTiming": False}
    began = time.perf_counter()
    client.shell_channel.send(request)
    client.get_shell_msg(timeout=60)
    return time.perf_counter() - began


with TemporaryDirectory() as made:
    kernels = [start(module, Path(made)) for module in MODULES]
    try:
        for number in range(-1, ROUNDS):  # the first only warms up
            taken: list[list[float]] = [[], []]
            for cell in range(CELLS):
                for at in (0, 1) if cell % 2 else (1, 0):
                    taken[at].append(play(kernels[at][1], cell))
            plain, ours = (statistics.median(times) * 1e6 for times in taken)
            if number >= 0:
                print(json.dumps({"ipykernel": plain, "cellfarm": ours}), flush=True)
    finally:
        for manager, client in kernels:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
