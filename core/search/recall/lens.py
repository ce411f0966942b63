"""What searches are measured with: what somebody asks, or a sample of the pictures and of everyday words."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from core.embedding.embedder import Embedder
from core.errors import InvalidEmbedding, InvalidQuery, MeasurementBusy, ModelMismatch, ModelUnavailable
from core.index.filters import Filter
from core.index.index import Index
from core.search.compose import Composed
from core.search.query import Query, Search
from core.search.recall.measure import Probe, measure
from core.search.recall.report import Report
from core.search.relevance.concepts import CONCEPTS
from core.vectors import Embedding, check_embeddings, unit

K = 10
"""How many nearest are asked for where nobody says how many."""

MAX_K = 1_000
SAMPLE = 40
"""Queries of a sample where nobody says how many, half of them words."""

MAX_QUERIES = 200


class RecallLens:
    """One measurement at a time: another would weigh on its times. Safe to share between threads.

    Args:
        compose: Makes one vector of a query; raises as a search does.
        embedder: Gives the loaded model; called only when something must be embedded.
        resolve: Takes the values of a filter as people type them for those that the pictures have.
    """

    def __init__(
        self,
        index: Index,
        compose: Callable[[Query], Composed],
        embedder: Callable[[], Embedder],
        resolve: Callable[[Filter], Filter],
    ) -> None:
        self._index = index
        self._compose = compose
        self._embedder = embedder
        self._resolve = resolve
        self._measuring = threading.Lock()

    def of_searches(self, searches: Sequence[Search], k: int = K) -> Report:
        """
        Args:
            searches: With the same conditions; one at least.

        Raises:
            InvalidQuery: a search cannot be run, they have different conditions, or are too many.
            MeasurementRefused: it would take too long.
            MeasurementBusy: another is being measured.
            UnreadableImage, ModelUnavailable, ModelMismatch, IndexUnavailable: as a search.
        """
        if not searches:
            raise InvalidQuery("There is nothing to search for.", "Type some words or add a picture.")
        if len({search.where for search in searches}) > 1:
            raise InvalidQuery("These searches have different conditions.", "Measure them one after the other.")
        with self._alone(k, len(searches)):
            there = self._index.count()  # else no model is waited for
            probes = [self._probe(search.query) for search in searches if there]
            return self._measure(probes, k, searches[0].where)

    def of_vectors(self, vectors: Sequence[Sequence[float]], k: int = K, where: Filter | None = None) -> Report:
        """
        Args:
            vectors: Of any length but zero; one at least.

        Raises:
            InvalidQuery: they are none, too many, of length zero, or not of the index's dims; otherwise as
                `of_searches`.
        """
        if not vectors or len(set(map(len, vectors))) != 1:
            raise InvalidQuery("The vectors do not have the same length.", "Send as many numbers in each.")
        with self._alone(k, len(vectors)):
            rows = np.asarray(vectors, np.float64)
            try:
                check_embeddings(rows.astype(np.float32), rows.shape[1])
                return self._measure([Probe("vectors", row) for row in unit(rows)], k, where or Filter())
            except InvalidEmbedding as error:
                raise InvalidQuery(error.message, "Send vectors of the model that made the index.") from error

    def of_sample(self, k: int = K, where: Filter | None = None, count: int = SAMPLE) -> Report:
        """Of the collection's pictures, which find themselves, and of everyday words, which are unlike any picture: by
        these the recall is to be judged. Without a model of pictures alone, which is noted.

        Raises:
            InvalidQuery, MeasurementRefused, MeasurementBusy, IndexUnavailable: as `of_searches`.
        """
        with self._alone(k, count):
            words, note = self._words(count - count // 2)
            probes = [Probe("words", row) for row in words]
            probes += [Probe("pictures", row) for row in self._index.sample(count - len(words))]
            report = self._measure(probes, k, where or Filter())
            return _noted(report, note)

    def _words(self, count: int) -> tuple[Sequence[Embedding], str]:
        """Everyday concepts from all of them, and why there are none."""
        if not self._index.count():
            return [], ""
        try:
            embedder = self._embedder()
        except (ModelUnavailable, ModelMismatch) as error:
            return [], f"Measured with pictures alone, since words need the model. {error.message}"
        places = np.linspace(0, len(CONCEPTS) - 1, min(count, len(CONCEPTS))).round().astype(int)
        return list(embedder.embed_texts([CONCEPTS[place] for place in places])), ""

    def _probe(self, query: Query) -> Probe:
        kinds = [name for name, part in (("words", query.words), ("pictures", _pictures(query))) if part]
        return Probe(" and ".join(kinds), self._compose(query).embedding)

    def _measure(self, probes: Sequence[Probe], k: int, where: Filter) -> Report:
        if probes:
            return measure(self._index, probes, k, self._resolve(where))
        efforts = self._index.efforts(k)
        return Report(self._index.engine, self._index.name, k, {}, 0, efforts.of, efforts.parameters, 0.0, [])

    @contextmanager
    def _alone(self, k: int, count: int) -> Iterator[None]:
        if not 1 <= k <= MAX_K:
            raise InvalidQuery(f"{k:,} nearest were asked for.", f"Ask for 1 to {MAX_K:,}.")
        if not 1 <= count <= MAX_QUERIES:
            raise InvalidQuery(f"{count:,} queries were asked for.", f"Ask for 1 to {MAX_QUERIES:,}.")
        if not self._measuring.acquire(blocking=False):
            raise MeasurementBusy("Another measurement is running.", "Try again in a moment.")
        try:
            yield
        finally:
            self._measuring.release()


def _pictures(query: Query) -> Sequence[object]:
    return (*query.pictures, *query.more, *query.less)


def _noted(report: Report, note: str) -> Report:
    return replace(report, notes=[*report.notes, note]) if note else report
