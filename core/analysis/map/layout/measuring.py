"""How much of who is near to whom is kept in the plane."""

import numpy as np
from numpy.typing import NDArray

from core.analysis.map.model import Quality

K = 15
"""Neighbours that are compared."""

SAMPLE = 400
"""Points they are compared of: the deviation of the mean is a hundredth, or less."""

_ROWS = 16_384


def quality(
    places: NDArray[np.float64], vectors: NDArray[np.float16], sample: int = SAMPLE, k: int = K, seed: int = 0
) -> Quality:
    """Trustworthiness, and how many of the nearest are kept, by comparing a sample with all the others.

    Args:
        places: Shape `(n, 2)`.
        vectors: Unit rows, shape `(n, dims)`; read once, in parts.
    """
    from scipy.spatial import KDTree

    count = len(places)
    if count < 3 * k:
        return Quality(None, None, 0)
    some = np.sort(np.random.default_rng(seed).choice(count, min(sample, count), replace=False))
    _, near = KDTree(places).query(places[some], k + 1)
    near = np.array([[other for other in row if other != own][:k] for own, row in zip(some, near, strict=True)])
    rows = np.asarray(vectors[some], np.float32)
    flat, back = np.unique(near, return_inverse=True)
    theirs = np.asarray(vectors[flat], np.float32)[back.reshape(near.shape)]
    alike = np.einsum("ij,ikj->ik", rows, theirs)
    nearer = np.zeros(near.shape, np.int64)  # how many are more alike than each of those that stand near
    for start in range(0, count, _ROWS):
        cosines = rows @ np.asarray(vectors[start : start + _ROWS], np.float32).T
        for column in range(k):
            nearer[:, column] += (cosines > alike[:, column : column + 1]).sum(axis=1)
    ranks = nearer  # each counts itself as more alike, which makes up for beginning at 0
    too_far = np.maximum(0, ranks - k).sum()
    trust = 1.0 - 2.0 * float(too_far) / (len(some) * k * (2 * count - 3 * k - 1))
    return Quality(round(trust, 4), round(float((ranks <= k).mean()), 4), len(some))
