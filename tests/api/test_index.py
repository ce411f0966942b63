"""The routes about the index: how good its searches are, and the models there are."""

import pytest

from core.errors import IndexUnavailable
from core.index.statistics import unreachable
from core.models import MODELS
from tests.colours import COLOURS

RECALL, VECTOR = "/api/v1/recall", [1.0, 0.0, 0.0, 0.1]


@pytest.mark.parametrize(
    ("asked", "queries"),
    [
        ({}, {"words": 20, "pictures": 10}),
        ({"sample": 5, "k": 2}, {"words": 3, "pictures": 2}),
        ({"texts": ["red", "blue"]}, {"words": 2}),
        ({"vectors": [VECTOR]}, {"vectors": 1}),
    ],
)
def test_recall_is_measured(client, corpus, asked, queries):
    answer = client.post(RECALL, json=asked)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["queries"] == queries
    assert (told["searched"], told["k"], told["breadth_of"]) == (len(COLOURS), asked.get("k", 10), "partitions")
    assert told["used"] == told["rows"][0]
    assert (told["used"]["recall"], told["cheapest"]) == (1.0, None)
    assert told["verdict"].startswith("Compares each of 10 pictures")


def test_recall_with_a_picture(client, corpus):
    told = client.post(RECALL, json={"texts": ["red"], "images": [corpus["blue"].content_hash]}).json()
    assert told["queries"] == {"words": 1, "pictures": 1}


def test_recall_within_conditions(client, corpus):
    assert client.post(RECALL, json={"where": "name:re", "sample": 2}).json()["searched"] == 2  # red, green
    assert client.post(RECALL, json={"texts": ["red"], "where": "name:nowhere"}).json()["rows"] == []


def test_recall_by_the_parameters_of_the_page(client, corpus):
    assert client.get(RECALL, params={"q": "red name:re", "k": 1}).json()["searched"] == 2
    assert client.get(RECALL, params={"sample": 4}).json()["queries"] == {"words": 2, "pictures": 2}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"k": 0}, "k: "),
        ({"k": 1_001}, "k: "),
        ({"sample": 201}, "sample: "),
        ({"texts": [" "]}, "nothing to search for"),
        ({"texts": ["red name:a", "blue"]}, "different conditions"),
        ({"where": "red"}, "where takes conditions"),
        ({"vectors": [VECTOR], "texts": ["red"]}, "by themselves"),
        ({"vectors": [[1.0, 2.0]]}, "4 dimensions"),
        ({"vectors": [[0.0] * 4]}, "length zero"),
        ({"images": ["0" * 64]}, "gone"),
    ],
)
def test_what_cannot_be_measured_is_refused(client, corpus, asked, sentence):
    answer = client.post(RECALL, json=asked)
    assert answer.status_code == 400, answer.text
    assert sentence in answer.json()["error"]


def test_too_many_pictures_are_not_compared(client, corpus, monkeypatch):
    monkeypatch.setattr("core.index.effort.EXACT_ROWS", 9)
    answer = client.post(RECALL, json={"texts": ["red"]})
    assert (answer.status_code, "takes too long" in answer.json()["error"]) == (422, True)


def test_another_site_has_nothing_measured(client, corpus):
    assert client.get(RECALL, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_models(client, corpus, monkeypatch):
    monkeypatch.setenv("OFFLINE_MODE", "True")
    told = {model["id"]: model for model in client.get("/api/v1/models").json()}
    assert list(told) == list(MODELS)
    assert told["clip/ViT-B-16"]["wanted"]
    assert not any(model["in_use"] for model in told.values())  # the model of the tests is none of them
    assert told["clip/ViT-L-14"]["status"] == "unavailable"
    assert "OFFLINE_MODE is set" in told["clip/ViT-L-14"]["message"]
    assert told["perception_encoder/PE-Core-L14-336"]["dims"] == 1024


def test_how_the_index_is_doing(client, corpus, services, monkeypatch):
    client.post("/api/v1/search", json={"text": "red"})
    told = client.get("/api/v1/index").json()
    assert (told["health"], told["count"], told["model"]["dims"]) == ("green", len(COLOURS), 4)
    assert [(one["number"], one["state"], one["count"]) for one in told["versions"]] == [(1, "current", len(COLOURS))]
    assert told["latency"]["searches"] == 1
    assert told["latency"]["parts"]["whole"]["p50_ms"] > 0


def test_an_index_that_does_not_answer_is_told_as_that(client, corpus, services, monkeypatch):
    gone = unreachable(IndexUnavailable("It is away.", "Start it."))
    monkeypatch.setattr(services.index, "statistics", lambda: gone)
    answer = client.get("/api/v1/index")
    assert (answer.status_code, answer.json()["health"], answer.json()["remedy"]) == (200, "unreachable", "Start it.")
