"""A space of concepts in which a reader can work out what is near what: directions at random, pictures made of them."""

import numpy as np

from core.search.compose import Composed, Kind, Part
from core.vectors import Embedding, Embeddings, unit

DIMS = 256
SHOWN = 0.5  # how far a picture leads towards what it shows, beside noise of length 1


class Space:
    def __init__(self, seed: int = 0, concepts: int = 200) -> None:
        self._rng = np.random.default_rng(seed)
        self.concepts = self.directions(concepts)

    def directions(self, count: int) -> Embeddings:
        return unit(self._rng.standard_normal((count, DIMS)))

    def pictures(self, count: int, *shown: Embedding) -> Embeddings:
        """Of nothing in particular, or of what these directions stand for."""
        return unit(self.directions(count) + SHOWN * np.sum([np.zeros(DIMS), *shown], axis=0))  # type: ignore[arg-type]


def words(*weighted: tuple[float, Embedding]) -> Composed:
    return composed(*(Part(Kind.WORDS, weight, embedding) for weight, embedding in weighted))


def picture(embedding: Embedding, weight: float = 1.0) -> Composed:
    return composed(Part(Kind.PICTURE, weight, embedding))


def composed(*parts: Part) -> Composed:
    return Composed(unit(np.sum([part.weight * part.embedding for part in parts], axis=0)), parts)
