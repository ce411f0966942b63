"""How long it takes to find out that nothing has changed, and whether a file costs the same among many as among few.

Folders of 1,000, 10,000 and 100,000 files are compared with an index that knows them all, and the journal is written to
the disk, as the app does it; beside that, what the file system alone takes to list them and tell their size and time.
With ELASTICSEARCH_URL set, Elasticsearch too.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks import engines
from benchmarks.data import STAMP
from benchmarks.table import Target, median, say, show
from core.images.describe import DESCRIPTION
from core.index.index import Index
from core.index.records import ImageRecord, record_id
from core.ingest.journal.journal import Journal
from core.ingest.pipeline.plan import plan
from core.sources.folder import FolderSource
from core.sources.source import Found
from core.vectors import unit

SECONDS, GROWTH = 2.0, 1.2
_PROMISED = 10_000
_FOLDER = 1000  # files in a folder
_BATCH = 10_000


def main() -> None:
    options = _options()
    counts = sorted(options.files)
    rows: list[list[object]] = []
    targets: list[Target] = []
    with TemporaryDirectory(prefix="benchmark-") as folder:
        for count in counts:
            say(f"Making {count:,} files")
            _make(Path(folder).resolve() / str(count), count)
        for name, engine in _engines().items():
            cost = {}
            for count in counts:
                bare, seconds = _measure(Path(folder).resolve() / str(count), count, engine(), options.rounds)
                cost[count] = seconds / count
                rows.append([name, count, bare, seconds, seconds / bare, seconds / count * 1e6])
                if count == _PROMISED:
                    targets.append(Target(f"{name}, {count:,} files", seconds, SECONDS, at_most=True, unit=" s"))
            if len(counts) > 1:
                growth = cost[counts[-1]] / cost[counts[0]]
                targets.append(
                    Target(f"{name}, a file of {counts[-1]:,} / of {counts[0]:,}", growth, GROWTH, at_most=True)
                )
    show(
        "Nothing has changed",
        ["engine", "files", "file system alone, s", "check, s", "× file system", "µs a file"],
        rows,
        targets,
    )


def _engines() -> dict[str, Callable[[], AbstractContextManager[Index]]]:
    if engines.server():
        return {"LanceDB": engines.lance, "Elasticsearch": engines.elastic}
    say(f"Without Elasticsearch: {engines.NO_SERVER}")
    return {"LanceDB": engines.lance}


def _make(folder: Path, count: int) -> None:
    for at in range(count):
        path = folder / f"{at // _FOLDER:04d}" / f"IMG_{at:06d}.jpg"
        if at % _FOLDER == 0:
            path.parent.mkdir(parents=True)
        path.write_bytes(b"%08d" % at)  # none is opened


def _measure(folder: Path, count: int, engine: AbstractContextManager[Index], rounds: int) -> tuple[float, float]:
    """Seconds that the file system takes by itself, and those of a check: medians of some rounds."""
    with engine as index:
        _fill(index, folder)
        bare, checks = [], []
        for _ in range(rounds):
            started = time.perf_counter()
            assert sum(1 for _ in _listed(folder)) == count
            bare.append(time.perf_counter() - started)
            checks.append(_check(folder, count, index))
    return median(bare), median(checks)


def _check(folder: Path, count: int, index: Index) -> float:
    with TemporaryDirectory(prefix="benchmark-") as data:
        journal = Journal(f"sqlite:///{data}/jobs.db", "images")
        job_id = journal.create("", [str(folder)])
        started = time.perf_counter()
        *_, found = plan([FolderSource(folder)], index, journal.files(job_id))
        seconds = time.perf_counter() - started
    assert found.unchanged == found.found == count, found
    return seconds


def _fill(index: Index, folder: Path) -> None:
    """Records of all files, as an ingest would have made them."""
    index.prepare(STAMP)
    rng = np.random.default_rng(0)
    records = [_record(one) for one in FolderSource(folder).find() if isinstance(one, Found)]
    for start in range(0, len(records), _BATCH):
        part = records[start : start + _BATCH]
        index.upsert(part, unit(rng.standard_normal((len(part), STAMP.dims))))
    index.optimize()


def _record(found: Found) -> ImageRecord:
    return ImageRecord(
        id=record_id(found.path),
        path=found.path,
        name=found.path.rpartition("/")[2],
        content_hash=record_id(found.path) * 2,
        size=found.size,
        mtime_ns=found.mtime_ns,
        width=640,
        height=480,
        format="JPEG",
        described=DESCRIPTION,
    )


def _listed(folder: Path) -> Iterator[os.stat_result]:
    for parent, _, names in os.walk(folder):
        for name in names:
            yield os.stat(f"{parent}/{name}")  # noqa: PTH116 - the least that can be done


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.unchanged", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--files", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="how many (1000 10000 100000)"
    )
    parser.add_argument("--rounds", type=int, default=5, help="times each is measured (5)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
