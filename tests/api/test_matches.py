"""What a match is: the same for the head line, the line below the matches, facets, exports, the command line and
programs, whatever the cut, the order and what is shown as one."""

import csv
import json
from collections import Counter
from io import StringIO

import numpy as np
import pytest
from typer.testing import CliRunner

from core.cli import app
from core.embedding.embedder import SURE_FROM
from core.errors import ModelUnavailable
from core.search.relevance.calibrator import Calibrations
from core.search.relevance.scores import Calibration
from tests.colours import COLOURS

MATCHING = ("strong", "likely", "weak")


@pytest.fixture
def judged(calibrated, monkeypatch):
    """All strengths from clearly above chance to below it, in the order of the scores."""
    monkeypatch.setattr(Calibration, "strengths", lambda self, composed, rows: np.linspace(4.0, -1.0, len(rows)))


@pytest.fixture
def nothing_matches(calibrated, monkeypatch):
    monkeypatch.setattr(Calibration, "strengths", lambda self, composed, rows: np.linspace(0.5, -1.0, len(rows)))


def asked(client, **body):
    answer = client.post("/api/v1/search", json={"text": "red", "k": "all"} | body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def on_the_command_line(*arguments):
    done = CliRunner().invoke(app, ["search", "red", "-k", "all", "--json", *arguments])
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def exported(client, **body):
    made = client.post("/api/v1/exports", json={"text": "red", "format": "csv"} | body).json()
    rows = list(csv.DictReader(StringIO(client.get(made["url"]).content.decode("utf-8-sig"), newline="")))
    assert made["count"] == len(rows)
    return [row["id"] for row in rows]


@pytest.mark.parametrize("collapse", ["off", "alike"])
@pytest.mark.parametrize("min_match", ["auto", "strong", "likely", "weak", "all"])
def test_all_say_the_same(client, judged, picture, index_pictures, min_match, collapse):
    picture("copy/red.png", "red")
    index_pictures()
    told = asked(client, min_match=min_match, collapse=collapse)
    matching = [item for item in told["results"] if item["matches"]]
    assert told["judged"]
    assert not told["no_match"]
    assert 0 < len(matching) < len(told["results"])
    assert all((item["band"] in MATCHING) is item["matches"] for item in told["results"])
    assert told["results"][: len(matching)] == matching
    assert told["matched"] == len(matching) == sum(told["bands"].get(band, 0) for band in MATCHING)
    assert told["bands"] == Counter(item["band"] for item in told["results"])
    assert told["facets"]["format"] == {"PNG": told["matched"]}
    ids = [item["id"] for item in matching]
    assert exported(client, min_match=min_match, collapse=collapse) == ids
    assert (
        exported(client, min_match=min_match, collapse=collapse, k=1) == ids
    )  # k says how many are listed, not which match
    listed = on_the_command_line("--min-strength", min_match, "--collapse", collapse)
    assert [item["id"] for item in listed["results"] if item["matches"]] == ids
    assert (len(listed["results"]) == len(ids)) is (min_match != "all")
    assert {name: listed[name] for name in ("matched", "bands")} == {name: told[name] for name in ("matched", "bands")}


def test_facets_lead_to_as_many_as_they_count(client, judged, picture, index_pictures):
    picture("copy/red.png", "red")
    index_pictures()
    told = asked(client)
    assert set(told["facets"]["folder"].values()) != {0}
    stacks = [{hit["path"].rpartition("/")[0] for hit in (item, *item["others"])} for item in told["results"]]
    matching = [folders for item, folders in zip(told["results"], stacks, strict=True) if item["matches"]]
    assert told["facets"]["folder"] == Counter(folder for folders in matching for folder in folders)


@pytest.mark.parametrize("min_match", ["auto", "weak", "all"])
def test_where_nothing_matches_all_say_so(client, nothing_matches, min_match):
    told = asked(client, min_match=min_match)
    assert (told["judged"], told["no_match"], told["matched"]) == (True, True, 0)
    assert set(told["bands"]) == {"none"}
    assert {item["matches"] for item in told["results"]} == {False}
    refused = client.post("/api/v1/exports", json={"text": "red", "format": "csv", "min_match": min_match})
    assert refused.status_code == 400


class TestNotJudgedYet:
    def test_is_said(self, client, corpus):
        told = asked(client)
        assert (told["judged"], told["matched"], told["bands"], told["no_match"]) == (False, None, {}, False)
        assert {item["matches"] for item in told["results"]} == {None}
        listed = on_the_command_line("--min-strength", "strong")
        assert not listed["judged"]
        assert len(listed["results"]) == len(told["results"])

    def test_programs_wait_for_it(self, services, client, corpus, monkeypatch):
        monkeypatch.undo()
        for told in (
            asked(client),
            client.get("/api/v1/search", params={"q": "blue"}).json(),
            client.get("/api/v1/search", params={"image": corpus["red"].content_hash}).json(),
        ):
            assert told["judged"]
            assert told["matched"] is not None

    def test_but_not_for_ever(self, services, client, corpus, monkeypatch):
        waited = []
        monkeypatch.setattr(Calibrations, "await_current", lambda self, model, seconds: waited.append(seconds))
        assert not asked(client)["judged"]
        assert len(waited) == 1
        assert 0 < waited[0] <= 10

    def test_nor_where_the_model_is_not_to_be_had(self, services, client, corpus, monkeypatch):
        def fail():
            raise ModelUnavailable("It is gone.", "Fetch it.")

        monkeypatch.setattr(services.model, "load", fail)
        assert not client.get("/api/v1/search", params={"image": corpus["red"].content_hash}).json()["judged"]

    def test_looking_through_needs_none(self, client, corpus, monkeypatch):
        monkeypatch.setattr(Calibrations, "await_current", None)
        told = client.post("/api/v1/search", json={"sort": "name", "collapse": "off"}).json()
        assert (told["judged"], told["matched"], told["no_match"]) == (True, len(COLOURS), False)
        assert {item["matches"] for item in told["results"]} == {True}

    def test_nor_does_an_empty_index(self, client, services):
        told = asked(client)
        assert (told["judged"], told["matched"], told["results"]) == (True, 0, [])


@pytest.mark.parametrize(("collapse", "tiles"), [("off", 4), ("bytes", 3), ("image", 3), ("alike", 2)])
def test_looking_through_shows_copies_as_one(client, picture, index_pictures, collapse, tiles):
    picture("a/red.png")
    picture("b/red.png")
    picture("c.png", "red", size=(9, 9))
    picture("d.png", "blue")
    index_pictures()
    body = {"sort": "name", "collapse": collapse, "duplicate_threshold": 0.999}
    told = client.post("/api/v1/search", json=body).json()
    assert [told[name] for name in ("matched", "total", "collapsed", "searched")] == [tiles, tiles, 4 - tiles, 4]
    assert sum(item["count"] for item in told["results"]) == 4
    assert {item["score"] for item in told["results"]} == {None}
    pages = [client.post("/api/v1/search", json=body | {"offset": at, "limit": 1}).json() for at in range(tiles)]
    assert [page["results"][0]["id"] for page in pages] == [item["id"] for item in told["results"]]
    assert [page["has_more"] for page in pages] == [*[True] * (tiles - 1), False]
    made = client.post("/api/v1/exports", json={"format": "csv", **body}).json()
    assert made["count"] == tiles


class TestNames:
    """Where the model knows few things, what pictures are called counts beside what it sees."""

    @pytest.fixture(autouse=True)
    def of_a_model_that_knows_few_things(self, nothing_matches, picture, index_pictures, embedder, monkeypatch):
        monkeypatch.setitem(SURE_FROM, embedder.model_id, 0.01)
        picture("old/bright-red.png", "blue")
        index_pictures()

    def test_what_is_called_so_is_likely_and_says_why(self, client):
        told = asked(client)
        assert {item["name"] for item in told["results"] if item["by_name"]} == {"red.png", "bright-red.png"}
        assert {item["band"] for item in told["results"] if item["by_name"]} == {"likely"}
        assert (told["no_match"], told["matched"], told["bands"]["likely"]) == (False, 2, 2)
        scores = [item["score"] for item in told["results"]]
        assert scores[:2] == sorted(scores[:2], reverse=True)
        assert len({item["id"] for item in told["results"]}) == len(told["results"]) == told["total"]
        assert exported(client) == [item["id"] for item in told["results"][:2]]
        assert on_the_command_line()["results"][:2] == told["results"][:2]

    def test_it_is_found_however_few_are_looked_at(self, client, monkeypatch):
        monkeypatch.setattr("core.search.searcher.DEPTHS", (1, 10_000))
        assert [item["name"] for item in asked(client, k=2)["results"]] == ["red.png", "bright-red.png"]

    def test_filters_and_cuts_hold_for_it(self, client):
        assert asked(client, text="red folder:old")["matched"] == 1
        assert asked(client, min_match="strong")["matched"] == 0

    def test_the_command_line_says_so(self, client):
        done = CliRunner().invoke(app, ["search", "red", "-k", "3"])
        assert [line.split()[2] for line in done.output.splitlines()[:3]] == ["name", "name", "none"]
        assert "match only by file name" in done.output

    def test_a_model_that_is_sure_of_what_it_sees_needs_no_names(self, client, embedder, monkeypatch):
        monkeypatch.delitem(SURE_FROM, embedder.model_id)
        assert not any(item["by_name"] for item in asked(client, text="Red")["results"])
