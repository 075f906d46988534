"""May this process be forked now? Names the reason when a forked child could hang, crash or share what must not be shared.

Also puts OpenMP runtimes to rest, after which libraries that used them work in a child. Whether a map's values allow a child is
`reach`'s matter.
"""

from __future__ import annotations

import ctypes
import sys
import threading

_OPENMP_NAMES = ("libgomp", "libiomp", "libomp.", "libomp-")
_PAUSE_HARD = 2


def unsafe_reason() -> str | None:
    """Why no child may be forked now, as half a sentence; None when it is safe. Pauses OpenMP as a side effect."""
    if sys.platform != "linux":
        return f"system libraries are not safe to fork on {sys.platform}"
    return _thread_reason() or _accelerator_reason() or _openmp_reason()


def _thread_reason() -> str | None:
    others = [thread.name for thread in threading.enumerate() if thread is not threading.current_thread()]
    if threading.current_thread() is not threading.main_thread():
        return "the cell runs in a thread of its own"
    return f"other threads are alive ({', '.join(others[:3])})" if others else None


def _accelerator_reason() -> str | None:
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "cuda") and torch.cuda.is_initialized():
        return "CUDA is in use"
    bridge = sys.modules.get("jax._src.xla_bridge")
    if bridge is not None and getattr(bridge, "_backends", None):
        return "JAX has started its threads"
    context = sys.modules.get("tensorflow.python.eager.context")
    if context is not None and getattr(getattr(context, "_context", None), "_initialized", False):
        return "TensorFlow has started its threads"
    cupy = sys.modules.get("cupy")
    return "CUDA is in use" if cupy is not None else None


def _openmp_reason() -> str | None:
    for path in _openmp_libraries():
        try:
            busy = ctypes.CDLL(path).omp_pause_resource_all(_PAUSE_HARD)
        except (OSError, AttributeError):
            return f"the OpenMP library {path.rpartition('/')[2]} cannot be paused"
        if busy:
            return f"the OpenMP library {path.rpartition('/')[2]} is busy"
    return None


def _openmp_libraries() -> list[str]:
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        lines = [line for line in maps if any(name in line for name in _OPENMP_NAMES)]
    return sorted({line.split(maxsplit=5)[5].strip() for line in lines if " r-xp " in line})
