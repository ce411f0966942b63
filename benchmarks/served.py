"""Embedding on an Inference server beside embedding here: how alike the embeddings are in each way to send a picture,
what that takes, and what several batches in flight bring:  python -m benchmarks.served URL

The server must have the weights that are named here, in CLIP's format: those of the test data by default.
"""

import argparse
import json
import shutil
import time
from base64 import b64encode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import numpy as np
from PIL import Image

from benchmarks.data import TEST_DATA, photographs
from benchmarks.table import Target, median, show
from core.embedding.clip import ClipEmbedder
from core.embedding.loading import load_served
from core.embedding.servers import served
from core.embedding.servers.pool import ServerPool
from core.embedding.weights import WEIGHTS, weights_folder
from core.images.reading.reader import open_upright
from core.vectors import Embeddings, unit

MODEL = "clip/ViT-B-16"
WAYS: dict[str, dict[str, object]] = {
    "JPEG, as Inference's SDK sends it": {"format": "JPEG"},
    "JPEG, quality 95": {"format": "JPEG", "quality": 95},
    "PNG": {"format": "PNG"},
    "PNG, fast": {"format": "PNG", "compress_level": 1},
    "BMP": {"format": "BMP"},
    "WebP without loss": {"format": "WEBP", "lossless": True, "quality": 0, "method": 0},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--weights", type=Path, default=TEST_DATA / "models" / "dual-encoder")
    parser.add_argument("--pictures", type=int, default=128)
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="benchmark-") as name:
        cache = Path(name)
        folder = weights_folder(MODEL, cache)
        folder.mkdir(parents=True)
        for file in WEIGHTS:
            shutil.copy(asked.weights / file, folder)
        here = ClipEmbedder.load(MODEL, cache, direct=True)
        found = photographs(cache / "pictures", asked.pictures)
        images = [here.prepare(open_upright(path.read_bytes(), path.name, None).image) for path in found]
        here.embed_images(images[:8])
        embeddings = here.embed_images(images)
        compare_ways(asked.url, images, embeddings)
        compare_speed(asked.url, here, images, embeddings)


def compare_ways(url: str, images: list[Image.Image], embeddings: Embeddings) -> None:
    rows: list[list[object]] = []
    with httpx.Client(timeout=60) as client:
        for way, how in WAYS.items():
            began = time.process_time()
            data = [_written(image, how) for image in images]
            took = (time.process_time() - began) / len(images) * 1000
            cosines = (unit(_sent(client, url, data)) * embeddings).sum(axis=1)
            size = sum(map(len, data)) / len(data) / 1024
            rows.append([way, size, took, float(cosines.min()), float(cosines.mean())])
    show(f"{len(images)} pictures", ("sent as", "KB", "ms to write", "least cosine", "mean"), rows)


def _written(image: Image.Image, how: dict[str, object]) -> bytes:
    target = BytesIO()
    image.save(target, **how)  # type: ignore[arg-type]
    return target.getvalue()


def _sent(client: httpx.Client, url: str, data: list[bytes]) -> Embeddings:
    rows = []
    for start in range(0, len(data), served.BATCH):
        part = [{"type": "base64", "value": b64encode(one).decode()} for one in data[start : start + served.BATCH]]
        answer = client.post(f"{url}/clip/embed_image", json={"clip_version_id": "ViT-B-16", "image": part})
        rows += json.loads(answer.raise_for_status().content)["embeddings"]
    return np.array(rows, np.float32)


def compare_speed(url: str, here: ClipEmbedder, images: list[Image.Image], embeddings: Embeddings) -> None:
    """In turn, three times."""
    one_by_one = load_served(MODEL, Path(), None, ServerPool([url]))
    several = load_served(MODEL, Path(), None, ServerPool([url]))
    seconds: dict[str, list[float]] = {"here": [], "there, one batch at a time": [], "there, batches in flight": []}
    for _ in range(3):
        seconds["here"].append(_timed(lambda: here.embed_images(images)))
        parts = [images[start : start + served.BATCH] for start in range(0, len(images), served.BATCH)]
        seconds["there, one batch at a time"].append(_timed(lambda: [one_by_one.embed_images(part) for part in parts]))  # noqa: B023
        seconds["there, batches in flight"].append(_timed(lambda: several.embed_images(images)))
    least = float((several.embed_images(images) * embeddings).sum(axis=1).min())
    show(
        "Speed, the server on this machine too",
        ("", "pictures/s"),
        [[name, len(images) / median(took)] for name, took in seconds.items()],
        [Target("least cosine to what is embedded here", least, 0.999)],
    )


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
