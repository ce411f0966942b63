"""Does memory stay flat while pictures go through? Peak resident memory of the whole process, with a model that takes
none.

Different numbers of JPEGs of 12 megapixels go through `core.ingest` into the embedded index, each number in a process
of its own. They are made as they are read: no disk has to hold them. Every picture is an original, and no two are the
same to the index.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from benchmarks.data import ORIGINALS, jpeg, numbered
from benchmarks.table import Target, say, show
from core.embedding.crop import centre_square
from core.embedding.embedder import Embedder
from core.images.describe import Box, Split
from core.images.thumbnails import Thumbnails
from core.index.lance.engine import LanceIndex
from core.ingest.journal.journal import Journal
from core.ingest.pipeline.plan import plan
from core.ingest.pipeline.run import Context, run
from core.sources.source import Found, Skipped
from core.vectors import Embeddings, unit

MAX_MB, GROWTH = 1024, 1.05


class InstantEmbedder:
    """A picture's mean colours, thrown into 512 dimensions at random."""

    model_id = "benchmark/instant"
    dims = 512
    preprocessing = 1
    crop = (224, 224)
    max_text_cosine = 1.0

    def __init__(self) -> None:
        self._projection = np.random.default_rng(0).standard_normal((48, self.dims)).astype(np.float32)

    def prepare(self, image: Image.Image) -> Image.Image:
        return centre_square(image, *self.crop)

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        small = np.stack([np.asarray(image.resize((4, 4)), np.float32).ravel() for image in images])
        return unit((small + 1) @ self._projection)

    def embed_texts(self, texts: Sequence[str]) -> Embeddings:
        raise NotImplementedError("texts are not embedded here")

    def fit_text(self, text: str) -> str:
        return text


class Camera:
    """A `Source` of any number of pictures, made as they are read out of the few in a folder."""

    location = "/camera"

    def __init__(self, originals: Path, count: int) -> None:
        self._originals = sorted(originals.iterdir())
        self._count = count

    def find(self) -> Iterator[Found | Skipped]:
        return (self.stat(f"{self.location}/IMG_{at:06d}.jpg") for at in range(self._count))

    def stat(self, path: str) -> Found:
        return Found(path, 1, 1)

    def read(self, path: str) -> bytes:
        number = int(path[-10:-4])
        return numbered(number, self._originals[number % len(self._originals)].read_bytes())

    def owns(self, path: str) -> bool:
        return True

    def unreachable(self, path: str) -> bool:
        return False

    def boxes(self, path: str, size: tuple[int, int]) -> tuple[Box, ...]:
        return ()

    def splits(self, path: str) -> tuple[Split, ...]:
        return ()


def main() -> None:
    options = _options()
    if options.worker:
        print(json.dumps(_run(options.worker, options.pictures[0])))
        return
    counts = sorted(options.pictures)
    with TemporaryDirectory(prefix="benchmark-") as folder:
        for seed in range(ORIGINALS):
            (Path(folder) / f"{seed:02d}.jpg").write_bytes(jpeg(options.width, options.height, seed))
        _report(counts, [_in_process(Path(folder), count) for count in counts], options)


def _report(counts: Sequence[int], results: Sequence[dict[str, float]], options: argparse.Namespace) -> None:
    peaks = [result["peak"] for result in results]
    growths: list[object] = ["–"]
    pairs = zip(counts, counts[1:], peaks, peaks[1:], strict=False)
    growths += [f"{(more - less) / (many - few) * 1000:+.1f}" for few, many, less, more in pairs]
    rows = [
        [count, peak, growth, result["seconds"], count / result["seconds"]]
        for count, peak, growth, result in zip(counts, peaks, growths, results, strict=True)
    ]
    steps = [
        Target(f"peak at {large:,} / at {few:,}", more / less, GROWTH, at_most=True)
        for few, large, less, more in zip(counts, counts[1:], peaks, peaks[1:], strict=False)
    ]
    show(
        f"Memory of an ingest of pictures of {options.width} × {options.height}, with a model that takes none",
        ["pictures", "peak MB", "MB per 1,000 more", "seconds", "img/s"],
        rows,
        [Target("peak", max(peaks), MAX_MB, True, " MB"), *steps],
    )


def _in_process(originals: Path, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.memory", "--worker", str(originals), "--pictures", str(count)]
    result: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    say(f"{count:,} pictures: {result['peak']:.0f} MB")
    return result


def _run(originals: Path, count: int) -> dict[str, float]:
    """Index so many pictures. Gives peak MB and seconds."""
    model: Future[Embedder] = Future()
    model.set_result(InstantEmbedder())
    with TemporaryDirectory(prefix="benchmark-") as data:
        index, thumbnails = LanceIndex(Path(data) / "index", "images"), Thumbnails(Path(data) / "thumbnails")
        journal, camera = Journal(f"sqlite:///{data}/jobs.db", "images"), Camera(originals, count)
        started = time.perf_counter()
        job = journal.job(journal.create("", [camera.location]))
        at = Context(journal.files(job.id), index, thumbnails, lambda: model, lambda path: path, lambda path: False)
        *_, found = plan([camera], index, journal.files(job.id))
        *_, last = run(replace(job, plan=found), [camera], at)
        assert last.counts.added == count == index.count(), last.counts
        return {"peak": _peak(), "seconds": time.perf_counter() - started}


def _peak() -> float:
    """Resident MB at the highest."""
    status = Path("/proc/self/status")
    if status.is_file():  # Linux hands `ru_maxrss` on from parent to child, this it does not
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    unit_ = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit_ / 2**20


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.memory", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, nargs="+", default=[2_000, 10_000], help="how many (2000 10000)")
    parser.add_argument("--width", type=int, default=4000)
    parser.add_argument("--height", type=int, default=3000)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
