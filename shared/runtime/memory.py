"""Settings that make a process return memory it needed once, and search for garbage rarely.

glibc raises the size above which it returns blocks to the system whenever a large block is freed. After one password
hash the gateway stayed 20 MiB larger for good. A fixed threshold prevents that. Source: mallopt(3), M_MMAP_THRESHOLD.

Objects made before a process serves live as long as the process; objects of a request are freed by counting
references. So the search for cycles may run rarely. Source: Python's `gc`, `freeze` and `set_threshold`.
"""

import ctypes
import gc
import sys
from typing import Final

M_MMAP_THRESHOLD: Final = -3
LARGE_BLOCK: Final = 1024 * 1024
THRESHOLDS: Final = (10_000, 10, 10)
"""Objects made before the youngest generation is searched, and searches of one generation before the next."""


def give_large_blocks_back() -> None:
    """Call once at the start of a process. Without `mallopt` in the C library nothing happens."""
    if sys.platform == "linux":
        knob = getattr(ctypes.CDLL(None), "mallopt", None)
        if knob is not None:
            knob(M_MMAP_THRESHOLD, LARGE_BLOCK)


def settle_down() -> None:
    """Call once when everything is built: search all objects one last time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
