"""A process that has once needed much memory gives it back, and does not look for garbage where there is none.

glibc raises the size above which blocks go back to the system whenever a large one is freed; after one password hash
the gateway stayed 20 MiB larger for ever. A fixed threshold prevents it. Source: mallopt(3), M_MMAP_THRESHOLD.

What a process has built by the time it serves lives as long as the process, and what a request builds is gone by
counting references: the search for cycles may come seldom. Source: Python's `gc`, `freeze` and `set_threshold`.
"""

import ctypes
import gc
import sys
from typing import Final

M_MMAP_THRESHOLD: Final = -3
LARGE_BLOCK: Final = 1024 * 1024
THRESHOLDS: Final = (10_000, 10, 10)
"""Objects made and not freed before the young are searched, and how many such searches before the older are."""


def give_large_blocks_back() -> None:
    """Once at the start of a process; where the C library has no such knob nothing happens."""
    if sys.platform == "linux":
        knob = getattr(ctypes.CDLL(None), "mallopt", None)
        if knob is not None:
            knob(M_MMAP_THRESHOLD, LARGE_BLOCK)


def settle_down() -> None:
    """Once when all is built: what is here now is searched one last time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
