"""How fast pictures are indexed: our pipeline beside the bare model and beside the loop of the guides.

Three ways to embed the same photographs with a ViT-B-16 of the true size (random weights), in turn, round by round;
first small ones (COCO128's, 640 × 480), then such as phones take (12 megapixels):

raw       the ONNX session alone, in batches of 8, on pictures that are decoded and prepared already: the limit
pipeline  core.ingest.foreground: find, read, hash, describe, thumbnail, embed, store in the embedded index; the model
          in a process of its own as in the app, or with --in-process in this one
server    the same into Elasticsearch, which here shares the machine's cores; only with ELASTICSEARCH_URL set
guide     one file at a time: Inference's `embed_image(path)`, then one call of `client.index` with a list of numbers;
          without ELASTICSEARCH_URL it stores nothing
"""

import argparse
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil
from elasticsearch import Elasticsearch
from numpy.typing import NDArray

from benchmarks import engines
from benchmarks.data import camera_photographs, photographs
from benchmarks.models import MODEL_ID, full_size
from benchmarks.table import Target, median, say, show
from core.embedding.clip import ClipEmbedder
from core.embedding.embedder import Embedder
from core.embedding.process.worker import WorkerEmbedder
from core.embedding.weights import weights_folder
from core.images.reading.content import read_bytes
from core.images.reading.reader import open_upright
from core.images.thumbnails import Thumbnails
from core.index.index import Index
from core.ingest.foreground import ingest
from core.sources.listed import write_list

BATCH = 8
"""Pictures at once, in all that batch: Inference's CLIP_MAX_BATCH_SIZE."""

OF_RAW, OF_GUIDE = 0.90, 1.5
SIZES = {"small": ("640 × 480", photographs), "large": ("4000 × 3000", camera_photographs)}
_MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)  # of CLIP's training pictures, OpenAI's clip.py
_DEVIATION = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)


@dataclass
class Took:
    """Seconds, and those of the cores that we had: on a busy machine the second tells more."""

    seconds: float = 0.0
    cpu: float = 0.0


@contextmanager
def _clock() -> Iterator[Took]:
    took = Took()
    started, cpu = time.perf_counter(), _core_seconds()
    yield took
    took.seconds, took.cpu = time.perf_counter() - started, _core_seconds() - cpu


def _core_seconds() -> float:
    """Of this process and of the model's."""
    this = psutil.Process()
    times = [process.cpu_times() for process in (this, *this.children())]
    return sum(float(one.user + one.system) for one in times)


type Way = Callable[[Sequence[Path]], Took]
"""Embeds a round's files."""


def main() -> None:
    options = _options()
    with TemporaryDirectory(prefix="benchmark-") as folder, ExitStack() as open_things:
        chosen = {size: SIZES[size] for size in options.sizes}
        pictures = {pixels: make(Path(folder) / size, options.images) for size, (pixels, make) in chosen.items()}
        cache_dir = full_size(options.model_dir)
        embedder = _embedder(cache_dir, options.in_process)
        ways = _ways(cache_dir, embedder, next(iter(pictures.values()))[0], open_things)
        if not engines.server():
            say(f"Without a server, and the guide's loop without its index call: {engines.NO_SERVER}")
        for pixels, files in pictures.items():
            _report(_measure(ways, files, options.rounds), f"{len(files)} photographs of {pixels}", len(files))


def _measure(ways: Mapping[str, Way], files: Sequence[Path], rounds: int) -> dict[str, list[Took]]:
    """Every round of each way; who goes first changes from round to round."""
    took: dict[str, list[Took]] = {name: [] for name in ways}
    order = list(ways)
    for path in files:
        path.read_bytes()  # into the page cache: nobody is to read from the disk for the others
    for number in range(rounds):
        for name in order:
            took[name].append(ways[name](files))
        speeds = (f"{name} {len(files) / took[name][-1].seconds:.2f} img/s" for name in ways)
        say(f"Round {number + 1}: {', '.join(speeds)}")
        order.append(order.pop(0))
    return took


def _report(took: Mapping[str, Sequence[Took]], pictures: str, images: int) -> None:
    to_raw = {name: _ratios(took["raw"], own) for name, own in took.items()}
    like_guide = took.get("server", took["pipeline"])  # both store in Elasticsearch, or neither
    rows = [
        [
            name,
            images * len(own) / sum(one.seconds for one in own),
            median(to_raw[name]),
            f"{min(to_raw[name]):.2f}–{max(to_raw[name]):.2f}",
            sum(one.cpu for one in own) / images / len(own),
        ]
        for name, own in took.items()
    ]
    show(
        f"Ingest: ViT-B-16, {pictures} a round, {len(took['raw'])} rounds",
        ["way", "img/s", "× raw (median)", "× raw (from–to)", "core seconds an image"],
        rows,
        [
            Target("pipeline / raw", median(to_raw["pipeline"]), OF_RAW),
            Target(
                f"{'server' if 'server' in took else 'pipeline'} / guide",
                median(_ratios(took["guide"], like_guide)),
                OF_GUIDE,
            ),
        ],
    )


