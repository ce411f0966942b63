"""Composes the query's vector, and asks the index for the nearest records."""

import time
from collections.abc import Callable

import numpy as np

from core.embedding.crop import enough
from core.embedding.embedder import Embedder
from core.embedding.texts import TextCache
from core.errors import InvalidQuery
from core.images.reading import open_upright
from core.index.records import Filter, Hit, Index
from core.search.query import Query, checked
from core.search.results import Results, Timings
from core.vectors import Embedding, unit

_KEPT_PICTURES = 256


class Searcher:
    """Answers queries over one index with one model. Safe to share between threads.

    Args:
        embedder: Gives the loaded model; called only when something must be embedded.
        picture: The bytes of a dropped picture by its content hash, None where it is not kept.
    """

    def __init__(self, index: Index, embedder: Callable[[], Embedder], picture: Callable[[str], bytes | None]) -> None:
        self._index = index
        self._embedder = embedder
        self._picture = picture
        self._dropped = TextCache(_KEPT_PICTURES)

    def search(self, query: Query, k: int, where: Filter | None = None) -> Results:
        """The k nearest records, best first.

        Raises:
            InvalidQuery: nothing is asked for, k is out of range, or a picture of the query is not kept any more.
            UnreadableImage: a dropped picture cannot be opened.
            ModelUnavailable, ModelMismatch, IndexUnavailable: where model or index do not answer.
        """
        started = time.perf_counter()
        query = checked(query, k)
        embedding, ceiling, read_text = self._compose(query)
        embedded = time.perf_counter()
        hits = self._index.search(embedding, k, where)
        total = self._index.count(where)
        found = time.perf_counter()
        if ceiling != 1.0:
            hits = [Hit(hit.record, min(1.0, hit.score / ceiling)) for hit in hits]
        return Results(hits, total, Timings(embedded - started, found - embedded), read_text)

    def _compose(self, query: Query) -> tuple[Embedding, float, str | None]:
        """The query's unit vector, the highest cosine it can reach, and the text as read where it was cut."""
        parts: list[Embedding] = [self._picture_embedding(digest) for digest in query.images]
        read_text = None
        if query.text:
            embedder = self._embedder()
            fitted = embedder.fit_text(query.text)
            read_text = fitted if fitted != query.text else None
            parts.append(embedder.embed_texts([fitted])[0])
            if not query.images:
                return parts[0], embedder.text_ceiling, read_text
        # Each part has unit length, so words and every picture weigh the same.
        return unit(np.sum(parts, axis=0)), 1.0, read_text

    def _picture_embedding(self, digest: str) -> Embedding:
        known = self._index.by_content([digest])
        if digest in known:  # a picture of the corpus needs no model
            return known[digest][1]
        data = self._picture(digest)
        if data is None:
            raise InvalidQuery(
                "A picture of this search is not kept any more.", "Remove it from the search, or drop it again."
            )
        embedder = self._embedder()
        image = open_upright(data, "The dropped picture", enough(embedder.crop[0])).image
        embedding: Embedding = self._dropped.get(
            [f"{embedder.model_id} {digest}"], lambda _: embedder.embed_images([image])
        )[0]
        return embedding
