"""The least that a worker can be: a socket, frames of a length and a number, an answer for each as soon as it is read.

A frame is u32 length, u32 number, u32 milliseconds to rest first. Standard library only.
"""

from __future__ import annotations

import socket
import struct
import sys
import time

FRAME = struct.Struct("<III")


def main() -> None:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(sys.argv[1])
    pending = b""
    while chunk := connection.recv(1 << 16):
        pending += chunk
        at = 0
        while len(pending) - at >= FRAME.size:
            frame = pending[at : at + FRAME.size]
            _, _, milliseconds = FRAME.unpack(frame)
            if milliseconds:
                time.sleep(milliseconds / 1e3)
            connection.sendall(frame)
            at += FRAME.size
        pending = pending[at:]


if __name__ == "__main__":
    main()
