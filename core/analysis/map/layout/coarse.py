"""Very many points, laid out by way of some of them: each other one is drawn to the nearest of these, and what is near
to it counts as near to that.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST = 250_000
"""Points that are laid out all at once: of more, so many are."""

_KEPT = 15  # neighbours of each
_SEED = 11
_ROUNDS = 4  # from neighbour to neighbour, until all know one

type Neighbours = NDArray[np.int32]
"""Shape `(n, k)`, the nearest of each first; -1 where there are fewer."""


def some(neighbours: Neighbours, count: int) -> tuple[NDArray[np.int64], Neighbours]:
    """So many of the points, ascending, and who of these is near to whom."""
    chosen = np.sort(np.random.default_rng(_SEED).choice(len(neighbours), count, replace=False))
    nearest = _nearest(neighbours, chosen)
    return chosen, _strongest(_joined(neighbours, nearest, count))


def _nearest(neighbours: Neighbours, chosen: NDArray[np.int64]) -> NDArray[np.int32]:
    """Of each point the chosen one that it is nearest to, by its place among them; -1 of those that know none."""
    nearest = np.full(len(neighbours), -1, np.int32)
    nearest[chosen] = np.arange(len(chosen))
    for _ in range(_ROUNDS):
        lacking = np.flatnonzero(nearest < 0)
        near = neighbours[lacking]
        theirs = np.where(near >= 0, nearest[np.maximum(near, 0)], -1)
        first = (theirs >= 0).argmax(axis=1)
        nearest[lacking] = theirs[np.arange(len(lacking)), first]
    return nearest


def _joined(neighbours: Neighbours, nearest: NDArray[np.int32], count: int) -> Any:
    """How often points of one are near to points of another, a sparse matrix."""
    from scipy.sparse import csr_matrix

    near = neighbours[:, :_KEPT]
    rows = np.repeat(nearest, near.shape[1])
    columns = np.where(near >= 0, nearest[np.maximum(near, 0)], -1).ravel()
    there = (rows >= 0) & (columns >= 0) & (rows != columns)
    ones = np.ones(int(there.sum()), np.float32)
    return csr_matrix((ones, (rows[there], columns[there])), (count, count))  # equal places are added up


def _strongest(joined: Any) -> Neighbours:
    """The neighbours that each is joined to most, best first."""
    found = np.full((joined.shape[0], _KEPT), -1, np.int32)
    for row in range(joined.shape[0]):
        at = slice(joined.indptr[row], joined.indptr[row + 1])
        best = np.argsort(-joined.data[at], kind="stable")[:_KEPT]
        found[row, : len(best)] = joined.indices[at][best]
    return found
