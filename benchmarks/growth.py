"""What an index costs as it grows: both engines at ten thousand, a hundred thousand and a million records, in one run.

Every size is loaded anew, in batches of 1,000 as an ingest writes, then searched with NumPy in turn as
`benchmarks.search` does it, and built once more as another version from its own embeddings, which is then swapped in.

Added    Records a second over the whole load. Beside it the bare client: `merge_insert` of LanceDB, `parallel_bulk` of
         Elasticsearch's, with rows that are made beforehand, in turn with ours, batch by batch, into an empty index
         each. What ours makes of a batch before it is sent counts, and so does what lets a search find all of it as
         fast: the bare table of LanceDB gets the same indices, once, when all is in it.
Memory   Bytes that searches keep, or should find in the server's file cache.
Rebuild  Another version with all records, until it is in use.

What was measured is kept in `--work-dir`, size by size: a run that was broken off goes on, and `--plot FILE` draws what
is there. A million records take 20 minutes on LanceDB and 40 on Elasticsearch, on two cores, and 10 GB of memory.
Elasticsearch is measured where ELASTICSEARCH_URL is set.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
from elasticsearch import Elasticsearch, helpers

from benchmarks import engines
from benchmarks.data import STAMP, embeddings, has_embeddings, records
from benchmarks.scale import BATCH, OPEN, add, seconds
from benchmarks.search import FILTERED, NUMPY, compare, to_numpy
from benchmarks.table import Target, median, percentile, say, show
from benchmarks.versions import swapped
from core.index.elastic.mapping import index_body
from core.index.index import Index
from core.index.lance.readers import Readers
from core.index.lance.rows import schema, to_table
from core.index.lance.upkeep import renew
from core.index.records import ImageRecord
from core.index.versions import Vectors
from core.vectors import Embeddings

SIZES = (10_000, 100_000, 1_000_000)
SHARES = ("none", "1 %", "50 %")
BARE_BATCHES = 100
"""Of each of the two that take turns."""

AT_MOST = {"none": 0.35, "1 %": 0.6, "50 %": 0.6}
"""Times NumPy's scan, at the largest size."""

_MEGABYTE = 1_000_000


@dataclass
class Searches:
    """What searches under one filter came to."""

    p50: float
    """Milliseconds; likewise the next."""
    p95: float
    numpy: float
    ratio: float
    """Of p50 to NumPy's."""
    recall: dict[str, float]
    """The mean of each kind of query."""


@dataclass
class Grown:
    """An engine at one size."""

    engine: str
    count: int
    rate: float
    """Records added a second."""
    disk: int
    """Bytes at rest; likewise the next two."""
    peak: int
    memory: int
    rebuild: float
    """Seconds."""
    searches: dict[str, Searches] = field(default_factory=dict)
    """By the share that the filter lets through."""


def main() -> None:
    options = _options()
    if not has_embeddings():
        say("Growth is left out: IMAGE_SEARCH_TEST_DATA has no embeddings")
        return
    with ExitStack() as opened:
        work = options.work_dir or Path(opened.enter_context(TemporaryDirectory(prefix="benchmark-")))
        work.mkdir(parents=True, exist_ok=True)
        for engine in options.engines:
            if engine == "elasticsearch" and not engines.server():
                say(f"Elasticsearch is left out: {engines.NO_SERVER}")
                continue
            _bare(work, engine)
            for count in sorted(options.sizes):
                _grown(work, engine, count)
        kept = [_read(file) for file in sorted(work.glob("grown-*.json"))]
    grown = sorted(kept, key=lambda one: (one.engine, one.count))
    _report(grown, _bare_rates(work))
    if options.plot and grown:
        from benchmarks.plot import plot

        plot(grown, options.plot)


def _grown(work: Path, engine: str, count: int) -> None:
    file = work / f"grown-{engine}-{count:08}.json"
    if file.exists():
        say(f"{engine}, {count:,} records: as measured before")
        return
    say(f"{engine}, {count:,} records")
    library, rows = records(count), embeddings(count)
    with (
        TemporaryDirectory(prefix="benchmark-", dir=work) as folder,
        OPEN[engine](Path(folder), False) as (index, size),
    ):
        began = time.perf_counter()
        load = add(index, library, rows, size)
        rate = count / (time.perf_counter() - began)
        grown = Grown(
            engine, count, rate, load.rest, max(load.peak, load.rest), 0, 0.0, _searches(engine, index, library, rows)
        )
        grown.memory = index.statistics().memory or 0
        grown.rebuild = sum(swapped(index, index.versions.begin(STAMP), Vectors(STAMP.dims)))
    file.write_text(json.dumps(asdict(grown)))


def _searches(engine: str, index: Index, library: Sequence[ImageRecord], rows: Embeddings) -> dict[str, Searches]:
    found = {}
    for share in SHARES:
        runs = compare({engine: index}, library, rows, FILTERED[share])
        run, exact = runs[engine], median(runs[NUMPY].milliseconds)
        p50, p95 = (percentile(run.milliseconds, at) for at in (50, 95))
        recall = {kind: sum(several) / len(several) for kind, several in run.recalls.items()}
        found[share] = Searches(p50, p95, exact, to_numpy(runs, engine), recall)
    return found


