"""Where new pictures stand on a map that is there: among those most like them, which do not move."""

import numpy as np
from numpy.typing import NDArray

ROUNDS = 6
"""After which those that are only like other new ones have their place by way of these."""

_BEST = 5  # neighbours that decide
_SHARP = 20.0  # how much more a cosine higher by 0.1 counts: e^2
_AWAY = 0.02  # from the middle of all, of who is like nobody: by so much of a side they are spread

type Places = NDArray[np.float64]


def placed(
    places: Places, known: NDArray[np.bool_], neighbours: NDArray[np.int32], cosines: NDArray[np.float32]
) -> Places:
    """The places of all, those known as they are.

    Each new one gets the mean of the places of those most like it, the more alike the more they count. Only those near
    the most alike count: a picture between two groups stands in one of them rather than in the gap.

    Args:
        places: Shape `(n, 2)`; of those not known anything.
        neighbours: Shape `(n, k)`, the nearest first; -1 where there are fewer.
        cosines: Of these, shape `(n, k)`.
    """
    places, known = places.copy(), known.copy()
    for _ in range(ROUNDS):
        new = np.flatnonzero(~known)
        if not len(new):
            return places
        near, alike = neighbours[new], cosines[new].astype(np.float64)
        there = (near >= 0) & known[np.maximum(near, 0)]
        there &= np.cumsum(there, axis=1) <= _BEST
        found = np.flatnonzero(there.any(axis=1))
        if not len(found):
            break
        there, near, alike = there[found], near[found], alike[found]
        best = np.where(there, alike, -np.inf).max(axis=1, keepdims=True)
        weights = np.where(there, np.exp(_SHARP * (alike - best)), 0.0)
        places[new[found]] = _middle(places[np.maximum(near, 0)], weights)
        known[new[found]] = True
    lost = np.flatnonzero(~known)
    if len(lost):
        middle = np.median(places[known], axis=0) if known.any() else np.zeros(2)
        places[lost] = middle + np.random.default_rng(len(places)).normal(0.0, _AWAY, (len(lost), 2))
    return places


def _middle(at: NDArray[np.float64], weights: NDArray[np.float64]) -> Places:
    """The weighted mean of the places around that of the neighbour which the others are nearest to.

    Args:
        at: Shape `(m, k, 2)`.
        weights: Shape `(m, k)`.
    """
    apart = np.linalg.norm(at[:, :, None] - at[:, None], axis=3)
    total = np.where(weights > 0, (apart * weights[:, None]).sum(axis=2), np.inf)
    centre = total.argmin(axis=1)[:, None]
    away = np.take_along_axis(apart, centre[:, :, None], axis=1)[:, 0]
    reach = 2.0 * np.median(np.where(weights > 0, away, 0.0), axis=1, keepdims=True) + 1e-9
    close = np.where(away <= reach, weights, 0.0)
    return np.asarray((at * close[:, :, None]).sum(axis=1) / close.sum(axis=1, keepdims=True))


def spread_copies(places: NDArray[np.float32], row: NDArray[np.int32], size: float) -> NDArray[np.float32]:
    """The places of records from those of their contents: copies of one picture stand around it, by so little that they
    are seen as one until one is very near.

    Args:
        places: Of contents, shape `(n, 2)`.
        row: For each record that of its content, shape `(m,)`.
        size: How far from the first, at most.
    """
    order = np.argsort(row, kind="stable")
    sorted_rows = row[order]
    first = np.searchsorted(sorted_rows, sorted_rows, side="left")
    place = np.empty(len(row), np.int64)
    place[order] = np.arange(len(row)) - first  # which copy of its content each is
    angle = place * 2.399963  # the golden angle: no two in one direction
    away = size * (1.0 - 1.0 / (1.0 + place))
    offset = np.stack([np.cos(angle), np.sin(angle)], axis=1) * away[:, None]
    return np.asarray(places[row] + offset, np.float32)
