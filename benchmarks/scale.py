"""How an index takes a long load, and how it answers when it is large.

Records are added in batches of 1,000, as an ingest writes. At every 100,000 it is told how fast the last ones were
added and what lies on the disk; beside that the most that lay there at any time, looked at every half second. At the
end, and after the index has been settled as every ingest ends, searches are timed with NumPy in turn, as
`benchmarks.search` does it, and what else a page asks for.

Disk     LanceDB: the files of the index. Elasticsearch: what the server says of it, with its log of operations. What
         the records need is what lies there at the end, when nothing is left to be done.
Changed  The first time after ten records were changed: what an analyst waits for while an ingest runs.

A million records on LanceDB take about ten minutes on two cores, and 8 GB of memory and of disk; 300,000 on
Elasticsearch about six. Embeddings are made once and kept in `--work-dir`; where a load was broken off and the folder
is given again, it goes on where it was.
"""

import argparse
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from elasticsearch import Elasticsearch

from benchmarks import engines
from benchmarks.data import LIBRARY, STAMP, embeddings, has_embeddings, queries, records
from benchmarks.search import BARE, FILTERED, NUMPY, compare, to_numpy
from benchmarks.table import Target, median, percentile, say, show
from core.index.elastic.engine import ElasticIndex
from core.index.filters import Filter
from core.index.index import Index
from core.index.lance.engine import LanceIndex
from core.index.records import ImageRecord
from core.vectors import Embeddings

type Measured = tuple[Index, Callable[[], int]]
"""An index, and what tells how many bytes it holds on the disk."""

BATCH = 1_000
REPORTED = 100_000
ROWS = {"lancedb": 1_000_000, "elasticsearch": 300_000}
SHARES = ("none", "1 %", "50 %")
_REPEATED = 20
_LOOK_EVERY = 0.5  # seconds
_FEWEST = 10_000  # records, of which what they need can be told by what all need
_MEGABYTE = 1_000_000


@dataclass
class Load:
    """How an engine took the load."""

    rows: list[list[object]] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    peak: int = 0
    rest: int = 0
    worst: float = 0.0
    """The most that lay on the disk, as a multiple of what so many of the records need."""


def main() -> None:
    options = _options()
    if not has_embeddings():
        say("Scale is left out: IMAGE_SEARCH_TEST_DATA has no embeddings")
        return
    if options.engine == "elasticsearch" and not engines.server():
        say(f"Elasticsearch is left out: {engines.NO_SERVER}")
        return
    count = options.rows or ROWS[options.engine]
    with ExitStack() as opened:
        work = options.work_dir or Path(opened.enter_context(TemporaryDirectory(prefix="benchmark-")))
        work.mkdir(parents=True, exist_ok=True)
        rows, library = _embeddings(work, count), records(count)
        index, size = opened.enter_context(OPEN[options.engine](work, bool(options.work_dir)))
        load = add(index, library, rows, size)
        _report_load(options.engine, load)
        _report_searches(options.engine, index, library, rows)
        _report_beside(options.engine, index, library, rows)


def _embeddings(work: Path, count: int) -> Embeddings:
    """Kept in a file: to make a million takes minutes."""
    file = work / f"embeddings-{count}.npy"
    if not file.is_file():
        say(f"making {count:,} embeddings")
        np.save(file.with_suffix(".part.npy"), embeddings(count))
        file.with_suffix(".part.npy").replace(file)
    rows: Embeddings = np.load(file)
    return rows


def add(index: Index, library: Sequence[ImageRecord], rows: Embeddings, size: Callable[[], int]) -> Load:
    index.prepare(STAMP)
    began = index.count() // BATCH * BATCH
    if began:
        say(f"{began:,} records are there: it goes on with the next")
    load, spent = Load(), 0.0
    with _watched(load, size) as watched:
        for start in range(began, len(rows), BATCH):
            part = slice(start, start + BATCH)
            spent += seconds(partial(index.upsert, library[part], rows[part]))
            watched.count = min(start + BATCH, len(rows))
            if watched.count % REPORTED == 0 or watched.count == len(rows):
                _note(load, watched.count, (watched.count - began) % REPORTED or REPORTED, spent, size())
                spent = 0.0
        settled = seconds(index.optimize)
    load.rest = size()
    each = load.rest / len(rows)
    load.worst = max((held / (each * count) for count, held in watched.seen), default=float("nan"))
    load.rows.append(["settled", "–", load.rest / _MEGABYTE, load.peak / _MEGABYTE])
    say(f"settled in {settled:.1f} s")
    return load


@dataclass
class _Watched:
    count: int = 0
    """Records that are stored."""
    seen: list[tuple[int, int]] = field(default_factory=list)
    """How many there were, and how many bytes then lay on the disk."""


@contextmanager
def _watched(load: Load, size: Callable[[], int]) -> Iterator[_Watched]:
    """Looks at the disk meanwhile: while parts are merged more lies there than before and after."""
    watched, ended = _Watched(), threading.Event()

    def look() -> None:
        while not ended.wait(_LOOK_EVERY):
            held = size()
            load.peak = max(load.peak, held)
            if watched.count >= _FEWEST:
                watched.seen.append((watched.count, held))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield watched
    finally:
        ended.set()
        thread.join()


