"""Whether a collection is about what a search is for: then nearly everything is near to it, and high scores say little.

In a collection about one subject the everyday concepts that its pictures fit best crowd together: birds, eggs and
parrots. A search is for something of it where these are concepts near to the query. Both are told from the order of
concepts alone, so that no scale of a model has a say: docs/decisions/0009-match-strength.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_FITTING = 5  # concepts of each picture
_NEAR = 0.1  # of all concepts: so many are near to a query
_CROWDED = 0.25  # of what the pictures fit best is near to the query; by chance it is a tenth
_FEWEST = 30  # pictures: fewer are of few things whatever they are about

type Vectors = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Theme:
    """Of one collection; made by `learn_theme`."""

    concepts: Vectors
    """Directions of everyday concepts, shape `(m, dims)`, of unit length."""
    shares: Vectors
    """How much of what the pictures fit best each concept is, shape `(m,)`; they add up to 1, or are 0 where there are
    too few pictures."""

    def includes(self, direction: Vectors) -> bool:
        """Whether the collection is about one subject, and what leads into this direction is something of it."""
        count = round(_NEAR * len(self.concepts))
        near = np.argsort(-(self.concepts @ direction), kind="stable")[:count]
        return bool(self.shares[near].sum() >= _CROWDED)


def learn_theme(concepts: Vectors, fits: Vectors) -> Theme:
    """
    Args:
        concepts: Directions of everyday concepts, shape `(m, dims)`, of unit length.
        fits: How well they fit some pictures of the collection, shape `(n, m)`.
    """
    if len(fits) < _FEWEST:
        return Theme(concepts, np.zeros(len(concepts)))
    best = np.argsort(-fits, axis=1, kind="stable")[:, :_FITTING]
    return Theme(concepts, np.bincount(best.ravel(), minlength=len(concepts)) / best.size)
