"""The random generators of the process that cells share without naming them: python's, numpy's and torch's own.

A training cell takes them along and brings them back, so that what is drawn in it and after it is what one process would have drawn.
"""

from __future__ import annotations

import random
import sys
from typing import Any


def read_random_state() -> dict[str, Any]:
    """State of each generator whose library is loaded; picklable."""
    state: dict[str, Any] = {"random": random.getstate()}
    if "numpy" in sys.modules:
        import numpy.random

        state["numpy"] = numpy.random.get_state()
    torch = sys.modules.get("torch")
    if torch is not None:
        state["torch"] = torch.get_rng_state()
        if torch.cuda.is_available() and torch.cuda.is_initialized():
            state["cuda"] = torch.cuda.get_rng_state_all()
    return state


def apply_random_state(state: dict[str, Any]) -> None:
    """Puts the generators where those of another process are."""
    random.setstate(state["random"])
    if "numpy" in state:
        import numpy.random

        numpy.random.set_state(state["numpy"])
    if "torch" in state:
        import torch

        torch.set_rng_state(state["torch"])
        if "cuda" in state and torch.cuda.is_available():
            torch.cuda.set_rng_state_all(state["cuda"][: torch.cuda.device_count()])
