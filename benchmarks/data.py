"""What is measured on: pictures, embeddings, queries, and records as a real library would have them."""

import importlib.util
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.images.describe import content_hash
from core.index.index import ModelStamp
from core.index.records import ImageRecord, record_id
from core.vectors import Embeddings

ORIGINALS = 48
"""Pictures that are drawn; others are copies of these with bytes of their own."""

TEST_DATA = Path(os.environ.get("IMAGE_SEARCH_TEST_DATA") or Path(__file__).parents[2] / "shared").resolve()
"""Data of tests and benchmarks, which the project does not hold; what needs it is left out where it does not exist."""

STAMP = ModelStamp("clip/ViT-B-16", 512)
"""The stamp of the indices that the benchmarks make."""

LIBRARY = Path("/library")
FOLDERS = {"wedding": 0.01, "scans": 0.1, "camera": 0.39, "phone": 0.5}
"""The top folders of the records, and the share of the records in each."""

WORDS = (
    *("giraffe", "zebra", "pizza", "elephant", "cat", "bus", "toilet", "dog", "horse", "train", "boat", "bear"),
    *("kite", "clock", "vase", "umbrella", "laptop", "bicycle", "motorcycle", "airplane", "truck", "bench", "bird"),
    *("sheep", "cow", "cake", "donut", "chair", "couch", "bed", "oven", "sink", "refrigerator", "book", "scissors"),
    *("keyboard", "mouse", "tie", "banana", "apple", "sandwich", "orange", "broccoli", "carrot", "bottle", "cup"),
    *("fork", "knife", "spoon", "bowl", "skateboard", "surfboard", "snowboard", "tennis", "baseball", "frisbee"),
    *("beach", "mountain", "street", "kitchen"),
)
"""Sixty words to search for, all different: none is answered from what was kept of another."""


def has_embeddings() -> bool:
    return (TEST_DATA / "data" / "embeddings" / "make.py").is_file()


def embeddings(count: int) -> Embeddings:
    """Unit rows of shape `(count, 512)` whose neighbours lie as close together as those of real pictures do."""
    spec = importlib.util.spec_from_file_location("make_embeddings", TEST_DATA / "data" / "embeddings" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows: Embeddings = module.make(count)
    return rows


def queries() -> dict[str, Embeddings]:
    """Queries unlike the rows, which decide recall: of new pictures and of texts; each of shape `(n, 512)`."""
    folder = TEST_DATA / "data" / "embeddings"
    return {
        "new pictures": np.load(folder / "queries_new.npy").astype(np.float32),
        "texts": np.load(folder / "queries_text.npy").astype(np.float32),
    }


def records(count: int) -> list[ImageRecord]:
    """Records over some years and folders, in random order; there are no such files."""
    rng = np.random.default_rng(1)
    tops = rng.choice(list(FOLDERS), count, p=list(FOLDERS.values()))
    days = rng.integers(0, 3650, count)
    return [record(at, str(tops[at]), int(days[at])) for at in range(count)]


def record(at: int, top: str, day: int) -> ImageRecord:
    """One of them, in a top folder of `FOLDERS`, taken so many days after the first."""
    taken = datetime(2015, 1, 1) + timedelta(days=day, minutes=at % 1440)
    name = f"IMG_{at:07d}.jpg"
    path = str(LIBRARY / top / f"{taken:%Y}" / f"{taken:%m}" / name)
    return ImageRecord(
        id=record_id(path),
        path=path,
        name=name,
        content_hash=content_hash(path.encode()),
        size=200_000 + at,
        mtime_ns=int(taken.timestamp()) * 1_000_000_000,
        width=4000 if at % 2 else 3000,
        height=3000 if at % 2 else 4000,
        format="JPEG",
        taken_at=taken,
    )


def photographs(folder: Path, count: int) -> list[Path]:
    """JPEG files of about 640 × 480: those of COCO128 where they are, else made in `folder`; as many as there are."""
    found = sorted((TEST_DATA / "data" / "coco128" / "train" / "images").glob("*.jpg"))
    if found:
        return found[:count]
    folder.mkdir(parents=True, exist_ok=True)
    made = [folder / f"{at:012d}.jpg" for at in range(count)]
    for at, path in enumerate(made):
        path.write_bytes(jpeg(640, 480, seed=at))
    return made


def camera_photographs(folder: Path, count: int) -> list[Path]:
    """JPEG files of 12 megapixels, as phones take them, made in `folder`."""
    return list(many(folder, count, 4000, 3000))


def many(folder: Path, count: int, width: int, height: int) -> Iterator[Path]:
    """Write JPEG files, a hundred to a folder, as `numbered` makes them."""
    for at in range(count):
        path = folder / f"{at // 100:04d}" / f"IMG_{at:06d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(numbered(at, jpeg(width, height, seed=at % ORIGINALS)))
        yield path


def numbered(number: int, data: bytes) -> bytes:
    """A JPEG as one of many that differ in their bytes, not all in what they show: decoding takes what it takes, and
    so would drawing each anew."""
    comment = b"\xff\xfe\x00\x12" + f"{number:016d}".encode()  # a JPEG comment: marker, length with itself, text
    return data[:2] + comment + data[2:]


@cache
def jpeg(width: int, height: int, seed: int = 0) -> bytes:
    """A picture with the detail, and so the size and decoding time, of a photograph."""
    rng = np.random.default_rng(seed)
    pixels = sum(_blurred(rng, width, height, cells) * weight for cells, weight in ((6, 0.6), (40, 0.3), (240, 0.1)))
    buffer = BytesIO()
    Image.fromarray(np.asarray(pixels).clip(0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def _blurred(rng: np.random.Generator, width: int, height: int, cells: int) -> NDArray[np.float32]:
    noise = rng.integers(0, 256, (max(1, cells * height // width), cells, 3), np.uint8)
    return np.asarray(Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC), np.float32)
