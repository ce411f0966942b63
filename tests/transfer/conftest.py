"""Collections without pictures, on either engine."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.index.index import Index, ModelStamp
from core.index.lance.engine import LanceIndex
from core.ingest.journal.journal import Journal
from core.saved import SavedSearches
from core.transfer.exporting import Collection, export
from core.transfer.importing import Importing, import_export
from tests.index.conftest import records
from tests.material import NO_SERVER

MODEL = ModelStamp("clip/ViT-B-16", 32)


def collection_of(index: Index, folder: Path) -> Collection:
    url, scope = str(folder / "jobs.db"), f"{index.engine}/{index.name}"
    return Collection(index, SavedSearches(url, scope), Journal(url, scope).sources)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Collection]:
    """A collection of so many records on LanceDB: `make("a", 300)`."""

    def make_(name: str, count: int = 0, model: ModelStamp = MODEL) -> Collection:
        index = LanceIndex(tmp_path / name / "index", "images")
        if count:
            made, embeddings = records(count, model.dims)
            index.prepare(model)
            index.upsert(made, embeddings)
        return collection_of(index, tmp_path / name)

    return make_


@pytest.fixture
def on_server(tmp_path: Path) -> Iterator[Collection]:
    """An empty one on Elasticsearch."""
    if not os.environ.get("ELASTICSEARCH_URL"):
        pytest.skip(NO_SERVER)
    from core.index.elastic.engine import ElasticIndex

    index = ElasticIndex(os.environ["ELASTICSEARCH_URL"].split(","), f"test-{uuid.uuid4().hex}")
    yield collection_of(index, tmp_path / "server")
    index.drop()
    index.close()


def exported(collection: Collection, folder: Path) -> Path:
    for _ in export(collection, folder):
        pass
    return folder


def imported(folder: Path, collection: Collection, wanted: str = MODEL.model_id) -> Importing:
    *_, last = import_export(folder, collection, wanted)
    return last
