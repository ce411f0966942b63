"""Whether memory stays flat however many pictures are indexed, and what a second, unchanged run costs.

Different numbers of 800 × 600 JPEGs go through `core.ingest.pipeline` into the embedded index, each number in a
process of its own. The model is one that takes no time and no memory, so that what is seen is the pipeline's own:
reading ahead, the plan, thumbnails, index. The peak is the process's resident memory at its highest, in the first run.
Up to 10,000 records there is a step, once: the index is searched exactly before, and gets a vector index there.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from benchmarks.data import many
from benchmarks.table import Target, say, show
from core.embedding.crop import centre_square
from core.embedding.embedder import Embedder
from core.images.thumbnails import Thumbnails
from core.index.lance.engine import LanceIndex
from core.ingest.pipeline import ingest
from core.vectors import Embeddings, unit

GROWTH, UNCHANGED_MS = 1.05, 1.0


class InstantEmbedder:
    """A picture's mean colours, thrown into 512 dimensions at random."""

    model_id = "benchmark/instant"
    dims = 512
    preprocessing = 1
    crop = (224, 224)
    text_ceiling = 1.0

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


def main() -> None:
    options = _options()
    if options.worker:
        print(json.dumps(_run(options.worker, options.pictures[0])))
        return
    counts = sorted(options.pictures)
    with TemporaryDirectory(prefix="benchmark-") as folder:
        say(f"Writing {counts[-1]:,} pictures of {options.width} × {options.height}")
        for _ in many(Path(folder), counts[-1], options.width, options.height):
            pass
        results = [_in_process(Path(folder), count) for count in counts]
    _report(counts, results)


def _report(counts: Sequence[int], results: Sequence[dict[str, float]]) -> None:
    peaks = [result["peak"] for result in results]
    growths: list[object] = ["–"]
    pairs = zip(counts, counts[1:], peaks, peaks[1:], strict=False)
    growths += [f"{(more - less) / (many - few) * 1000:+.1f}" for few, many, less, more in pairs]
    rows = [
        [count, peak, growth, result["seconds"], count / result["seconds"], result["unchanged"] * 1000 / count]
        for count, peak, growth, result in zip(counts, peaks, growths, results, strict=True)
    ]
    steps = [
        Target(f"peak at {large:,} / at {few:,}", more / less, GROWTH, at_most=True)
        for few, large, less, more in zip(counts, counts[1:], peaks, peaks[1:], strict=False)
    ]
    show(
        "Memory of an ingest, with a model that takes none",
        ["pictures", "peak MB", "MB per 1,000 more", "seconds", "img/s", "second run, ms a file"],
        rows,
        [
            *steps,
            Target("unchanged file", results[-1]["unchanged"] * 1000 / counts[-1], UNCHANGED_MS, True, " ms"),
        ],
    )


def _in_process(folder: Path, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.memory", "--worker", str(folder), "--pictures", str(count)]
    result: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    say(f"{count:,} pictures: {result['peak']:.0f} MB")
    return result


def _run(folder: Path, count: int) -> dict[str, float]:
    """Index the first `count` pictures twice. Gives peak MB, and the seconds of both runs."""
    model: Future[Embedder] = Future()
    model.set_result(InstantEmbedder())
    paths = sorted(folder.iterdir())[: -(-count // 100)]
    with TemporaryDirectory(prefix="benchmark-") as data:
        index, thumbnails = LanceIndex(Path(data) / "index", "images"), Thumbnails(Path(data) / "thumbnails")

        def run() -> float:
            started = time.perf_counter()
            for last in ingest(paths, index=index, load=lambda: model, thumbnails=thumbnails):
                counts = last.counts
            assert counts.added + counts.unchanged == count, counts
            return time.perf_counter() - started

        seconds, peak = run(), _peak()
        return {"peak": peak, "seconds": seconds, "unchanged": run()}


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
    parser.add_argument(
        "--pictures",
        type=int,
        nargs="+",
        default=[2_000, 10_000, 20_000],
        help="how many, in hundreds (2000 10000 20000)",
    )
    parser.add_argument("--width", type=int, default=800)
    parser.add_argument("--height", type=int, default=600)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
