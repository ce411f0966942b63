"""Collections come, are called otherwise, emptied and deleted."""

import gc
import json
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, Table, inspect
from typer.testing import CliRunner

from core.access.actors import APP
from core.cli import app
from core.collections.catalog import Catalog
from core.database import Database, transaction
from core.errors import CollectionRefused, JobRefused, ModelUnavailable, NoSuchCollection
from core.ingest.journal.job import Status
from core.ingest.journal.journal import Journal
from core.model_pool import ModelPool
from core.saved import SavedSearches
from core.services import administration, shared
from core.services.collections import Collections
from tests.colours import ColourEmbedder
from tests.served import client_of

WAIT = 60


def names(collections):
    return [one.name for one in collections.all()]


def test_what_is_there_is_the_first_collection(collections, settings):
    (first,) = collections.all()
    assert (first.name, first.shown, first.is_first) == ("images", "images", True)
    assert collections.of() is collections.of("images") is shared()
    assert shared().settings.data_dir == settings.data_dir  # where it always was
    assert not (settings.data_dir / "collections").exists()


def test_a_new_one_has_all_of_its_own(collections, fill, settings):
    collections.create("birds", "  Birds\nof the north ", "What flies.", "starter")
    birds = collections.of("birds")
    fill(birds, "red")
    fill(collections.of(), "green", "blue")
    assert (birds.index.count(), collections.of().index.count()) == (1, 2)
    assert birds.settings.data_dir == settings.data_dir / "collections" / "birds"
    assert birds.settings.model_cache_dir == settings.model_cache_dir
    told = collections.get("birds")
    assert (told.title, told.description, told.model_id) == ("Birds of the north", "What flies.", "starter")
    assert len(list((birds.settings.data_dir / "thumbnails").glob("??/*.jpg"))) == 1
    assert len(birds.jobs.states()) == len(collections.of().jobs.states()) == 1


def test_another_process_finds_it(collections, settings):
    collections.create("birds", model_id="starter")
    assert names(Collections(settings)) == ["images", "birds"]
    assert Collections(settings).of("birds").settings.model_id == "starter"


@pytest.mark.parametrize(
    "name", ["", "Birds", "a b", "../x", "-a", "a,b", "all", "images", "images-000003", "a" * 101, "ä", "birds\n", "."]
)
def test_what_cannot_be_a_name(collections, name):
    with pytest.raises(CollectionRefused) as refused:
        collections.create(name, model_id="starter")
    assert refused.value.remedy
    assert names(collections) == ["images"]


def test_a_name_is_given_once(collections):
    collections.create("birds", model_id="starter")
    with pytest.raises(CollectionRefused, match="There is a collection birds already"):
        collections.create("birds", model_id="starter")


def test_words_have_their_limits(collections):
    with pytest.raises(CollectionRefused, match="100 characters at most"):
        collections.create("birds", "x" * 101, model_id="starter")
    with pytest.raises(CollectionRefused, match="1,000 characters at most"):
        collections.change("images", description="x" * 1001)


def test_a_model_that_cannot_be_had_is_refused(services, monkeypatch):
    def missing(*_):
        raise ModelUnavailable("The weights are missing.", "Download them.")

    monkeypatch.setattr("core.services.collections.check_obtainable", missing)
    collections = shared.collections()
    with pytest.raises(ModelUnavailable):
        collections.create("birds", model_id="clip/ViT-B-32")
    with pytest.raises(CollectionRefused, match="There is no model nonsense"):
        collections.create("birds", model_id="nonsense")
    assert names(collections) == ["images"]
    assert collections.create("birds").model_id == "starter"  # where that of the settings is none either


def test_an_index_of_somebody_else_is_left_alone(collections, fill, settings):
    collections.create("birds", model_id="starter")
    fill(collections.of("birds"), "red")
    with Catalog_of(settings) as catalog:
        catalog.forget("birds")
    collections.forget_known()
    with pytest.raises(CollectionRefused, match="There is an index birds with pictures"):
        collections.create("birds", model_id="starter")


class Catalog_of:
    def __init__(self, settings):
        self._catalog = Catalog(settings)

    def __enter__(self):
        return self._catalog

    def __exit__(self, *_):
        self._catalog.close()


def test_it_is_called_otherwise_and_keeps_its_name(collections):
    collections.create("birds", model_id="starter")
    collections.change("birds", title="Vögel")
    collections.change("birds", description="Alle.")
    collections.change("images", title="Archive")
    assert [(one.name, one.shown, one.description) for one in collections.all()] == [
        ("images", "Archive", ""),
        ("birds", "Vögel", "Alle."),
    ]
    with pytest.raises(NoSuchCollection):
        collections.change("cats", title="Cats")


