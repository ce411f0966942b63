"""Which labels are suspicious, the worst first: ranked with cleanlab (Northcutt, Jiang and Chuang, Confident Learning,
2021)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analysis.labels.evidence.votes import Given, Probabilities

BUDGET = 0.1
"""Of all labels: so many are listed at least, however good they are."""

MAX_LISTED = 20_000

GUESSES = 5

_LIKELY = 0.5
_MISSING = 0.5


@dataclass(frozen=True)
class Ranked:
    """Pairs of a picture and a label, the most suspicious first; arrays of shape `(m,)`."""

    pictures: NDArray[np.intp]
    labels: NDArray[np.intp]
    quality: NDArray[np.float32]
    """How likely what is said of the pair is right, from 0 to 1."""
    issues: int
    """So many of them, from the first, are likely to be wrong."""


def quality(given: Given, likely: Probabilities) -> Probabilities:
    """How likely it is that each picture has, or has not, each label as it is said: shape `(n, k)`."""
    from cleanlab.multilabel_classification.rank import get_label_quality_scores_per_class  # takes seconds

    labels = [np.flatnonzero(row).tolist() for row in given]
    found = get_label_quality_scores_per_class(labels, np.asarray(likely, np.float64), method="self_confidence")
    return np.asarray(found, np.float32)


def of_parts(labels: NDArray[np.intp], likely: Probabilities) -> NDArray[np.float32]:
    """How likely it is that each of p parts is what it is labelled, shape `(p,)`.

    Args:
        labels: The one that each has, shape `(p,)`.
        likely: Shape `(p, k)`; its rows add up to 1.
    """
    from cleanlab.rank import get_label_quality_scores

    scores = get_label_quality_scores(labels, _summed(likely), method="self_confidence")
    return np.asarray(scores, np.float32)


def count_wrong(labels: NDArray[np.intp], likely: Probabilities) -> int:
    """How many of p single labels are likely to be wrong: another one is likelier than all others together."""
    others = likely.copy()
    others[np.arange(len(labels)), labels] = 0
    return int((others.max(axis=1, initial=0) > _LIKELY).sum())


def _summed(likely: Probabilities) -> NDArray[np.float64]:
    exact = np.asarray(likely, np.float64)
    return np.asarray(exact / exact.sum(axis=1, keepdims=True))


def wrong(given: Given, quality: Probabilities, issues: int) -> Ranked:
    """Labels that are given, and may be wrong.

    Args:
        issues: How many are likely to be.
    """
    pictures, labels = np.nonzero(given)
    return _ranked(pictures, labels, quality, issues, max(1, round(BUDGET * len(pictures))))


def missing(given: Given, quality: Probabilities) -> Ranked:
    """Labels that are not given to labelled pictures, and may be missing."""
    has_any = given.any(axis=1, keepdims=True)
    pictures, labels = np.nonzero(~given & has_any & (quality < _MISSING))
    return _ranked(pictures, labels, quality, len(pictures), 0)


def _ranked(
    pictures: NDArray[np.intp], labels: NDArray[np.intp], quality: Probabilities, issues: int, least: int
) -> Ranked:
    scores = quality[pictures, labels]
    order = np.argsort(scores, kind="stable")[: min(MAX_LISTED, max(issues, least))]
    return Ranked(pictures[order], labels[order], scores[order], min(issues, len(order)))


def guesses(row: NDArray[np.float32], given: NDArray[np.bool_]) -> list[int]:
    """What a picture looks like that it is not labelled, the likeliest first."""
    order = np.argsort(-np.where(given, -1.0, row), kind="stable")[:GUESSES]
    return [int(at) for at in order if not given[at]]
