"""The map page, without a browser."""

import time

import numpy as np
import pytest

from core.analysis.map import keeping
from core.analysis.map.model import Cluster, Map, Quality
from core.search.language.url import from_params
from tests.pages.conftest import Component, texts
from tests.pages.test_component_types import assert_has


@pytest.fixture
def mapped(corpus):
    """The three pictures on a map, as if it had been laid out."""
    ids = sorted(record.id for records, _ in corpus.index.scan() for record in records)
    places = np.array([[-0.5, 0.0], [0.5, 0.0], [0.0, 0.5]])
    cluster = Cluster(
        number=1,
        name="colours",
        named_by="number",
        own_name="colours",
        own_by="number",
        concepts=(),
        size=3,
        level=0,
        parent=0,
        x=0.0,
        y=0.0,
        radius=0.5,
        bounds=(-0.5, 0.0, 0.5, 0.5),
        covers=(),
    )
    made = Map(
        version="v1",
        layout="l1",
        made_at=time.time(),
        ids=np.frombuffer(bytes.fromhex("".join(ids)), np.uint8).reshape(3, 16),
        row=np.arange(3, dtype=np.int32),
        contents=np.arange(96, dtype=np.uint8).reshape(3, 32),
        places=places,
        points=places.astype(np.float32),
        levels=np.ones((1, 3), np.int32),
        clusters=(cluster,),
        quality=Quality(None, None, 3),
    )
    keeping.save(corpus.analysis.kept.of("map"), made)
    return corpus


def data_of(at):
    assert not at.exception
    return Component(at, "map").data


def test_without_a_map_it_is_offered_to_draw_one(corpus, open_page):
    at = open_page("map.py")
    assert not at.exception
    assert "alike ones stand together" in texts(at)
    at.button(key="start-map").click().run()
    assert not at.exception
    assert corpus.library.latest_analysis("map")


def test_without_pictures_there_is_nothing_to_draw(services, open_page):
    at = open_page("map.py")
    assert not at.exception
    assert "Nothing is indexed yet." in texts(at)
    assert not [button for button in at.button if button.label == "Draw the map"]


def test_the_map_page_sends_what_is_said(mapped, open_page):
    data = data_of(open_page("map.py"))
    assert_has("MapData", "map", data)
    assert_has("MapInfo", "map", data["map"])
    assert_has("Routes", "map", data["routes"])
    assert data["map"] == {
        **{"version": "v1", "layout": "l1", "points": 3, "clusters": 1, "bounds": [-0.5, 0.0, 0.5, 0.5], "behind": 0}
    }
    assert data["routes"]["map"] == "/api/v1/map"
    assert (data["search"], data["said"], data["cluster"]) == ("", "", None)


def test_pictures_without_a_place_are_told(mapped, open_page, picture, tmp_path):
    picture("later.png", "red", (50, 30))
    for _ in mapped.ingest([tmp_path / "pictures"]):
        pass
    at = open_page("map.py")
    assert data_of(at)["map"]["behind"] == 1
    at = Component(at, "map").trigger("place", value=True)
    assert not at.exception
    assert mapped.library.latest_analysis("map")


def test_a_search_in_the_url_is_lit(mapped, open_page):
    at = open_page(q="red")
    at = at.switch_page("map.py")
    at.query_params["q"] = "red format:png"
    data = data_of(at.run())
    assert from_params({"q": ["red format:png"]}).where.conditions
    assert (data["search"], data["said"]) == ("q=red+format%3Apng", "red format:png")
    at = Component(at, "map").trigger("search", "blue")
    assert at.query_params["q"] == "blue"
    assert data_of(at)["search"] == "q=blue"
    at = Component(at, "map").trigger("search", "")
    assert not at.query_params.get("q")
    assert data_of(at)["search"] == ""


def test_what_cannot_be_read_is_told_and_the_map_stays(mapped, open_page):
    at = Component(open_page("map.py"), "map").trigger("search", "width:>=tall")
    assert "width" in texts(at)
    data = data_of(at)
    assert (data["search"], data["said"]) == ("", "width:>=tall")


def test_a_link_leads_to_the_search_page(mapped, open_page):
    at = Component(open_page("map.py"), "map").trigger("go", "q=cluster%3Acolours&unknown=1")
    assert not at.exception
    assert Component(at, "query").data["text"] == "cluster:colours"
    assert "unknown" not in at.query_params


def test_the_search_page_leads_to_the_map(mapped, open_page):
    at = open_page(q="green")
    assert Component(at, "gallery").data["routes"]["map"] == "/map"
    at = Component(at, "gallery").trigger("map", value=True)
    data = data_of(at)
    assert (data["search"], data["said"]) == ("q=green", "green")
