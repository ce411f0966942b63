"""What there is where nothing is searched for: all that a filter lets through, in an order; counts of facets."""

import time
from collections.abc import Sequence
from hashlib import blake2b

from core.cache import LRUCache
from core.index.filters import SET_ASIDE, Filter, without_set_aside
from core.index.index import MAX_K, Counts, Index, Order, is_estimated
from core.index.records import Hit, ImageRecord
from core.search.options import Collapse, Options, Sort
from core.search.ranking import facets
from core.search.ranking.collapse import group_duplicates
from core.search.results import Result, Results, Timings
from core.telemetry.stopwatch import part

DEPTHS = (200, 1_000, 4_000, MAX_K)
"""How many records are looked at: as many as the page asked for takes. Longer lists begin as the shorter do."""

SET_ASIDE_ONLY = Filter((SET_ASIDE,))

_KEPT = 16  # counts of facets, and which records are shown as one
_KEPT_RESULTS = 40_000  # of all lists: some 100 MB

_ORDERS: dict[Sort, Order] = {
    Sort.NEWEST: "newest",
    Sort.OLDEST: "oldest",
    Sort.LARGEST: "largest",
    Sort.SMALLEST: "smallest",
    Sort.NAME: "name",
}


class SetAside:
    """Whether anything was set aside as a duplicate, as counted last. Safe to share between threads."""

    def __init__(self) -> None:
        self._counted = ("", False)  # the revision of the index when it was, and whether there was any

    @property
    def any(self) -> bool:
        return self._counted[1]

    def is_counted(self, revision: str) -> bool:
        return self._counted[0] == revision

    def note(self, revision: str, count: int) -> None:
        self._counted = (revision, count > 0)

    def without(self, where: Filter) -> Filter:
        """A filter that leaves it out, where there is any: a filter takes time."""
        return without_set_aside(where) if self.any else where


class Browser:
    """Shows what there is in one index. Safe to share between threads."""

    def __init__(self, index: Index, set_aside: SetAside) -> None:
        self._index, self._set_aside = index, set_aside
        self._counts: LRUCache[Counts] = LRUCache(_KEPT, "facets")
        self._results: LRUCache[Sequence[Result]] = LRUCache(_KEPT_RESULTS, "browsed", lambda found: 1 + len(found))
        self._stacks: LRUCache[list[list[int]]] = LRUCache(_KEPT, "stacks")

    def facets(self, where: Filter) -> Counts:
        """Of all pictures that a filter lets through; counted again when the index has changed."""
        return self._counted(where, self._index.revision())

    def _counted(self, where: Filter, revision: str) -> Counts:
        def count() -> Counts:
            with part("index"):
                return self._index.facets(where)

        return self._counts.get_once((where, revision), count)

    def browse(
        self, chosen: Filter, options: Options, duplicate_threshold: float, offset: int, end: int, k: int
    ) -> Results:
        """
        Args:
            end: The first result that is not on the page.
            k: How many results there are at most.
        """
        started, revision = time.perf_counter(), self._index.revision()
        if not self._set_aside.is_counted(revision):
            self._set_aside.note(revision, self._index.count(SET_ASIDE_ONLY))
        where = self._set_aside.without(chosen)
        searched = self._index.count(where)
        for depth in (depth for depth in DEPTHS if depth > offset):
            results = self._looked_at(where, options, depth, duplicate_threshold, revision)
            looked_at = sum(result.count for result in results)
            exhausted = looked_at < depth
            if exhausted or len(results) >= end:
                break
        counts = facets.with_choices(
            self._counted(where, revision),
            chosen,
            lambda widened: self._counted(self._set_aside.without(widened), revision),
        )
        collapsed = looked_at - len(results)
        more = not exhausted and depth < MAX_K
        total = searched - collapsed if more else len(results)
        return Results(
            results=results[offset:end],
            offset=offset,
            matched=total,
            at_least=False,
            bands={},
            no_match=False,
            searched=searched,
            collapsed=collapsed,
            has_more=end < k and (more or len(results) > end),
            total=total,
            facets=counts,
            timings=Timings(0.0, time.perf_counter() - started),
            duplicate_threshold=duplicate_threshold,
            scored=False,
            estimated=is_estimated(self._index, searched),
        )

    def _looked_at(
        self, where: Filter, options: Options, depth: int, duplicate_threshold: float, revision: str
    ) -> Sequence[Result]:
        """The first records in their order, those that are shown as one in the place of the first of them."""

        def make() -> Sequence[Result]:
            with part("index"):
                records = self._index.browse(where, _ORDERS.get(options.sort), 0, depth)
            records, stacks = self._stacked(records, options.collapse, duplicate_threshold)
            plain = [Hit(record, 0.0) for record in records]
            return [
                Result(plain[leader], None, None, True, others=tuple(plain[other] for other in others))
                for leader, *others in stacks
            ]

        key = where, options.sort, options.collapse, duplicate_threshold, depth, revision
        return self._results.get_once(key, make)

    def _stacked(
        self, records: list[ImageRecord], collapse: Collapse, duplicate_threshold: float
    ) -> tuple[list[ImageRecord], list[list[int]]]:
        """Records, without those that were deleted a moment ago, and which of them are shown as one. Only what the
        pictures themselves say counts for that: it stays as it is where tags change."""

        def make() -> list[list[int]]:
            return group_duplicates(self._with_embeddings(records, collapse), collapse, duplicate_threshold)

        while True:
            made_by = self._index.model() if collapse is Collapse.ALIKE else None  # asked of a server, perhaps
            key = _digest(records), collapse, duplicate_threshold, made_by
            try:
                return records, self._stacks.get_once(key, make)
            except KeyError:
                there = {record.id for record in self._index.get([record.id for record in records])}
                records = [record for record in records if record.id in there]

    def _with_embeddings(self, records: list[ImageRecord], collapse: Collapse) -> list[Hit]:
        """With those that tell which are shown as one, where these do.

        Raises:
            KeyError: one was deleted a moment ago.
        """
        if collapse is not Collapse.ALIKE or not records:
            return [Hit(record, 0.0) for record in records]
        with part("index"):
            rows = self._index.embeddings([record.id for record in records])
        return [Hit(record, 0.0, row) for record, row in zip(records, rows, strict=True)]


def _digest(records: Sequence[ImageRecord]) -> bytes:
    """Of all that tells which of them are shown as one, and of their order."""
    digest = blake2b(digest_size=16)
    for record in records:
        digest.update(f"{record.id} {record.content_hash} {record.phash} {record.described}\n".encode())
    return digest.digest()
