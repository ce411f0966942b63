"""Why a picture was found: the everyday concepts that it and the query are both close to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.cache import LRUCache
from core.errors import ModelUnavailable, NotIndexed
from core.index.index import Index
from core.index.records import ImageRecord
from core.search.compose import Composed, Kind
from core.search.query import Query
from core.search.relevance.concepts import Bank
from core.vectors import Embedding

_MOST = 6
_LEAST = 1.0  # deviations above the mean of all concepts: what is less says nothing
_SAMPLE = 1000
_FEW = 50  # pictures: the mean of fewer says more about these than about pictures as such


@dataclass(frozen=True, slots=True)
class Concept:
    concept: str
    weight: float
    """From 0 to 1, where it is what query and picture are both closest to."""


class Explainer:
    """Safe to share between threads.

    Args:
        compose: Gives what the index is asked with.
        bank: Gives the everyday concepts, None while the model has not read them yet.
    """

    def __init__(self, index: Index, compose: Callable[[Query], Composed], bank: Callable[[], Bank | None]) -> None:
        self._index = index
        self._compose = compose
        self._bank = bank
        self._means: LRUCache[Embedding] = LRUCache(1)

    def explain(self, query: Query, content_hash: str) -> list[Concept]:
        """What a picture of the index has in common with the query, the most important first; nothing where there is
        no word for it.

        Raises:
            NotIndexed: there is no such picture.
            InvalidQuery: the query cannot be run.
            ModelUnavailable: the concepts are being read.
        """
        bank = self._bank()
        if bank is None:
            raise ModelUnavailable("The explanation is not ready yet.", "Try again in a moment.")
        composed = self._compose(query)
        _, picture = get_by_content(self._index, content_hash)
        return shared_concepts(composed, picture, self._mean(), bank)

    def _mean(self) -> Embedding:
        def make() -> Embedding:
            sample = self._index.sample(_SAMPLE)
            mean: Embedding = sample.sum(axis=0) / (len(sample) + _FEW)
            return mean

        return self._means.get(self._index.revision(), make)


def get_by_content(index: Index, content_hash: str) -> tuple[ImageRecord, Embedding]:
    """
    Raises:
        NotIndexed: the index has no picture with this content.
    """
    found = index.by_content([content_hash])
    if content_hash not in found:
        raise NotIndexed("This picture is no longer in the index.", "Search again.")
    return found[content_hash]


def shared_concepts(composed: Composed, picture: Embedding, mean: Embedding, bank: Bank) -> list[Concept]:
    """The concepts that a query and a picture are both closer to than to most, the closest first.

    What all texts have in common is taken away from texts, and what all pictures have from pictures: else it would
    decide, since a model keeps the two apart.

    Args:
        composed: The query.
        picture: Its embedding.
        mean: Of the embeddings of many pictures, shape `(dims,)`.
    """
    concepts, rows = bank
    common = {Kind.WORDS: rows.mean(axis=0), Kind.PICTURE: mean}
    directions = rows - common[Kind.WORDS]
    asked_for = [part.weight * _above(directions @ (part.embedding - common[part.kind])) for part in composed.parts]
    asked, shown = _above(np.sum(asked_for, axis=0)), _above(directions @ (picture - mean))
    # A tie holds as well as its weaker end does; each end is measured by what it is most of.
    weights = np.minimum(asked / max(asked.max(), _LEAST), shown / max(shown.max(), _LEAST))
    tied = np.flatnonzero((asked >= _LEAST) & (shown >= _LEAST))
    best = sorted(tied, key=lambda place: -weights[place])[:_MOST]
    return [Concept(concepts[place], float(weights[place])) for place in best]


def _above(values: NDArray[Any]) -> NDArray[Any]:
    """How far each stands above the mean of all, in deviations."""
    return np.asarray((values - values.mean()) / max(values.std(), 1e-9))
