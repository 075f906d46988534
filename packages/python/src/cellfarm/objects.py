"""Large values as files that this process shares with the service: the folder of content-addressed objects.

Decides how a value becomes a file (written at once under a temporary id, then hashed and named in a thread
beside) and how it is read (mapped, so that arrays are views of it). What is in the file is `container`'s;
when it is used, the caller's.
"""

from __future__ import annotations

import _thread
import errno
import hashlib
import mmap
import os
import sys
from collections.abc import Callable
from contextlib import suppress

from cellfarm.container import Parts
from cellfarm.fill import can_fill, fill
from cellfarm.protocol.messages import INLINE_LIMIT_BYTES, ObjectRef

Sealed = Callable[[str, str, int], None]
"""Told the temporary id, the digest and the size in bytes of an object now on disk; called in a thread."""
Failed = Callable[[str, OSError], None]
"""Told the temporary id of an object that could not be put on disk, and why; called in a thread."""

_WRITE_CHUNKS = 512
_SEALED_AT_ONCE = 4
"""Objects that may wait for the disk while the next is computed."""

sealing_threads: set[int] = set()
"""Identifiers of the threads of this process that write objects only. Python's `threading` does not count them."""


class Objects:
    """The object folder; without a folder every value travels inline."""

    def __init__(self, folder: str | None, sealed: Sealed, failed: Failed | None = None) -> None:
        self._folder = folder
        self._sealed = sealed
        self._failed = failed
        self._sealing: list[_thread.LockType] = []
        if folder is not None:
            os.makedirs(os.path.join(folder, "tmp"), exist_ok=True)

    @property
    def is_shared(self) -> bool:
        """Whether there is a folder."""
        return self._folder is not None

    def pack(self, parts: Parts) -> tuple[bytes, ObjectRef | None]:
        """Payload and object of a frame that carries the value: one of the two holds it, by its size."""
        if self._folder is None or parts.size <= INLINE_LIMIT_BYTES:
            return parts.join(), None
        return b"", self.write(parts)

    def unpack(self, payload: bytes | bytearray | memoryview, ref: ObjectRef | None) -> memoryview:
        """The bytes that `pack` put away, for `container.load`."""
        return memoryview(payload) if ref is None else self.open(ref)

    def write(self, parts: Parts) -> ObjectRef:
        """Writes an object, readable at once under its temporary id. Raises OSError when the disk is full."""
        if self._folder is None:
            raise RuntimeError("this process shares no object folder with the service")
        name = f"t-{os.urandom(16).hex()}"
        path = os.path.join(self._folder, "tmp", name)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            _write_all(fd, parts.chunks, _reserve(fd, parts.size))
        except BaseException:
            os.close(fd)
            os.unlink(path)
            raise
        self._begin_to_seal(fd, path, name, parts.size)
        return {"id": name, "size": parts.size}

    def open(self, ref: ObjectRef) -> memoryview:
        """Maps an object for this process alone: writes to the view never reach the file.

        Raises:
            OSError: there is none.
            ValueError: the file has another size than `ref` says.
        """
        fd = os.open(self._path(ref["id"]), os.O_RDONLY | os.O_CLOEXEC)
        try:
            size = os.fstat(fd).st_size
            if size != ref["size"]:
                raise ValueError(f"object {ref['id']} has {size} bytes, not {ref['size']}")
            return memoryview(mmap.mmap(fd, size, access=mmap.ACCESS_COPY))
        finally:
            os.close(fd)

    def settle(self) -> None:
        """Waits until every object written so far is named; before a fork, and before this process leaves."""
        while self._sealing:
            self._wait_for_first()

    def _path(self, id: str) -> str:
        if self._folder is None:
            raise RuntimeError("this process shares no object folder with the service")
        if id.startswith("t-"):
            return os.path.join(self._folder, "tmp", id)
        return os.path.join(self._folder, id[:2], id)

    def _begin_to_seal(self, fd: int, path: str, name: str, size: int) -> None:
        self._sealing = [busy for busy in self._sealing if busy.locked()]
        while len(self._sealing) >= _SEALED_AT_ONCE:
            self._wait_for_first()
        busy = _thread.allocate_lock()
        busy.acquire()
        try:
            _thread.start_new_thread(self._seal_beside, (busy, fd, path, name, size))
        except RuntimeError:  # no room for a thread: it is done here
            self._seal(busy, fd, path, name, size)
        self._sealing.append(busy)

    def _wait_for_first(self) -> None:
        """Waits for the oldest; an interrupt meanwhile leaves it where it is."""
        with self._sealing[0]:
            pass
        self._sealing.pop(0)

    def _seal_beside(self, busy: _thread.LockType, fd: int, path: str, name: str, size: int) -> None:
        _stand_back()
        self._seal(busy, fd, path, name, size)

    def _seal(self, busy: _thread.LockType, fd: int, path: str, name: str, size: int) -> None:
        sealing_threads.add(_thread.get_ident())
        try:
            digest = _digest(fd, size)
            os.fsync(fd)
            final = self._path(digest)
            os.makedirs(os.path.dirname(final), exist_ok=True)
            _rename(path, final)
        except OSError as error:
            if self._failed is not None:
                self._failed(name, error)
        else:
            self._sealed(name, digest, size)
        finally:
            os.close(fd)
            sealing_threads.discard(_thread.get_ident())
            busy.release()


