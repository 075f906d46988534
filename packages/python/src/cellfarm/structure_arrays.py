"""Tokens of arrays, frames and tensors: type, shape and bytes in one order, whatever their strides and who owns the memory."""

from __future__ import annotations

import sys
from typing import Any

from cellfarm.structure_tokens import Described, Tokens, head


def describe_array_like(value: Any) -> Described | None:
    """Describes a numpy, pandas or torch value; None for anything else. Imports none of these libraries."""
    numpy, pandas, torch = sys.modules.get("numpy"), sys.modules.get("pandas"), sys.modules.get("torch")
    if numpy is not None:
        if isinstance(value, numpy.ndarray):
            return _array(value, numpy)
        if isinstance(value, (numpy.generic, numpy.dtype)):
            return _scalar(value, numpy)
    if pandas is not None:
        described = _pandas(value, pandas)
        if described is not None:
            return described
    if torch is not None and isinstance(value, torch.Tensor):
        return _tensor(value)
    return None


def _array(value: Any, numpy: Any) -> Described:
    start = head(value, value.dtype.descr if value.dtype.names else value.dtype.str, value.shape)
    extra = _array_attributes(value, numpy)
    if value.dtype.hasobject:
        return Described(start, [*value.ravel().tolist(), *extra])
    plain = numpy.ascontiguousarray(value.view(numpy.ndarray))
    data = plain.reshape(-1).view("u1") if plain.nbytes else b""
    return Described(Tokens(*start.pieces, memoryview(data)), extra)


def _array_attributes(value: Any, numpy: Any) -> list[Any]:
    if isinstance(value, numpy.ma.MaskedArray):
        return [numpy.ma.getmaskarray(value), value.fill_value]
    own = getattr(value, "__dict__", None)
    return [] if not own else [sorted((str(name), own[name]) for name in own)]


def _scalar(value: Any, numpy: Any) -> Described:
    if isinstance(value, numpy.dtype):
        return Described(
            Tokens(f"dtype {value.descr if value.names else value.str};".encode()), changeable=False
        )
    if value.dtype.hasobject:
        return Described(head(value), [value.item()], changeable=False)
    return Described(Tokens(*head(value, value.dtype.str).pieces, value.tobytes()), changeable=False)


def _pandas(value: Any, pandas: Any) -> Described | None:
    if value is pandas.NA or value is pandas.NaT:
        return Described(Tokens(f"missing {value!r};".encode()), changeable=False)
    if isinstance(value, pandas.MultiIndex):
        levels = [value.get_level_values(number) for number in range(value.nlevels)]
        return Described(head(value, len(value)), [list(value.names), *levels])
    if isinstance(value, pandas.RangeIndex):
        return Described(head(value, value.start, value.stop, value.step), [value.name])
    if isinstance(value, pandas.Index):
        return Described(
            head(value, str(getattr(value, "freq", None))), [value.name, *_column(value.array, pandas)]
        )
    if isinstance(value, pandas.Series):
        return Described(head(value), [value.name, value.index, *_column(value.array, pandas), value.attrs])
    if isinstance(value, pandas.DataFrame):
        columns = [
            part for number in range(value.shape[1]) for part in _column(value.iloc[:, number].array, pandas)
        ]
        return Described(head(value, value.shape), [value.index, value.columns, *columns, value.attrs])
    if isinstance(value, pandas.api.extensions.ExtensionArray):
        return Described(head(value), _column(value, pandas))
    return None


def _column(values: Any, pandas: Any) -> list[Any]:
    """Type and values of one column, as things that are described already."""
    name = str(values.dtype)
    if isinstance(values, pandas.Categorical):
        return [name, values.codes, values.categories, values.ordered]
    if hasattr(values, "asi8"):
        return [name, values.asi8]
    if isinstance(values, pandas.arrays.NumpyExtensionArray):
        return [name, values.to_numpy()]
    return [name, list(values)]


def _tensor(value: Any) -> Described:
    plain = value.detach().cpu().contiguous()
    start = head(value, str(value.dtype), tuple(value.shape), bool(value.requires_grad))
    if value.layout is not sys.modules["torch"].strided:
        return Described(start, [value.coalesce().indices(), value.coalesce().values()])
    data = plain.view(-1).view(sys.modules["torch"].uint8).numpy() if plain.numel() else b""
    return Described(Tokens(*start.pieces, memoryview(data)), [value.grad] if value.is_leaf else [])
