"""How fast and how right searches are on both engines, beside an exact scan in NumPy.

The rows are realistic embeddings, the queries embeddings of new pictures and of texts, which are unlike the rows. All
engines answer the same query one after the other, in turn, so that what else the machine does weighs on all alike; the
one after NumPy when its threads have gone to sleep, which spin for some 20 ms.

Latency  `Index.search` alone, records and all, when a server has merged what was loaded (`benchmarks.growth` does not
         wait for that); NumPy has the rows in memory and finds numbers only (matrix product, argpartition). Under a
         filter it scans the same rows and drops the scores of the others, which it is told.
         "LanceDB's query" is what the engine takes for the one query that LanceDB is asked, nothing around it;
         "Elasticsearch's query" what a bare client takes for the one that the server is asked, which answers with
         nothing but ids.
Recall   the share of NumPy's ten nearest that are found, counted as `image-search recall` does; `lost` are queries
         without a single one of them.
Changed  The first searches under a filter after a record was changed. LanceDB reads what few rows a filter lets through
         with the second or a later one, and then looks for it in memory; latency is that of many under one filter.
Beside   What the page asks for beyond the ten nearest: hits with their embeddings, counts, an order, a sample.
Whole    `Searcher.search` with CLIP's text tower in a process of its own, as the app has it: what embedding, index and
         ranking take, and the rest.

Elasticsearch is measured where ELASTICSEARCH_URL is set.
"""

import argparse
import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from benchmarks import engines
from benchmarks.data import FOLDERS, LIBRARY, STAMP, WORDS, embeddings, has_embeddings, queries, records
from benchmarks.models import MODEL_ID, full_size, stand_in
from benchmarks.table import Target, median, percentile, say, show
from core.embedding.process.worker import WorkerEmbedder
from core.index.effort import Neighbour
from core.index.elastic.engine import ElasticIndex
from core.index.elastic.query import queries as elastic_queries
from core.index.elastic.query import requests
from core.index.elastic.query.conditions import filter_clauses
from core.index.filters import Filter
from core.index.index import Index
from core.index.lance.engine import LanceIndex
from core.index.lance.query.conditions import where_clause
from core.index.lance.query.queries import ask
from core.index.lance.rows import to_records
from core.index.lance.upkeep import probes
from core.index.records import ImageRecord
from core.search.query import Query, Search, Words
from core.search.recall.measure import neighbours, recall
from core.search.relevance.calibrator import Calibrations
from core.search.searcher import Searcher
from core.vectors import Embedding, Embeddings

K = 10
NUMPY, BARE, BARE_SERVER = "NumPy", "LanceDB's query", "Elasticsearch's query"
RECALL = 0.99
_WARMING = 300  # rows that are searched for before anything is measured
_AFTER = 3  # searches after a change
_SPINNING = 0.04  # seconds, in which OpenBLAS's threads wait for another product, at full speed, on all processors
_REPEATED = 20  # times that anything else is measured
FILTERED = {"none": None, "1 %": "wedding", "10 %": "scans", "50 %": "phone"}

type Find = Callable[[Embedding], list[Neighbour]]
"""The ten nearest to a query."""


@dataclass
class Run:
    """What one engine did under one filter."""

    milliseconds: list[float] = field(default_factory=list)
    recalls: dict[str, list[float]] = field(default_factory=dict)


def main() -> None:
    options = _options()
    if not has_embeddings():
        say("Search is left out: IMAGE_SEARCH_TEST_DATA has no embeddings")
        return
    if not engines.server():
        say(f"Elasticsearch is left out: {engines.NO_SERVER}")
    for size in options.sizes:
        rows, library = embeddings(size), records(size)
        with ExitStack() as open_indices:
            indices = {"LanceDB": open_indices.enter_context(engines.lance())}
            if engines.server():
                indices["Elasticsearch"] = open_indices.enter_context(engines.elastic())
            _load(indices, library, rows)
            runs = {
                share: [compare(indices, library, rows, top) for _ in range(options.runs)]
                for share, top in FILTERED.items()
            }
            _report(size, runs, promised=size == max(options.sizes))
            if size == max(options.sizes):
                _beside(size, indices)
                _whole(indices, options.model_dir)
                _changed(size, indices, library, rows)


def _load(indices: Mapping[str, Index], library: Sequence[ImageRecord], rows: Embeddings) -> None:
    for name, index in indices.items():
        started = time.perf_counter()
        index.prepare(STAMP)
        index.upsert(library, rows)
        index.optimize()  # as every ingest ends
        engines.rest(index)
        say(f"{name}: {len(rows):,} rows stored in {time.perf_counter() - started:.0f} s")


