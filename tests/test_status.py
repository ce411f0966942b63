"""How a collection is doing, as the page, the API and the command line tell it."""

import json

import pytest

from core.errors import IndexUnavailable, JournalUnavailable
from core.index.statistics import unreachable
from core.status.overview import overview, plain


@pytest.fixture
def corpus(services, picture, tmp_path):
    picture("red.png")
    picture("blue.png")
    job = services.library.add([str(tmp_path / "pictures")], auto_start=True)
    services.jobs.wait(job, 30)
    return services


def test_what_is_known(corpus):
    told = overview(corpus)
    assert (told.engine, told.index, told.statistics.health, told.statistics.count) == ("lancedb", "images", "green", 2)
    assert (told.model.model_id, told.model_title) == ("test/colour", "test/colour")
    assert (told.last_ingest.title, told.wanted) == ("pictures", "clip/ViT-B-16")
    json.dumps(plain(told))


def test_nothing_indexed_yet(services):
    told = overview(services)
    assert (told.model, told.model_title, told.last_ingest, told.statistics.count) == (None, "", None, 0)
    assert plain(told)["latency"] == {"searches": 0, "remembered": 0, "since": None, "parts": {}}


def test_an_index_that_does_not_answer_hides_nothing_else(corpus, monkeypatch):
    error = IndexUnavailable("It is away.", "Start it.")

    def raise_(*_: object) -> None:
        raise error

    monkeypatch.setattr(corpus.index, "statistics", lambda: unreachable(error))
    monkeypatch.setattr(corpus.index, "model", raise_)
    told = overview(corpus)
    assert (told.statistics.health, told.statistics.message, told.statistics.remedy) == (
        "unreachable",
        "It is away.",
        "Start it.",
    )
    assert told.model is None
    assert told.last_ingest.title == "pictures"


def test_a_job_database_that_does_not_answer(corpus, monkeypatch):
    def raise_(*_: object) -> None:
        raise JournalUnavailable("It is locked.", "Wait.")

    monkeypatch.setattr(type(corpus.jobs), "states", raise_)
    assert overview(corpus).last_ingest is None
    assert overview(corpus).statistics.count == 2
