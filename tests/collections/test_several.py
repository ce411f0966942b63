"""Several collections, searched as one."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from core.api.health import READY, checks
from core.cli import app
from core.cli.answering import answerer
from core.errors import NoSuchCollection, SeveralCollections
from core.index.index import ModelStamp
from core.index.lance.engine import LanceIndex
from core.index.several import SeveralIndexes
from core.search.language.parser import parse
from core.search.options import Collapse, Options
from core.search.query import Query, Search
from core.services import shared
from core.vectors import unit
from tests.collections.conftest import OtherEmbedder
from tests.colours import ColourEmbedder
from tests.records import a_record
from tests.served import client_of

WAIT = 60


@pytest.fixture
def three(collections, fill):
    """One with red and green, one with red and blue, one that is empty."""
    for name in ("birds", "empty"):
        collections.create(name, model_id="starter")
    fill(collections.of(), "red", "green")
    fill(collections.of("birds"), "red", "blue")
    return collections


@pytest.fixture
def client(three):
    return client_of(shared.asked)


def search(text, **options):
    words, where = parse(text)
    return Search(Query(words), where, Options(**options))


def test_results_are_merged_by_score_and_tell_where_they_are_from(client):
    body = {"text": "red", "collapse": "off", "k": 10}
    found = client.post("/api/v1/search", json=body, params={"collection": "images,birds"}).json()
    assert [(one["collection"], one["name"]) for one in found["results"][:2]] in (
        [("birds", "red.png"), ("images", "red.png")],
        [("images", "red.png"), ("birds", "red.png")],
    )
    scores = [one["score"] for one in found["results"]]
    assert scores == sorted(scores, reverse=True)
    assert (len(scores), found["searched"]) == (4, 4)
    assert {one["id"].partition(":")[0] for one in found["results"]} == {"images", "birds"}
    alone = client.post("/api/v1/search", json=body, params={"collection": "birds"}).json()
    assert {one["collection"] for one in alone["results"]} == {""}


def test_all_are_those_there_are(client, three):
    found = client.get("/api/v1/search", params={"q": "", "collection": "all"}).json()
    assert found["searched"] == 4
    assert sum(found["facets"]["colour"].values()) >= 4  # added up
    three.delete("birds")
    three.delete("empty")
    found = client.get("/api/v1/search", params={"q": "", "collection": "all"}).json()
    assert (found["searched"], {one["collection"] for one in found["results"]}) == (2, {""})


def test_copies_in_several_are_one_stack(three):
    found = three.of("images,birds").search(search("red", collapse=Collapse.BYTES))
    first = found.results[0]
    assert {hit.record.id.partition(":")[0] for hit in (first.hit, *first.others)} == {"images", "birds"}


def test_tags_go_to_the_right_collection(client, three):
    body = {"text": "red", "collapse": "off"}
    found = client.post("/api/v1/search", json=body, params={"collection": "all"}).json()["results"]
    ids = [one["id"] for one in found if one["collection"] == "birds" and one["name"] == "red.png"]
    changed = client.post("/api/v1/tags", json={"ids": ids, "add": ["x"]}, params={"collection": "all"}).json()
    assert changed == {"changed": 1, "unchanged": 0, "missing": 0}
    assert three.of("birds").facets()["tag"] == {"x": 1}
    assert not three.of("images").facets()["tag"]
    tagged = client.get("/api/v1/search", params={"q": "tag:x", "collection": "all"}).json()
    assert [(one["collection"], one["tags"]) for one in tagged["results"]] == [("birds", ["x"])]


def test_exports_hold_what_was_chosen(client):
    found = client.post("/api/v1/search", json={"text": "blue"}, params={"collection": "all"}).json()["results"]
    ids = [one["id"] for one in found[:1]]
    for format_ in ("json", "csv", "zip"):
        body = {"format": format_, "text": "blue", "ids": ids}
        made = client.post("/api/v1/exports", json=body, params={"collection": "all"}).json()
        data = client.get(made["url"])
        assert data.status_code == 200
        assert b"blue.png" in data.content
        if format_ == "json":
            assert [(one["id"], one["collection"]) for one in data.json()] == [(ids[0], "birds")]


def test_pictures_are_had_of_whichever_has_them(client, three):
    (blue,) = [one for some in three.of("birds").index.records() for one in some if one.name == "blue.png"]
    for route in ("thumbnails", "images"):
        assert client.get(f"/{route}/{blue.content_hash}", params={"collection": "images,birds"}).status_code == 200
        assert client.get(f"/{route}/{blue.content_hash}", params={"collection": "images,empty"}).status_code == 404


def test_a_picture_is_dropped_to_search_several_with(client, picture):
    data = picture("blue.png", size=(30, 30)).read_bytes()
    sent = client.post(
        "/queries", content=data, headers={"Content-Type": "image/png"}, params={"name": "b.png", "collection": "all"}
    ).json()
    found = client.get("/api/v1/search", params={"image": sent["id"], "collection": "all"}).json()
    assert found["results"][0]["name"] == "blue.png"
    assert client.get(f"/images/{sent['id']}", params={"collection": "all"}).status_code == 200
    assert client.get(f"/images/{sent['id']}", params={"collection": "birds"}).status_code == 404


def test_searches_of_several_are_saved_apart(client):
    body = {"name": "mine", "query_string": "q=red&collection=all"}
    assert client.post("/api/v1/saved", json=body, params={"collection": "all"}).json()["query_string"] == "q=red"
    told = {
        name: client.get("/api/v1/saved", params={"collection": name}).json() for name in ("all", "images", "birds")
    }
    assert [len(saved) for saved in told.values()] == [1, 0, 0]


def test_what_is_done_in_one_is_refused(client, picture):
    data = picture("blue.png", size=(30, 30)).read_bytes()
    sent = {"content": data, "headers": {"Content-Type": "image/png"}}
    answers = [
        client.post("/uploads", params={"name": "b.png", "collection": "all"}, **sent),
        client.post("/api/v1/uploads/done", json={"ids": ["0" * 64]}, params={"collection": "all"}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["error"]) == (400, "This is done in one collection at a time.")


def test_those_of_different_models_are_refused(three, fill, monkeypatch):
    three.create("other", model_id="clip/ViT-B-32")
    models = {"clip/ViT-B-32": OtherEmbedder()}
    monkeypatch.setattr("core.model.start_model", lambda model_id, *_: models.get(model_id, ColourEmbedder()))
    assert three.of("birds,other").index.count() == 2  # one that is empty is of no model
    fill(three.of("other"), "cyan")
    with pytest.raises(SeveralCollections) as refused:
        three.of("birds,other")
    assert refused.value.message.endswith("birds (test/colour), other (test/other).")
    client = client_of(shared.asked)
    answer = client.get("/api/v1/search", params={"q": "red", "collection": "all"})
    assert (answer.status_code, "reembed --collection NAME" in answer.json()["remedy"]) == (400, True)
    assert client.get("/api/v1/search", params={"q": "red", "collection": "images,birds"}).status_code == 200


def test_one_that_is_not_there_is_named(three):
    with pytest.raises(NoSuchCollection, match="There is no collection nowhere"):
        three.of("birds,nowhere")


def test_by_the_command_line(three):
    def run(*arguments):
        return CliRunner(mix_stderr=False).invoke(app, arguments)

    found = json.loads(run("search", "blue", "--json", "--collection", "images,birds").stdout)
    assert (found["results"][0]["name"], found["results"][0]["collection"]) == ("blue.png", "birds")
    refused = run("ingest", "--collection", "all", str(Path(__file__).parent))
    assert (refused.exit_code, "one collection at a time" in refused.stderr) == (1, True)


def test_the_running_app_answers_about_the_collection_that_is_named(three, tmp_path):
    answer = answerer(three.of)
    assert json.loads(answer(["status", "--json", "--collection", "birds"], tmp_path).said[0][1])["index"] == "birds"
    asked = ["search", "blue", "--json", "--collection", "birds"]
    three.of("birds").model.load().result(WAIT)
    found = json.loads(answer(asked, tmp_path).said[0][1])["results"]
    assert [one["name"] for one in found] == ["blue.png", "red.png"]
    assert answer(["search", "blue", "--collection", "empty"], tmp_path) is None  # its model would be waited for
    assert answer(["status", "--collection", "nowhere"], tmp_path) is None  # which the command says itself


# The index.


@pytest.fixture
def indexes(tmp_path):
    made = {}
    for number, name in enumerate(("a", "b")):
        index = LanceIndex(tmp_path / name, name)
        stamp = ModelStamp("test", 4)
        index.prepare(stamp)
        records = [
            a_record(
                f"{name}{at}.png",
                size=(at * 7 + number * 3) % 11,
                taken_at=None if at == 4 else datetime(2020, 1, 1) + timedelta(days=(at * 5 + number) % 7),
            )
            for at in range(6)
        ]
        rows = unit(np.random.default_rng(number).normal(size=(6, 4)))
        index.upsert([*records, a_record("same.png", size=3)], np.vstack([rows, unit(np.ones((1, 4)))]))
        made[name] = index
    return made


@pytest.mark.parametrize("order", [None, "newest", "oldest", "largest", "smallest", "name"])
def test_they_are_browsed_in_order(indexes, order):
    several = SeveralIndexes(indexes)
    all_ = several.browse(None, order, 0, 100)
    assert len(all_) == several.count() == 14
    assert [one for page in range(7) for one in several.browse(None, order, 2 * page, 2)] == all_
    for name, index in indexes.items():  # each in its own order
        own = [one.id.partition(":")[2] for one in all_ if one.id.startswith(f"{name}:")]
        assert own == [one.id for one in index.browse(None, order, 0, 100)]
    keys = {"largest": lambda one: -one.size, "smallest": lambda one: one.size, "name": lambda one: one.name_folded}
    if order in keys:
        assert [keys[order](one) for one in all_] == sorted(map(keys[order], all_))


def test_ids_lead_to_the_index_they_name(indexes):
    several = SeveralIndexes(indexes)
    (same,) = {one.id for one in indexes["a"].browse(None, "name") if one.name == "same.png"}
    assert [one.id for one in several.get([f"b:{same}", f"a:{same}"])] == [f"b:{same}", f"a:{same}"]
    assert several.get([same]) == []  # of which one it is, nobody can say
    only = indexes["a"].browse(None, "name", 0, 1)[0].id
    assert [one.id for one in several.get([only])] == [f"a:{only}"]
    assert several.embeddings([f"a:{same}", f"b:{same}"]).shape == (2, 4)
    assert several.retag({f"b:{same}": ("x",), "c:0": ("x",)}) == 1
    assert indexes["a"].get([same])[0].tags == ()
    assert indexes["b"].get([same])[0].tags == ("x",)


def test_the_nearest_of_all_are_the_nearest(indexes):
    several = SeveralIndexes(indexes)
    query = unit(np.array([[1.0, 0.2, 0.0, 0.1]]))[0]
    hits, (count,) = several.search_and_counts(query, 5, [None])
    each = [hit for index in indexes.values() for hit in index.search(query, 100)]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in each), reverse=True)[:5]
    assert count == 14
    revision = several.revision()
    indexes["b"].delete([indexes["b"].browse(None)[0].id])
    assert several.revision() != revision


def test_several_are_ready_where_each_is(three, tmp_path):
    for name in ("", "birds", "empty"):
        three.of(name).model.load().result()
    together = three.of("images,birds")
    together.model.load().result()
    assert checks(together) == dict.fromkeys(("model", "index", "journal", "disk"), READY)
    folder = three.of("birds").settings.data_dir
    folder.rename(tmp_path / "away")  # at one stroke: something may still be written there in the background
    folder.write_text("in the way")
    assert checks(together)["disk"] == checks(three.of("birds"))["disk"] != READY
