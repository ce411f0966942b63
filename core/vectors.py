"""The vectors that embedding and index exchange: what they look like, and what no index can hold."""

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidEmbedding

type Embedding = NDArray[np.float32]
"""An array of shape `(dims,)` and unit length."""

type Embeddings = NDArray[np.float32]
"""An array of shape `(n, dims)` whose rows have unit length."""

_SHORTEST = 1e-6


def unit(vectors: NDArray[np.floating]) -> Embeddings:
    """Scale the vectors along the last axis to unit length; those of length zero stay as they are."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Embeddings = (vectors / np.maximum(lengths, _SHORTEST)).astype(np.float32)
    return scaled


def check_embeddings(embeddings: NDArray[np.float32], dims: int) -> None:
    """Refuse what an engine would store and never find.

    Raises:
        InvalidEmbedding: the array is not of shape `(n, dims)`, or a row is not finite or has length zero.
    """
    if embeddings.ndim != 2 or embeddings.shape[1] != dims:
        raise InvalidEmbedding(
            f"Embeddings have the shape {embeddings.shape}, but this index holds vectors with {dims} dimensions.",
            "Use the model that the index was made with.",
        )
    if not np.isfinite(embeddings).all():
        raise InvalidEmbedding("An embedding holds numbers that are not finite.", "Check the model's weights.")
    if (np.linalg.norm(embeddings, axis=1) < _SHORTEST).any():
        raise InvalidEmbedding("An embedding has length zero.", "Check the model's weights.")
