"""Searches measured against the exact answer: the same for the page, the command line, the API and the benchmarks.

The recall of a search is the share of the k true nearest that it finds. What is as near as the last of these counts as
one of them (Aumüller et al., 2020, ANN-Benchmarks): which of several copies is named is chance.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from itertools import batched
from typing import NamedTuple

import numpy as np

from core.errors import MeasurementRefused
from core.index.effort import EXACT_SECONDS, Effort, Neighbour
from core.index.filters import Filter
from core.index.index import Index
from core.index.records import Hit
from core.search.recall.report import Report, Row
from core.text.words import counted
from core.vectors import Embedding

SECONDS = 30.0
"""How long measuring may take, about: what is not measured by then is left out."""

_TIMED = 15  # searches, at least, of which the median is told
_WARMING = 3  # searches before they count: they open files and connections
_USED_WARMING = 15  # of the way in use, after which what is kept of few rows is in memory
_AT_ONCE = 16  # queries that are compared with all pictures together
_TIE = 2e-6  # that two roundings of one cosine differ by


class Probe(NamedTuple):
    """A query to measure with."""

    kind: str
    """Such as `words` or `pictures`: recall is told for each kind."""
    embedding: Embedding


type Find = Callable[[Embedding], Sequence[Hit]]


def recall(found: Sequence[Neighbour], nearest: Sequence[Neighbour]) -> float:
    """The share of the true nearest that a search found; 1 where there are none.

    Args:
        found: What it found, as many as there are true nearest at most.
        nearest: Those, best first.
    """
    if not nearest:
        return 1.0
    ids, last = {one.id for one in nearest}, nearest[-1].score
    right = sum(one.id in ids or abs(one.score - last) <= _TIE for one in found[: len(nearest)])
    return right / len(nearest)


def neighbours(hits: Sequence[Hit]) -> list[Neighbour]:
    return [Neighbour(hit.record.id, hit.score) for hit in hits]


def measure(
    index: Index, probes: Sequence[Probe], k: int, where: Filter | None = None, seconds: float = SECONDS
) -> Report:
    """Every query with every effort, the one that goes first changing from query to query, so that what else goes on
    weighs on all alike.

    Args:
        probes: One at least.
        seconds: How long it may take, about: later queries are left out.

    Raises:
        MeasurementRefused: an exact search would take too long.
        InvalidEmbedding, IndexUnavailable: as `Index.search`.
    """
    deadline = time.monotonic() + seconds
    efforts, searched = index.efforts(k, where), index.count(where)
    nearest, exact = _exactly(index, [probe.embedding for probe in probes], k, where, min(seconds, EXACT_SECONDS))
    ways = _ways(index, efforts.used, efforts.choices, k, where) if searched else {}
    runs = {way: _Run() for way in ways}
    for way, find in ways.items():
        for _ in range(_USED_WARMING if way.used else _WARMING):
            find(probes[0].embedding)
    order, measured = deque(ways), 0
    repeated = math.ceil(_TIMED / len(probes))
    for probe, truth in zip(probes, nearest, strict=False):  # the exact answers of the last may not have been had
        if measured and time.monotonic() > deadline:
            break
        for turn in range(repeated):
            for way in order:
                runs[way].add(probe, ways[way], truth, is_first=not turn)
            order.rotate(-1)
        measured += 1
    rows = [runs[way].row(way) for way in ways]
    kinds = [probe.kind for probe in probes[:measured]]
    return Report(
        engine=index.engine,
        index=index.name,
        k=k,
        queries={kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
        searched=searched,
        of=efforts.of,
        parameters=efforts.parameters,
        exact=exact,
        rows=rows,
        notes=_notes(len(probes), measured),
    )


class _Way(NamedTuple):
    """One way of searching."""

    effort: Effort | None
    used: bool


def _ways(
    index: Index, used: Effort | None, choices: Sequence[Effort], k: int, where: Filter | None
) -> dict[_Way, Find]:
    """The one in use as searches go it; the others with their effort."""
    ways: dict[_Way, Find] = {} if used in choices else {_Way(used, True): partial(index.search, k=k, where=where)}
    for effort in choices:
        if effort == used:
            ways[_Way(effort, True)] = partial(index.search, k=k, where=where)
        else:
            ways[_Way(effort, False)] = partial(index.search_with, effort, k=k, where=where)
    return ways


def _exactly(
    index: Index, embeddings: Sequence[Embedding], k: int, where: Filter | None, seconds: float
) -> tuple[list[list[Neighbour]], float]:
    """The true nearest of as many queries as there is time for, one at least; and how long the first took alone."""
    started = time.monotonic()
    nearest = index.search_exactly(np.stack(embeddings[:1]), k, where, seconds)
    alone = time.monotonic() - started
    for several in batched(embeddings[1:], _AT_ONCE):
        left = seconds - (time.monotonic() - started)
        try:
            nearest += index.search_exactly(np.stack(several), k, where, left)
        except MeasurementRefused:  # those that there are will do
            break
    return nearest, alone


class _Run:
    """What one way of searching did."""

    def __init__(self) -> None:
        self._seconds: list[float] = []
        self._recalls: list[tuple[str, float]] = []

    def add(self, probe: Probe, find: Find, nearest: Sequence[Neighbour], is_first: bool) -> None:
        """Search once more.

        Args:
            is_first: Whether it is the first time for this query: later it finds the same.
        """
        started = time.perf_counter()
        hits = find(probe.embedding)
        self._seconds.append(time.perf_counter() - started)
        if is_first:
            self._recalls.append((probe.kind, recall(neighbours(hits), nearest)))

    def row(self, way: _Way) -> Row:
        recalls = [recall for _, recall in self._recalls]
        kinds = dict.fromkeys(kind for kind, _ in self._recalls)
        p50, p95 = np.percentile(self._seconds, [50, 95])
        return Row(
            effort=way.effort,
            used=way.used,
            recall=float(np.mean(recalls)),
            lowest=min(recalls),
            lost=recalls.count(0.0),
            p50=float(p50),
            p95=float(p95),
            kinds={kind: float(np.mean([found for of, found in self._recalls if of == kind])) for kind in kinds},
        )


def _notes(asked: int, measured: int) -> list[str]:
    if measured == asked:
        return []
    return [f"Time was up: measured with {counted(measured, 'query', 'queries')} of {asked:,}."]
