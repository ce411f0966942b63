"""The routes of the map: what a page needs to draw it, clusters, selections that every search understands."""

from dataclasses import replace

import numpy as np
import pytest

from core.access.roles import Role
from core.analysis.map.container import unpacked
from core.images.describe import Box
from core.index.records import ImageRecord
from core.vectors import unit
from tests.ingest.libraries import WAIT
from tests.records import a_record
from tests.served import client_of

EACH = 40
GROUPS = ("red", "green", "blue")
V1 = "/api/v1"


@pytest.fixture
def filled(services, embedder, monkeypatch) -> dict[str, ImageRecord]:
    """Pictures of three colours, each in its folder, and labelled."""
    services.index.prepare(_stamp(embedder))
    rng, made, rows = np.random.default_rng(0), [], []
    for group, colour in enumerate(embedder.embed_texts(list(GROUPS))):
        for number in range(EACH):
            record = a_record(f"{GROUPS[group]}-{number}.jpg", f"/pictures/{GROUPS[group]}", tags=(GROUPS[group],))
            made.append(replace(record, boxes=(Box(f"{GROUPS[group]} thing", 0, 0, 1, 1),)))
            rows.append(colour + 0.1 * rng.standard_normal(4))
    services.index.upsert(made, unit(np.array(rows)))
    return {record.id: record for record in made}


def _stamp(embedder):
    from core.model import stamp_of

    return stamp_of(embedder)


@pytest.fixture
def made(client, services, filled):
    job = client.post(f"{V1}/map", json={}).json()["job"]
    services.jobs.wait(job, WAIT)
    return client.get(f"{V1}/map").json()["map"]


def test_before_there_is_one(client, red):
    status = client.get(f"{V1}/map").json()
    assert (status["state"], status["map"], status["urls"]) == ("none", None, {})
    for path in ("points", "ids", "clusters", "colours/label", "hits?q=red", "export"):
        answer = client.get(f"{V1}/map/{path}")
        assert (answer.status_code, bool(answer.json()["remedy"])) == (404, True)


def test_what_a_page_draws(client, services, filled, made):
    """One map for all that follows, which takes some seconds to make."""
    status = client.get(f"{V1}/map").json()
    assert (status["state"], status["job"], made["points"], made["behind"]) == ("ready", None, 3 * EACH, 0)
    _points(client, filled, made, status["urls"])
    clusters = _clusters(client, made)
    _colours(client, made, clusters)
    _pictures(client, filled)
    _hits(client, filled)
    _selections(client, services, filled, made, clusters)
    _renamed(client, services, clusters)
    _export(client, filled)


def _points(client, filled, made, urls):
    answer = client.get(urls["points"])
    about, arrays = unpacked(answer.content)
    assert (about["version"], about["layout"], about["n"]) == (made["version"], made["layout"], 3 * EACH)
    assert (arrays["xy"].shape, arrays["cluster"].shape) == ((3 * EACH, 2), (3 * EACH,))
    assert "immutable" in answer.headers["cache-control"]
    again = client.get(f"{V1}/map/points", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "private, no-cache")
    ids = unpacked(client.get(urls["ids"]).content)[1]["ids"]
    assert sorted(row.tobytes().hex() for row in ids) == sorted(filled)
    stale = client.get(f"{V1}/map/points?v=other")
    assert (stale.status_code, stale.json()["error"]) == (409, "The map has changed meanwhile.")


