"""How near rows are to a query: the same number for the same vector, wherever it was found."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.index.effort import Neighbour
from core.index.index import SCORE_DECIMALS
from core.vectors import Embedding, Embeddings

_CLOSE = 1e-5  # more than the rounding of float32 moves a cosine

type Scores = NDArray[np.float64]
"""Cosines of n rows with a query, rounded, an array of shape `(n,)`."""


def scores_of(vectors: Embeddings, embedding: Embedding) -> Scores:
    """The engine's own distances have another rounding in the vector index than beside it."""
    rows, wanted = vectors.astype(np.float64), embedding.astype(np.float64)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows)) * np.linalg.norm(wanted)
    cosines: Scores = np.clip(np.round(rows @ wanted / lengths, SCORE_DECIMALS), -1.0, 1.0)
    return cosines


def least_of(scores: NDArray[np.floating], k: int) -> float:
    """The score of the k-th nearest; where there are no more than these, one that all reach."""
    return float(np.partition(scores, -k)[-k]) if k < len(scores) else -np.inf


class Comparison:
    """Compares rows, a part of them at a time, with n queries, of each of which the k nearest are kept.

    Args:
        embeddings: Of the queries, an array of shape `(n, dims)`.
    """

    def __init__(self, embeddings: Embeddings, k: int) -> None:
        self._embeddings, self._k = embeddings, k
        self._queries = (embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)).T
        self.nearest: list[list[Neighbour]] = [[] for _ in embeddings]
        """Best first, ties by id."""

    def add(self, vectors: Embeddings, ids: Callable[[NDArray[np.intp]], Sequence[str]]) -> None:
        """
        Args:
            vectors: Of m rows, an array of shape `(m, dims)`.
            ids: Gives those of the rows at these places.
        """
        roughly = vectors @ self._queries / np.linalg.norm(vectors, axis=1, keepdims=True)
        for at, scores in enumerate(roughly.T):
            known = self.nearest[at]
            least = known[-1].score if len(known) == self._k else -np.inf
            near = np.flatnonzero(scores >= max(least, least_of(scores, self._k)) - _CLOSE)
            if len(near):
                exact = scores_of(vectors[near], self._embeddings[at]).tolist()
                found = [*known, *map(Neighbour, ids(near), exact)]
                self.nearest[at] = sorted(found, key=lambda one: (-one.score, one.id))[: self._k]
