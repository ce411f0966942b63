"""The most diverse pictures of many: picked so that the one that is least like any of them is as near as can be.

Who is picked because it is far from the others (`diverse`) stands at the edge, and covers little. So the least distance
is searched at which so many pictures cover all: each next one is that with most around it that is not covered yet,
where what few could cover counts for more (a greedy set cover, weighted as by Mihelič and Robič, Solving the k-center
problem efficiently with a dominating set algorithm, 2005). That takes all pairs, so of many pictures a part is looked
at: those at the edge, and others by chance; what they leave is covered by who is farthest from them.
"""

import numpy as np
from numpy.typing import NDArray

from core.analysis.picks.diverse import Places, distances, farthest_first, k_centre
from core.vectors import Embeddings

MOST = 6_000
"""Pictures of which all pairs are compared, in 0.3 GB of memory."""

_HALVINGS = 9
_KEPT_BACK = 8  # of the picks one in so many is for what the part that is looked at does not show

type Cosines = NDArray[np.float32]
"""Of all pairs of n rows, shape `(n, n)`."""


def covering(rows: Embeddings, count: int) -> Places:
    """So many of n rows of unit length, in an order of chance; all where there are fewer. Those that cover most come
    first."""
    greedy = k_centre(rows, count, 0)
    if not len(greedy) or len(greedy) * 2 > min(len(rows), MOST):
        return greedy  # nearly all are picked
    looked = _looked_at(len(rows), greedy)
    wanted = count if len(looked) == len(rows) else max(1, count - max(1, count // _KEPT_BACK))
    reach = distances(rows, greedy).max()
    found = _least(rows[looked], wanted, float(reach))
    if found is None:
        return greedy
    picked = farthest_first(rows, looked[found], count)
    return picked if distances(rows, picked).max() < reach else greedy


def _looked_at(count: int, edge: Places) -> Places:
    others = np.arange(count)
    if count <= MOST:
        return others
    some: Places = np.concatenate([edge, np.setdiff1d(others[: MOST + len(edge)], edge)])[:MOST]
    return some


def _least(rows: Embeddings, count: int, reach: float) -> Places | None:
    """The places of so many rows, or fewer, that cover all at the least distance that is found below this one."""
    cosines: Cosines = rows @ rows.T
    low, high, found = 0.0, reach, None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        picked = _cover(cosines, count, middle)
        if picked is None:
            low = middle
        else:
            high, found = middle, picked
    return found


def _cover(cosines: Cosines, count: int, reach: float) -> Places | None:
    """So many rows, or fewer, that all others lie within this distance of; None where they do not suffice."""
    near = cosines >= 1 - reach
    np.fill_diagonal(near, True)
    hardness = 1 / near.sum(axis=1, dtype=np.float32)
    left, gains = np.ones(len(near), np.bool_), near.astype(np.float32) @ hardness
    picked: list[int] = []
    while left.any():
        if len(picked) == count:
            return None
        best = int(gains.argmax())
        picked.append(best)
        covered = np.flatnonzero(near[best] & left)
        left[covered] = False
        gains -= hardness[covered] @ near[covered].astype(np.float32)
        gains[best] = -np.inf
    return np.array(picked, np.intp)