def test_another_model_is_asked_for_and_jobs_go_on(collections, fill):
    collections.create("birds", model_id="starter")
    before = collections.of("birds")
    fill(before, "red")
    assert collections.change_model("birds", "clip/ViT-B-32").model_id == "clip/ViT-B-32"
    after = collections.of("birds")
    assert after is not before
    assert (after.settings.model_id, after.index.count(), len(after.jobs.states())) == ("clip/ViT-B-32", 1, 1)
    with pytest.raises(CollectionRefused, match="that of the settings"):
        collections.change_model("images", "starter")
    with pytest.raises(CollectionRefused, match="There is no model"):
        collections.change_model("birds", "nonsense")


def test_what_had_another_model_goes_on_with_nothing_when_another_process_changes_it(
    collections, fill, settings, monkeypatch
):
    monkeypatch.setattr("core.services.open_collections.KNOWN_FOR", 0.0)
    collections.create("birds", model_id="starter")
    before = collections.of("birds")
    fill(before, "red")
    Collections(settings).change_model("birds", "clip/ViT-B-32")
    now = collections.of("birds")
    assert (now.settings.model_id, before.jobs.ending.is_set()) == ("clip/ViT-B-32", True)
    assert not now.jobs.ending.is_set()


def test_clearing_leaves_what_it_is_called_and_its_saved_searches(collections, fill, picture):
    collections.create("birds", "Birds", model_id="starter")
    for name in ("birds", "images"):
        services = collections.of(name)
        fill(services, "red", "green")
        services.saved.save("mine", "q=red")
        upload = services.uploads.add(picture("blue.png").read_bytes(), "blue.png")
        services.jobs.wait(services.start_uploads([upload.id]), WAIT)
        assert services.index.count() == 3
        assert collections.clear(name) == 3
        assert (services.index.count(), services.library.sources(), services.jobs.states()) == (0, [], [])
        assert services.uploads.path(upload.id) is None
        assert [one.name for one in services.saved.all()] == ["mine"]
        assert not list((services.settings.data_dir / "thumbnails").glob("??/*.jpg"))
        assert services.jobs.wait(services.start_samples(), WAIT).counts.added  # and goes on
    assert names(collections) == ["images", "birds"]


def test_the_files_of_sources_stay(collections, fill, tmp_path):
    collections.create("birds", model_id="starter")
    fill(collections.of("birds"), "red")
    collections.clear("birds")
    collections.delete("birds")
    assert (tmp_path / "pictures" / "birds" / "red.png").is_file()


def test_deleting_leaves_nothing(collections, fill, settings):
    fill(collections.of(), "green")
    collections.create("birds", model_id="starter")
    birds = collections.of("birds")
    fill(birds, "red")
    birds.saved.save("mine", "q=red")
    collections.delete("birds")
    assert names(collections) == ["images"]
    assert not (settings.data_dir / "collections" / "birds").exists()
    for scope in ("lancedb/birds", "elasticsearch/birds"):
        journal, saved = Journal(settings.journal, scope), SavedSearches(settings.journal, scope)
        assert (journal.jobs(), journal.sources.all(), saved.all()) == ([], [], [])
        journal.close()
        saved.close()
    assert (collections.of().index.count(), len(collections.of().jobs.states())) == (1, 1)
    with pytest.raises(NoSuchCollection, match="There is only images"):
        collections.of("birds")
    collections.create("birds", model_id="starter")
    assert collections.of("birds").index.count() == 0


def test_the_first_one_is_not_deleted(collections):
    with pytest.raises(CollectionRefused, match="cannot be deleted"):
        collections.delete("images")


def test_another_process_hears_that_it_is_deleted(collections, settings, monkeypatch):
    monkeypatch.setattr("core.services.open_collections.KNOWN_FOR", 0.0)
    collections.create("birds", model_id="starter")
    other = Collections(settings)
    before = other.of("birds")
    collections.delete("birds")
    with pytest.raises(NoSuchCollection):
        other.of("birds")
    collections.create("birds", model_id="clip/ViT-B-32")
    assert other.of("birds") is not before
    assert other.of("birds").settings.model_id == "clip/ViT-B-32"


