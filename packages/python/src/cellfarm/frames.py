"""The framing of the stream between the service and this process; mirrors packages/protocol/src/frames.ts.

Decides how bytes become frames and that no signal can tear one apart. What a frame means is left to its
reader. u32 length of what follows | 24-byte header | 16-byte code digest | JSON meta | payload; all
little-endian.
"""

from __future__ import annotations

import json
import select
import signal
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from cellfarm.protocol.messages import MAX_FRAME_BYTES

HOME_SLOT = 0xFFFF
"""Slot number that stands for home in the header."""
NO_CODE = bytes(16)

_HEAD = struct.Struct("<IBBHIIQI16s")
_FIXED_BYTES = _HEAD.size - 4
_LENGTH = struct.Struct("<I")
_CHUNK_BYTES = 1 << 18
_SHARED_BYTES = 1 << 16

# Taken once: a notebook that replaces json's functions does not change how frames are written.
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_from_json = json.JSONDecoder().decode


@dataclass(slots=True)
class Frame:
    """One frame.

    Attributes:
        type: one of the FRAME_* numbers of `cellfarm.protocol.messages`.
        status: outcome of a shard or away cell, one of the STATUS_* numbers.
        slot: number of the slot within the run.
        epoch: how many times the slot was opened before.
        attempt: which try of the task this is.
        task: number of the task within the run; 0 where the frame concerns no shard.
        code: first 16 bytes of the sha256 of the function's code, zero where there is none.
        meta: the JSON meta as a dictionary.
        payload: bytes that only Python reads.
    """

    type: int
    meta: dict[str, Any] = field(default_factory=dict)
    payload: bytes | bytearray | memoryview = b""
    status: int = 0
    slot: int = 0
    epoch: int = 0
    attempt: int = 0
    task: int = 0
    code: bytes = NO_CODE


def encode_head(frame: Frame) -> bytes:
    """A frame without its payload, which follows unchanged. Raises ValueError for a frame over the limit."""
    meta = _to_json(frame.meta).encode("utf-8", "replace")
    length = _FIXED_BYTES + len(meta) + memoryview(frame.payload).nbytes
    if length > MAX_FRAME_BYTES:
        raise ValueError(f"a frame of {length} bytes is over the limit of {MAX_FRAME_BYTES}")
    return (
        _HEAD.pack(
            length,
            frame.type,
            frame.status,
            frame.slot,
            frame.epoch,
            frame.attempt,
            frame.task,
            len(meta),
            frame.code,
        )
        + meta
    )


def encode(frame: Frame) -> bytes:
    """One whole frame in one piece."""
    return encode_head(frame) + bytes(frame.payload)


def _decode(body: memoryview) -> Frame:
    """A frame from its bytes, the length field included. A large payload shares memory with them."""
    _, kind, status, slot, epoch, attempt, task, meta_bytes, code = _HEAD.unpack_from(body)
    meta_end = _HEAD.size + meta_bytes
    if meta_end > len(body):
        raise ValueError("a frame names more meta bytes than it holds")
    meta = _from_json(str(body[_HEAD.size : meta_end], "utf-8")) if meta_bytes else {}
    payload = body[meta_end:]
    kept = payload if len(payload) >= _SHARED_BYTES else bytes(payload)
    return Frame(kind, meta, kept, status, slot, epoch, attempt, task, code)