def _bare(work: Path, engine: str) -> None:
    """How many times the bare client's rate ours is."""
    file = work / f"bare-{engine}.json"
    if file.exists():
        return
    count = BARE_BATCHES * BATCH
    library, rows = records(count), embeddings(count)
    spent = {"ours": 0.0, "bare": 0.0}
    with TemporaryDirectory(prefix="benchmark-", dir=work) as folder, ExitStack() as opened:
        index, _ = opened.enter_context(OPEN[engine](Path(folder), False))
        index.prepare(STAMP)
        write, finish = opened.enter_context(_BARE[engine](Path(folder)))
        for start in range(0, count, BATCH):
            part = slice(start, start + BATCH)
            calls: dict[str, Callable[[], object]] = {
                "ours": partial(index.upsert, library[part], rows[part]),
                "bare": write(library[part], rows[part]),
            }
            for name in sorted(calls, reverse=bool(start // BATCH % 2)):
                spent[name] += seconds(calls[name])
        spent["ours"] += seconds(index.optimize)
        spent["bare"] += seconds(finish)
    file.write_text(json.dumps({name: count / taken for name, taken in spent.items()}))


type Bare = tuple[Callable[[Sequence[ImageRecord], Embeddings], Callable[[], object]], Callable[[], object]]
"""Makes rows of records, and returns what writes them; and what is done when all are written."""


@contextmanager
def _bare_lance(folder: Path) -> Iterator[Bare]:
    import lancedb  # when `core.index.lance` has said how

    table = lancedb.connect(folder / "bare").create_table("bare", schema=schema(STAMP))

    def begin(library: Sequence[ImageRecord], rows: Embeddings) -> Callable[[], object]:
        made: pa.Table = to_table(library, rows, STAMP)
        merging = table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
        return partial(merging.execute, made)

    yield begin, partial(renew, table, Readers(folder, "bare"))


@contextmanager
def _bare_elastic(_: Path) -> Iterator[Bare]:
    from core.index.elastic.rows import document

    with Elasticsearch(engines.server()) as client:
        name = f"benchmark-bare-{time.time_ns()}"
        client.indices.create(index=name, **index_body(STAMP, packs=True))

        def begin(library: Sequence[ImageRecord], rows: Embeddings) -> Callable[[], object]:
            made = [
                {"_index": name, "_id": one.id, **document(one, helpers.pack_dense_vector(row))}
                for one, row in zip(library, rows, strict=True)
            ]
            return lambda: all(done for done, _ in helpers.parallel_bulk(client, made))

        try:
            yield begin, partial(client.indices.refresh, index=name)
        finally:
            client.indices.delete(index=name)


_BARE = {"lancedb": _bare_lance, "elasticsearch": _bare_elastic}


def _read(file: Path) -> Grown:
    kept = json.loads(file.read_text())
    searches = {share: Searches(**one) for share, one in kept.pop("searches").items()}
    return Grown(**kept, searches=searches)


def _bare_rates(work: Path) -> dict[str, dict[str, float]]:
    return {file.stem.removeprefix("bare-"): json.loads(file.read_text()) for file in sorted(work.glob("bare-*.json"))}


def _report(grown: Sequence[Grown], bare: Mapping[str, Mapping[str, float]]) -> None:
    show(
        "What an index costs as it grows",
        ["engine", "records", "added a second", "disk MB", "peak MB", "memory MB", "rebuild s"],
        [
            [
                one.engine,
                f"{one.count:,}",
                one.rate,
                *(held / _MEGABYTE for held in (one.disk, one.peak, one.memory)),
                one.rebuild,
            ]
            for one in grown
        ],
    )
    show(
        f"Adding {BARE_BATCHES * BATCH:,} records, in turn with the bare client",
        ["engine", "ours a second", "bare client a second", "ours / bare"],
        [[engine, rate["ours"], rate["bare"], rate["ours"] / rate["bare"]] for engine, rate in bare.items()],
        [Target(f"{engine}, ours / bare", rate["ours"] / rate["bare"], 0.8) for engine, rate in bare.items()],
    )
    _report_searches(grown)


def _report_searches(grown: Sequence[Grown]) -> None:
    kinds = sorted(set(chain.from_iterable(one.recall for each in grown for one in each.searches.values())))
    rows = [
        [each.engine, f"{each.count:,}", share, one.p50, one.p95, one.numpy, one.ratio, *map(one.recall.get, kinds)]
        for each in grown
        for share, one in each.searches.items()
    ]
    columns = ["engine", "records", "filter", "p50 ms", "p95 ms", "NumPy p50 ms", "× NumPy"]
    show("Searches", [*columns, *(f"recall@10, {kind}" for kind in kinds)], rows, list(_targets(grown)))


def _targets(grown: Sequence[Grown]) -> Iterator[Target]:
    for engine in dict.fromkeys(one.engine for one in grown):
        several = [one for one in grown if one.engine == engine]
        worst = min(found for one in several for each in one.searches.values() for found in each.recall.values())
        yield Target(f"{engine}, worst mean recall", worst, 0.99)
        largest = several[-1]
        for share, bound in AT_MOST.items():
            ratio = largest.searches[share].ratio
            yield Target(f"{engine}, {largest.count:,}, × NumPy, filter: {share}", ratio, bound, at_most=True)
        if len(several) > 1:
            growth = largest.searches["none"].p50 / several[-2].searches["none"].p50
            what = f"{engine}, a search at {largest.count:,} / at {several[-2].count:,}"
            yield Target(what, growth, 2.0, at_most=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.growth", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engines", nargs="+", choices=list(OPEN), default=list(OPEN))
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--work-dir", type=Path, help="where what was measured is kept (a temporary folder)")
    parser.add_argument("--plot", type=Path, help="an SVG file to draw")
    return parser.parse_args()


if __name__ == "__main__":
    main()
