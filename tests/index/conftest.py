"""An index on each engine, and records to put in."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from core.images.describe import DESCRIPTION, Box, Colour, Split
from core.index.index import Index, ModelStamp
from core.index.lance.engine import LanceIndex
from core.index.records import ImageRecord, record_id
from core.vectors import Embeddings, unit
from tests.material import NO_SERVER

type OpenIndex = Callable[[], Index]
"""Opens one more handle on the index of the test."""

type MakeRecords = Callable[..., tuple[list[ImageRecord], Embeddings]]

STAMP = ModelStamp("clip/ViT-B-16", 32)
ENGINES = [pytest.param("lancedb"), pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)]
FORMATS = ("JPEG", "JPEG", "JPEG", "PNG", "WEBP")
TAGS = ("Anna", "by the sea", "2nd choice", "日本")
SPLITS: tuple[tuple[Split, ...], ...] = (("train",), ("val", "test"), (), ("test",))
LABELS = ("cat", "dog", "traffic light", "it's", "日本")


@contextmanager
def opener(engine: str, folder: Path) -> Iterator[OpenIndex]:
    if engine == "lancedb":
        yield lambda: LanceIndex(folder / "index", "images")
        return
    if not os.environ.get("ELASTICSEARCH_URL"):
        pytest.skip(NO_SERVER)
    from core.index.elastic.engine import ElasticIndex

    name = f"test-{uuid.uuid4().hex}"
    handles: list[ElasticIndex] = []

    def open_() -> Index:
        handles.append(ElasticIndex(os.environ["ELASTICSEARCH_URL"].split(","), name))
        return handles[-1]

    open_()
    try:
        yield open_
    finally:
        handles[0].drop()
        for handle in handles:
            handle.close()


@pytest.fixture(params=ENGINES)
def open_index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenIndex]:
    with opener(request.param, tmp_path) as open_:
        yield open_


@pytest.fixture
def index(open_index: OpenIndex) -> Index:
    """An index that nobody claimed yet."""
    return open_index()


@pytest.fixture(scope="module", params=ENGINES)
def empty_big_index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """One for all tests of a module: for those that fill it with more than a test should wait for."""
    with opener(request.param, tmp_path_factory.mktemp("big")) as open_:
        yield open_()


def records(count: int, dims: int = 32, seed: int = 0) -> tuple[list[ImageRecord], Embeddings]:
    """Records of different sizes, folders, formats, dates and labels, with random unit embeddings of shape
    `(count, dims)`.

    Record i has i bytes, so that a filter on the size lets through any share. Every fifth has no date, and every third
    no labels.
    """
    rng = np.random.default_rng(seed)
    made = []
    for i in range(count):
        path = f"/pictures/{i % 10}/{i % 50}/{seed}-{i}.jpg"
        taken_at = datetime(2020, 1, 1, 12) + timedelta(days=i) if i % 5 else None
        made.append(
            ImageRecord(
                id=record_id(path),
                path=path,
                name=Path(path).name,
                content_hash=f"{seed:08x}{i:056x}",
                size=i,
                mtime_ns=1_700_000_000_123_456_789 + i,
                width=100 + i % 1000,
                height=2000 - i % 1000,
                format=FORMATS[i % len(FORMATS)],
                taken_at=taken_at,
                frames=1 + i % 3,
                camera="Canon EOS R5" if i % 2 else "",
                lens="RF 50mm F1.2 L" if i % 4 else "",
                gps=(48.1 + i / 1000, -11.5) if i % 3 else None,
                orientation=1 + i % 8,
                colours=(Colour("#ff8800", 0.75), Colour("#000000", 0.1))[: i % 3],
                brightness=(i % 7) / 7,
                sharpness=(i % 11) / 11,
                described=DESCRIPTION,
                boxes=boxes(i),
                tags=tuple(sorted({TAGS[i % 4], TAGS[i % 3]}))[: i % 4],
                splits=SPLITS[i % 4],
                phash=f"{i:016x}" if i % 2 else "",
                annotated_ns=1_600_000_000_987_654_321 + i if i % 3 else 0,
            )
        )
    return made, unit(rng.standard_normal((count, dims)))


def boxes(i: int) -> tuple[Box, ...]:
    """None, one, or two, which may be of one label."""
    labels = (LABELS[i % 5], LABELS[i * i % 5])[: i % 3]
    return tuple(Box(label, 0.1, i % 9 / 9, 0.25, 1 / (1 + i % 9)) for label in labels)


@pytest.fixture(scope="session")
def make_records() -> MakeRecords:
    return records


@pytest.fixture(scope="session")
def filled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of LanceDB, with 300 records: to copy it takes a tenth of the time that it takes to fill one."""
    folder = tmp_path_factory.mktemp("filled")
    with opener("lancedb", folder) as open_:
        index = open_()
        index.prepare(STAMP)
        index.upsert(*records(300))
    return folder / "index"


@pytest.fixture
def filled(
    index: Index, make_records: MakeRecords, request: pytest.FixtureRequest
) -> tuple[Index, list[ImageRecord], Embeddings]:
    """The index with 300 records, the records and their embeddings."""
    made, embeddings = make_records(300)
    if index.engine == "lancedb":
        shutil.copytree(request.getfixturevalue("filled_folder"), index.location)
    index.prepare(STAMP)
    if index.engine != "lancedb":
        index.upsert(made, embeddings)
    return index, made, embeddings


@pytest.fixture(scope="module", params=ENGINES)
def stocked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, make_records: MakeRecords
) -> Iterator[tuple[Index, list[ImageRecord], Embeddings]]:
    """As `filled`, once for all tests of a module, which change nothing."""
    made, embeddings = make_records(300)
    with opener(request.param, tmp_path_factory.mktemp("stocked")) as open_:
        index = open_()
        index.prepare(STAMP)
        index.upsert(made, embeddings)
        yield index, made, embeddings
        assert {record for batch in index.records() for record in batch} == set(made)


@pytest.fixture(scope="module", params=ENGINES)
def growing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """One for all tests of a module that only add: what is in it otherwise is no matter of theirs."""
    with opener(request.param, tmp_path_factory.mktemp("growing")) as open_:
        index = open_()
        index.prepare(STAMP)
        yield index