@contextmanager
def whole() -> Iterator[None]:
    """Holds SIGINT back while bytes are counted, so that an interrupt never leaves half a frame behind."""
    if threading.get_ident() != threading.main_thread().ident:
        yield
        return
    before: Iterable[int] | None = None
    try:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        yield
    finally:
        if before is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class FrameStream:
    """Frames over one blocking socket. Any thread may write; one thread reads."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._outgoing: deque[tuple[bytes, memoryview]] = deque()
        self._write_lock = threading.Lock()
        self._writer: int | None = None
        self._frames: deque[Frame] = deque()
        self._buffer = bytearray(_CHUNK_BYTES)
        self._filled = 0
        self._ended = False

    def fileno(self) -> int:
        """The socket's descriptor, for an event loop."""
        return self._socket.fileno()

    def write(self, *frames: Frame) -> None:
        """Sends frames, small ones together. Raises OSError when the other end is gone, ValueError when one is too large."""
        self._outgoing.extend((encode_head(frame), memoryview(frame.payload).cast("B")) for frame in frames)
        thread = threading.get_ident()
        # A finalizer or a signal handler may speak in the middle of a frame: its own goes out after that one.
        while self._outgoing and self._writer != thread:
            with self._write_lock:
                self._writer = thread
                try:
                    with whole():
                        self._send_outgoing()
                finally:
                    self._writer = None

    def read(self) -> Frame | None:
        """The next frame, waiting for it; None when the stream has ended."""
        while (frame := self.poll()) is None and not self._ended:
            self._readable(None)
        return frame

    def poll(self) -> Frame | None:
        """The next frame if it is here already. Never waits."""
        while not self._frames and not self._ended and self._readable():
            with whole():
                self._fill()
        return self._frames.popleft() if self._frames else None

    def unread(self, frame: Frame) -> None:
        """Puts a frame back in front, for another reader."""
        self._frames.appendleft(frame)

    @property
    def ended(self) -> bool:
        """Whether the other end has closed and every frame was read."""
        return self._ended and not self._frames

    def close(self) -> None:
        """Closes the socket. In a forked child this leaves the parent's connection alone."""
        self._socket.close()

    def _send_outgoing(self) -> None:
        while self._outgoing:
            together = bytearray()
            while self._outgoing and len(together) < _CHUNK_BYTES:
                head, payload = self._outgoing.popleft()
                together += head
                if payload.nbytes > _CHUNK_BYTES:
                    self._socket.sendall(together)
                    together = bytearray()
                    self._socket.sendall(payload)
                else:
                    together += payload
            self._socket.sendall(together)

    def _readable(self, timeout_ms: int | None = 0) -> bool:
        """Whether there is something to read, after waiting that long; None: until there is. Any descriptor will do: `select` knows only those below 1024."""
        poller = select.poll()
        poller.register(self._socket, select.POLLIN)
        return bool(poller.poll(timeout_ms))

    def _fill(self) -> None:
        """Takes what the socket holds with one read, and cuts it into frames."""
        needed = self._first_bytes()
        if needed > len(self._buffer):
            self._renew(0, needed)
        with memoryview(self._buffer) as room:
            count = self._socket.recv_into(room[self._filled :])
        if count == 0:
            self._ended = True
            return
        self._filled += count
        self._cut()

    def _first_bytes(self) -> int:
        """Bytes of the first frame with its length field; 4 while even that is not here."""
        return 4 + _checked_length(self._buffer, 0) if self._filled >= 4 else 4

    def _cut(self) -> None:
        at = 0
        shared = False
        view = memoryview(self._buffer)
        while self._filled - at >= 4:
            end = at + 4 + _checked_length(self._buffer, at)
            if end > self._filled:
                break
            frame = _decode(view[at:end])
            shared = shared or isinstance(frame.payload, memoryview)
            self._frames.append(frame)
            at = end
        if shared:
            self._renew(at, _CHUNK_BYTES)
        elif at:
            view.release()
            self._buffer[: self._filled - at] = self._buffer[at : self._filled]
            self._filled -= at

    def _renew(self, at: int, room: int) -> None:
        """Goes on in another buffer with the bytes from `at`; frames keep the old one alive."""
        rest = self._buffer[at : self._filled]
        self._buffer = bytearray(max(room, len(rest)))
        self._buffer[: len(rest)] = rest
        self._filled = len(rest)


def _checked_length(buffer: bytearray, at: int) -> int:
    length: int = _LENGTH.unpack_from(buffer, at)[0]
    if not _FIXED_BYTES <= length <= MAX_FRAME_BYTES:
        raise ValueError(f"a frame of {length} bytes")
    return length
