"""Another version of an index put in the place of the one in use, and back, under 20 searches a second, with an ingest
and tags going on: how long writers wait, whether any search fails or mixes the two, and whether anything is lost.

The second version has other embeddings of as many dimensions: each hit tells by its embedding which version it is of.
"""

import argparse
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import batched

import numpy as np

from benchmarks import engines
from benchmarks.data import STAMP, embeddings, records
from benchmarks.table import Target, median, percentile, say, show
from core.errors import ModelMismatch
from core.index.index import Index, ModelStamp
from core.index.records import ImageRecord
from core.index.tags import change_tags
from core.index.versions import Vectors
from core.vectors import Embeddings

OTHER = ModelStamp("clip/ViT-B-32", STAMP.dims)
SEARCHES = 20
"""A second."""

BATCH = 10
"""Records that the ingest adds at a time, five times a second."""

_WORKERS = 4
_TAGGED = 100  # records, in turn
_SPARE = 20_000  # records that there are to be added: more than are in the time that it takes
_CALM = 5.0  # seconds before and after each swap in which the load goes on
_LITTLE = 200  # records that may change during a step, as the app has it


@dataclass
class Load:
    """What goes on all the while."""

    index: Index
    records: list[ImageRecord]
    """Those that are in it from the beginning, then those that are added."""
    count: int
    """How many are in it from the beginning."""
    made: dict[ModelStamp, Embeddings]
    seconds: list[float] = field(default_factory=list)
    """Of each search."""
    failed: list[BaseException] = field(default_factory=list)
    mixed: int = 0
    tags: dict[str, str] = field(default_factory=dict)
    added: int = 0

    @contextmanager
    def going_on(self) -> Iterator[None]:
        ended = threading.Event()
        work = [*([self._search] * _WORKERS), self._tag, self._ingest]
        threads = [threading.Thread(target=self._repeat, args=(one, at, ended)) for at, one in enumerate(work)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for thread in threads:
                thread.join()

    def _repeat(self, work: object, first: int, ended: threading.Event) -> None:
        at, due = first, time.monotonic() + first / SEARCHES
        while not ended.wait(due - time.monotonic()):
            due += _WORKERS / SEARCHES
            try:
                work(at)  # type: ignore[operator]
            except Exception as error:
                self.failed.append(error)
            at += _WORKERS

    def _search(self, at: int) -> None:
        place = at * 37 % self.count

        def ask() -> bool:
            stamp = self.index.model()
            assert stamp is not None
            [hit] = self.index.search(self.made[stamp][place], 1, embeddings=True)
            assert hit.embedding is not None
            return np.allclose(hit.embedding, self.made[stamp][place], atol=1e-5)

        started = time.perf_counter()
        is_right = self.index.consistent(ask)
        self.seconds.append(time.perf_counter() - started)
        self.mixed += not is_right

    def _tag(self, at: int) -> None:
        id_, tag = self.records[at % _TAGGED].id, f"tag {at}"
        change_tags(self.index, [id_], [tag], [self.tags.get(id_, "")])
        self.tags[id_] = tag

    def _ingest(self, _: int) -> None:
        """As jobs do it: what is embedded for a version that is in use no more is embedded again."""
        first = self.count + self.added
        rows = slice(first, min(first + BATCH, len(self.records)))
        while True:
            stamp = self.index.model()
            assert stamp is not None
            with suppress(ModelMismatch):
                self.index.prepare(stamp)
                self.index.upsert(self.records[rows], self.made[stamp][rows])
                break
        self.added = rows.stop - self.count

    def lost_tags(self) -> int:
        found = {record.id: record.tags for record in self.index.get(list(self.tags))}
        return sum(tag not in found[id_] for id_, tag in self.tags.items())

    def lost_records(self) -> int:
        """Those that are not there, or not with the embedding of the model in use."""
        stamp, lost = self.index.model(), 0
        assert stamp is not None
        for rows in batched(range(self.count + self.added), 1000):
            ids = [self.records[row].id for row in rows]
            there = {record.id for record in self.index.get(ids)}
            known = [row for row in rows if self.records[row].id in there]
            stored = self.index.embeddings([self.records[row].id for row in known])
            lost += len(rows) - int(np.isclose(stored, self.made[stamp][known], atol=1e-5).all(axis=1).sum())
        return lost


def swapped(index: Index, number: int, made: Vectors) -> tuple[float, float]:
    """Bring a version up to date and use it; the seconds that both took, and that the swap did."""
    started = time.perf_counter()
    update = index.versions.update(number)
    while (gap := update.step(made)).more or gap.changed > _LITTLE:
        pass
    index.versions.open(number).optimize()
    update.step(made)
    ready = time.perf_counter()
    while update.swap(made).behind:
        update.step(made)
    assert index.versions.current() == number
    return ready - started, time.perf_counter() - ready


def measure(index: Index, count: int) -> list[list[object]]:
    made, known = records(count + _SPARE), embeddings(count + _SPARE)
    index.prepare(STAMP)
    index.upsert(made[:count], known[:count])
    index.optimize()
    turned = np.ascontiguousarray(known[:, ::-1])
    hashes = [one.content_hash for one in made]
    others = Vectors(OTHER.dims, dict(zip(hashes, turned, strict=True)))
    ours = Vectors(STAMP.dims, dict(zip(hashes, known, strict=True)))
    load, rows = Load(index, made, count, {STAMP: known, OTHER: turned}), list[list[object]]()
    with load.going_on():
        for what, number, vectors in (
            ("another model", index.versions.begin(OTHER), others),
            ("back", 1, ours),
        ):
            load.seconds.clear()
            time.sleep(_CALM)
            built, swap = swapped(index, number, vectors)
            time.sleep(_CALM)
            searches, before = list(load.seconds), sum(int(str(row[-1])) for row in rows)
            p50, p95 = median(searches) * 1000, percentile(searches, 95) * 1000
            rows.append([what, built, swap, len(searches), p50, p95, load.added - before])
    for error in load.failed[:3]:
        say(f"{type(error).__name__}: {error}")
    show(
        f"{index.engine}: {count:,} records",
        ("", "s to build", "s to swap", "searches", "p50 ms", "p95 ms", "added"),
        rows,
        [
            Target("searches that failed", len(load.failed), 0, at_most=True),
            Target("searches that mixed versions", load.mixed, 0, at_most=True),
            Target("tags lost", load.lost_tags(), 0, at_most=True),
            Target("records lost", load.lost_records(), 0, at_most=True),
            *(Target(f"swap, {row[0]}", float(str(row[2])), 1.0, at_most=True, unit=" s") for row in rows),
        ],
    )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000)
    asked = parser.parse_args()
    with engines.lance() as index:
        measure(index, asked.records)
    if not engines.server():
        say(f"Elasticsearch: {engines.NO_SERVER}")
        return
    with engines.elastic() as index:
        measure(index, asked.records)


if __name__ == "__main__":
    main()
