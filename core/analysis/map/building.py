"""The making of a map, as a job carries it out: who is near to whom, places, clusters, names, and what records are told
of it. New pictures are put among those that are there; nobody moves until all is laid out anew.
"""

import hashlib
import math
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.analysis.kept import Kept, KeptAnalyses
from core.analysis.map import keeping
from core.analysis.map.clustering import clusters_of, numbered, parents
from core.analysis.map.layout import grouping, laying, process
from core.analysis.map.layout.measuring import quality
from core.analysis.map.layout.placing import placed, spread_copies
from core.analysis.map.model import Map
from core.analysis.map.naming.given import ClusterNames
from core.analysis.neighbours.graph import Neighbours, neighbours
from core.errors import ImageSearchError
from core.index.chosen.ids import to_rows
from core.index.index import Index
from core.ingest.journal.job import JobState, Plan
from core.ingest.journal.progress import Counts, Phase, Progress
from core.search.relevance.concepts import Bank

NAME = "map"
WORK = "map-work"
"""The folder of what is under way."""

ANEW = 1.0
"""New pictures for each that has a place: with more all is laid out anew, for most would stand by few others."""

_GAP = 0.02  # of the distance between points that stand side by side: how far copies stand from each other
_MARKED = 2_000  # records at once
_ALIGNED_BY = 2  # pictures that were there before: with more it is clear which way they are turned
_BEGINS_BY = 0.5  # of the pictures must have been there before for their places to be where it begins
_ROOM = 3.0  # times as large or small as usual a map may become by being put over the one before

type Places = NDArray[np.float64]
type Progressing[T] = Generator[Progress, None, T]