def compare(
    indices: Mapping[str, Index], library: Sequence[ImageRecord], rows: Embeddings, top: str | None
) -> dict[str, Run]:
    """Every query to every engine, in another order each time."""
    folder = str(LIBRARY / top) if top else None
    inside = np.flatnonzero([record.path.startswith(f"{folder}/") for record in library]) if folder else None
    exact = _scan(rows, [record.id for record in library], inside)
    where = Filter.within(folder) if folder else None
    engines_ = {NUMPY: exact} | {name: _search(index, where) for name, index in indices.items()}
    for index in indices.values():
        if isinstance(index, LanceIndex):
            engines_[BARE] = _bare(index, where)
        if isinstance(index, ElasticIndex):
            engines_[BARE_SERVER] = _bare_server(index, where)
    runs = {name: Run() for name in engines_}
    asked = [(kind, query) for kind, several in queries().items() for query in several]
    for find in engines_.values():
        for row in rows[:: len(rows) // _WARMING]:  # opens files and connections; and a server's Java compiles itself
            find(row)
    chance = random.Random(len(rows))  # who comes after NumPy finds the caches full of its rows: each as often
    for kind, query in asked:
        order = chance.sample(list(engines_), len(engines_))
        answers: dict[str, list[Neighbour]] = {}
        for name in order:
            answers[name] = _timed(partial(engines_[name], query), runs[name].milliseconds)
            if name == NUMPY:
                time.sleep(_SPINNING)
        for name, answer in answers.items():
            runs[name].recalls.setdefault(kind, []).append(recall(answer, answers[NUMPY]))
    return runs


def _scan(rows: NDArray[np.float32], ids: Sequence[str], inside: NDArray[np.intp] | None) -> Find:
    def find(query: Embedding) -> list[Neighbour]:
        scores = rows @ query
        if inside is not None:
            scores = scores[inside]
        best = np.argpartition(scores, -K)[-K:]
        best = best[np.argsort(-scores[best])]
        return list(map(Neighbour, (ids[at] for at in (best if inside is None else inside[best])), scores[best]))

    return find


def _search(index: Index, where: Filter | None) -> Find:
    return lambda query: neighbours(index.search(query, K, where))


def _bare(index: LanceIndex, where: Filter | None) -> Find:
    """The query that LanceDB is asked, alone."""
    import lancedb  # when `core.index.lance` has said how
    from lancedb.background_loop import LOOP

    table = lancedb.connect(index.location).open_table(index.name)
    condition = where_clause(where, table.schema)
    partitions = probes(table.count_rows(), table.count_rows(condition))

    def find(query: Embedding) -> list[Neighbour]:
        rows = LOOP.run(ask(table._table, query, K + 1, 3, condition, partitions))
        return [Neighbour(record.id, math.nan) for record in to_records(rows.slice(0, K))]

    return find


def _bare_server(index: ElasticIndex, where: Filter | None) -> Find:
    client, clauses = index.connection.search_client, filter_clauses(where)
    effort = replace(requests.LEAST, breadth=elastic_queries.candidates(index.confirm()))

    def find(query: Embedding) -> list[Neighbour]:
        body = requests.nearest_with(query, elastic_queries.asked(K), clauses, effort)
        found = client.search(index=index.name, source=False, **body).body["hits"]["hits"]
        return [Neighbour(hit["_id"], math.nan) for hit in found[:K]]

    return find


def _timed[T](call: Callable[[], T], milliseconds: list[float]) -> T:
    started = time.perf_counter()
    answer = call()
    milliseconds.append((time.perf_counter() - started) * 1000)
    return answer


def _report(size: int, runs: Mapping[str, Sequence[Mapping[str, Run]]], promised: bool) -> None:
    """Two tables; the targets are those of the largest size, and are to be met by the worst of several runs."""
    latency: list[list[object]] = []
    speed: list[Target] = []
    for share, several in runs.items():
        for name in several[0]:
            taken = [millisecond for by_name in several for millisecond in by_name[name].milliseconds]
            ratios = [to_numpy(by_name, name) for by_name in several]
            spread = f"{min(ratios):.2f}–{max(ratios):.2f}"
            latency.append([share, name, percentile(taken, 50), percentile(taken, 95), median(ratios), spread])
            if name not in (NUMPY, BARE, BARE_SERVER):
                what = f"{name} / NumPy at p50, filter: {share}, worst of {len(ratios)}"
                speed.append(Target(what, max(ratios), 1.0, at_most=True))
    show(
        f"Search latency, {size:,} rows, k = {K} (`Index.search` alone)",
        ["filter", "engine", "p50 ms", "p95 ms", "× NumPy", "spread"],
        latency,
        speed if promised else (),
    )
    right = [
        [share, name, kind, float(np.mean(found)), min(found), found.count(0.0), len(found)]
        for share, (by_name, *_) in runs.items()
        for name, run in by_name.items()
        if name not in (NUMPY, BARE, BARE_SERVER)
        for kind, found in run.recalls.items()
    ]
    targets = [
        Target("worst mean recall", min((float(str(row[3])) for row in right), default=float("nan")), RECALL),
        Target("lost queries", sum(int(str(row[5])) for row in right), 0, at_most=True),
    ]
    columns = ["filter", "engine", "queries", f"recall@{K} mean", "min", "lost", "asked"]
    show(f"Search recall, {size:,} rows", columns, right, targets)


def to_numpy(by_name: Mapping[str, Run], name: str) -> float:
    return median(by_name[name].milliseconds) / median(by_name[NUMPY].milliseconds)


def _beside(size: int, indices: Mapping[str, Index]) -> None:
    """What else a page asks for, everything with another query or another page of the records each time."""
    asked = [query for several in queries().values() for query in several][:_REPEATED]
    half = Filter.within(str(LIBRARY / "phone"))
    calls: dict[str, Callable[[Index, int], object]] = {
        "search, k = 200": lambda index, at: index.search(asked[at], 200),
        "search, k = 200, with embeddings": lambda index, at: index.search(asked[at], 200, embeddings=True),
        "search, k = 1,000, with embeddings": lambda index, at: index.search(asked[at], 1000, embeddings=True),
        "facets": lambda index, at: index.facets(),
        "facets, filter: 50 %": lambda index, at: index.facets(half),
        "browse, newest first": lambda index, at: index.browse(None, "newest", 60 * at, 60),
        "browse by name, filter: 50 %": lambda index, at: index.browse(half, "name", 60 * at, 60),
        "sample of 2,000": lambda index, at: index.sample(2000),
        "count, filter: 50 %": lambda index, at: index.count(half),
        "revision": lambda index, at: index.revision(),
    }
    rows: list[list[object]] = []
    for what, call in calls.items():
        taken: dict[str, list[float]] = {name: [] for name in indices}
        for at in range(_REPEATED):
            for name, index in indices.items():
                _timed(partial(call, index, at), taken[name])
        rows += [[what, name, percentile(several, 50), percentile(several, 95)] for name, several in taken.items()]
    show(f"What else is asked of an index, {size:,} rows", ["what", "engine", "p50 ms", "p95 ms"], rows)


def _changed(size: int, indices: Mapping[str, Index], library: Sequence[ImageRecord], rows: Embeddings) -> None:
    asked = [query for several in queries().values() for query in several]
    table: list[list[object]] = []
    for share, top in FILTERED.items():
        where = Filter.within(str(LIBRARY / top)) if top else None
        for name, index in indices.items():
            taken: list[list[float]] = [[] for _ in range(_AFTER)]
            for at in range(_REPEATED // 2):
                index.upsert([replace(library[at], frames=library[at].frames + 1)], rows[at : at + 1])
                for nth, milliseconds in enumerate(taken):
                    _timed(partial(index.search, asked[nth + at * _AFTER], K, where), milliseconds)
            table.append([share, name, *map(median, taken)])
    columns = ["filter", "engine", "first ms", "second ms", "third ms"]
    show(f"The first searches after a change, {size:,} rows, k = {K}, medians", columns, table)


def _whole(indices: Mapping[str, Index], model_dir: Path | None) -> None:
    """Words to results, each word once, so that every one is embedded."""
    with TemporaryDirectory(prefix="benchmark-") as folder:
        weights = stand_in(Path(folder))
        if weights is None:
            say("The text tower has random weights: IMAGE_SEARCH_TEST_DATA has none")
        embedder = WorkerEmbedder.start(MODEL_ID, weights or full_size(model_dir), None)
        rows: list[list[object]] = []
        for name, index in indices.items():
            calibrations = Calibrations(index)
            searcher = Searcher(index, lambda: embedder, lambda: embedder, lambda _: None, calibrations)
            searcher.search(_search_for("warm up"))
            calibrations.wait()
            parts = np.array([_parts(searcher, f"{word} {name}") for word in WORDS])
            rows += [
                [name, part, float(np.percentile(taken, 50)), float(np.percentile(taken, 95))]
                for part, taken in zip(("embedding", "index", "ranking", "rest", "whole"), parts.T, strict=True)
            ]
        embedder.close()
    targets = [Target(f"{row[0]}, whole, p50", float(str(row[2])), 30, at_most=True, unit=" ms") for row in rows[4::5]]
    show(f"Whole search, {len(WORDS)} different words", ["engine", "part", "p50 ms", "p95 ms"], rows, targets)


def _search_for(words: str) -> Search:
    return Search(Query((Words(words),)))


def _parts(searcher: Searcher, words: str) -> tuple[float, ...]:
    """Milliseconds of embedding, index, ranking, rest, and all."""
    started = time.perf_counter()
    times = searcher.search(_search_for(words)).timings
    whole = time.perf_counter() - started
    parts = (times.embedding, times.index, times.ranking, whole - times.total, whole)
    return tuple(1000 * seconds for seconds in parts)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.search", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[10_000, 100_000], help="rows; the targets are of the largest"
    )
    parser.add_argument("--runs", type=int, default=3, help="how many times each is measured")
    parser.add_argument("--model-dir", type=Path, help="where a model without weights is kept (a temporary folder)")
    return parser.parse_args()


assert set(filter(None, FILTERED.values())) <= set(FOLDERS)

if __name__ == "__main__":
    main()