def _stand_back() -> None:
    """Gives this thread what is left of the processor: what computes, or waits for the next object, goes first."""
    if sys.platform == "linux":  # elsewhere threads have no priority of their own
        with suppress(OSError):  # where that is forbidden it computes beside the others
            os.setpriority(os.PRIO_PROCESS, _thread.get_native_id(), 19)


def _rename(path: str, final: str) -> None:
    """Gives the file its name. The temporary id leads to it from then on: some reader may come late."""
    leads = f"{path}.link"
    os.symlink(os.path.relpath(final, os.path.dirname(path)), leads)
    try:
        os.link(path, final)
    except FileExistsError:
        pass  # the same bytes are there already
    except OSError:  # no hard links on this file system
        os.replace(path, final)
    os.replace(leads, path)


def _digest(fd: int, size: int) -> str:
    if size == 0:
        return hashlib.sha256().hexdigest()
    with mmap.mmap(fd, size, access=mmap.ACCESS_READ) as whole:
        return hashlib.sha256(whole).hexdigest()


def _reserve(fd: int, size: int) -> bool:
    """Room on the disk in one piece, where the system can: writing into it takes less, and a full disk is known before."""
    if not hasattr(os, "posix_fallocate"):
        return False
    try:
        os.posix_fallocate(fd, 0, size)
    except OSError as error:
        if error.errno in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):  # not of this file system
            return False
        raise
    return True


def _write_all(fd: int, chunks: list[bytes | memoryview], is_reserved: bool) -> None:
    """Writes them one after another: large ones from both their ends, what lies between in few calls."""
    at = 0
    small: list[memoryview] = []
    for chunk in (memoryview(chunk).cast("B") for chunk in chunks if len(chunk)):
        if is_reserved and can_fill(chunk):
            at += _write_small(fd, at, small)
            fill(fd, at, chunk)
            at += chunk.nbytes
            small = []
        else:
            small.append(chunk)
    _write_small(fd, at, small)


def _write_small(fd: int, at: int, left: list[memoryview]) -> int:
    """Writes them at byte `at`; returns how many bytes that were."""
    written = 0
    while left:
        count = os.pwritev(fd, left[:_WRITE_CHUNKS], at + written)
        written += count
        while left and count >= left[0].nbytes:
            count -= left[0].nbytes
            left.pop(0)
        if count:
            left[0] = left[0][count:]
    return written
