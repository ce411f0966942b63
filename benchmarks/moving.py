"""What moving a collection takes: an export and its import into LanceDB, each in a process of its own.

The rows are made as they are written: there is no index that they come from. Memory is the peak of the whole process.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, BinaryIO

import numpy as np

from benchmarks.data import FOLDERS, STAMP, embeddings, record
from benchmarks.table import Target, show
from core.index.lance.engine import LanceIndex
from core.index.records import ImageRecord
from core.ingest.journal.journal import Journal
from core.saved import SavedSearches
from core.transfer.exporting import Collection, export
from core.transfer.importing import import_export
from core.vectors import Embeddings

MAX_MB, GROWTH = 1536, 2.0
"""Of an import, whatever its size; and against one of a tenth."""

_BATCH = 10_000


class Made:
    """What an export reads of an index, of rows that are made."""

    engine, name = "lancedb", "made"

    def __init__(self, count: int, rows: Path) -> None:
        self._count, self._rows = count, rows

    def model(self) -> object:
        return STAMP

    def revision(self) -> str:
        return str(self._count)

    def count(self) -> int:
        return self._count

    def scan(self) -> Iterator[tuple[list[ImageRecord], Embeddings]]:
        folders = list(FOLDERS)
        with self._rows.open("rb") as opened:  # what is mapped would count as memory of the process
            yield from self._read(opened, folders)

    def _read(self, opened: BinaryIO, folders: list[str]) -> Iterator[tuple[list[ImageRecord], Embeddings]]:
        for start in range(0, self._count, _BATCH):
            numbers = range(start, min(start + _BATCH, self._count))
            made = [record(at, folders[at % len(folders)], at * 37 % 3650) for at in numbers]
            rows = np.fromfile(opened, np.float32, len(numbers) * STAMP.dims)
            yield made, rows.reshape(len(numbers), STAMP.dims)


def _around(index: Any, folder: Path) -> Collection:
    url = str(folder / "jobs.db")
    return Collection(index, SavedSearches(url, "moving"), Journal(url, "moving").sources)


def make_rows(folder: Path, count: int) -> None:
    embeddings(count).tofile(folder / "rows.bin")


def write_export(folder: Path, count: int) -> None:
    for _ in export(_around(Made(count, folder / "rows.bin"), folder), folder / "out"):
        pass


def read_export(folder: Path, count: int) -> None:
    index = LanceIndex(folder / "index", "images")
    for _ in import_export(folder / "out", _around(index, folder), STAMP.model_id):
        pass
    assert index.count() == count


STEPS = {"rows": make_rows, "export": write_export, "import": read_export}


def _measured(step: str, folder: Path, count: int) -> dict[str, float]:
    """In a process of its own: seconds, and the peak of its memory in MB."""
    arguments = [
        sys.executable,
        "-m",
        "benchmarks.moving",
        "--step",
        step,
        "--folder",
        str(folder),
        "--sizes",
        str(count),
    ]
    done = subprocess.run(arguments, check=True, stdout=subprocess.PIPE)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measure(sizes: Sequence[int]) -> None:
    rows: list[list[object]] = []
    peaks = []
    for count in sizes:
        with TemporaryDirectory(prefix="benchmark-") as name:
            folder = Path(name)
            _measured("rows", folder, count)
            for step in ("export", "import"):
                found = _measured(step, folder, count)
                rows.append(
                    [step, f"{count:,}", found["seconds"], count / found["seconds"], found["peak"], found["before"]]
                )
            peaks.append(found["peak"])
    show(
        "Moving a collection",
        ("", "records", "s", "records/s", "peak MB", "MB before"),
        rows,
        [
            Target("peak of an import", peaks[-1], MAX_MB, at_most=True, unit=" MB"),
            *(
                [Target("against a smaller one", peaks[-1] / peaks[0], GROWTH, at_most=True, unit="×")]
                if len(peaks) > 1
                else []
            ),
        ],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked: SimpleNamespace = parser.parse_args(namespace=SimpleNamespace())
    if asked.step is None:
        measure(asked.sizes)
        return
    before, started = _peak(), time.perf_counter()
    STEPS[asked.step](asked.folder, asked.sizes[0])
    print(json.dumps({"seconds": time.perf_counter() - started, "peak": _peak(), "before": before}))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
