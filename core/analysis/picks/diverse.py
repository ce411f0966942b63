"""Far from each other: each next one of many is as far from those that are picked as any is.

Greedy k-centre covers all within at most twice the least possible distance (Gonzalez, Clustering to Minimize the
Maximum Intercluster Distance, 1985). Distances only shrink as more is picked, so what was known before is a bound, and
only the farthest are compared again: the same picks at a part of the cost.
"""

import numpy as np
from numpy.typing import NDArray

from core.vectors import Embeddings

_BLOCK = 1_024  # rows that are compared again at once
_FARTHEST = 2.0  # that two rows of unit length can be apart: 1 − cosine

type Places = NDArray[np.intp]
type Distances = NDArray[np.float32]


def k_centre(rows: Embeddings, count: int, start: int) -> Places:
    """So many of n rows of unit length, in the order in which they are picked; all where there are fewer.

    Args:
        start: The place of the first one.
    """
    return farthest_first(rows, np.array([start][: min(count, len(rows))], np.intp), count)


def farthest_first(rows: Embeddings, first: Places, count: int) -> Places:
    """Likewise, after some that are picked already."""
    count = min(count, len(rows))
    picked = np.empty(max(count, len(first)), np.intp)
    picked[: len(first)] = first
    bounds = _Bounds(rows)
    for at in range(len(first), count):
        picked[at] = bounds.farthest(picked[:at])
    return picked


def distances(rows: Embeddings, picked: Places) -> Distances:
    """How far each of n rows is from the nearest that is picked, 1 − cosine: shape `(n,)`."""
    nearest = np.full(len(rows), _FARTHEST, np.float32)
    centres = rows[picked]
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        if len(centres):
            nearest[block] = np.clip(1 - (rows[block] @ centres.T).max(axis=1), 0, _FARTHEST)
    return nearest


class _Bounds:
    """How far each row is at most from what is picked, and with how many of these it was compared."""

    def __init__(self, rows: Embeddings) -> None:
        self._rows = rows
        self._at_most = np.full(len(rows), _FARTHEST, np.float32)
        self._compared = np.zeros(len(rows), np.int32)

    def farthest(self, picked: Places) -> int:
        """The place of the row that is farthest from these; of equal ones the first."""
        self._at_most[picked] = -1.0  # never again
        while True:
            best = int(self._at_most.argmax())
            if self._compared[best] == len(picked):
                return best
            block = self._largest()
            self._compare(block[self._compared[block] < len(picked)], picked)

    def _largest(self) -> Places:
        if len(self._rows) <= _BLOCK:
            return np.arange(len(self._rows))
        return np.argpartition(-self._at_most, _BLOCK)[:_BLOCK]

    def _compare(self, places: Places, picked: Places) -> None:
        since = int(self._compared[places].min())
        nearest = 1 - (self._rows[places] @ self._rows[picked[since:]].T).max(axis=1)
        self._at_most[places] = np.minimum(self._at_most[places], nearest)
        self._at_most[picked] = -1.0
        self._compared[places] = len(picked)
