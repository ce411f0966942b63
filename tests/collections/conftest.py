"""Two collections of different models, in which the same paths, names, tags and saved searches stand for others."""

import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from core.images.describe import Box
from core.index.records import ImageRecord
from core.index.tags import change_tags
from core.search.relevance.calibrator import Calibrations
from core.services import Services, shared
from core.services.collections import Collections
from core.vectors import Embeddings, unit
from tests.ask.stand_in import MODEL, standing_in, tells_all
from tests.colours import COLOURS, ColourEmbedder
from tests.material import NO_SERVER
from tests.served import client_of

ENGINES = [pytest.param("lancedb"), pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)]
PICTURES = ("one.png", "deep/two.png")
WAIT = 60


class OtherEmbedder(ColourEmbedder):
    """Of other dimensions, whose embeddings nothing else can be compared with."""

    model_id = "test/other"
    dims = 5

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        return _wider(super().embed_images(images))

    def embed_texts(self, texts: Sequence[str]) -> Embeddings:
        return _wider(super().embed_texts(texts))


def _wider(rows: Embeddings) -> Embeddings:
    return unit(np.hstack([rows, np.full((len(rows), 1), 0.1)]))


@dataclass
class Corpus:
    """A collection, and what is to be seen of it there alone."""

    services: Services
    mark: str
    """Stands in its tags, labels, cameras, titles and saved searches, and in no other's."""
    records: list[ImageRecord] = field(default_factory=list)
    dropped: str = ""
    """The content hash of a picture to search with."""
    uploaded: str = ""
    """And of one that was sent to be indexed."""
    saved: int = 0
    """The number of a saved search."""
    job: int = 0

    @property
    def name(self) -> str:
        return self.services.name

    @property
    def signs(self) -> set[str]:
        """What may be read of it nowhere else."""
        return {self.mark, self.dropped, self.uploaded, *(record.content_hash for record in self.records)}


@dataclass
class World:
    collections: Collections
    folder: Path
    first: Corpus
    second: Corpus
    client: TestClient

    @property
    def pairs(self) -> list[tuple[Corpus, Corpus]]:
        """Each, and the other."""
        return [(self.first, self.second), (self.second, self.first)]


@pytest.fixture(scope="module", params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    if request.param == "elasticsearch" and not os.environ.get("ELASTICSEARCH_URL"):
        pytest.skip(NO_SERVER)
    folder = tmp_path_factory.mktemp("world").resolve()
    name = f"test-{uuid.uuid4().hex}"
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "lancedb":
            patch.delenv("ELASTICSEARCH_URL", raising=False)
        patch.setenv("IMAGE_SEARCH_DATA_DIR", str(folder / "data"))
        patch.setenv("IMAGE_SEARCH_INDEX", name)
        patch.setenv("IMAGE_SEARCH_ROOTS", str(folder))
        patch.setenv("IMAGE_SEARCH_MODEL", "clip/ViT-B-16")
        models = {"clip/ViT-B-16": ColourEmbedder(), "starter": OtherEmbedder()}
        patch.setattr("core.model.start_model", lambda model_id, *_: models[model_id])
        patch.setattr("core.index.lance.upkeep.renew", lambda *_: None)
        patch.setattr(Calibrations, "current", lambda self, embedder: None)
        shared.cache_clear()
        try:
            with standing_in(tells_all) as endpoint:
                patch.setenv("IMAGE_SEARCH_LLM_URL", endpoint.url)
                patch.setenv("IMAGE_SEARCH_LLM_MODEL", MODEL)
                patch.setenv("IMAGE_SEARCH_LLM_NAMES", "yes")
                patch.setenv("IMAGE_SEARCH_LLM_PLACES", "yes")
                yield _world(folder, name)
        finally:
            shared.collections().delete(f"{name}-b")
            if request.param == "elasticsearch":
                shared().index.drop()
            shared.collections().close()
            shared.cache_clear()


def _world(folder: Path, name: str) -> World:
    collections = shared.collections()
    collections.create(f"{name}-b", "Birds-only collection", "Birds-only words", "starter")
    first = _filled(collections.of(), "images-only", folder, ("red", "green"))
    second = _filled(collections.of(f"{name}-b"), "birds-only", folder, ("blue", "yellow"))
    client = client_of(shared.asked)
    return World(collections, folder, first, second, client)


def _filled(services: Services, mark: str, folder: Path, colours: Sequence[str]) -> Corpus:
    for number, (name, colour) in enumerate(zip(PICTURES, colours, strict=True)):
        path = folder / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30), COLOURS[colour]).save(path)
        os.utime(path, (1e9 + number, 1e9 + len(mark)))
    corpus = Corpus(services, mark)
    job = services.library.add([str(folder / "pictures")], f"{mark} job", auto_start=True)
    assert services.jobs.wait(job, WAIT).counts.stored == len(PICTURES)
    corpus.job = job
    _mark(corpus)
    corpus.dropped = services.queries.add(_png(colours[0], (50, 20)), f"{mark} dropped.png").id
    corpus.uploaded = services.uploads.add(_png(colours[1], (20, 50)), f"{mark} upload.png").id
    corpus.saved = services.saved.save(f"{mark} search", f"q={mark}").id
    services.saved.save("both", f"q={colours[0]}+{mark}")
    return corpus


def _mark(corpus: Corpus) -> None:
    index = corpus.services.index
    records = sorted((record for some in index.records() for record in some), key=lambda one: one.path)
    marked = [
        replace(record, boxes=(Box(f"{corpus.mark} label", 0.2, 0.2, 0.5, 0.5),), camera=f"{corpus.mark} camera")
        for record in records
    ]
    index.upsert(marked, index.embeddings([record.id for record in records]))
    change_tags(index, [record.id for record in marked], ["both", corpus.mark])
    corpus.records = index.get([record.id for record in marked])


def _png(colour: str, size: tuple[int, int]) -> bytes:
    from io import BytesIO

    target = BytesIO()
    Image.new("RGB", size, COLOURS[colour]).save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def collections(services: Services, embedder: ColourEmbedder, monkeypatch: pytest.MonkeyPatch) -> Collections:
    """Those of a new data folder, all on the colour model."""
    monkeypatch.setattr("core.services.collections.check_obtainable", lambda *_: None)
    return shared.collections()


@pytest.fixture
def fill(picture: Callable[..., Path], tmp_path: Path) -> Callable[..., None]:
    """Indexes pictures of these colours: `fill(services, "red")`."""

    def fill_(services: Services, *colours: str) -> None:
        for colour in colours:
            picture(f"{services.name}/{colour}.png")
        job = services.library.add([str(tmp_path / "pictures" / services.name)], auto_start=True)
        assert services.jobs.wait(job, WAIT).counts.stored == len(colours)

    return fill_
