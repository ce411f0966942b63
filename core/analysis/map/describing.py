"""What is to be told of clusters: their middle, their typical pictures, where they stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analysis.map.model import Box

COVERS = 6
"""Typical pictures of a cluster."""

_ROWS = 16_384  # vectors in memory at once
_LOOKED_AT = 60  # of the most typical, from which the covers are chosen
_ALIKE = 0.96  # cosine from which a second cover shows nothing new
_CELLS = 24  # of a side

type Vectors = NDArray[np.float16]
"""Unit rows, shape `(c, dims)`; perhaps on the disk."""

type Numbers = NDArray[np.int32]
"""Of contents, the cluster at one level; 0: none. Shape `(c,)`."""


@dataclass(frozen=True, slots=True)
class Middles:
    """The means of embeddings."""

    whole: NDArray[np.float64]
    """Of all, shape `(dims,)`."""
    of: NDArray[np.float64]
    """Of each cluster by its number, row 0 unused: shape `(m + 1, dims)`."""
    sizes: NDArray[np.int64]
    """Contents in each, shape `(m + 1,)`."""


def middles(vectors: Vectors, levels: Sequence[Numbers], count: int) -> Middles:
    """
    Args:
        count: Of clusters, whose numbers go from 1.
    """
    total = np.zeros(vectors.shape[1], np.float64)
    sums, sizes = np.zeros((count + 1, vectors.shape[1]), np.float64), np.zeros(count + 1, np.int64)
    for at, rows in _parts(vectors):
        total += rows.sum(axis=0, dtype=np.float64)
        for level in levels:
            numbers = level[at]
            order = np.argsort(numbers, kind="stable")
            present, first = np.unique(numbers[order], return_index=True)
            sums[present] += np.add.reduceat(rows[order], first, axis=0)
            sizes[present] += np.diff([*first, len(numbers)])
    return Middles(total / max(1, len(vectors)), sums / np.maximum(1, sizes)[:, None], sizes)


def typicality(vectors: Vectors, level: Numbers, means: NDArray[np.float64]) -> NDArray[np.float32]:
    """How near each is to the middle of its cluster, shape `(c,)`."""
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    directions = (means / np.maximum(lengths, 1e-9)).astype(np.float32)
    parts = [np.einsum("ij,ij->i", rows, directions[level[at]]) for at, rows in _parts(vectors)]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def covers(vectors: Vectors, members: NDArray[np.int64], typical: NDArray[np.float32]) -> list[int]:
    """The most typical, none of which is much like another; filled up with the next where all are.

    Args:
        members: The contents of a cluster.
        typical: Of all contents.
    """
    best = members[np.argsort(-typical[members], kind="stable")[:_LOOKED_AT]]
    rows = np.asarray(vectors[np.sort(best)], np.float32)[np.argsort(np.argsort(best))]
    chosen: list[int] = []
    for place in range(len(best)):
        if len(chosen) < COVERS and all(float(rows[place] @ rows[other]) < _ALIKE for other in chosen):
            chosen.append(place)
    chosen += [place for place in range(len(best)) if place not in chosen][: COVERS - len(chosen)]
    return [int(best[place]) for place in chosen]


def densest(places: NDArray[np.float64]) -> tuple[float, float]:
    """Where points stand closest together, by the fullest cell of a grid and those around it."""
    low, high = places.min(axis=0), places.max(axis=0)
    size = float((high - low).max()) or 1.0
    cells = np.minimum(((places - low) / size * _CELLS).astype(np.int64), _CELLS - 1)
    counts = np.zeros((_CELLS + 2, _CELLS + 2))
    np.add.at(counts, (cells[:, 0] + 1, cells[:, 1] + 1), 1.0)
    around = sum(
        np.roll(counts, (right, up), (0, 1)) * (2.0 if right == up == 0 else 1.0)
        for right in (-1, 0, 1)
        for up in (-1, 0, 1)
    )
    around = np.where(counts > 0, around, 0.0)
    best = np.array(np.unravel_index(int(around.argmax()), around.shape)) - 1
    inside = places[(cells == best).all(axis=1)]
    x, y = inside.mean(axis=0)
    return float(x), float(y)


def reach(places: NDArray[np.float64], x: float, y: float) -> float:
    """So far from there half of them are."""
    return float(np.median(np.hypot(places[:, 0] - x, places[:, 1] - y)))


def box(places: NDArray[np.float64]) -> Box:
    (left, low), (right, high) = places.min(axis=0), places.max(axis=0)
    return float(left), float(low), float(right), float(high)


def _parts(vectors: Vectors) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    for start in range(0, len(vectors), _ROWS):
        at = slice(start, min(start + _ROWS, len(vectors)))
        yield at, np.asarray(vectors[at], np.float32)
