"""What the boxes of a dataset show, looked at one by one: most things that are labelled are a small part of their
picture, and say little in its embedding.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analysis.labels.evidence.labelled import folds
from core.analysis.labels.evidence.probabilities import Evidence, logit, sampled_fit
from core.analysis.labels.evidence.ridge import FOLDS, learn
from core.analysis.labels.evidence.votes import Probabilities, votes
from core.vectors import Embeddings

_FITS = 6.0  # deviations beyond which a fitting word fits no better
_BLOCK = 512


@dataclass(frozen=True)
class Parts:
    """Of p pairs of a picture and a label that it has, what the largest box with the label shows."""

    pictures: NDArray[np.intp]
    """The places of the pictures among those that are labelled, shape `(p,)`."""
    labels: NDArray[np.intp]
    digests: list[str]
    """The content hashes of the pictures."""
    rows: Embeddings
    """Of unit length, shape `(p, dims)`."""

    def __len__(self) -> int:
        return len(self.rows)


def likely(parts: Parts, fits: Probabilities, told: Evidence) -> Iterator[int | Probabilities]:
    """How likely each label is for each part, by other parts and by the picture around it: at last an array of shape
    `(p, k)` whose rows add up to 1. Before, how many parts more were compared.

    Args:
        fits: How well each word fits each part, as `Scoring.scores`; shape `(p, k)`.
        told: What is known of the pictures.
    """
    given = np.zeros(fits.shape, np.bool_)
    given[np.arange(len(parts)), parts.labels] = True
    voted = np.zeros(given.shape, np.float32)
    for block, shares in votes(parts.rows, given):
        voted[block] = shares
        yield len(shares)
    looks = learn(parts.rows, given, folds(parts.digests, FOLDS)).judged
    base = logit((given.sum(axis=0, dtype=np.float32) - given + 0.5) / max(1, len(given)))
    ranks = _ranks(fits)

    def witnesses(rows: NDArray[np.intp]) -> NDArray[np.float32]:
        own = [
            logit(voted[rows]),
            np.clip(looks[rows], -0.5, 1.5),
            np.clip(fits[rows], -_FITS, _FITS),
            ranks[rows],
            base[rows],
        ]
        return np.concatenate([np.stack(own, axis=-1), told.at(parts.pictures[rows])], axis=-1)

    judge = sampled_fit(witnesses, given)
    found = np.empty(given.shape, np.float32)
    for start in range(0, len(given), _BLOCK):
        rows = np.arange(start, min(len(given), start + _BLOCK))
        found[rows] = judge(witnesses(rows))
    yield np.asarray(found / np.maximum(found.sum(axis=1, keepdims=True), 1e-6), np.float32)


def _ranks(fits: Probabilities) -> Probabilities:
    """Where each word stands among all, by how well it fits the part: from 0 to 1."""
    order = fits.argsort(axis=1).argsort(axis=1)
    return np.asarray((order + 0.5) / max(1, fits.shape[1]), np.float32)
