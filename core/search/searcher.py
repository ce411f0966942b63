"""From a search to results: composes the vector, asks the index, judges, collapses and orders what it finds."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.cache import LRUCache
from core.embedding.embedder import Embedder
from core.errors import InvalidQuery
from core.index.filters import Filter
from core.index.index import MAX_K, Counts, Index
from core.index.records import Hit
from core.runtime.blas import use_one_thread
from core.search.browsing import DEPTHS, SET_ASIDE_ONLY, Browser, SetAside
from core.search.compose import Composed, Composer
from core.search.options import Options, Sort
from core.search.query import Query, Search, checked
from core.search.ranking import facets
from core.search.ranking.rank import ALIKE, Ranking, rank
from core.search.relevance.bands import above_chance, assess
from core.search.relevance.calibrator import Calibrations
from core.search.relevance.naming import MAX_NAMED, narrowed, sought, with_named
from core.search.relevance.scores import Calibration
from core.search.results import Results, Timings
from core.telemetry.stopwatch import spent

_WIDENED = 1_000  # hits, at most, that tell what else could be chosen in a facet
_KEPT = 16  # lists of hits, and rankings of them


@dataclass(frozen=True, slots=True)
class _Found:
    """What the index answered."""

    composed: Composed
    hits: Sequence[Hit]
    named: Sequence[Hit]
    """Those that are called what is searched for, where the model knows few things; also such as are not among the
    nearest."""
    searched: int
    timings: Timings


class Searcher:
    """Answers searches in one index with one model. Safe to share between threads.

    Args:
        embedder: Gives the loaded model; called only when something must be embedded.
        loaded: The model if it is loaded.
        picture: The bytes of a dropped picture by its content hash, None where it is not kept.
    """

    def __init__(
        self,
        index: Index,
        embedder: Callable[[], Embedder],
        loaded: Callable[[], Embedder | None],
        picture: Callable[[str], bytes | None],
        calibrations: Calibrations,
    ) -> None:
        use_one_thread()
        self._index = index
        self._loaded = loaded
        self._composer = Composer(index, embedder, picture)
        self._calibrations = calibrations
        # Asked again for the next page, for another look at the same hits, and by every run of a page.
        self._found: LRUCache[_Found] = LRUCache(_KEPT, "hits")
        self._rankings: LRUCache[tuple[Ranking, _Found]] = LRUCache(_KEPT, "rankings")
        self._set_aside = SetAside()
        self._browser = Browser(index, self._set_aside)

    def search(self, search: Search, offset: int = 0, limit: int = 24) -> Results:
        """A page of the `search.k` results; of everything that the filter lets through where the query is empty. What
        was set aside as a duplicate is left out, unless the filter names it.

        Raises:
            InvalidQuery: the query cannot be run, as `checked` says, or the page lies beyond the nearest `MAX_K`.
            UnreadableImage: a dropped picture cannot be opened.
            ModelUnavailable, ModelMismatch, IndexUnavailable: where model or index do not answer.
        """
        if not (0 <= offset < MAX_K and 1 <= limit <= MAX_K):
            raise InvalidQuery(f"{limit} results after {offset} were asked for.", f"Ask for 1 to {MAX_K:,}.")
        k = MAX_K if search.k is None else search.k
        if not 1 <= k <= MAX_K:
            raise InvalidQuery(f"{k} results were asked for.", f"Ask for 1 to {MAX_K:,}.")
        end = min(offset + limit, max(offset, k))
        if search.browses:
            alike = _alike(search.options, self._calibration())
            return self._browser.browse(search.where, search.options, alike, offset, end, k)
        search = replace(search, query=checked(search.query))
        assumed = self._set_aside.any
        results = self._nearest(search, offset, end, k)
        # What was assumed is counted along with the search: seldom otherwise, and else it were a request of its own.
        return results if assumed == self._set_aside.any else self._nearest(search, offset, end, k)

    def _nearest(self, search: Search, offset: int, end: int, k: int) -> Results:
        chosen = search.where
        search = replace(search, where=self._set_aside.without(chosen))
        calibration, revision = self._calibration(), self._index.revision()
        sorts_few = search.options.sort is not Sort.BEST and k <= DEPTHS[1]  # then all k are to be known
        for depth in _depths(search.options, offset):
            ranking, found = self._ranking(search, depth, calibration, revision)
            exhausted = len(found.hits) < depth
            if exhausted or ranking.covers(k if sorts_few else end):
                break

        def counted(where: Filter) -> Counts:
            widened = replace(search, where=self._set_aside.without(where))
            return self._ranking(widened, min(depth, _WIDENED), calibration, revision)[0].facets

        ranking = replace(ranking, facets=facets.with_choices(ranking.facets, chosen, counted))
        return _page(ranking, found, slice(offset, end), k, more=not exhausted and depth < MAX_K)

    def facets(self, where: Filter) -> Counts:
        """As `Browser.facets`."""
        return self._browser.facets(where)

    def compose(self, query: Query) -> Composed:
        """What the index is asked with; raises as `search` does."""
        return self._compose(checked(query), self._calibration())

    def _compose(self, query: Query, calibration: Calibration | None) -> Composed:
        return self._composer.compose(query, calibration.spreads if calibration else {})

    def _calibration(self) -> Calibration | None:
        return self._calibrations.current(self._loaded())

    def _ranking(
        self, search: Search, depth: int, calibration: Calibration | None, revision: str
    ) -> tuple[Ranking, _Found]:
        def make() -> tuple[Ranking, _Found]:
            found = self._found.get(key, lambda: self._find(search.query, search.where, depth, calibration, revision))
            return self._rank(found, search.options, calibration, k), found

        # The order by score is the same for any number of results: nothing is ranked again for another.
        k = None if search.options.sort is Sort.BEST else search.k
        key = search.query, search.where, depth, id(calibration), revision
        return self._rankings.get((key, search.options, k), make)

    def _find(self, query: Query, where: Filter, depth: int, calibration: Calibration | None, revision: str) -> _Found:
        started = time.perf_counter()
        composed = self._compose(query, calibration)
        embedded = time.perf_counter()
        wheres = [where] if self._set_aside.is_counted(revision) else [where, SET_ASIDE_ONLY]
        hits, (searched, *set_aside) = self._index.search_and_counts(composed.embedding, depth, wheres, embeddings=True)
        if set_aside:
            self._set_aside.note(revision, set_aside[0])
        named = self._named(query, composed, where)
        timings = Timings(embedded - started, time.perf_counter() - embedded)
        spent("embedding", timings.embedding)
        spent("index", timings.index)
        max_cosine = composed.max_cosine
        return _Found(composed, _as_share(hits, max_cosine), _as_share(named, max_cosine), searched, timings)

    def _named(self, query: Query, composed: Composed, where: Filter) -> Sequence[Hit]:
        names = sought(query) if composed.sure_from else None
        if names is None:
            return []
        found = self._index.search(composed.embedding, MAX_NAMED, narrowed(where, names), embeddings=True)
        return [hit for hit in found if names.says(hit.record.name)]

    def _rank(self, found: _Found, options: Options, calibration: Calibration | None, k: int | None) -> Ranking:
        started = time.perf_counter()
        hits: Sequence[Hit] = found.hits
        judgement = None
        seeks = any(part.weight > 0 for part in found.composed.parts)
        if calibration is not None and found.hits and seeks:  # else nothing is a match of anything
            rows = _embeddings(found.hits)
            strengths = calibration.strengths(found.composed, rows)
            of_kind = calibration.of_kind(found.composed, above_chance(found.searched))
            sure = found.composed.sure(rows)
            judgement = assess(strengths, found.searched, options.min_match, sure, of_kind=of_kind)
            hits, judgement = with_named(hits, judgement, found.named, options.min_match)
        ranking = rank(hits, judgement, options, _alike(options, calibration), k)
        seconds = time.perf_counter() - started
        spent("ranking", seconds)
        return replace(ranking, seconds=seconds)


def _depths(options: Options, offset: int) -> Iterable[int]:
    """How deep to look, the least first. To sort all matches, more of them must be known than fill a page."""
    least = offset if options.sort is Sort.BEST else max(offset, DEPTHS[0])
    return (depth for depth in DEPTHS if depth > least)


def _alike(options: Options, calibration: Calibration | None) -> float:
    return options.duplicate_threshold or (calibration.alike if calibration else ALIKE)


def _as_share(hits: Sequence[Hit], max_cosine: float) -> Sequence[Hit]:
    if max_cosine == 1.0:
        return hits
    return [replace(hit, score=min(1.0, hit.score / max_cosine)) for hit in hits]


def _embeddings(hits: Sequence[Hit]) -> np.ndarray:
    return np.stack([hit.embedding for hit in hits if hit.embedding is not None])


def _page(ranking: Ranking, found: _Found, page: slice, k: int, more: bool) -> Results:
    """
    Args:
        more: Whether there are hits that were not looked at.
    """
    results = ranking.results
    at_least = more and ranking.matched == len(results)
    return Results(
        results=results[page],
        offset=page.start,
        judged=ranking.matched is not None,
        matched=ranking.matched,
        at_least=at_least,
        bands=ranking.bands,
        no_match=ranking.no_match,
        of_kind=ranking.of_kind,
        searched=found.searched,
        collapsed=ranking.collapsed,
        has_more=page.stop < k and (more or len(results) > page.stop),
        total=found.searched - ranking.collapsed if more else len(results),
        facets=ranking.facets,
        timings=replace(found.timings, ranking=ranking.seconds),
        duplicate_threshold=ranking.duplicate_threshold,
        read_text=found.composed.read_text,
    )
