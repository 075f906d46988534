"""Two numbers that stand for many values: equal on ranks that hold equal values, different where values or their order differ. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

_TOLERANCE = 1e-7
_WIDTH = 4096
_SIMPLE = (bool, int, float, complex, str, bytes, type(None))


@dataclass(frozen=True, slots=True)
class Signature:
    """A weighted sum of values, and of their sizes, against which a difference is measured."""

    value: float
    scale: float

    def __add__(self, other: Signature) -> Signature:
        return Signature(self.value * 0.7 + other.value, self.scale + other.scale)


def alike(signatures: Sequence[Signature]) -> bool:
    """Whether they stand for the same values, but for noise in the last digits."""
    values = [each.value for each in signatures]
    return max(values) - min(values) <= _TOLERANCE * max(each.scale for each in signatures)


def signature(values: Iterable[Any]) -> Signature:
    """Of tensors and simple values; for others only their type counts."""
    total = Signature(0.0, 0.0)
    for value in values:
        total = total + (_of_tensor(value) if isinstance(value, Tensor) else _of_simple(value))
    return total


def _of_simple(value: Any) -> Signature:
    text = repr(value) if isinstance(value, _SIMPLE) else type(value).__name__
    return Signature(float(zlib.crc32(text.encode())), 1.0)


def _of_tensor(tensor: Tensor) -> Signature:
    if tensor.layout != torch.strided:
        return _of_simple(str(tensor.layout))
    flat = torch.view_as_real(tensor.detach().resolve_conj()) if tensor.is_complex() else tensor.detach()
    flat = flat.reshape(-1).to(torch.float64).nan_to_num()
    missing = -flat.numel() % _WIDTH if flat.numel() > _WIDTH else 0
    if missing:
        flat = torch.cat([flat, flat.new_zeros(missing)])
    lines = flat.reshape(-1, min(_WIDTH, max(1, flat.numel())))
    value = _weights(lines.shape[0], flat) @ lines @ _weights(lines.shape[1], flat)
    shape = float(zlib.crc32(repr((tuple(tensor.shape), tensor.dtype)).encode()) % 1009)
    return Signature(float(value) + shape, float(flat.abs().sum()) + 1.0)


def _weights(count: int, like: Tensor) -> Tensor:
    return torch.arange(1, count + 1, dtype=like.dtype, device=like.device).mul_(0.7548776662).cos_()
