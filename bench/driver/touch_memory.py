"""Writes once to most of the memory that is free, and gives it back.

A virtual machine gets its memory from its host page by page, at the first write: 2 to 3 us for 4 KB, many times what the guest itself
needs. A system that keeps using the same pages (Ray's store) would look faster than one that takes fresh ones, for the host's sake.
"""

import mmap
import os

SHARE = 0.75

free = os.sysconf("SC_AVPHYS_PAGES") * mmap.PAGESIZE
memory = mmap.mmap(-1, int(free * SHARE), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
if hasattr(mmap, "MADV_HUGEPAGE"):
    memory.madvise(mmap.MADV_HUGEPAGE)
for at in range(0, len(memory), mmap.PAGESIZE):
    memory[at] = 1
