"""Searches for everyday concepts, by which it is told which of them a collection shows."""

from collections.abc import Iterator
from pathlib import Path

from core.analysis.overview.presence import Presence
from core.embedding.embedder import Embedder
from core.index.index import Index
from core.search.query import Query, Search, Words
from core.search.relevance.calibrator import Calibrations
from core.search.relevance.concepts import CONCEPTS
from core.search.searcher import Searcher
from core.vectors import Embeddings

_COUNTED = 1_000  # matches: of more it is said that there are more


class ConceptSearch:
    """Searches of its own: what visitors have found stays remembered, and how long theirs took.

    Args:
        learned: The folder where it is kept what scores mean.
    """

    def __init__(self, index: Index, embedder: Embedder, learned: Path) -> None:
        self._calibrations = Calibrations(index, learned)
        self._calibrations.learn(embedder)
        self._embedder = embedder
        self._searcher = Searcher(index, lambda: embedder, lambda: embedder, lambda _: None, self._calibrations)

    def look(self) -> Iterator[Presence]:
        """Of each concept; nothing where it is not known what scores mean here."""
        if self._calibrations.current(self._embedder) is None:
            return
        for concept in CONCEPTS:
            search = Search(Query((Words(concept),)))
            found = self._searcher.search(search, 0, 1)
            if found.at_least:
                found = self._searcher.search(search, 0, _COUNTED)
            shown = bool(found.matched) and not found.no_match
            best = found.results[0].record.content_hash if shown and found.results else ""
            yield Presence(concept, found.matched or 0 if shown else 0, found.at_least and shown, best)

    def bank(self) -> Embeddings | None:
        """The concepts' embeddings, shape `(m, dims)`."""
        bank = self._calibrations.bank(self._embedder)
        return bank[1] if bank else None
