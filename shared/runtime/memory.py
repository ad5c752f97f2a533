"""A process that has once needed much memory gives it back.

glibc raises the size above which blocks go back to the system whenever a large one is freed; after one password hash
the gateway stayed 20 MiB larger for ever. A fixed threshold prevents it. Source: mallopt(3), M_MMAP_THRESHOLD.
"""

import ctypes
import sys
from typing import Final

M_MMAP_THRESHOLD: Final = -3
LARGE_BLOCK: Final = 1024 * 1024


def give_large_blocks_back() -> None:
    """Once at the start of a process; where the C library has no such knob nothing happens."""
    if sys.platform == "linux":
        knob = getattr(ctypes.CDLL(None), "mallopt", None)
        if knob is not None:
            knob(M_MMAP_THRESHOLD, LARGE_BLOCK)
