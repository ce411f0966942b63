"""What an earlier version of the app left behind is opened by this one.

`earlier/` was recorded by the version before the rooms, the names and the revisions of the journal (12a1878), with the
colour model: eight files of a dataset in YOLO layout, one a copy and one broken, were indexed on both engines, two of
them tagged, and three searches saved. `data.zip` is its data folder; `elasticsearch.json` the index on a server, as
that answered; `links.json` says what the links meant then.
"""

import json
import os
import sqlite3
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from PIL import Image

from core.config import Settings
from core.images.thumbnails import Thumbnails
from core.index.elastic.engine import ElasticIndex
from core.index.filters import AnyOf, Filter, InFolder
from core.index.index import Index, ModelStamp
from core.index.lance.engine import LanceIndex
from core.ingest.journal.job import Status
from core.ingest.journal.progress import Outcome
from core.ingest.library import Library
from core.saved import SavedSearches
from core.search.language.url import from_params, to_json
from core.services.collections import Collections
from tests.colours import ColourEmbedder
from tests.ingest.libraries import ingest, journal_url, kept, make_library, verdicts
from tests.material import NO_SERVER

RECORDED = Path(__file__).with_name("earlier")
RENAMED = {"cut": "min_match", "alike": "duplicate_threshold", "pictures": "images"}
"""What the JSON of a search calls otherwise now; and the value `picture` of `collapse` is `image`."""

