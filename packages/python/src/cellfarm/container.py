"""How a value looks outside a process: a header, the pickle (protocol 5) and its large buffers, aligned.

Decides the layout, the same in a frame's payload and in an object's file. Which pickler knows which objects
is left to the caller's factory; where the bytes go is left to `objects`.
"""

from __future__ import annotations

import ctypes
import io
import pickle
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Any, Protocol

_MAGIC = b"cellfarm"
_VERSION = 1
_HEADER = struct.Struct("<8sIIQ")  # magic, version, number of buffers, bytes of the pickle
_BUFFER = struct.Struct("<QQ")  # bytes, 1 when it may be written
_ALIGN = 64
_IN_BAND_BYTES = 4096
"""Buffers below this many bytes stay in the pickle."""


class _Dumps(Protocol):
    def dump(self, obj: Any, /) -> None: ...


class _Loads(Protocol):
    def load(self) -> Any: ...


PicklerFactory = Callable[[IO[bytes], Callable[[pickle.PickleBuffer], Any]], _Dumps]
"""Makes a protocol-5 pickler from a file and a buffer callback."""
UnpicklerFactory = Callable[[IO[bytes], Iterable[Any]], _Loads]
"""Makes an unpickler from a file and the out-of-band buffers."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A dumped value in pieces that were not copied.

    Attributes:
        chunks: what follows one another, padding included. Large ones are the value's own memory.
        size: bytes of all chunks.
    """

    chunks: list[bytes | memoryview]
    size: int

    def join(self) -> bytes:
        """All chunks in one piece (a copy)."""
        return b"".join(self.chunks)


def plain_pickler(file: IO[bytes], buffer_callback: Callable[[pickle.PickleBuffer], Any]) -> pickle.Pickler:
    """The standard library's pickler."""
    return pickle.Pickler(file, protocol=5, buffer_callback=buffer_callback)


def plain_unpickler(file: IO[bytes], buffers: Iterable[Any]) -> pickle.Unpickler:
    """The standard library's unpickler."""
    return pickle.Unpickler(file, buffers=buffers)


def dump(value: object, pickler_factory: PicklerFactory = plain_pickler) -> Parts:
    """Pickles `value`. Raises what the pickler raises for a value it cannot take."""
    buffers: list[pickle.PickleBuffer] = []
    views: list[memoryview] = []

    def keep_in_band(buffer: pickle.PickleBuffer) -> bool:
        try:
            view = buffer.raw()
        except BufferError:  # not contiguous
            return True
        if view.nbytes < _IN_BAND_BYTES:
            return True
        buffers.append(buffer)
        views.append(view)
        return False

    file = io.BytesIO()
    pickler_factory(file, keep_in_band).dump(value)
    pickled = file.getbuffer()
    chunks: list[bytes | memoryview] = [
        _HEADER.pack(_MAGIC, _VERSION, len(views), len(pickled)),
        *(_BUFFER.pack(view.nbytes, 0 if view.readonly else 1) for view in views),
        pickled,
    ]
    size = sum(len(chunk) for chunk in chunks)
    for view in views:
        padding = -size % _ALIGN
        chunks += [bytes(padding), view]
        size += padding + view.nbytes
    return Parts(chunks, size)


def load(buffer: Any, unpickler_factory: UnpicklerFactory = plain_unpickler) -> Any:
    """The value in `buffer` (bytes, or a mapped file).

    Large buffers stay views of `buffer` where it may be written and is aligned (a file mapped for this
    process alone); otherwise they are copied, so that arrays are aligned and may be written as where they
    came from.

    Raises:
        ValueError: it is not such a container, or cut off.
    """
    view = memoryview(buffer).cast("B")
    if view.nbytes < _HEADER.size:
        raise ValueError("a value is cut off")
    magic, version, count, pickle_bytes = _HEADER.unpack_from(view)
    if magic != _MAGIC or version != _VERSION:
        raise ValueError("not a value of this version of cellfarm")
    at = _HEADER.size + count * _BUFFER.size
    if view.nbytes < at + pickle_bytes:
        raise ValueError("a value is cut off")
    pickled = view[at : at + pickle_bytes]
    at += pickle_bytes
    shared = not view.readonly and _is_aligned(view)
    buffers: list[Any] = []
    for number in range(count):
        size, writable = _BUFFER.unpack_from(view, _HEADER.size + number * _BUFFER.size)
        at += -at % _ALIGN
        piece = view[at : at + size]
        if piece.nbytes != size:
            raise ValueError("a value is cut off")
        kept = piece if shared else memoryview(bytearray(piece))
        buffers.append(kept if writable else kept.toreadonly())
        at += size
    return unpickler_factory(io.BytesIO(pickled), buffers).load()


def _is_aligned(view: memoryview) -> bool:
    return ctypes.addressof(ctypes.c_char.from_buffer(view)) % _ALIGN == 0
