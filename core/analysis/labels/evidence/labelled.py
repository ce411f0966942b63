"""What is to be known of labelled pictures to say which labels stand out: as arrays, a row for each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analysis.labels.evidence.votes import Given
from core.vectors import Embeddings

MAX_LABELS = 1_000
"""That are told apart: the most frequent ones."""


@dataclass(frozen=True)
class Labelled:
    ids: Sequence[str]
    digests: Sequence[str]
    rows: Embeddings
    """Of unit length, shape `(n, dims)`."""
    names: Sequence[str]
    """Of k labels."""
    given: Given
    """Which each picture has, shape `(n, k)`."""

    @property
    def is_single(self) -> bool:
        """Whether each picture has one label at most: then one speaks against the others."""
        return bool((self.given.sum(axis=1) <= 1).all())


def labelled(ids: Sequence[str], digests: Sequence[str], rows: Embeddings, labels: Sequence[Sequence[str]]) -> Labelled:
    """
    Args:
        labels: Of each picture, each once.
    """
    counts: dict[str, int] = {}
    for own in labels:
        for name in own:
            counts[name] = counts.get(name, 0) + 1
    names = sorted(counts, key=lambda name: (-counts[name], name))[:MAX_LABELS]
    places = {name: at for at, name in enumerate(names)}
    given = np.zeros((len(ids), len(names)), np.bool_)
    for row, own in enumerate(labels):
        given[row, [places[name] for name in own if name in places]] = True
    return Labelled(ids, digests, rows, names, given)


def folds(digests: Sequence[str], count: int) -> NDArray[np.intp]:
    """The fold of each picture, shape `(n,)`: that of its copies, too."""
    return np.array([int(digest[:8], 16) % count for digest in digests], np.intp)