type Open = Callable[[], Index]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with zipfile.ZipFile(RECORDED / "data.zip") as archive:
        archive.extractall(tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def restored() -> Iterator[Callable[[], ElasticIndex]]:
    """Opens the recorded index on a server, under a name of its own."""
    if not os.environ.get("ELASTICSEARCH_URL"):
        pytest.skip(NO_SERVER)
    urls, name = os.environ["ELASTICSEARCH_URL"].split(","), f"test-{uuid.uuid4().hex}"
    with closing(ElasticIndex(urls, name)) as index:
        _restore(index, json.loads((RECORDED / "elasticsearch.json").read_text("utf-8")))
        try:
            yield lambda: index
        finally:
            index.drop()


def _restore(index: ElasticIndex, recorded: Mapping[str, Any]) -> None:
    from elasticsearch import Elasticsearch, helpers

    kept = ("number_of_shards", "number_of_replicas", "merge", "dense_vector", "mapping")
    settings = {name: value for name, value in recorded["settings"]["index"].items() if name in kept}
    concrete = f"{index.name}-000001"
    with Elasticsearch(os.environ["ELASTICSEARCH_URL"].split(",")) as client:
        client.indices.create(
            index=concrete,
            settings=settings,
            mappings=recorded["mappings"],
            aliases={index.name: recorded["aliases"][recorded["alias"]]},
        )
        helpers.bulk(client, recorded["documents"], index=concrete, refresh=True)


@pytest.fixture(params=["lancedb", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def open_index(request: pytest.FixtureRequest, data: Path) -> Open:
    if request.param == "lancedb":
        return lambda: LanceIndex(data / "index", "images")
    restored: Open = request.getfixturevalue("restored")
    return restored


def names(index: Index, colour: str, *conditions: AnyOf | InFolder) -> list[str]:
    [embedding] = ColourEmbedder().embed_texts([colour])
    return [hit.record.name for hit in index.search(embedding, 10, Filter(conditions))]


def test_an_index_is_searched_as_it_is(open_index: Open) -> None:
    index = open_index()
    assert index.count() == 7
    assert names(index, "red")[:2] in (["copy of red.jpg", "red.jpg"], ["red.jpg", "copy of red.jpg"])
    assert names(index, "blue")[0] == "blue.jpg"
    assert sorted(names(index, "blue", AnyOf("tag", ("日本",)))) == ["blue.jpg", "green.jpg"]
    assert names(index, "magenta", AnyOf("label", ("wall",)))[0] == "magenta.jpg"
    assert names(index, "red", InFolder("/srv/pictures/images/val"))[0] == "magenta.jpg"
    assert index.facets(fields=("label", "split")) == {"label": {"flag": 3, "wall": 3}, "split": {"train": 5, "val": 2}}
    [red] = [record for some in index.records() for record in some if record.name == "red.jpg"]
    assert (red.camera, red.boxes[0].label, str(red.taken_at)) == ("Maker One", "flag", "2020-05-01 12:00:00")


def test_an_index_takes_more(open_index: Open, tmp_path: Path) -> None:
    index = open_index()
    model = ColourEmbedder()
    before = [record for some in index.records() for record in some]
    stamp = index.model()
    assert stamp == ModelStamp(model.model_id, model.dims, model.preprocessing)
    index.prepare(stamp)
    index.upsert(before[:2], index.embeddings([record.id for record in before[:2]]))
    index.optimize()
    after = [record for some in index.records() for record in some]
    assert sorted(after, key=lambda record: record.id) == sorted(before, key=lambda record: record.id)


def test_it_is_the_first_collection_and_no_file_is_moved(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ELASTICSEARCH_URL", raising=False)
    monkeypatch.setattr("core.model.start_model", lambda *_: ColourEmbedder())
    with sqlite3.connect(data / "jobs" / "jobs.db") as journal:  # as the app itself would have noted them
        for table in ("jobs", "sources", "searches"):
            journal.execute(f"UPDATE {table} SET index_name = 'lancedb/images'")
    journal.close()
    before = {path.relative_to(data) for path in data.rglob("*") if path.is_file()}
    opened = Collections(Settings.load(data_dir=data))
    (first,) = opened.all()
    services = opened.of("images")
    assert (first.name, first.is_first, services.index.count()) == ("images", True, 7)
    assert (len(services.saved.all()), len(services.library.sources()), len(services.jobs.states())) == (3, 1, 2)
    assert before <= {path.relative_to(data) for path in data.rglob("*")}
    opened.create("beside", model_id="starter")
    assert (opened.of("beside").index.count(), opened.of("beside").saved.all()) == (0, [])
    opened.delete("beside")
    assert before <= {path.relative_to(data) for path in data.rglob("*")}
    opened.close()


def test_the_journal_says_what_was_done(data: Path) -> None:
    with closing(make_library(data, ColourEmbedder())) as library:
        second, first = library.journal.jobs()
        assert (first.status, first.title, first.auto_start, first.requested) == (Status.DONE, "pictures", True, "")
        assert (first.counts.added, first.counts.duplicate, first.counts.failed) == (6, 1, 1)
        assert (second.status, second.auto_start, second.plan.unchanged) == (Status.DONE, False, 7)
        [(path, reason)] = verdicts(library, first, Outcome.FAILED).items()
        assert path == "/srv/pictures/images/val/broken.jpg"
        assert "is an incomplete file" in reason
        assert [state.known.location for state in library.sources()] == ["/srv/pictures"]


def test_thumbnails_are_there(data: Path) -> None:
    thumbnails = Thumbnails(data / "thumbnails")
    with closing(make_library(data, ColourEmbedder())) as library:
        for content_hash in {
            record.content_hash for some in LanceIndex(data / "index", "images").records() for record in some
        }:
            path = thumbnails.path(content_hash)
            assert path
            with Image.open(path) as image:
                assert image.height == 48
        assert len(kept(library)) == 6


def test_a_library_is_gone_on_with(data: Path, tmp_path: Path) -> None:
    Image.new("RGB", (32, 32), "purple").save(tmp_path / "purple.png")
    library: Library
    with closing(make_library(data, ColourEmbedder())) as library:
        assert ingest(library, tmp_path / "purple.png").counts.added == 1
        index = LanceIndex(data / "index", "images")
        assert (index.count(), names(index, "purple")[0]) == (8, "purple.png")


def test_saved_searches_mean_what_they_meant(data: Path) -> None:
    recorded = json.loads((RECORDED / "links.json").read_text("utf-8"))
    with closing(SavedSearches(journal_url(data), "images")) as saved:
        found = {one.name: one.address for one in saved.all()}
    assert found.keys() == recorded.keys()
    for name, link in recorded.items():
        meant = {RENAMED.get(key, key): value for key, value in link["json"].items()}
        meant["collapse"] = meant["collapse"].replace("picture", "image")
        assert to_json(from_params(parse_qs(found[name]))) == meant, name
        assert to_json(from_params(parse_qs(link["url"]))) == meant, name