def _note(load: Load, count: int, added: int, spent: float, held: int) -> None:
    load.rates.append(added / spent)
    load.rows.append([f"{count:,}", load.rates[-1], held / _MEGABYTE, load.peak / _MEGABYTE])
    disk = f"{held / _MEGABYTE:,.0f} MB on the disk, {load.peak / _MEGABYTE:,.0f} at most"
    say(f"{count:,} records: {load.rates[-1]:,.0f} a second, {disk}")


def _report_load(engine: str, load: Load) -> None:
    first, last = (load.rates[0], load.rates[-1]) if load.rates else (float("nan"), float("nan"))
    targets = [
        Target("disk at any time / what the records need", load.worst, 3.0, at_most=True),
        Target("rate at the end / at the beginning", last / first, 0.7),
    ]
    show(f"A long load, {engine}", ["records", "added a second", "disk MB", "peak MB"], load.rows, targets)


def _report_searches(engine: str, index: Index, library: Sequence[ImageRecord], rows: Embeddings) -> None:
    table: list[list[object]] = []
    targets: list[Target] = []
    for share in SHARES:
        runs = compare({engine: index}, library, rows, FILTERED[share])
        run, ratio = runs[engine], to_numpy(runs, engine)
        found = [recall for several in run.recalls.values() for recall in several]
        numpy = median(runs[NUMPY].milliseconds)
        bare = median(runs[BARE].milliseconds) if BARE in runs else float("nan")
        table.append(
            [
                share,
                numpy,
                *(percentile(run.milliseconds, at) for at in (50, 95)),
                ratio,
                bare,
                float(np.mean(found)),
                min(found),
            ]
        )
        targets.append(Target(f"× NumPy at p50, filter: {share}", ratio, 0.35, at_most=True))
        targets.append(Target(f"recall, filter: {share}", float(np.mean(found)), 0.99))
    columns = ["filter", "NumPy p50 ms", "p50 ms", "p95 ms", "× NumPy", BARE, "recall@10", "min"]
    show(f"Searching {len(rows):,} records, {engine}", columns, table, targets)


def _report_beside(engine: str, index: Index, library: Sequence[ImageRecord], rows: Embeddings) -> None:
    half = Filter.within(str(LIBRARY / "phone"))
    asked = next(iter(queries().values()))
    calls: dict[str, Callable[[int], object]] = {
        "facets": lambda at: index.facets(),
        "facets, filter: 50 %": lambda at: index.facets(half),
        "browse, newest first": lambda at: index.browse(None, "newest", 60 * at, 60),
        "browse by name, filter: 50 %": lambda at: index.browse(half, "name", 60 * at, 60),
        "sample of 2,000": lambda at: index.sample(2000),
        "count": lambda at: index.count(),
        "count, filter: 50 %": lambda at: index.count(half),
        "search and count, k = 200, embeddings": lambda at: index.search_and_counts(
            asked[at], 200, [None], embeddings=True
        ),
        "revision": lambda at: index.revision(),
    }
    table: list[list[object]] = []
    targets: list[Target] = []
    for what, call in calls.items():
        call(0)
        taken = [seconds(partial(call, at)) * 1000 for at in range(_REPEATED)]
        _change(index, library, rows)
        changed = seconds(partial(call, 0)) * 1000
        table.append([what, percentile(taken, 50), percentile(taken, 95), changed])
        if what in ("facets", "browse, newest first"):
            targets.append(Target(what, percentile(taken, 50), 60, at_most=True, unit=" ms"))
    columns = ["what", "p50 ms", "p95 ms", "changed ms"]
    show(f"What else is asked of {len(rows):,} records, {engine}", columns, table, targets)


def _change(index: Index, library: Sequence[ImageRecord], rows: Embeddings) -> None:
    index.upsert([replace(one, frames=one.frames + 1) for one in library[:10]], rows[:10])


def seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


@contextmanager
def _lance(work: Path, lasting: bool) -> Iterator[Measured]:
    folder = work / "lance"
    yield LanceIndex(folder, "benchmark"), partial(_bytes_below, folder)


def _bytes_below(folder: Path) -> int:
    return sum(_size(Path(path, name)) for path, _, names in os.walk(folder) for name in names)


def _size(file: Path) -> int:
    with suppress(FileNotFoundError):  # removed meanwhile
        return file.stat().st_size
    return 0


@contextmanager
def _elastic(work: Path, lasting: bool) -> Iterator[Measured]:
    with ExitStack() as opened:
        client = opened.enter_context(Elasticsearch(engines.server()))
        index = (
            ElasticIndex(engines.server(), "benchmark-scale") if lasting else opened.enter_context(engines.elastic())
        )
        yield index, partial(_bytes_on_server, client, index.name)


def _bytes_on_server(client: Elasticsearch, name: str) -> int:
    held = client.indices.stats(index=name, metric=["store", "translog"])["_all"]["total"]
    return int(held["store"]["size_in_bytes"] + held["translog"]["size_in_bytes"])


OPEN = {"lancedb": _lance, "elasticsearch": _elastic}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.scale", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", choices=list(ROWS), default="lancedb")
    parser.add_argument("--rows", type=int, help="a million on LanceDB, 300,000 on Elasticsearch")
    parser.add_argument("--work-dir", type=Path, help="kept, and gone on with (a temporary folder)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
