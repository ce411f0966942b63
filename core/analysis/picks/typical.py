"""The typical pictures of many: the one in the middle of each of as many groups (k-means)."""

import numpy as np

from core.analysis.picks.diverse import Places
from core.vectors import Embeddings

_BATCH = 4_096  # rows that k-means looks at in each of its steps
_STEPS = 100
_BLOCK = 8_192


def typical(rows: Embeddings, count: int, seed: int) -> Places:
    """So many of n rows of unit length, the middle of the largest group first; all where there are fewer."""
    if count >= len(rows):
        return np.arange(len(rows))
    from sklearn.cluster import MiniBatchKMeans  # takes a second

    means = MiniBatchKMeans(count, random_state=seed, batch_size=_BATCH, n_init=1, max_iter=_STEPS).fit(rows)
    centres = np.asarray(means.cluster_centers_, np.float32)
    groups = _nearest_centres(rows, centres)
    sizes = np.bincount(groups, minlength=count)
    taken: list[int] = []
    free = np.ones(len(rows), np.bool_)
    for group in np.argsort(-sizes, kind="stable"):
        own = np.flatnonzero((groups == group) & free)
        if not len(own):  # an empty group stands for nothing: what is nearest to its centre does
            own = np.flatnonzero(free)
        place = int(own[(rows[own] @ centres[group]).argmax()])
        free[place] = False
        taken.append(place)
    return np.array(taken, np.intp)


def _nearest_centres(rows: Embeddings, centres: Embeddings) -> Places:
    """Which of k centres is nearest to each of n rows: shape `(n,)`."""
    halves = 0.5 * (centres**2).sum(axis=1)
    blocks = (rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK))
    return np.concatenate([(block @ centres.T - halves).argmax(axis=1) for block in blocks])
