"""Paths and names of before v1 of the API: saved scripts and links go on working."""

import pytest

from core.api.v1.earlier import current_path

HASH = "0123456789abcdef" * 4
RENAMED = {"nothing": "no_match", "more": "has_more", "alike": "duplicate_threshold"}


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/api/search", "/api/v1/search"),
        ("/api/why", "/api/v1/explain"),
        ("/api/heat", "/api/v1/heatmap"),
        ("/api/saved/7", "/api/v1/saved/7"),
        ("/exports/token/a name.csv", "/api/v1/exports/token/a name.csv"),
        ("/queries/located", "/api/v1/queries/located"),
        ("/uploads/done", "/api/v1/uploads/done"),
        (f"/thumbnails/{HASH}", f"/api/v1/thumbnails/{HASH}"),
        ("/search", ""),  # a page
        ("/why", ""),
        ("/api/queries", ""),  # never was
        ("/api/searches", ""),
        ("/api/v1/search", ""),
        ("/api/openapi.json", ""),
        ("/healthz", ""),
    ],
)
def test_where_an_earlier_path_leads(path, current):
    assert current_path(path) == current


def test_earlier_names_of_a_search_are_read_and_answered(client, corpus):
    asked = {"text": "red", "pictures": [{"image": corpus["blue"].content_hash}], "cut": "all", "alike": 0.9}
    now = {
        "text": "red",
        "images": [{"image": corpus["blue"].content_hash}],
        "min_match": "all",
        "duplicate_threshold": 0.9,
    }
    before = client.post("/api/search", json={**asked, "collapse": "picture"}).json()
    after = client.post("/api/v1/search", json={**now, "collapse": "image"}).json()
    assert before["results"] == after["results"]
    assert {name: before[name] for name in RENAMED} == {name: after[now] for name, now in RENAMED.items()}
    assert not RENAMED.keys() & after.keys()
    assert before["alike"] == 0.9


def test_the_parameters_of_a_saved_link(client, corpus):
    link = {"q": "red", "cut": "strong", "alike": "0.8", "collapse": "picture", "k": "3"}
    now = {"q": "red", "min_match": "strong", "duplicate_threshold": "0.8", "collapse": "image", "k": "3"}
    answers = [
        client.get(path, params=params).json()
        for path, params in (("/api/search", link), ("/api/v1/search", link), ("/api/v1/search", now))
    ]
    assert [answer["results"] for answer in answers] == [answers[0]["results"]] * 3
    assert answers[1]["duplicate_threshold"] == answers[2]["duplicate_threshold"] == 0.8


def test_one_value_has_one_name(client):
    answer = client.post("/api/v1/search", json={"text": "red", "cut": "all", "min_match": "all"})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("cut")


def test_a_wrong_value_is_told_by_the_name_it_came_under(client):
    for name in ("alike", "duplicate_threshold"):
        assert client.post("/api/search", json={name: 2}).json()["error"].startswith(f"{name}:")


def test_saved_searches_have_both_names(client):
    made = client.post("/api/saved", json={"name": "beach", "address": "?q=beach&cut=all"})
    assert (made.status_code, made.json()["address"]) == (201, "q=beach&cut=all")
    (before,), (after,) = client.get("/api/saved").json(), client.get("/api/v1/saved").json()
    assert before == {**after, "address": after["query_string"]}
    assert client.delete(f"/api/saved/{after['id']}").status_code == 204
    assert client.get("/api/v1/saved").json() == []


def test_exports_pictures_and_the_rest(client, red):
    asked = {"format": "csv", "text": "name:red", "most": 1}
    assert client.post("/api/exports", json=asked).status_code == 201
    assert client.post("/api/tags", json={"ids": [red.id], "add": ["new"]}).json()["changed"] == 1
    for part in ("thumbnails", "images"):
        before, after = (client.get(f"{base}/{part}/{red.content_hash}") for base in ("", "/api/v1"))
        assert (before.status_code, before.content, before.headers["cache-control"]) == (
            *(200, after.content),
            after.headers["cache-control"],
        )
    assert client.get("/boxes/x").status_code == client.get("/api/v1/boxes/x").status_code == 404
    for base in ("", "/api/v1"):
        sent = client.post(f"{base}/queries", content=b"no picture", headers={"content-type": "image/png"})
        assert sent.status_code == 422
        assert set(sent.json()) == {"error", "remedy"}
    body = {"text": "red", "image": red.content_hash}
    assert client.post("/api/heat", json=body).headers["content-type"] == "application/x-ndjson"


def test_what_is_not_allowed_says_what_is(client):
    for path in ("/api/search", "/api/v1/search", "/queries", "/uploads/done", f"/images/{HASH}"):
        answer = client.put(path)
        assert answer.status_code == 405
        assert answer.headers["allow"] in answer.json()["error"].replace(" or ", ", ")
    assert client.put("/api/v1/search").headers["allow"] == "GET, POST"
