"""One picture's way through an ingest in milliseconds of processor time, stage by stage: photographs of 640 × 480, and
of 12 megapixels as phones take them; the model is the small one beside the project, or a ViT-B-16 of the true size.

    python -m benchmarks.stages --before FOLDER    with the same of another version, in FOLDER:
                                                   git worktree add FOLDER 438eca7~1

Beyond the model is an ingest as a whole, with its threads, index and journal, and a model that takes no time.
"""

import argparse
import importlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

MODEL_ID = "clip/ViT-B-16"
HALF = 0.5
_ROUNDS = 3
_SIZES = ("small", "large")
_BEYOND, _MODEL, _REST = "beyond the model", "the model", "index, journal, threads"


def main() -> None:
    options = _options()
    if options.worker:
        print(json.dumps(_stages([Path(path) for path in sorted(options.worker.rglob("*.jpg"))], options.model_dir)))
        return
    from benchmarks.data import camera_photographs, photographs
    from benchmarks.models import full_size, stand_in

    with TemporaryDirectory(prefix="benchmark-") as folder:
        weights = (stand_in(Path(folder) / "models") if not options.full else None) or full_size()
        sizes = {"small": ("640 × 480", photographs), "large": ("4000 × 3000", camera_photographs)}
        for name, make in (sizes[size] for size in options.sizes):
            pictures = Path(folder) / name.replace(" ", "")
            pictures.mkdir()
            for at, path in enumerate(make(Path(folder) / f"made {name}", options.images)):
                (pictures / f"{at:06d}.jpg").write_bytes(path.read_bytes())
            versions = {"now": Path(__file__).parents[1]} | ({"before": options.before} if options.before else {})
            took = {version: _in_process(checkout, pictures, weights) for version, checkout in versions.items()}
            _report(took, f"{options.images} photographs of {name}")


def _in_process(checkout: Path, pictures: Path, weights: Path) -> dict[str, float]:
    """What `_stages` finds, with the modules of a version."""
    environment = {**os.environ, "PYTHONPATH": str(checkout), "OFFLINE_MODE": "True"}
    command = [sys.executable, "-W", "ignore", __file__, "--worker", str(pictures), "--model-dir", str(weights)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=checkout)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def _report(took: Mapping[str, Mapping[str, float]], pictures: str) -> None:
    from benchmarks.table import Target, show

    names = list(took["now"])
    rows = [[name, *(own[name] for own in took.values())] for name in names]
    targets = []
    if "before" in took:
        ratio = took["now"][_BEYOND] / took["before"][_BEYOND]
        targets = [Target(f"{_BEYOND}, now / before", ratio, HALF, at_most=True)]
    show(f"Processor time of {pictures}, in ms each", ["stage", *took], rows, targets)


def _stages(files: Sequence[Path], weights: Path) -> dict[str, float]:
    """Of the version that is imported, ms a picture: the least of some rounds."""
    embedder = _embedder(weights)
    rounds = [_round(files, embedder) for _ in range(_ROUNDS)]
    least = {stage: min(one[stage] for one in rounds) for stage in rounds[0]}
    model, beyond = least.pop(_MODEL), least.pop(_BEYOND)
    return {**least, _REST: beyond - sum(least.values()), _BEYOND: beyond, _MODEL: model}


def _round(files: Sequence[Path], embedder: Any) -> dict[str, float]:
    from core.embedding.crop import enough
    from core.images.describe import content_hash
    from core.images.reading.content import read_bytes
    from core.images.reading.reader import open_upright
    from core.images.thumbnails import SIDE

    thumbnail = _thumbnail()
    needed = max(SIDE, enough(embedder.crop[0]))
    took: dict[str, float] = {}
    prepared = []

    def timed(stage: str, work: Callable[..., Any], *arguments: object) -> Any:
        started = _processor()
        result = work(*arguments)
        took[stage] = took.get(stage, 0.0) + (_processor() - started) * 1000 / len(files)
        return result

    for path in files:
        data = timed("read", read_bytes, path.resolve())
        digest = timed("hash", content_hash, data)
        opened = timed("decode", open_upright, data, path.name, needed)
        timed("describe", opened.describe, digest, len(data), 0)
        timed("thumbnail", thumbnail, opened.image)
        prepared.append(timed("prepare", embedder.prepare, opened.image))
    timed(_MODEL, embedder.embed_images, prepared)
    timed(_BEYOND, _ingest, files[0].parent, _Instant(embedder))
    return took


def _thumbnail() -> Callable[[Any], bytes]:
    """As the version makes them."""
    module: Any = importlib.import_module("core.images.thumbnails")

    def before(image: Any) -> bytes:
        data: bytes = module.preview(image, module.SIDE)
        return data

    return getattr(module, "miniature", before)


def _embedder(weights: Path) -> Any:
    """The model in this process, as the command line of the version runs it."""
    from core.embedding.clip import ClipEmbedder

    try:
        embedder = ClipEmbedder.load(MODEL_ID, weights, direct=True)
    except TypeError:  # a version that has Inference alone
        embedder = ClipEmbedder.load(MODEL_ID, weights)
    image = importlib.import_module("PIL.Image").new("RGB", embedder.crop)
    embedder.embed_images([image] * 8)  # the first run is slower
    time.sleep(0.5)  # until its threads have come to rest
    return embedder


class _Instant:
    """The model, but that it takes no time for pictures."""

    def __init__(self, embedder: Any) -> None:
        self.model_id, self.dims, self.crop = embedder.model_id, embedder.dims, embedder.crop
        self.preprocessing, self.prepare = embedder.preprocessing, embedder.prepare

    def embed_images(self, images: Sequence[Any]) -> Any:
        return importlib.import_module("numpy").eye(len(images), self.dims, dtype="float32")


def _ingest(folder: Path, embedder: Any) -> None:
    from core.images.thumbnails import Thumbnails
    from core.index.lance.engine import LanceIndex
    from core.ingest.foreground import ingest

    model: Future[Any] = Future()
    model.set_result(embedder)
    with TemporaryDirectory(prefix="benchmark-") as data:
        index, thumbnails = LanceIndex(Path(data) / "index", "images"), Thumbnails(Path(data) / "thumbnails")
        *_, last = ingest([folder.resolve()], index=index, load=lambda: model, thumbnails=thumbnails)
        assert last.counts.stored == index.count() > 0, last.counts


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.stages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=96, help="pictures of each size (default: 96)")
    parser.add_argument("--sizes", nargs="+", choices=_SIZES, default=_SIZES, help="of the photographs (both)")
    parser.add_argument("--before", type=Path, help="a checkout of another version")
    parser.add_argument("--full", action="store_true", help="ViT-B-16 of its true size, with random weights")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--model-dir", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
