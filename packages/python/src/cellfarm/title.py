"""Rewrites this process' command line in place, so that a forked shard is seen as what it is.

Linux only: elsewhere nothing happens and the command line stays the parent's.
"""

from __future__ import annotations

import ctypes
import sys

_ARG_START, _ARG_END = 47, 48  # fields of /proc/self/stat, counted from 0


def set_title(words: tuple[str, ...]) -> None:
    """Shows `words` as the command line; cut to the room that the present one takes."""
    if not sys.platform.startswith("linux"):
        return
    try:
        with open("/proc/self/stat", "rb") as stat:
            text = stat.read()
    except OSError:  # no /proc in this container
        return
    # The second field is the program's name in brackets and may hold blanks.
    fields = [b"", b"", *text[text.rindex(b")") + 2 :].split()]
    start, end = int(fields[_ARG_START]), int(fields[_ARG_END])
    if start == 0 or end <= start + 1:
        return
    room = end - start
    line = b"\0".join(word.encode() for word in words)[: room - 1]
    ctypes.memmove(start, line.ljust(room, b"\0"), room)
