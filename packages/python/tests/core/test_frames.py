"""Frames: the layout of packages/protocol/src/frames.ts, cut out of a byte stream however it arrives."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from cellfarm.frames import Frame, FrameStream, encode
from cellfarm.protocol.messages import FRAME_RESULT, FRAME_VALUE, MAX_FRAME_BYTES


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, FrameStream]]:
    ours, theirs = socket.socketpair()
    stream = FrameStream(ours)
    yield theirs, stream
    theirs.close()
    stream.close()


FULL = Frame(FRAME_RESULT, {"a": "é"}, b"payload", 3, 0xFFFF, 7, 2, 2**40, bytes(range(16)))


def test_the_layout_is_that_of_the_service() -> None:
    meta = '{"a":"é"}'.encode()
    body = (
        struct.pack("<BBHIIQI", 72, 3, 0xFFFF, 7, 2, 2**40, len(meta)) + bytes(range(16)) + meta + b"payload"
    )
    assert encode(FULL) == struct.pack("<I", len(body)) + body


def test_a_frame_comes_back_as_it_was(pair: tuple[socket.socket, FrameStream]) -> None:
    theirs, stream = pair
    theirs.sendall(encode(FULL))
    assert stream.read() == FULL


def test_frames_arrive_byte_by_byte(pair: tuple[socket.socket, FrameStream]) -> None:
    theirs, stream = pair
    whole = encode(FULL) * 2
    for byte in whole[:-1]:
        theirs.sendall(bytes([byte]))
        stream.poll()
    theirs.sendall(whole[-1:])
    assert stream.poll() == FULL
    assert stream.poll() is None


def test_many_frames_in_one_piece_keep_their_order(pair: tuple[socket.socket, FrameStream]) -> None:
    theirs, stream = pair
    frames = [Frame(FRAME_VALUE, {"n": n}, b"x" * (n % 7), task=n) for n in range(1000)]
    sender = threading.Thread(target=theirs.sendall, args=(b"".join(map(encode, frames)),))
    sender.start()
    assert [stream.read() for _ in frames] == frames
    sender.join()


def test_large_payloads_arrive_whole_and_stay_untouched(pair: tuple[socket.socket, FrameStream]) -> None:
    theirs, stream = pair
    payloads = [os.urandom(size) for size in (5, 3_000_000, 70_000, 0, 1 << 18)]
    sender = threading.Thread(
        target=lambda: [theirs.sendall(encode(Frame(FRAME_VALUE, {}, payload))) for payload in payloads]
    )
    sender.start()
    received = [stream.read() for _ in payloads]
    sender.join()
    assert [bytes(frame.payload) for frame in received if frame is not None] == payloads


def test_the_end_of_the_stream_is_none_after_the_last_frame(pair: tuple[socket.socket, FrameStream]) -> None:
    theirs, stream = pair
    theirs.sendall(encode(FULL) + encode(FULL)[:9])
    theirs.close()
    assert stream.read() == FULL
    assert stream.read() is None
    assert stream.ended


def test_a_frame_can_be_put_back(pair: tuple[socket.socket, FrameStream]) -> None:
    theirs, stream = pair
    theirs.sendall(encode(FULL) + encode(Frame(FRAME_VALUE)))
    first = stream.read()
    assert first is not None
    stream.unread(first)
    assert stream.read() is first


@pytest.mark.parametrize("length", [0, 39, MAX_FRAME_BYTES + 1])
def test_a_length_that_no_frame_has_is_refused(pair: tuple[socket.socket, FrameStream], length: int) -> None:
    theirs, stream = pair
    theirs.sendall(struct.pack("<I", length) + bytes(60))
    with pytest.raises(ValueError, match="a frame of"):
        stream.poll()


def test_a_meta_longer_than_its_frame_is_refused(pair: tuple[socket.socket, FrameStream]) -> None:
    theirs, stream = pair
    broken = bytearray(encode(FULL))
    broken[24:28] = struct.pack("<I", 1000)
    theirs.sendall(broken)
    with pytest.raises(ValueError, match="more meta bytes"):
        stream.poll()


def test_a_frame_over_the_limit_is_not_sent(pair: tuple[socket.socket, FrameStream]) -> None:
    _, stream = pair
    with pytest.raises(ValueError, match="over the limit"):
        stream.write(Frame(FRAME_VALUE, {}, bytes(MAX_FRAME_BYTES)))


def test_text_that_unicode_cannot_write_is_replaced(pair: tuple[socket.socket, FrameStream]) -> None:
    theirs, stream = pair
    theirs.sendall(encode(Frame(FRAME_VALUE, {"text": "\ud83d broken"})))
    frame = stream.read()
    assert frame is not None
    assert frame.meta == {"text": "? broken"}


def test_an_interrupt_during_a_write_leaves_the_frame_whole(pair: tuple[socket.socket, FrameStream]) -> None:
    theirs, stream = pair
    payload = os.urandom(5_000_000)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupt_then_read() -> None:
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)
        other = FrameStream(theirs)
        received.append(other.read())

    received: list[Frame | None] = []
    reader = threading.Thread(target=interrupt_then_read)
    reader.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            stream.write(Frame(FRAME_VALUE, {}, payload))
            time.sleep(5)
    finally:
        signal.signal(signal.SIGINT, before)
        reader.join()
    assert received[0] is not None
    assert received[0].payload == payload


def test_a_descriptor_beyond_1024_is_waited_for_too() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 1200:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(1200, hard), hard))
    ours, theirs = socket.socketpair()
    high = socket.socket(fileno=fcntl.fcntl(ours.fileno(), fcntl.F_DUPFD, 1100))
    ours.close()
    stream = FrameStream(high)
    timer = threading.Timer(0.1, theirs.sendall, [encode(FULL)])
    timer.start()
    try:
        assert high.fileno() >= 1100
        assert stream.read() == FULL
    finally:
        timer.join()
        theirs.close()
        stream.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
