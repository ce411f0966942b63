"""Which files a plan has met: eight bytes for each, however many there are."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

RECENT = 1 << 16
"""Keys that are kept as Python's own until they are packed."""


class Seen:
    """A set of whole numbers below 2⁶⁴.

    Those that came last are in a set, the others in sorted arrays. Two of these become one where the later is no
    shorter than half of the earlier: there are as many as powers of two between them.

    Args:
        recent: How many are not packed yet, at most.
    """

    def __init__(self, recent: int = RECENT) -> None:
        self._most = recent
        self._recent: set[int] = set()
        self.packed: list[NDArray[np.uint64]] = []
        """The sorted arrays."""

    def __len__(self) -> int:
        return len(self._recent) + sum(len(one) for one in self.packed)

    def among(self, keys: Iterable[int]) -> set[int]:
        """Those of the keys that are in it."""
        asked = set(keys)
        found = asked & self._recent
        left = np.fromiter(asked - found, np.uint64)
        for one in self.packed:
            at = np.minimum(np.searchsorted(one, left), len(one) - 1)
            found.update(left[one[at] == left].tolist())
        return found

    def add(self, keys: Iterable[int]) -> None:
        """Keys that are not in it."""
        self._recent.update(keys)
        if len(self._recent) < self._most:
            return
        packed = np.fromiter(self._recent, np.uint64, len(self._recent))
        packed.sort()
        self._recent.clear()
        while self.packed and len(self.packed[-1]) <= 2 * len(packed):
            packed = np.concatenate([self.packed.pop(), packed])
            packed.sort(kind="stable")  # both are sorted, which it finds
        self.packed.append(packed)
