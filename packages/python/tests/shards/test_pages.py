"""Memory of large arrays is watched by pages: a write is seen wherever it falls, reading is not one."""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Callable

import numpy as np
import pytest

from cellfarm.home import pages

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the page table is Linux's")


def own_pages(count: int) -> np.ndarray:
    """Ones in pages that hold nothing else: malloc may put a neighbour, which the child writes, into an array's last one."""
    pages_only = mmap.mmap(-1, count * 8, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory = np.frombuffer(pages_only, np.float64)
    memory[:] = 1
    return memory


def in_child(act: Callable[[pages.PageWatch], None], memory: np.ndarray) -> str:
    """What a forked child says after `act`: nothing to tell, written or not written."""
    pages.prepare()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        found = pages.watch(memory.__array_interface__["data"][0], memory.nbytes)
        if found is None:
            os.write(writer, b"nothing to tell")
        else:
            act(found)
            os.write(writer, b"written" if found.written() else b"not written")
        os._exit(0)
    os.close(writer)
    os.waitpid(pid, 0)
    with os.fdopen(reader) as pipe:
        return pipe.read()


@pytest.mark.parametrize("at", [0, 1, 511, 512, 100_000, 499_999])
def test_one_byte_written_is_seen(at: int) -> None:
    memory = own_pages(500_000)

    def write(_: pages.PageWatch) -> None:
        memory[at] = 2

    assert in_child(write, memory) == "written"


def test_reading_is_not_writing() -> None:
    memory = own_pages(500_000)
    assert in_child(lambda _: memory.sum(), memory) == "not written"  # type: ignore[arg-type,return-value]


def test_memory_never_touched_is_seen_when_it_is_written_first() -> None:
    memory = np.zeros(500_000)

    def write(_: pages.PageWatch) -> None:
        memory[300_000] = 0.0

    assert in_child(write, memory) == "written"


def test_small_memory_is_not_watched_by_pages() -> None:
    assert in_child(lambda _: None, np.ones(100)) == "nothing to tell"


def test_a_process_that_was_not_forked_tells_nothing() -> None:
    memory = np.ones(500_000)
    assert pages.watch(memory.__array_interface__["data"][0], memory.nbytes) is None
