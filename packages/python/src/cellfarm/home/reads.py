"""What a process that computes shards reads outside of its memory: files and folders, with their size and time when they were opened.

A result may be used again by another run only while all of these are as they were. Decides what counts; `audit` tells of each opening.
Files that a C library opens by itself, and looks at whether a file exists, are not seen.
"""

from __future__ import annotations

import os
import sysconfig

MOST = 64
"""Files that one result tells of."""
_STANDARD = tuple(sysconfig.get_paths()[key] + "/" for key in ("stdlib", "platstdlib"))
_CODE = (".py", ".pyc", ".so")
_INSTALLED = ("/site-packages/", "/dist-packages/")


class Reads:
    """Collected from opening to opening until `take`."""

    def __init__(self) -> None:
        self._stamps: dict[str, str] = {}
        self._code: dict[str, str] = {}
        """Of modules: what is imported once serves every later element of this process."""

    def note(self, opened: object) -> None:
        """Keeps how a file or folder is now, before it is read. `opened`: what was given to `open`; a descriptor says nothing new."""
        if not isinstance(opened, (str, bytes, os.PathLike)):
            return
        path = _counted(os.path.abspath(os.fsdecode(opened)))
        if path is None or path in self._stamps or path in self._code:
            return
        is_code = path.endswith(_CODE) or any(folder in path for folder in _INSTALLED)
        stamps = self._code if is_code else self._stamps
        if len(stamps) <= MOST:
            stamps[path] = stamp(path)

    def take(self) -> list[list[str]] | None:
        """Path and stamp of each since the last call, and of all modules; None when there are too many to tell."""
        stamps, self._stamps = self._stamps, {}
        stamps |= self._code
        return None if len(stamps) > MOST else [[path, seen] for path, seen in stamps.items()]


def stamp(path: str) -> str:
    """`<bytes>-<nanoseconds since 1970>` of the last change; `absent` where there is nothing to read."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return "absent"
    return f"{status.st_size}-{status.st_mtime_ns}"


def _counted(path: str) -> str | None:
    """The path to watch: an installed package counts as one folder, Python's own library not at all."""
    for folder in _INSTALLED:
        before, found, inside = path.partition(folder)
        if found:
            return before + found + inside.partition("/")[0]
    return None if path == os.devnull or path.startswith(_STANDARD) else path
