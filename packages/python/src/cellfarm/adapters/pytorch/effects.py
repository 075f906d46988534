"""What a call changes beside its result. Buffers and random generators can be put back, so that the call can be made again; other
things cannot, and a call that changes them is made once, whole.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module
from torch.nn.modules import module as torch_modules

from cellfarm.adapters.pytorch.outside import contents

_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


@dataclass(slots=True)
class State:
    """What can be put back."""

    buffers: list[Tensor]
    torch_random: Tensor
    random: Any
    numpy_random: Any

    @classmethod
    def of(cls, module: Module) -> State:
        """As it is now."""
        numpy = sys.modules.get("numpy")
        drawn = None if numpy is None else numpy.random.get_state()
        buffers = [each.detach().clone() for each in module.buffers()]
        return cls(buffers, torch.get_rng_state(), random.getstate(), drawn)

    def restore(self, module: Module) -> None:
        """Puts it back. Graphs that saved a buffer do not notice: they are of a call after which the buffer is the same."""
        for buffer, before in zip(module.buffers(), self.buffers, strict=True):
            buffer.data.copy_(before)
        torch.set_rng_state(self.torch_random)
        random.setstate(self.random)
        if self.numpy_random is not None:
            sys.modules["numpy"].random.set_state(self.numpy_random)

    def draws_as(self, other: State) -> bool:
        """Whether all generators go on alike."""
        mine, theirs = repr(self.numpy_random), repr(other.numpy_random)
        same = self.random == other.random and mine == theirs
        return same and torch.equal(self.torch_random, other.torch_random)


class _Printed:
    """Standard output that notices whether something was printed."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.some = False

    def write(self, text: str) -> Any:
        self.some = True
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def once(module: Module, leaves: Sequence[Any], call: Callable[[], Any]) -> tuple[Any, str]:
    """Makes the whole call; the second is why it may not be made again, empty where it may."""
    hooked = _hooks(module)
    if hooked:
        return call(), hooked
    before = contents(module)
    tensors = [each for each in leaves if isinstance(each, Tensor)]
    versions = [each._version for each in tensors]
    printed = _Printed(sys.stdout)
    sys.stdout = printed
    try:
        result = call()
    finally:
        if sys.stdout is printed:
            sys.stdout = printed._stream
    after = contents(module)
    if printed.some:
        return result, "it prints"
    if versions != [each._version for each in tensors]:
        return result, "it changes its arguments"
    for name in {**before, **after}:  # in order, so that all ranks name the same
        if name not in before or name not in after or before[name] != after[name]:
            return result, f"it changes {name}"
    return result, ""


def _hooks(module: Module) -> str:
    """Hooks of the user's own would see parts."""
    for name in _HOOKS:
        if getattr(torch_modules, f"_global{name}", None):
            return "there are hooks on all modules"
        for path, each in module.named_modules():
            for hook in getattr(each, name).values():
                if not type(hook).__module__.startswith("torch.nn.utils."):
                    return f"{path or 'it'} has a hook, which would see parts"
    return ""
