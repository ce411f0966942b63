"""What planning a listing of millions of addresses takes, and whether it is whole after a kill -9 in the middle.

The listing is made: paths with sizes and times, of which nothing is read. They are compared with an empty index, and
written into a job database on disk, as a job does that begins; the first process is killed with half of them noted, and
another plans from the beginning, as a job does that is resumed while it scans.
"""

import argparse
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.table import Target, show
from core.index.lance.engine import LanceIndex
from core.ingest.journal.job import Planned
from core.ingest.journal.journal import Journal
from core.ingest.pipeline.plan import plan
from core.sources.folder import FolderSource
from core.sources.source import Found, Skipped

MOST_MB = 500
_JOB = 1


class Listing(FolderSource):
    """So many addresses below one place."""

    def __init__(self, count: int) -> None:
        super().__init__(Path("/made/up"))
        self._count = count

    def find(self) -> Iterator[Found | Skipped]:
        for at in range(self._count):
            yield Found(f"/made/up/{at // 10_000:06d}/{at:012d}.jpg", 100_000 + at % 5_000, 10**18 + at, 0)


def main() -> None:
    count = _options().addresses
    with TemporaryDirectory(prefix="benchmark-") as name:
        killed = _planned(Path(name), count, kill_at=count // 2)
        found, seconds, peak = _planned(Path(name), count)
        disk = (Path(name) / "jobs.db").stat().st_size
    assert killed == (0, 0.0, 0)
    assert found == count, found
    rows = [[f"{count:,}", f"{seconds:.0f}", f"{count / seconds:,.0f}", peak >> 20, disk >> 20]]
    columns = ["addresses", "seconds", "addresses a second", "memory at most (MB)", "job database (MB)"]
    show("A plan, after one that was killed", columns, rows, [Target("memory", peak / 2**20, MOST_MB, True, " MB")])


def _planned(folder: Path, count: int, kill_at: int = 0) -> tuple[int, float, int]:
    """Files, seconds and bytes of a process that plans; nothing of one that is killed."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_plan, args=(folder, count, kill_at, theirs))
    process.start()
    theirs.close()
    with ours:
        try:
            told: tuple[int, float, int] = ours.recv()
        except EOFError:
            told = 0, 0.0, 0
    process.join()
    return told


def _plan(folder: Path, count: int, kill_at: int, to: Connection) -> None:
    began = time.monotonic()
    with closing(Journal(str(folder / "jobs.db"), "images")) as journal:
        files = journal.files(_JOB)
        files.clear()
        found = 0
        for state in plan([Listing(count)], LanceIndex(folder / "index", "images"), files, compares=False):
            found = state.found
            if kill_at and found >= kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
        assert sum(map(len, files.planned({Planned.NEW}))) == found
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    to.send((found, time.monotonic() - began, peak))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.listing", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--addresses", type=int, default=10_000_000, help="in the listing (10,000,000)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
