"""How near rows are to a query: the same number for the same vector, wherever it was found."""

import numpy as np
from numpy.typing import NDArray

from core.index.index import SCORE_DECIMALS
from core.vectors import Embedding, Embeddings

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
