"""Joins the agent's door: the Unix socket through which a process reaches the service.

Decides the first bytes (the nonce's line), the first frame (`hello`), and how objects are told to be on disk. What else is said is
left to home and worker.
"""

from __future__ import annotations

import os
import platform
import socket
from contextlib import suppress
from typing import Literal

from cellfarm.frames import HOME_SLOT, Frame, FrameStream
from cellfarm.objects import Sealed
from cellfarm.protocol.messages import FRAME_HELLO, FRAME_SEALED, PROTOCOL_VERSION

Part = Literal["home", "worker", "shard"]


def join(door: str, nonce: str) -> FrameStream:
    """Connects and says the nonce.

    Args:
        door: path of the agent's Unix socket.
        nonce: the word that tells the agent which lease this process belongs to.

    Raises:
        OSError: nobody listens there.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(door)
    connection.sendall(nonce.encode("ascii") + b"\n")
    return FrameStream(connection)


def say_hello(stream: FrameStream, nonce: str, part: Part, slot: int = HOME_SLOT) -> None:
    """Tells the service that this process is ready."""
    stream.write(
        Frame(
            FRAME_HELLO,
            {
                "protocol": PROTOCOL_VERSION,
                "nonce": nonce,
                "part": part,
                "pid": os.getpid(),
                "host": socket.gethostname(),
                "python": platform.python_version(),
            },
            slot=slot,
        )
    )


def telling_sealed(stream: FrameStream, slot: int) -> Sealed:
    """Tells the service of each object that is on disk, while anyone listens: its temporary id leads to it all the same."""

    def tell(id: str, digest: str, size: int) -> None:
        with suppress(ConnectionError):
            stream.write(Frame(FRAME_SEALED, {"id": id, "digest": digest, "size": size}, slot=slot))

    return tell
