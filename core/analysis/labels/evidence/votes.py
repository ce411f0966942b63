"""What the neighbours of a picture are labelled with."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.vectors import Embeddings

NEIGHBOURS = 12
"""That have a vote."""

MAX_VOTERS = 50_000
"""Labelled pictures that may have one: of more, so many by chance."""

_BLOCK = 512  # rows that are compared at once
_SHARPNESS = 0.25  # of the usual distance to the last of the neighbours: what is so much farther counts 1/e

type Probabilities = NDArray[np.float32]
type Given = NDArray[np.bool_]


def votes(rows: Embeddings, given: Given, seed: int = 0) -> Iterator[tuple[slice, Probabilities]]:
    """The share of the votes that each label gets, block by block: arrays of shape `(block, k)`.

    Args:
        rows: Of unit length, shape `(n, dims)`.
        given: Which labels each has, shape `(n, k)`.
    """
    voters = _voters(len(rows), seed)
    of_voters, their_labels = rows[voters], given[voters].astype(np.float32)
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, min(start + _BLOCK, len(rows)))
        yield block, _block(rows[block], np.arange(block.start, block.stop), voters, of_voters, their_labels)


def votes_for(rows: Embeddings, of_voters: Embeddings, given: Given, seed: int = 0) -> Probabilities:
    """The same for pictures that have no labels themselves, shape `(m, k)`."""
    voters = _voters(len(of_voters), seed)
    labels, nowhere = given[voters].astype(np.float32), np.full(_BLOCK, -1)
    found = [
        _block(block, nowhere[: len(block)], voters, of_voters[voters], labels)
        for block in (rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK))
    ]
    return np.concatenate(found) if found else np.zeros((0, given.shape[1]), np.float32)


def _voters(count: int, seed: int) -> NDArray[np.intp]:
    if count <= MAX_VOTERS:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, MAX_VOTERS, replace=False))


def _block(
    rows: Embeddings, places: NDArray[np.intp], voters: NDArray[np.intp], of_voters: Embeddings, labels: Probabilities
) -> Probabilities:
    near = rows @ of_voters.T
    near[places[:, np.newaxis] == voters] = -np.inf  # nobody votes on itself
    count = min(NEIGHBOURS, near.shape[1] - 1)
    if count < 1:
        return np.zeros((len(rows), labels.shape[1]), np.float32)
    nearest = np.argpartition(-near, count - 1, axis=1)[:, :count]
    cosines = np.take_along_axis(near, nearest, axis=1)
    farthest = np.maximum(1 - cosines.min(axis=1, keepdims=True), 1e-6)
    weights = np.exp((cosines - cosines.max(axis=1, keepdims=True)) / (_SHARPNESS * farthest))
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray(np.einsum("bv,bvk->bk", weights, labels[nearest]), np.float32)
