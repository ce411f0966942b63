"""One vector out of a query's words, pictures and examples."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.cache import LRUCache
from core.embedding.crop import enough
from core.embedding.embedder import SURE_FROM, Embedder
from core.errors import InvalidQuery
from core.index.index import Index
from core.search.query import Picture, Query, Region
from core.vectors import Embedding, Embeddings, unit

_KEPT_PICTURES = 256
# Rocchio's weights for what is wanted and what is not, each for the mean of its examples, against 1 for the query:
# Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), section 9.1.1.
_MORE, _LESS = 0.75, 0.15
# What is turned away from counts half: at its full weight it takes more of what is wanted along than of itself.
_AWAY = 0.5


class Kind(StrEnum):
    WORDS = "words"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Part:
    """What a query is made of."""

    kind: Kind
    weight: float
    embedding: Embedding


@dataclass(frozen=True, slots=True)
class Composed:
    embedding: Embedding
    """To search with, of unit length."""
    parts: tuple[Part, ...]
    max_cosine: float = 1.0
    """The highest cosine that it can reach."""
    sure_from: float = 0.0
    """The cosine, as a share of the ceiling, from which the model is sure that a picture shows what the words say."""
    read_text: str | None = None
    """What the model read of the words, if they were too long."""

    def sure(self, embeddings: Embeddings) -> NDArray[np.bool_]:
        """Which pictures the model is sure of, as far as what is wanted goes: shape `(n,)`."""
        wanted = [part.weight * part.embedding for part in self.parts if part.weight > 0]
        if not (self.sure_from and wanted):
            return np.ones(len(embeddings), np.bool_)
        return np.asarray(embeddings @ unit(np.sum(wanted, axis=0)) >= self.sure_from * self.max_cosine)


class Composer:
    """Safe to share between threads.

    Args:
        embedder: Gives the loaded model; called only when something must be embedded.
        picture: The bytes of a picture by its content hash, None where it is not kept.
    """

    def __init__(self, index: Index, embedder: Callable[[], Embedder], picture: Callable[[str], bytes | None]) -> None:
        self._index = index
        self._embedder = embedder
        self._picture = picture
        self._kept: LRUCache[Embedding] = LRUCache(_KEPT_PICTURES, "query_images")

    def compose(self, query: Query, spreads: Mapping[Kind, float]) -> Composed:
        """
        Args:
            query: A checked one.
            spreads: How widely the cosines of the pictures scatter for parts of each kind; empty: equally.

        Raises:
            InvalidQuery: a picture is not kept any more, or the parts cancel each other out.
            UnreadableImage: a picture cannot be opened.
            ModelUnavailable, ModelMismatch: there is no model where one is needed.
        """
        parts, read_text = self._words(query)
        parts += self._pictures(query)
        max_cosine = self._embedder().max_text_cosine if all(part.kind is Kind.WORDS for part in parts) else 1.0
        # What scatters widely would decide the order alone: each kind counts by its weight in units of its own spread.
        total = np.sum([part.weight / spreads.get(part.kind, 1.0) * part.embedding for part in parts], axis=0)
        if np.linalg.norm(total) < 1e-3:
            raise InvalidQuery("The parts of this search cancel each other out.", "Change a weight or remove a part.")
        sure_from = self._sure_from() if all(part.kind is Kind.WORDS for part in parts) else 0.0
        return Composed(unit(total), tuple(parts), max_cosine, sure_from, read_text)

    def _sure_from(self) -> float:
        return SURE_FROM.get(self._embedder().model_id, 0.0)

    def _words(self, query: Query) -> tuple[list[Part], str | None]:
        if not query.words:
            return [], None
        embedder = self._embedder()
        fitted = [embedder.fit_text(words.text) for words in query.words]
        rows = embedder.embed_texts(fitted)
        cut = [text for text, words in zip(fitted, query.words, strict=True) if text != words.text]
        parts = [Part(Kind.WORDS, _pull(words.weight), row) for words, row in zip(query.words, rows, strict=True)]
        return parts, ", ".join(cut) or None

    def _pictures(self, query: Query) -> list[Part]:
        weighted = [(picture, _pull(picture.weight)) for picture in query.pictures]
        weighted += [(Picture(digest), _MORE / len(query.more)) for digest in query.more]
        weighted += [(Picture(digest), -_LESS / len(query.less)) for digest in query.less]
        whole = {picture.content_hash for picture, _ in weighted if picture.region is None}
        known = self._index.by_content(list(whole)) if whole else {}  # these need no model
        embeddings = {digest: embedding for digest, (_, embedding) in known.items()}
        named = dict.fromkeys(query.less, "A picture that results should not resemble")
        named |= dict.fromkeys(query.more, "A picture that results should resemble")
        return [
            Part(Kind.PICTURE, weight, self._embedding(picture, embeddings, named.get(picture.content_hash)))
            for picture, weight in weighted
        ]

    def _embedding(self, picture: Picture, known: Mapping[str, Embedding], name: str | None) -> Embedding:
        if picture.content_hash in known and picture.region is None:
            return known[picture.content_hash]
        data = self._picture(picture.content_hash)
        if data is None:
            raise InvalidQuery(
                f"{name or 'A picture of this search'} is gone: it is neither in the index nor uploaded.",
                "Remove it from the search, or drop it again.",
            )
        return self._embedded(picture, data)

    def _embedded(self, picture: Picture, data: bytes) -> Embedding:
        from core.images.reading.reader import open_upright  # words need no pictures

        embedder = self._embedder()

        def embed() -> Embedding:
            region = picture.region
            # A part is as sharp as the whole would be: it needs as many pixels for itself.
            share = min(region.width, region.height) if region else 1.0
            image = open_upright(data, "The picture of this search", round(enough(embedder.crop[0]) / share)).image
            row: Embedding = embedder.embed_images([image.crop(_pixels(region, image.size)) if region else image])[0]
            return row

        return self._kept.get((embedder.model_id, picture.content_hash, picture.region), embed)


def _pull(weight: float) -> float:
    return weight if weight > 0 else weight * _AWAY


def _pixels(region: Region, size: tuple[int, int]) -> tuple[int, int, int, int]:
    (width, height), (left, top, across, down) = size, region
    right, bottom = round((left + across) * width), round((top + down) * height)
    first, highest = min(round(left * width), width - 1), min(round(top * height), height - 1)
    return first, highest, max(first + 1, min(right, width)), max(highest + 1, min(bottom, height))