def test_a_job_is_stopped_first(collections, embedder, picture, monkeypatch, tmp_path, one_by_one):
    import threading

    running, go_on, embed = threading.Event(), threading.Event(), embedder.embed_images
    collections.create("birds", model_id="starter")
    birds = collections.of("birds")
    for name in ("red.png", "green.png", "blue.png"):
        picture(name)

    def wait_and_embed(images):
        running.set()
        go_on.wait(WAIT)
        return embed(images)

    monkeypatch.setattr(embedder, "embed_images", wait_and_embed)
    birds.library.add([str(tmp_path / "pictures")], auto_start=True)
    assert running.wait(WAIT)
    threading.Timer(0.2, go_on.set).start()
    collections.delete("birds")
    assert names(collections) == ["images"]


def test_one_whose_job_does_not_stop_stays(collections, fill, monkeypatch):
    collections.create("birds", model_id="starter")
    birds = collections.of("birds")
    fill(birds, "red")
    job = birds.library.journal.create("elsewhere", [], owner="another/machine")
    birds.library.journal.update(job, status=Status.RUNNING)
    monkeypatch.setattr("core.services.administration.STOPPING", 0.1)
    monkeypatch.setattr(administration.stop, "__defaults__", (0.1,))
    with pytest.raises(CollectionRefused, match="still at work"):
        collections.delete("birds")
    assert names(collections) == ["images", "birds"]
    assert birds.index.count() == 1


STEPS = ("core.services.administration.forget_jobs", "core.services.administration.remove_tree",
         "core.saved.SavedSearches.clear", "core.index.lance.engine.LanceIndex.drop",
         "core.collections.catalog.Catalog.forget")  # fmt: skip


class Killed(BaseException):
    pass