class MapAnalysis:
    """
    Args:
        kept: The folders of what is found.
        names: What people call clusters; called when they are needed, since that opens the database.
        bank: Waits until the model has read the everyday concepts; None where it cannot.
    """

    name = NAME
    title = "Make the map"

    def __init__(
        self,
        index: Index,
        kept: KeptAnalyses,
        names: Callable[[], ClusterNames],
        bank: Callable[[], Bank | None],
    ) -> None:
        self._index, self._kept, self._names, self._bank = index, kept, names, bank

    def plan(self, job: JobState) -> Iterator[Plan]:
        made = keeping.load(self._kept.of(NAME))
        if made is None or job.analysis.options.get("again"):
            yield Plan(new=self._index.count())
            return
        here = {bytes.fromhex(digest) for _, digests in self._index.contents() for digest in digests}
        there = {row.tobytes() for row in made.contents}
        count = self._index.count()
        differ = len(here ^ there) + abs(count - made.size)
        unnamed = not made.has_concepts and any(one.own_by == "number" for one in made.clusters)
        yield Plan(new=differ or int(unnamed))

    def run(self, job: JobState) -> Iterator[Progress]:
        again = bool(job.analysis.options.get("again"))
        kept, work = self._kept.of(NAME), self._kept.of(WORK)
        graph = yield from _compared(self._index, self._kept.of("neighbours"))
        stamp, total = self._index.model(), len(graph.ids)
        model, before = stamp.model_id if stamp else "", keeping.load(kept)
        if before is None or again or before.vectors_of != model or is_mostly_new(before, graph):
            made = yield from self._laid_out(graph, before or self._elder(), work, model)
        else:
            yield _progress(Phase.ARRANGING, 0, total)
            made = with_new(before, graph)
        yield _progress(Phase.GROUPING, total // 2, total)
        bank, given = self._bank(), self._names().all()
        clusters = clusters_of(made, graph, self._index, bank, given)
        made = keeping.renewed(made, clusters=clusters, has_concepts=bank is not None)
        keeping.save(kept, made)
        yield from marked(self._index, made)
        work.clear()

    def _elder(self) -> Map | None:
        """The map of the newest version of the index that has one, beside the one in use."""
        current = self._index.versions.current()
        numbers = sorted((version.number for version in self._index.versions.all()), reverse=True)
        maps = (keeping.load(self._kept.of(NAME, number)) for number in numbers if number != current)
        return next(filter(None, maps), None)

    def _laid_out(self, graph: Neighbours, before: Map | None, work: Kept, model: str) -> Progressing[Map]:
        old, known = old_places(graph, before)
        begun = prepared(work.folder, graph, old, known)
        total = len(graph.ids)
        yield _progress(Phase.ARRANGING, begun, total)
        try:
            for step in process.run(work.folder):
                phase = Phase.GROUPING if step.groups else Phase.ARRANGING
                yield _progress(phase, round(total * step.done / max(1, step.total)), total)
        except process.ProcessEnded:
            raise ImageSearchError(
                "The map could not be laid out: its process ended early.",
                "The machine may be short of memory. Free some, then resume the job.",
            ) from None
        places, levels = process.results(work.folder)
        if known.sum() > _ALIGNED_BY:
            places = turned(places, old, known)
        yield _progress(Phase.GROUPING, 0, total)
        made = Map(
            version=keeping.new_version(),
            layout=keeping.new_version(),
            made_at=time.time(),
            ids=to_rows(graph.ids),
            row=graph.row,
            contents=graph.digests,
            places=places,
            points=np.empty((0, 2), np.float32),
            levels=numbered(levels, len(graph)),
            clusters=(),
            quality=quality(places, graph.vectors),
            vectors_of=model,
        )
        return replace(made, points=points_of(made))


def old_places(graph: Neighbours, before: Map | None) -> tuple[Places, NDArray[np.bool_]]:
    """Where the contents were on the map before, and of which that is known."""
    places, known = np.zeros((len(graph), 2)), np.zeros(len(graph), np.bool_)
    if before is not None and len(before.contents):
        at = graph.rows_of(hashes_of(before.contents))
        places[at[at >= 0]] = before.places[at >= 0]
        known[at[at >= 0]] = True
    return places, known


def prepared(folder: Path, graph: Neighbours, old: Places, known: NDArray[np.bool_]) -> int:
    """Write what the process needs, unless it is there already: then it goes on from where it was. Returns how many of
    the pictures count as done.

    Where many were on the map before, it begins with their places: what is alike comes to lie where it was.
    """
    task = hashlib.blake2b(graph.digests.tobytes() + graph.indices.tobytes(), digest_size=16).hexdigest()
    note = Kept(folder)
    if note.noted("task") == task:
        return process.done_share(folder, len(graph.ids))
    note.clear()
    begin = laying.principal(graph.vectors) if len(graph) else np.zeros((0, 2))
    if known.sum() > _BEGINS_BY * len(graph):
        begin = placed(old, known, graph.indices, graph.cosines)
    note.save_array("neighbours", graph.indices)
    note.save_array("cosines", graph.cosines)
    note.save_array("begin", laying.beginning(begin))
    note.note("task", task)
    return 0


def turned(places: Places, old: Places, known: NDArray[np.bool_]) -> Places:
    """The places turned, mirrored and moved to where the same pictures were, as near as can be."""
    found = laying.moved(places, laying.aligned(places[known], old[known]))
    low, high = found.min(axis=0), found.max(axis=0)
    fits = 1.0 / _ROOM <= float((high - low).max()) / 2.0 <= _ROOM
    return found if fits else laying.fitted(found)


def with_new(before: Map, graph: Neighbours) -> Map:
    """The map with those pictures that there are now: new ones among those most like them, in whose clusters they are.
    Nobody moves."""
    old, known = old_places(graph, before)
    places = placed(old, known, graph.indices, graph.cosines)
    at = graph.rows_of(hashes_of(before.contents))
    levels = np.full((len(before.levels), len(graph)), grouping.NONE, np.int32)
    levels[:, at[at >= 0]] = np.where(before.levels > 0, before.levels, grouping.NONE)[:, at >= 0]
    above = parents(before.levels)
    for place in range(len(levels)):
        levels[place] = grouping.surrounded(levels[place], graph.indices, known)
    for place in reversed(range(1, len(levels))):  # who is in one is in those that it lies in
        new = ~known & (levels[place] != grouping.NONE)
        upper = np.array([above.get(number, 0) for number in levels[place][new].tolist()], np.int32)
        levels[place - 1][new] = np.where(upper > 0, upper, grouping.NONE)
    made = replace(
        before,
        made_at=time.time(),
        ids=to_rows(graph.ids),
        row=graph.row,
        contents=graph.digests,
        places=places,
        levels=np.maximum(levels, 0),
    )
    points, there = points_of(made), before.numbers_of([id_.decode() for id_ in graph.ids.tolist()])
    same = there >= 0
    same[same] = (before.contents[before.row[there[same]]] == graph.digests[graph.row[same]]).all(axis=1)
    points[same] = before.points[there[same]]
    return replace(made, points=points)


def points_of(made: Map) -> NDArray[np.float32]:
    """Where the records stand, by where their contents do."""
    gap = _GAP * 2.0 / math.sqrt(max(1, len(made.places)))
    return spread_copies(made.places.astype(np.float32), made.row, gap)


def marked(index: Index, made: Map, which: NDArray[np.bool_] | None = None) -> Iterator[Progress]:
    """Tell records in which clusters they are, as their names have it.

    Args:
        which: Points; None: all.
    """
    names, points = made.names_of(), np.arange(made.size) if which is None else np.flatnonzero(which)
    for start in range(0, len(points), _MARKED):
        yield _progress(Phase.NOTING, start, len(points))
        some = points[start : start + _MARKED]
        ids, rows = made.digits[some].tolist(), made.levels[:, made.row[some]].T.tolist()
        called = ([names[number] for number in row if number in names] for row in rows)
        index.mark("cluster", {id_.decode(): tuple(texts) for id_, texts in zip(ids, called, strict=True)})
    yield _progress(Phase.NOTING, len(points), len(points))


def _compared(index: Index, kept: Kept) -> Progressing[Neighbours]:
    for found in neighbours(index, kept):
        if isinstance(found, Neighbours):
            return found
        yield _progress(Phase.COMPARING, found.done, found.total)
    raise AssertionError


def _progress(phase: Phase, done: int, total: int) -> Progress:
    return Progress(phase, total, Counts(updated=min(done, total)))


def is_mostly_new(made: Map, graph: Neighbours) -> bool:
    """Whether so many are new that they would have to be put among few others."""
    there = int((graph.rows_of(hashes_of(made.contents)) >= 0).sum())
    return len(graph) - there > ANEW * there


def hashes_of(contents: NDArray[np.uint8]) -> list[str]:
    text = contents.tobytes().hex()
    return [text[at : at + 64] for at in range(0, len(text), 64)]