def _clusters(client, made):
    answer = client.get(f"{V1}/map/clusters", params={"v": made["version"]})
    clusters = answer.json()["clusters"]
    assert {one["name"] for one in clusters} == {f"{group} thing" for group in GROUPS}
    for one in clusters:
        found = client.post(f"{V1}/search", json={"text": one["filter"], "limit": 200, "collapse": "off"}).json()
        assert len(found["results"]) == one["size"]
        assert {item["clusters"][0] for item in found["results"]} == {one["name"]}
        assert len(one["covers"]) == 6
        assert all(cover["name"].startswith(one["name"].split()[0]) for cover in one["covers"])
    assert client.get(f"{V1}/map/clusters", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    return clusters


def _colours(client, made, clusters):
    about, arrays = unpacked(client.get(f"{V1}/map/colours/folder").content)
    assert [(one["value"], one["count"]) for one in about["legend"]] == [
        (f"/pictures/{group}", EACH) for group in sorted(GROUPS)
    ]
    assert np.bincount(arrays["category"]).tolist() == [0, EACH, EACH, EACH]
    legend = client.get(f"{V1}/map/colours/cluster?legend=1").json()
    assert {one["value"] for one in legend["legend"]} == {one["name"] for one in clusters}
    assert unpacked(client.get(f"{V1}/map/colours/size").content)[0]["kind"] == "number"
    assert "label" in client.get(f"{V1}/map").json()["colours"]
    assert "camera" not in client.get(f"{V1}/map").json()["colours"]
    assert client.get(f"{V1}/map/colours/taste").status_code == 404


def _pictures(client, filled):
    told = client.post(f"{V1}/map/pictures", json={"points": [0, 5, 10**9]}).json()["pictures"]
    assert [one["point"] for one in told] == [0, 5]
    assert [filled[one["id"]].name for one in told] == [one["name"] for one in told]
    asked = [told[1]["id"], "0" * 32]
    assert client.post(f"{V1}/map/find", json={"ids": asked}).json()["points"] == [5, None]


def _hits(client, filled):
    about, arrays = unpacked(client.get(f"{V1}/map/hits", params={"q": "red", "limit": 30}).content)
    assert len(arrays["points"]) == len(arrays["scores"]) == about["count"] > 0
    assert (np.diff(arrays["scores"]) <= 0).all()
    assert about["query"]["said"]
    ids = unpacked(client.get(f"{V1}/map/ids").content)[1]["ids"]
    assert all(filled[ids[point].tobytes().hex()].tags == ("red",) for point in arrays["points"])
    about, arrays = unpacked(client.get(f"{V1}/map/hits", params={"q": "tag:blue"}).content)
    assert (about["count"], about["query"]) == (EACH, None)
    assert client.get(f"{V1}/map/hits", params={"q": "red", "limit": "x"}).status_code == 400


def _selections(client, services, filled, made, clusters):
    left, low, right, high = made["bounds"]
    body = {"version": made["version"], "lasso": [[left, low], [right, low], [right, high]]}
    some = client.post(f"{V1}/map/selections", json=body)
    assert some.status_code == 201
    selection = some.json()
    assert (selection["kept"], selection["name"], 0 < selection["count"] < 3 * EACH) == (False, "", True)
    path = f"{V1}/map/selections/{selection['id']}"
    ids = client.get(f"{path}/ids").text.split()
    points = unpacked(client.get(f"{path}/points").content)[1]["points"]
    of_points = unpacked(client.get(f"{V1}/map/ids").content)[1]["ids"][points]
    assert sorted(row.tobytes().hex() for row in of_points) == sorted(ids)
    for text in (selection["filter"], f"red {selection['filter']}"):
        asked = {"text": text, "k": "all", "limit": 500, "collapse": "off"}
        assert {one["id"] for one in client.post(f"{V1}/search", json=asked).json()["results"]} == {*ids}
    without = client.post(f"{V1}/search", json={"text": f"-{selection['filter']}", "limit": 500, "collapse": "off"})
    assert {one["id"] for one in without.json()["results"]} == {*filled} - {*ids}
    kept = client.patch(path, json={"name": 'My "best", 2024'}).json()
    assert kept["filter"] == 'selection:"My ""best"", 2024"'
    named = client.post(f"{V1}/search", json={"text": kept["filter"], "limit": 500, "collapse": "off"}).json()
    assert {one["id"] for one in named["results"]} == {*ids}
    gone = client.post(f"{V1}/search", json={"text": "selection:nothing"}).json()
    assert (gone["results"], gone["notes"]) == ([], ["There is no selection called “nothing”."])
    assert [one["id"] for one in client.get(f"{V1}/map/selections").json()] == [selection["id"]]
    added = {"clusters": [clusters[0]["number"]], "base": selection["id"], "mode": "only"}
    assert client.post(f"{V1}/map/selections", json=added).json()["count"] <= clusters[0]["size"]
    assert client.delete(path).status_code == 204
    for method, below in (("GET", ""), ("GET", "/ids"), ("GET", "/points"), ("DELETE", ""), ("PATCH", "")):
        body = {"json": {"name": "x"}} if method == "PATCH" else {}
        assert client.request(method, path + below, **body).status_code == 404


def _renamed(client, services, clusters):
    path = f"{V1}/map/clusters/{clusters[0]['number']}"
    renamed = client.patch(path, json={"name": "Ours"}).json()
    assert (renamed["name"], renamed["named_by"], renamed["filter"]) == ("Ours", "person", "cluster:Ours")
    assert "Ours" in {one["name"] for one in client.get(f"{V1}/map/clusters").json()["clusters"]}
    assert client.patch(path, json={"name": "x" * 10_000}).status_code == 400
    assert client.patch(f"{V1}/map/clusters/999", json={"name": "x"}).status_code == 400


def _export(client, filled):
    lines = client.get(f"{V1}/map/export").text.lstrip("\ufeff").splitlines()
    assert lines[0] == '"id","x","y","cluster","path"'
    assert {line.split(",")[0].strip('"') for line in lines[1:]} == {*filled}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"box": [0, 0, 1]},
        {"box": ["a", 0, 1, 1]},
        {"lasso": [[0, 0], [1, 1]]},
        {"lasso": [[0, 0]] * 10_001},
        {"points": [-1]},
        {"ids": ["x"]},
        {"ids": ["0" * 32], "name": "x" * 300},
        {"ids": ["0" * 32], "mode": "other"},
        {"ids": ["0" * 32], "base": "gone", "mode": "add"},
        {"box": [0, 0, 1, 1]},
    ],
    ids=lambda body: str(body)[:40],
)
def test_what_cannot_be_selected(client, red, body):
    assert client.post(f"{V1}/map/selections", json=body).status_code in (400, 404)


def test_who_only_looks_selects_and_keeps_nothing(services, red):
    viewer = client_of(lambda: services, Role.VIEWER)
    made = viewer.post(f"{V1}/map/selections", json={"ids": [red.id]})
    assert made.status_code == 201
    assert viewer.post(f"{V1}/map/selections", json={"ids": [red.id], "name": "x"}).status_code == 403
    path = f"{V1}/map/selections/{made.json()['id']}"
    refused = [
        viewer.patch(path, json={"name": "x"}),
        viewer.delete(path),
        viewer.post(f"{V1}/map", json={}),
        viewer.patch(f"{V1}/map/clusters/1", json={"name": "x"}),
        viewer.get(f"{V1}/map/export"),
    ]
    assert {answer.status_code for answer in refused} == {403}
