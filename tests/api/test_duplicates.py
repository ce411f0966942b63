"""Duplicates and checks over HTTP."""

import json

import pytest

from core.access.roles import Role
from tests.analysis.drawn import drawn, jpeg, write
from tests.ingest.libraries import WAIT
from tests.served import client_of

AT = "/api/v1/duplicates"


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "pictures" / "one.jpg", drawn(1))
    write(tmp_path / "pictures" / "small.jpg", drawn(1).resize((200, 150)))
    write(tmp_path / "pictures" / "two.jpg", drawn(2))
    return tmp_path / "pictures"


@pytest.fixture
def scanned(services, folder, index_pictures, client):
    index_pictures()
    job = client.post(f"{AT}/scan", json={}).json()["job"]
    services.jobs.wait(job, WAIT)
    return client


def groups(client, **params):
    return client.get(f"{AT}/groups", params=params).json()


def test_before_a_scan(client, services):
    assert client.get(AT).json()["state"] == "never"
    assert groups(client)["groups"] == []


def test_groups_decisions_and_export(scanned):
    assert scanned.get(AT).json()["levels"]["same-picture"] == {
        "groups": 1, "records": 2, "gain": groups(scanned)["gain"], "decided": 0,
    }  # fmt: skip
    (group,) = groups(scanned)["groups"]
    keeper, other = (member["id"] for member in group["members"])
    assert (group["keeper"], group["reason_key"]) == (keeper, "resolution")
    assert scanned.get(f"{AT}/groups/{group['key']}").json() == group
    assert scanned.get(f"{AT}/groups/{'0' * 32}").status_code == 404
    pair = scanned.get(f"{AT}/pair", params={"first": keeper, "second": other}).json()
    assert (pair["level"], pair["how"]) == ("same-picture", "half the size")
    done = scanned.post(f"{AT}/decisions", json={"keep": [keeper], "set_aside": [other]}).json()
    assert (done["set_aside"], done["kept"]) == (1, 1)
    assert scanned.get(f"{AT}/actions").json()[0] == done
    assert groups(scanned)["total"] == 0
    assert groups(scanned, standing="decided")["total"] == 1
    assert b"small.jpg" in scanned.get(f"{AT}/export", params={"format": "csv"}).content
    script = scanned.get(f"{AT}/export", params={"format": "move", "target": "/x"})
    assert script.headers["content-disposition"] == 'attachment; filename="move-duplicates.sh"'
    found = scanned.post("/api/v1/search", json={"text": "", "collapse": "off"}).json()["results"]
    assert {one["name"] for one in found} == {"one.jpg", "two.jpg"}
    assert scanned.post(f"{AT}/undo", json={}).json()["undone"]
    assert scanned.post(f"{AT}/decisions/all", json={"level": "same-picture"}).json()["set_aside"] == 1
    assert scanned.post(f"{AT}/decisions/all", json={"level": "same-picture"}).status_code == 409


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("groups", {"level": "other"}),
        ("groups", {"threshold": 2}),
        ("groups", {"limit": 0}),
        ("groups", {"offset": -1}),
        ("groups", {"reasons": "beauty"}),
        ("groups", {"standing": "x"}),
        ("pair", {"first": "x", "second": "0" * 32}),
        ("pair", {"first": "0" * 32, "second": "0" * 32}),
        ("export", {"format": "zip"}),
    ],
)
def test_what_cannot_be_asked(scanned, path, params):
    answer = scanned.get(f"{AT}/{path}", params=params)
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "body", [{}, {"keep": ["x"]}, {"keep": ["0" * 32]}, {"distinct": [["0" * 32]]}, {"all": True}], ids=str
)
def test_what_cannot_be_decided(scanned, body):
    assert scanned.post(f"{AT}/decisions", json=body).status_code in (400, 409)


def lines(answer):
    return [json.loads(line) for line in answer.text.splitlines()]


def test_check_of_what_is_sent(scanned, services):
    ids = [
        scanned.post(
            "/api/v1/check/files", content=data, headers={"Content-Type": "image/jpeg"}, params={"name": name}
        ).json()["id"]
        for name, data in {"s.jpg": jpeg(drawn(2).resize((240, 180))), "n.jpg": jpeg(drawn(9))}.items()
    ]
    before = services.index.revision()
    *steps, last = lines(scanned.post("/api/v1/check", json={"ids": ids, "threshold": 1.0}))
    found = {
        one["name"]: (one["answer"], one["match"] and one["match"]["name"]) for step in steps for one in step["checked"]
    }
    assert found == {"s.jpg": ("same-picture", "two.jpg"), "n.jpg": ("new", None)}
    assert (last["done"], last["counts"]["new"]) == (2, 1)
    assert services.index.revision() == before
    assert scanned.post("/api/v1/check", json={"ids": ["0" * 64]}).status_code == 422
    assert scanned.post("/api/v1/check", json={}).status_code == 400


def test_check_of_a_folder(scanned, folder, tmp_path):
    *_, last = lines(scanned.post("/api/v1/check", json={"locations": [str(folder)]}))
    assert last["counts"]["same-file"] == 3
    assert scanned.post("/api/v1/check", json={"locations": ["/"]}).status_code == 403


NEEDED = {
    ("POST", "/scan"): Role.EDITOR,
    ("POST", "/decisions"): Role.EDITOR,
    ("POST", "/decisions/all"): Role.EDITOR,
    ("POST", "/undo"): Role.EDITOR,
    ("GET", "/export"): Role.EDITOR,
    ("GET", ""): Role.VIEWER,
    ("GET", "/groups"): Role.VIEWER,
    ("GET", "/actions"): Role.VIEWER,
}


@pytest.mark.parametrize(("method", "path"), NEEDED)
def test_who_may(services, portal, method, path):
    for role in (Role.VIEWER, Role.EDITOR):
        app = client_of(lambda: services, role)
        app.portal = portal
        answer = app.request(method, f"{AT}{path}", json={} if method == "POST" else None)
        assert (answer.status_code == 403) is (role < NEEDED[method, path])


def test_folders_are_for_admins(services, portal, folder):
    app = client_of(lambda: services, Role.EDITOR)
    app.portal = portal
    assert app.post("/api/v1/check", json={"locations": [str(folder)]}).status_code == 403
