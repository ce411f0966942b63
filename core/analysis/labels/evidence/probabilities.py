"""How likely each label is for each picture, by what others are like: never by what the picture itself is labelled.

Four witnesses: the labels of its neighbours, a linear classifier made without it, how well the model thinks the word
fits, and what other labels it has; beside how frequent the label is. How much each of them is worth in this dataset is
learned from the dataset, with logistic regression.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analysis.labels.evidence.company import base_rates, company
from core.analysis.labels.evidence.labelled import Labelled, folds
from core.analysis.labels.evidence.ridge import FOLDS, Ridge, learn
from core.analysis.labels.evidence.votes import Given, Probabilities, votes, votes_for
from core.vectors import Embeddings

_CELLS = 400_000  # pictures × labels that the weights are learned from
_BLOCK = 4_096
_LEAST = 1e-3
_FITS = 6.0  # deviations beyond which a fitting word fits no better

type Witnesses = NDArray[np.float32]
"""Shape `(n, k, w)`."""


@dataclass(frozen=True)
class Evidence:
    """What the witnesses say, each of shape `(n, k)`."""

    votes: Probabilities
    looks: Probabilities
    fits: Probabilities
    company: Probabilities
    base: Probabilities
    ridge: Ridge

    def at(self, rows: slice | NDArray[np.intp]) -> Witnesses:
        """As numbers that a linear model can weigh."""
        base = logit(self.base[rows])
        return np.stack(
            [
                logit(self.votes[rows]),
                np.clip(self.looks[rows], -0.5, 1.5),
                np.clip(self.fits[rows], -_FITS, _FITS),
                logit(self.company[rows]) - base,
                base,
            ],
            axis=-1,
        )


def evidence(of: Labelled, fits: Probabilities) -> Iterator[int | Evidence]:
    """Yields how many pictures more were compared with their neighbours, at last the evidence.

    Args:
        fits: How well each word fits each picture, as `Scorer.scores`; shape `(n, k)`.
    """
    voted = np.zeros(of.given.shape, np.float32)
    for block, shares in votes(of.rows, of.given):
        voted[block] = shares
        yield len(shares)
    ridge = learn(of.rows, of.given, folds(of.digests, FOLDS))
    yield Evidence(voted, ridge.judged, fits, company(of.given), base_rates(of.given), ridge)


@dataclass(frozen=True)
class Judge:
    """What the witnesses are worth in a dataset."""

    weights: NDArray[np.float64]
    constant: float
    is_single: bool

    def judged(self, witnesses: Witnesses) -> Probabilities:
        """How likely each label is, shape `(n, k)`. Where each picture has one label at most, those of a picture add up
        to 1."""
        found = Fitted(self.weights, self.constant)(witnesses)
        if self.is_single:
            odds = found / np.maximum(1 - found, _LEAST)
            found = odds / np.maximum(odds.sum(axis=1, keepdims=True), _LEAST)
        return np.asarray(np.clip(found, _LEAST, 1 - _LEAST), np.float32)


def probabilities(of: Labelled, told: Evidence, judge: Judge) -> Probabilities:
    """Of the pictures themselves, shape `(n, k)`."""
    blocks = (slice(start, start + _BLOCK) for start in range(0, len(of.given), _BLOCK))
    return np.concatenate([judge.judged(told.at(block)) for block in blocks])


def others(of: Labelled, told: Evidence, judge: Judge, rows: Embeddings, fits: Probabilities) -> Probabilities:
    """Of pictures that have no label, shape `(m, k)`."""
    usual = np.broadcast_to(of.given.mean(axis=0, dtype=np.float32), (len(rows), len(of.names)))
    voted = votes_for(rows, of.rows, of.given)
    return judge.judged(Evidence(voted, told.ridge.looks(rows), fits, usual, usual, told.ridge).at(slice(None)))


def weigh(of: Labelled, told: Evidence) -> Judge:
    """Learn what the witnesses are worth."""
    fitted = sampled_fit(told.at, of.given)
    return Judge(fitted.weights, fitted.constant, of.is_single)


@dataclass(frozen=True)
class Fitted:
    """A logistic regression."""

    weights: NDArray[np.float64]
    constant: float

    def __call__(self, witnesses: Witnesses) -> Probabilities:
        """Shape `(n, k)`."""
        return np.asarray(1 / (1 + np.exp(-(witnesses @ self.weights + self.constant))), np.float32)


def sampled_fit(witnesses: Callable[[NDArray[np.intp]], Witnesses], given: Given, seed: int = 0) -> Fitted:
    """Learn from some rows, at most, what witnesses say of those for whom the truth is given."""
    from sklearn.linear_model import LogisticRegression  # takes a second

    count = max(1, _CELLS // max(1, given.shape[1]))
    rows = np.arange(len(given))
    if len(rows) > count:
        rows = np.sort(np.random.default_rng(seed).choice(rows, count, replace=False))
    found, truth = witnesses(rows), given[rows].ravel()
    flat = found.reshape(-1, found.shape[-1])
    if truth.all() or not truth.any():
        return Fitted(np.zeros(flat.shape[1]), 0.0)
    spread = np.maximum(flat.std(axis=0), _LEAST)
    fitted = LogisticRegression(C=1.0, max_iter=500).fit(flat / spread, truth)
    return Fitted(fitted.coef_[0] / spread, float(fitted.intercept_[0]))


def logit(shares: Probabilities) -> Probabilities:
    clipped = np.clip(shares, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(clipped / (1 - clipped)), np.float32)
