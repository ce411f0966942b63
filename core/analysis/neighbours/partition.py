"""Rows put into lists of rows that lie close together, so that neighbours need not be looked for among all.

k-means in two steps (first some hundred coarse lists, then each of these by itself) takes n · √(n / 256) comparisons
rather than n · n / 256: of a million rows a minute.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.vectors import Embeddings, unit

type Rows = NDArray[np.int64]
type Read = Callable[[Rows], Embeddings]
"""The vectors of some rows, as float32."""

LIST = 256
"""Rows of a list, in the mean."""

_ROUNDS = 6
_SAMPLE = 40  # rows for each list that is learned
_CHUNK = 16_384  # rows that are read at once


@dataclass(frozen=True, slots=True)
class Partition:
    centres: Embeddings
    """Of m lists, an array of shape `(m, dims)`, unit rows."""
    list_of: NDArray[np.int32]
    """The list of each of n rows, an array of shape `(n,)`."""

    def members(self) -> list[Rows]:
        """The rows of each list, ascending."""
        order = np.argsort(self.list_of, kind="stable")
        return np.split(order, np.searchsorted(self.list_of[order], np.arange(1, len(self.centres))))

    def nearest_lists(self, probes: int) -> NDArray[np.int64]:
        """For each list those whose centres are nearest, itself among them: an array of shape `(m, probes)`."""
        count = len(self.centres)
        probes = min(probes, count)
        nearest = np.empty((count, probes), np.int64)
        for start in range(0, count, 1024):
            cosines = self.centres[start : start + 1024] @ self.centres.T
            nearest[start : start + 1024] = np.argpartition(-cosines, probes - 1, axis=1)[:, :probes]
        return nearest

    def assign(self, vectors: Embeddings) -> NDArray[np.int32]:
        """The lists that new rows belong to."""
        return _nearest(vectors, self.centres)


def partition(count: int, read: Read) -> Iterator[Partition | None]:
    """Lists of so many rows: yields None again and again while it works, the lists last. The same for the same rows."""
    rng = np.random.default_rng(0)
    every = np.arange(count)
    coarse = max(1, round((count / LIST) ** 0.5))
    centres = _learned(read(_some(every, coarse * _SAMPLE, rng)), coarse)
    first = np.empty(count, np.int32)
    for start in range(0, count, _CHUNK):
        rows = every[start : start + _CHUNK]
        first[rows] = _nearest(read(rows), centres)
        yield None
    found, list_of = list[Embeddings](), np.empty(count, np.int32)
    for number in range(len(centres)):
        own = np.flatnonzero(first == number)
        if not len(own):
            continue
        fine = _learned(read(_some(own, max(1, len(own) // LIST) * _SAMPLE, rng)), max(1, round(len(own) / LIST)))
        offset = sum(len(one) for one in found)
        for start in range(0, len(own), _CHUNK):
            rows = own[start : start + _CHUNK]
            list_of[rows] = offset + _nearest(read(rows), fine)
        found.append(fine)
        yield None
    yield Partition(np.concatenate(found), list_of)


def _some(rows: Rows, count: int, rng: np.random.Generator) -> Rows:
    return rows if len(rows) <= count else np.sort(rng.choice(rows, count, replace=False))


def _learned(vectors: Embeddings, count: int) -> Embeddings:
    """The centres of spherical k-means; it begins with rows spread evenly over what there is."""
    centres = vectors[np.linspace(0, len(vectors) - 1, min(count, len(vectors)), dtype=np.int64)]
    for _ in range(_ROUNDS if len(centres) > 1 else 0):
        nearest = _nearest(vectors, centres)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, vectors)
        filled = np.bincount(nearest, minlength=len(centres)) > 0
        centres = np.where(filled[:, None], unit(sums), centres)
    return centres


def _nearest(vectors: Embeddings, centres: Embeddings) -> NDArray[np.int32]:
    return np.asarray((vectors @ centres.T).argmax(axis=1), np.int32)
