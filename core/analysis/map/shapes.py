"""Which places lie within a box, or a shape drawn by hand."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MAX_CORNERS = 10_000
"""Of a shape."""

type Places = NDArray[np.float32]
"""Shape `(n, 2)`."""

type Inside = NDArray[np.bool_]
"""For each place."""


def in_box(places: Places, box: Sequence[float] | NDArray[np.float64]) -> Inside:
    """
    Args:
        box: Two opposite corners: x, y, x, y. Its edges belong to it.
    """
    left, right = sorted((float(box[0]), float(box[2])))
    low, high = sorted((float(box[1]), float(box[3])))
    x, y = places[:, 0].astype(np.float64), places[:, 1].astype(np.float64)
    return np.asarray((x >= left) & (x <= right) & (y >= low) & (y <= high))


def in_shape(places: Places, corners: NDArray[np.float64]) -> Inside:
    """Whether a line from the place to the left crosses the outline an odd number of times (the even-odd rule).

    Each edge is compared with the places at its height only: of the places sorted by height these are a slice. So a
    shape of a thousand short edges costs little more than one of four.

    Args:
        corners: Shape `(m, 2)`; the last is joined with the first.
    """
    inside = np.zeros(len(places), np.bool_)
    if len(corners) < 3:
        return inside
    low, high = corners.min(axis=0), corners.max(axis=0)
    near = np.flatnonzero(in_box(places, (*low, *high)))
    order = near[np.argsort(places[near, 1], kind="stable")]
    x, y = places[order, 0].astype(np.float64), places[order, 1].astype(np.float64)
    odd = np.zeros(len(order), np.bool_)
    following = np.roll(corners, -1, axis=0)
    # Of the two ends of an edge one belongs to it, so that a line through a corner crosses once.
    first = np.searchsorted(y, np.minimum(corners[:, 1], following[:, 1]), side="left")
    last = np.searchsorted(y, np.maximum(corners[:, 1], following[:, 1]), side="left")
    for (x0, y0), (x1, y1), begin, end in zip(corners, following, first, last, strict=True):
        if begin < end:
            at = slice(begin, end)
            odd[at] ^= x[at] > x0 + (y[at] - y0) / (y1 - y0) * (x1 - x0)
    inside[order] = odd
    return inside