def _ratios(other: Sequence[Took], own: Sequence[Took]) -> list[float]:
    """How many times as fast as the other, round by round."""
    return [theirs.seconds / ours.seconds for theirs, ours in zip(other, own, strict=True)]


def _embedder(cache_dir: Path, in_process: bool) -> Embedder:
    if in_process:
        return ClipEmbedder.load(MODEL_ID, cache_dir)
    return WorkerEmbedder.start(MODEL_ID, cache_dir, made_by=None)


def _ways(cache_dir: Path, embedder: Embedder, any_file: Path, open_things: ExitStack) -> dict[str, Way]:
    os.environ["MODEL_CACHE_DIR"] = str(cache_dir)  # before the import of Inference, as all that follow
    os.environ.update(dict.fromkeys(("TELEMETRY_OPT_OUT", "DISABLE_VERSION_CHECK"), "True"))
    os.environ.update(dict.fromkeys(("METRICS_ENABLED", "USE_INFERENCE_MODELS"), "False"))
    warnings.simplefilter("ignore")  # Inference's own, while it is imported
    import onnxruntime
    from inference.models.clip.clip_model import Clip

    available = onnxruntime.get_available_providers()
    providers = [name for name in ("CUDAExecutionProvider", "CPUExecutionProvider") if name in available]
    session = onnxruntime.InferenceSession(weights_folder(MODEL_ID, cache_dir) / "visual.onnx", providers=providers)
    with redirect_stdout(sys.stderr):  # it prints, and the tables are to stand alone
        clip: Any = Clip(model_id=MODEL_ID, onnxruntime_execution_providers=providers)
    client = open_things.enter_context(Elasticsearch(list(engines.server()))) if engines.server() else None
    ways: dict[str, Way] = {
        "raw": lambda files: _raw(session, files),
        "pipeline": lambda files: _pipeline(embedder, engines.lance, files),
        "server": lambda files: _pipeline(embedder, engines.elastic, files),
        "guide": lambda files: _guide(clip, client, files),
    }
    if client is None:
        del ways["server"]
    for way in ways.values():
        way([any_file])  # the first run of each is slower
    return ways


def _raw(session: Any, files: Sequence[Path]) -> Took:
    name = session.get_inputs()[0].name
    inputs = [np.stack([_prepared(path) for path in part]) for part in batched(files, BATCH)]
    with _clock() as took:
        for pictures in inputs:
            session.run(None, {name: pictures})
    return took


def _prepared(path: Path) -> NDArray[np.float32]:
    """What the session takes: an array of shape `(3, 224, 224)`."""
    image = open_upright(read_bytes(path.resolve()), path.name).image.resize((224, 224))
    pixels = (np.asarray(image, np.float32) / 255 - _MEAN) / _DEVIATION
    return np.ascontiguousarray(pixels.transpose(2, 0, 1), np.float32)


def _pipeline(embedder: Embedder, engine: Callable[[], AbstractContextManager[Index]], files: Sequence[Path]) -> Took:
    """Into an empty index, with thumbnails still to be made."""
    model: Future[Embedder] = Future()
    model.set_result(embedder)
    with TemporaryDirectory(prefix="benchmark-") as folder, engine() as index:
        write_list(listed := Path(folder) / "files.list", [file.resolve() for file in files])
        thumbnails, lists = Thumbnails(Path(folder)), Path(folder)
        with _clock() as took:
            *_, last = ingest([listed], index=index, load=lambda: model, thumbnails=thumbnails, lists=lists)
        assert last.counts.added == len(files) == index.count(), last.counts
    return took


def _guide(clip: Any, client: Elasticsearch | None, files: Sequence[Path]) -> Took:
    name = f"benchmark-{time.time_ns()}"
    vector = {"type": "dense_vector", "dims": 512, "index": True, "similarity": "cosine"}
    if client:
        client.indices.create(index=name, mappings={"properties": {"embedding": vector}})
    with _clock() as took:
        for path in files:
            embedding = clip.embed_image(str(path))[0]
            if client:
                client.index(index=name, document={"path": str(path), "embedding": embedding.tolist()})
    if client:
        client.indices.delete(index=name)
    return took


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.ingest", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=128, help="photographs a round (128)")
    parser.add_argument(
        "--sizes", nargs="+", default=list(SIZES), choices=list(SIZES), help="of the photographs (both)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds (3)")
    parser.add_argument("--in-process", action="store_true", help="the pipeline's model in this process")
    parser.add_argument("--model-dir", type=Path, help="where the model is kept between runs (a temporary folder)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
