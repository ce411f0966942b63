"""What is asked of an index by those who search: results, facets, words to try, explanations."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import ImageSearchError
from core.index.filters import Filter
from core.index.index import Counts, Index, by_frequency
from core.model import IndexModel
from core.search.language.resolve import Chosen, resolve
from core.search.latency import Latencies
from core.search.measured import measured
from core.search.query import Query, Search
from core.search.relevance.calibrator import Calibrations
from core.search.results import Results
from core.search.searcher import Searcher
from core.services.once import Once, Opening
from core.services.pictures import Pictures

if TYPE_CHECKING:
    from core.embedding.embedder import Embedder
    from core.search.examples import Examples
    from core.search.explain.concepts import Concept, Explainer
    from core.search.explain.heatmap import Heat, HeatmapBuilder, HeatmapProgress
    from core.search.recall.lens import RecallLens
    from core.search.relevance.concepts import Bank
    from core.search.relevance.scores import Calibration


class Searching(Opening):
    """Of one index.

    Args:
        learned: The folder where it is kept what scores mean.
        sent: The folders of uploads, as records have them.
        pictures: Those that queries are made with.
        chosen: Gives the records of a selection, None where there is none.
    """

    def __init__(
        self,
        index: Index,
        model: IndexModel,
        learned: Path,
        sent: Sequence[Path],
        pictures: Pictures,
        chosen: Chosen = lambda name: None,
    ) -> None:
        super().__init__()
        self._chosen = chosen
        self._index, self._model, self._learned, self._sent, self._pictures = index, model, learned, sent, pictures
        self.latencies = Latencies()
        self._calibrations = Calibrations(index, learned)
        self._searcher = Searcher(index, model.embedder, lambda: model.in_use, pictures.of_query, self._calibrations)

    @Once
    def _examples(self) -> "Examples":
        from core.search.examples import Examples

        return Examples(self._index, self._calibrations, self._learned)

    @Once
    def _explainer(self) -> "Explainer":
        from core.search.explain.concepts import Explainer

        return Explainer(self._index, self._searcher.compose, self._bank)

    @Once
    def _heatmaps(self) -> "HeatmapBuilder":
        from core.search.explain.heatmap import HeatmapBuilder

        return HeatmapBuilder(lambda record: self._pictures.read(record.path))

    @Once
    def recall(self) -> "RecallLens":
        """How good searches are, against the exact answer."""
        from core.search.recall.lens import RecallLens

        return RecallLens(
            self._index,
            self._searcher.compose,
            self._model.embedder,
            self.resolved,
        )

    def search(self, search: Search, offset: int = 0, limit: int = 24, patience: float = 0.0) -> Results:
        """As `Searcher.search`, with the values of the filter taken as `resolve` says.

        Args:
            patience: Seconds to wait, at most, where it is not known yet what scores mean here.
        """
        with measured() as told:
            told.results = results = self.answer(search, offset, limit, patience)
        return results

    def answer(self, search: Search, offset: int = 0, limit: int = 24, patience: float = 0.0) -> Results:
        """As `search`, without being counted."""
        if patience and search.query.seeks:
            self._await_scores(patience)
        from core.search.language.remarks import remarks

        def ask() -> tuple[Results, list[str]]:
            where, notes = self._resolve(search.where)
            return self._searcher.search(replace(search, where=where), offset, limit), notes

        started = time.perf_counter()
        # Another version of the index, even of another model, may come into use meanwhile.
        found, notes = self._index.consistent(ask)
        if found.scored:  # else nothing was searched for
            self.latencies.note(time.perf_counter() - started, found.timings)
        said = [*notes, *remarks(search.query.words)]
        return replace(found, notes=said, facets=self._folded(found.facets))

    def resolved(self, where: Filter) -> Filter:
        """With the values that the pictures have, and the records of selections."""
        return self._resolve(where)[0]

    def _resolve(self, where: Filter) -> tuple[Filter, list[str]]:
        return resolve(where, self.facets(), self._chosen) if where.conditions else (where, [])

    def _await_scores(self, seconds: float) -> None:
        """Whatever keeps the model from loading, the search itself says, or does without it."""
        deadline = time.monotonic() + seconds
        with suppress(ImageSearchError, TimeoutError):
            embedder = self._model.load().result(seconds)
            self._calibrations.await_current(embedder, deadline - time.monotonic())

    def learn_scores(self) -> None:
        """Learn at once what scores mean, where it is not known: for those who ask once; raises as the model does."""
        self._calibrations.learn(self._model.embedder())

    @property
    def knows_scores(self) -> bool:
        """Whether it is known what scores mean in this index; while the model is loaded, it is being learned."""
        return self._calibrations.current(self._model.loaded) is not None

    def facets(self) -> Counts:
        """Of all pictures, how many have which value; counted again when the index has changed."""
        return self._folded(self._searcher.facets(Filter()))

    def _folded(self, counts: Counts) -> Counts:
        """The folders that uploads are kept in count as one: how they are spread says nothing."""
        folders = dict(counts.get("folder", {}))
        for own in map(str, self._sent):
            inside = [folder for folder in folders if folder.startswith(f"{own}/")]
            if inside:
                folders[own] = folders.get(own, 0) + sum(folders.pop(folder) for folder in inside)
        return {**counts, "folder": by_frequency(folders)} if folders != counts.get("folder", {}) else counts

    def examples(self, is_busy: Callable[[], bool]) -> tuple[str, ...]:
        """Words worth trying on these pictures; none before they were chosen.

        Args:
            is_busy: Whether pictures come in: then none are chosen.
        """
        count = self._index.count()
        return self._examples.words(count, None if is_busy() else self._model.loaded) if count else ()

    def choose_examples(self) -> None:
        """So that they are there when somebody comes."""
        self._examples.words(self._index.count(), self._model.loaded)

    def explain(self, query: Query, content_hash: str) -> "list[Concept]":
        """As `Explainer.explain`."""
        return self._index.consistent(lambda: self._explainer.explain(query, content_hash))

    def heat(self, query: Query, content_hash: str) -> "Iterator[HeatmapProgress | Heat]":
        """As `HeatmapBuilder.build`, of a picture of the index; what is wrong with the query is raised at once."""
        from core.search.explain.concepts import get_by_content

        record, embedding, embedder = self._index.consistent(
            lambda: (
                get_by_content(self._index, content_hash)[0],
                self._searcher.compose(query).embedding,
                self._model.embedder(),
            )
        )
        return self._heatmaps.build(record, embedding, embedder)

    def calibration(self, embedder: "Embedder") -> "Calibration | None":
        """What scores of this model mean here; learned at once where it is not known."""
        if self._calibrations.current(embedder) is None:
            self._calibrations.learn(embedder)
        return self._calibrations.current(embedder)

    def read_bank(self) -> "Bank | None":
        """The everyday concepts; waits until the model has read them, and gives None where it cannot."""
        with suppress(ImageSearchError):
            embedder = self._model.embedder()
            self._calibrations.learn(embedder)
            return self._calibrations.bank(embedder)
        return None

    def _bank(self) -> "Bank | None":
        embedder = self._model.loaded
        return self._calibrations.bank(embedder) if embedder else None
