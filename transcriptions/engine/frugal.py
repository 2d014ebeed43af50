"""Settings of native libraries that keep the memory of a long recording constant. What an operator has set stays.

Measured with base in batches on two cores, 25 minutes of speech: 822 MB without, 644 with the first, 511 with both, at
the same use of the processor.
"""

import ctypes
import os
import sys

M_ARENA_MAX = -8  # malloc.h


def be_frugal() -> None:
    """For this process, before the first model is loaded."""
    # oneDNN, in CTranslate2, keeps a program for each of the last 1,024 lengths of window that it has seen.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "8")
    # glibc gives each thread an arena, and what is freed in one is not used by another.
    if sys.platform == "linux" and "MALLOC_ARENA_MAX" not in os.environ:
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt:
            mallopt(M_ARENA_MAX, 1)