@pytest.mark.parametrize("step", STEPS)
def test_the_next_start_finishes_what_was_killed(collections, fill, settings, step, monkeypatch):
    collections.create("birds", model_id="starter")
    fill(collections.of("birds"), "red")

    def die(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(step, die)
        with suppress(Killed):
            collections.delete("birds")
    assert names(collections) == ["images"]  # there no more, whatever is left
    collections.of("images").library.close()
    next_one = Collections(settings)
    next_one.finish_deletions()
    assert not (settings.data_dir / "collections" / "birds").exists()
    assert next_one.create("birds", model_id="starter").name == "birds"
    assert next_one.of("birds").index.count() == 0
    next_one.close()


def test_a_first_one_that_has_been_another_keeps_its_place(collections, fill, settings, monkeypatch):
    from dataclasses import replace

    collections.create("birds", model_id="starter")
    fill(collections.of("birds"), "red")
    fill(collections.of(), "green", "blue")
    other = Collections(replace(settings, index_name="birds"))
    assert (other.of().index.count(), names(other)) == (1, ["birds", "images"])
    assert other.of("images").index.count() == 2
    other.close()


def test_jobs_of_others_are_none_of_ours(collections, fill):
    collections.create("birds", model_id="starter")
    fill(collections.of(), "red")
    (job,) = collections.of().jobs.states()
    birds = collections.of("birds").jobs
    for ask in (birds.pause, birds.cancel, birds.resume, birds.retry, birds.forget, birds.state):
        with pytest.raises(JobRefused):
            ask(job.id)
    assert collections.of().jobs.state(job.id) == job


# Models.


def test_collections_of_one_model_load_it_once(monkeypatch):
    loads = []

    def load(model_id, _, made_by, __):
        loads.append(model_id)
        made = ColourEmbedder()
        made.model_id = made_by or model_id
        return made

    monkeypatch.setattr("core.model.start_model", load)
    pool = ModelPool()
    one, other = (pool.start("clip/ViT-B-16", None, made_by, True) for made_by in (None, "clip/ViT-B-16"))  # type: ignore[arg-type]
    assert one is other
    third = pool.start("clip/ViT-B-32", None, None, True)  # type: ignore[arg-type]
    starter = pool.start("clip/ViT-B-32", None, "starter", True)  # type: ignore[arg-type]
    assert third is not one
    assert starter is not third
    assert len(loads) == 3
    del one, third
    gc.collect()
    assert pool.start("clip/ViT-B-16", None, None, True) is other  # type: ignore[arg-type]
    pool.start("clip/ViT-B-32", None, None, True)  # type: ignore[arg-type]
    assert len(loads) == 4  # which nothing used any more


def test_one_that_died_is_loaded_anew(monkeypatch):
    class Mortal(ColourEmbedder):
        model_id = "clip/ViT-B-16"
        alive = True

    monkeypatch.setattr("core.model.start_model", lambda *_: Mortal())
    pool = ModelPool()
    first = pool.start("clip/ViT-B-16", None, None, False)  # type: ignore[arg-type]
    first.alive = False  # type: ignore[attr-defined]
    assert pool.start("clip/ViT-B-16", None, None, False) is not first  # type: ignore[arg-type]


# The API and the command line.


@pytest.fixture
def client(collections):
    return client_of(shared.asked)


def test_by_the_api(client, fill, collections):
    api = "/api/v1/collections"
    made = client.post(api, json={"name": "birds", "title": "Birds", "model": "starter"})
    assert made.status_code == 201
    told = {"name": "birds", "title": "Birds", "description": "", "model": "starter"}
    assert made.json() == {**told, "count": 0, "first": False, "error": None}
    assert [one["name"] for one in client.get(api).json()] == ["images", "birds"]
    assert client.patch(f"{api}/birds", json={"description": "All."}).json()["description"] == "All."
    fill(collections.of("birds"), "red")
    assert client.get(f"{api}/birds").json()["count"] == 1
    for refused in (client.post(f"{api}/birds/clear", json={"confirm": "images"}), client.delete(f"{api}/birds")):
        assert (refused.status_code, "birds" in refused.json()["remedy"]) == (400, True)
    assert client.post(f"{api}/birds/clear", json={"confirm": "birds"}).json() == {"removed": 1}
    assert client.delete(f"{api}/birds", params={"confirm": "birds"}).status_code == 204
    assert client.get(f"{api}/birds").status_code == 404
    assert client.delete(f"{api}/images", params={"confirm": "images"}).status_code == 409
    assert client.post(api, json={"name": "No"}).status_code == 409


def test_by_the_command_line(collections):
    def run(*arguments):
        shared.cache_clear()
        return CliRunner(mix_stderr=False).invoke(app, ["collections", *arguments])

    assert "with the model starter" in run("create", "birds", "--title", "Birds", "--model", "starter").stdout
    run("rename", "birds", "All birds")
    run("describe", "birds", "What flies.")
    told = json.loads(run("list", "--json").stdout)
    assert [(one["name"], one["title"], one["description"]) for one in told] == [
        ("images", "images", ""),
        ("birds", "All birds", "What flies."),
    ]
    assert run().stdout.splitlines()[1].split() == ["birds", "0", "starter", "All", "birds"]
    refused = run("delete", "birds")
    assert (refused.exit_code, "--confirm birds" in refused.stderr) == (1, True)
    assert run("clear", "birds", "--confirm", "birds").exit_code == 0
    assert "Deleted birds" in run("delete", "birds", "--confirm", "birds").stdout
    assert (run("delete", "birds", "--confirm", "birds").exit_code, len(json.loads(run("--json").stdout))) == (1, 1)


def test_who_deletes_is_noted(collections, settings, monkeypatch):
    collections.create("birds", model_id="starter")
    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr("core.collections.catalog.Catalog.forget", lambda *_: (_ for _ in ()).throw(Killed))
        collections.delete("birds", APP)
    with Catalog_of(settings) as catalog:
        assert [one.name for one in catalog.deleted()] == ["birds"]


def test_one_of_the_same_name_begins_with_nothing_that_was_decided(collections, settings):
    """Whatever tables there are: each that knows of an index has had a row of it."""
    database = Database(settings.journal)
    engine = database.engine
    tables = {name: Table(name, MetaData(), autoload_with=engine) for name in inspect(engine).get_table_names()}
    of_index = {name: table for name, table in tables.items() if "index_name" in table.c and name != "audit"}
    collections.create("birds", model_id="starter")
    with transaction(engine) as connection:
        for table in (*of_index.values(), tables["class_decisions"]):
            row = {column.name: _any(column) for column in table.c if not column.nullable}
            connection.execute(table.insert().values(row))
    collections.delete("birds")
    with transaction(engine) as connection:
        left = {name for name in (*of_index, "class_decisions") if connection.execute(tables[name].select()).first()}
    database.close()
    assert len(of_index) > 8
    assert left == set()


def _any(column: Column[object]) -> object:
    """A value that it may have."""
    told = {"index_name": "lancedb/birds", "status": "done", "phase": "FINDING"}
    if column.name in told:
        return told[column.name]
    kind: Any = column.type.python_type
    return "{}" if kind is str else b"x" if kind is bytes else kind(1)
