"""The embedded engine: LanceDB, a folder on this machine."""

import ctypes
import os
import sys
from contextlib import suppress

# Before the engine is imported: while it merges parts of an index it warns of what is its own business.
os.environ.setdefault("LANCEDB_LOG", "error")

_M_ARENA_MAX = -8  # malloc.h of the GNU C library


def _limit_arenas() -> None:
    """Let the engine's threads share two heaps.

    It starts dozens, and the GNU C library gives each a heap of its own, of which it hands little back: an ingest of
    10,000 pictures grew by 150 MB, and grows by 30 MB with two.
    """
    if sys.platform == "linux" and "MALLOC_ARENA_MAX" not in os.environ:
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


_limit_arenas()
