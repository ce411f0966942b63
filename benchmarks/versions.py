"""Another version of an index put in the place of the one in use, and back, under 20 searches a second and with tags
going on: how long writers wait, and whether any search fails or mixes the two.

The second version has other embeddings of as many dimensions: each hit tells by its embedding which version it is of.
"""

import argparse
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from benchmarks import engines
from benchmarks.data import STAMP, embeddings, records
from benchmarks.table import Target, median, percentile, say, show
from core.index.index import Index, ModelStamp
from core.index.records import ImageRecord
from core.index.tags import change_tags
from core.index.versions import Vectors
from core.vectors import Embeddings

OTHER = ModelStamp("clip/ViT-B-32", STAMP.dims)
SEARCHES = 20
"""A second."""

_WORKERS = 4
_TAGGED = 100  # records, in turn


@dataclass
class Load:
    """What goes on all the while."""

    index: Index
    records: list[ImageRecord]
    made: dict[ModelStamp, Embeddings]
    seconds: list[float] = field(default_factory=list)
    """Of each search."""
    failed: list[BaseException] = field(default_factory=list)
    mixed: int = 0
    tags: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        ended = threading.Event()
        work = [*([self._search] * _WORKERS), self._tag]
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
        at = first
        while not ended.wait(_WORKERS / SEARCHES):
            try:
                work(at)  # type: ignore[operator]
            except Exception as error:
                self.failed.append(error)
            at += _WORKERS

    def _search(self, at: int) -> None:
        place = at * 37 % len(self.records)

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

    def lost_tags(self) -> int:
        found = {record.id: record.tags for record in self.index.get(list(self.tags))}
        return sum(tag not in found[id_] for id_, tag in self.tags.items())


def swapped(index: Index, number: int, made: Vectors) -> tuple[float, float]:
    """Bring a version up to date and use it; the seconds that both took, and that the swap did."""
    started = time.perf_counter()
    update = index.versions.update(number)
    while (gap := update.step(made)).more or gap.changed > SEARCHES:
        pass
    index.versions.open(number).optimize()
    update.step(made)
    ready = time.perf_counter()
    while update.swap(made).behind:
        update.step(made)
    return ready - started, time.perf_counter() - ready


def measure(index: Index, count: int) -> list[list[object]]:
    made, known = records(count), embeddings(count)
    index.prepare(STAMP)
    index.upsert(made, known)
    index.optimize()
    turned = np.ascontiguousarray(known[:, ::-1])
    others = Vectors(OTHER.dims, {one.content_hash: row for one, row in zip(made, turned, strict=True)})
    load, rows = Load(index, made, {STAMP: known, OTHER: turned}), list[list[object]]()
    with load.going_on():
        for what, number, vectors in (
            ("another model", index.versions.begin(OTHER), others),
            ("back", 1, Vectors(STAMP.dims)),
        ):
            load.seconds.clear()
            built, swap = swapped(index, number, vectors)
            searches = list(load.seconds)
            rows.append([what, built, swap, len(searches), median(searches) * 1000, percentile(searches, 95) * 1000])
    for error in load.failed[:3]:
        say(f"{type(error).__name__}: {error}")
    show(
        f"{index.engine}: {count:,} records",
        ("", "s to build", "s to swap", "searches", "p50 ms", "p95 ms"),
        rows,
        [
            Target("searches that failed", len(load.failed), 0, at_most=True),
            Target("searches that mixed versions", load.mixed, 0, at_most=True),
            Target("tags lost", load.lost_tags(), 0, at_most=True),
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
