"""The page about collections, and how the one that is chosen stays chosen."""

import pytest

from core.services import shared
from tests.pages.conftest import Component, texts


@pytest.fixture
def birds(corpus, picture, tmp_path, monkeypatch):
    """A second collection, with one picture."""
    monkeypatch.setattr("core.services.collections.check_obtainable", lambda *_: None)
    monkeypatch.setattr("core.services.open_collections.KNOWN_FOR", 0.0)
    shared.collections().create("birds", "Birds", "What flies.", "starter")
    services = shared.of("birds")
    services.model.load().result()
    picture("birds/yellow.png")
    for _ in services.ingest([tmp_path / "pictures" / "birds"]):
        pass
    return services


def shown(at):
    """The names of the results on the page."""
    return [item["name"] for item in Component(at, "gallery").data["answer"]["results"]]


def parameter(at, name):
    """Of the URL: a text where the page has written it, else a list."""
    value = at.query_params[name]
    return value if isinstance(value, str) else value[-1]


def button(at, label):
    return next(one for one in at.button if one.label == label)


def test_the_url_says_which_it_is(open_page, birds):
    at = open_page(collection="birds", q="red")
    assert shown(at) == ["yellow.png"]
    assert Component(at, "gallery").data["routes"]["thumbnails"] == "/thumbnails?collection=birds"
    query = Component(at, "query").data
    assert (query["saved_url"], query["upload_url"]) == ("/api/v1/saved?collection=birds", "/queries?collection=birds")
    at = open_page(q="red")
    assert "yellow.png" not in shown(at)
    assert Component(at, "gallery").data["routes"]["thumbnails"] == "/thumbnails"


def test_it_stays_on_other_pages_and_in_searches(open_page, birds):
    at = open_page(collection="birds")
    at.switch_page("ingest.py")  # as Streamlit's own navigation, without parameters
    at.query_params.clear()
    at.run()
    assert "1 picture in `birds`" in texts(at)
    assert Component(at, "uploads").data["upload_url"] == "/uploads?collection=birds"
    at.switch_page("search.py")
    at.run()
    at = Component(at, "query").trigger("query", {"edit": 1, "value": {"text": "red", "parts": []}})
    assert (parameter(at, "collection"), parameter(at, "q")) == ("birds", "red")
    assert shown(at) == ["yellow.png"]


def test_the_head_offers_the_others_where_there_are_any(open_page, birds):
    at = open_page(collection="birds")
    told = Component(at, "frame").data["collections"]
    assert told["shown"] == "Birds"
    assert [(one["name"], one["title"], one["current"]) for one in told["choices"]] == [
        ("", "images", False),
        ("birds", "Birds", True),
        ("all", "All collections", False),
    ]
    shared.collections().delete("birds")
    assert Component(open_page(), "frame").data["collections"] is None


def test_several_are_searched_as_one(open_page, birds):
    shared.of("all").model.load().result()  # what a page shows while it loads is a test of its own
    at = open_page(collection="all", q="yellow")
    assert (shown(at)[0], len(shown(at))) == ("yellow.png", 4)
    assert Component(at, "gallery").data["answer"]["results"][0]["collection"] == "birds"
    assert Component(at, "frame").data["collections"]["shown"] == "All collections"
    at = open_page("ingest.py", collection="all")
    assert "one collection at a time" in texts(at)
    assert {"Open images", "Open Birds"} <= {one.label for one in at.button}


def test_one_that_is_not_there_says_so_and_offers_the_others(open_page, birds):
    at = open_page(collection="nowhere", q="red")
    assert "There is no collection nowhere" in texts(at).replace("\\", "")
    button(at, "Open Birds").click()
    at.run()
    assert parameter(at, "collection") == "birds"


def test_one_is_created_described_cleared_and_deleted(open_page, corpus, monkeypatch):
    monkeypatch.setattr("core.services.collections.check_obtainable", lambda *_: None)
    monkeypatch.setattr("core.services.open_collections.KNOWN_FOR", 0.0)
    at = open_page("collections.py")
    fields = {one.label: one for one in reversed(at.text_input)}
    fields["Name"].input("birds")
    fields["Title"].input("Birds")
    button(at, "Create").click()
    at.run()
    assert parameter(at, "collection") == "birds"
    assert [one.shown for one in shared.collections().all()] == ["images", "Birds"]
    at = open_page("collections.py")
    assert "Birds" in texts(at)
    confirm = next(one for one in at.text_input if one.key == "confirm-delete-birds")
    confirm.input("bird")
    button(at, "Delete Birds").click()
    at.run()
    assert "Type its name" in texts(at)
    assert len(shared.collections().all()) == 2
    confirm = next(one for one in at.text_input if one.key == "confirm-delete-birds")
    confirm.input("birds")
    button(at, "Delete Birds").click()
    at.run()
    assert len(shared.collections().all()) == 1
    assert not [one for one in at.text_input if one.key == "confirm-delete-images"]  # the first stays
