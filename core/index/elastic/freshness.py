"""What this process has written to an index and not yet made visible: it is refreshed once, before its next read.

What others write is never refreshed by a read: the server makes it visible within a second by itself.
"""

import threading
from collections.abc import Callable
from functools import cache


class Freshness:
    """The freshness of one index; all handles of this process share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._written = 0
        self._visible = 0
        self.layouts = 0
        """Raised whenever this process has put another index under the name, or none."""

    def note_writing(self) -> None:
        with self._lock:
            self._written += 1

    def note_layout(self) -> None:
        with self._lock:
            self.layouts += 1

    @property
    def is_due(self) -> bool:
        return self._visible < self._written

    def refresh(self, call: Callable[[], object]) -> None:
        """Make visible what was written until now; what is written during the call is not."""
        written = self._written
        call()
        with self._lock:
            self._visible = max(self._visible, written)


@cache
def freshness(address: str, index: str) -> Freshness:
    """The one of this process for an index."""
    return Freshness()
