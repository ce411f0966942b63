"""The HTTP routes: what they give, and what they refuse."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.api import routes


@pytest.fixture
def client(services):
    return TestClient(Starlette(routes=routes(lambda: services)))


@pytest.fixture
def red(services, picture, tmp_path):
    """The content hash of an indexed picture."""
    picture("red.png", size=(900, 600))
    for _ in services.ingest([tmp_path / "pictures"]):
        pass
    return next(services.index.scan())[0][0].content_hash


def test_thumbnails_may_be_cached_for_ever(client, red):
    answer = client.get(f"/thumbnails/{red}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]


def test_a_thumbnail_that_was_deleted_is_made_again(client, services, red):
    services.thumbnails.remove(red)
    assert client.get(f"/thumbnails/{red}").status_code == 200


def test_the_large_view_is_a_webp(client, red):
    answer = client.get(f"/images/{red}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert answer.content[8:12] == b"WEBP"


def test_the_large_view_of_a_file_that_is_gone(client, red, tmp_path):
    (tmp_path / "pictures" / "red.png").unlink()
    answer = client.get(f"/images/{red}")
    assert answer.status_code == 422
    assert "red.png" in answer.json()["error"]


@pytest.mark.parametrize("digest", ["0" * 64, "x", "..%2f..%2fetc%2fpasswd", "A" * 64])
@pytest.mark.parametrize("kind", ["thumbnails", "images"])
def test_an_unknown_picture_is_not_found(client, kind, digest):
    assert client.get(f"/{kind}/{digest}").status_code == 404


def test_a_dropped_picture_is_kept_under_its_content(client, services, picture):
    data = picture("blue.png").read_bytes()
    sent = [
        client.post("/queries", params={"name": "../../sky.png"}, content=data, headers={"content-type": "image/png"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [201, 201]
    assert sent[0].json() == sent[1].json()
    assert len(sent[0].json()["id"]) == 64
    assert "/" not in sent[0].json()["name"]
    assert client.get(f"/thumbnails/{sent[0].json()['id']}").status_code == 200


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"content-type": "image/png"}, b"not a picture", 422),
        ({"content-type": "text/html"}, b"<p>", 415),
        ({"content-type": "multipart/form-data; boundary=x"}, b"", 415),
        ({"content-type": "application/octet-stream"}, b"", 415),
        ({"content-type": "image/png", "sec-fetch-site": "cross-site"}, b"", 403),
    ],
)
@pytest.mark.parametrize("address", ["/queries", "/uploads"])
def test_what_is_no_picture_of_ours_is_refused(client, address, headers, body, status):
    answer = client.post(address, content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_picture_that_is_too_large(client, services):
    services.queries.limit = 10
    assert client.post("/queries", content=b"x" * 11, headers={"content-type": "image/png"}).status_code == 413


def test_search_as_json(client, red):
    answer = client.get("/api/search", params={"q": "red", "k": 1}).json()
    assert answer["searched"] == 1
    assert [(hit["rank"], hit["name"], hit["score"]) for hit in answer["hits"]] == [(1, "red.png", pytest.approx(1))]


@pytest.mark.parametrize("params", [{}, {"q": "red", "k": 0}, {"q": "red", "k": "many"}, {"image": "0" * 64}])
def test_a_search_that_cannot_be_run(client, params):
    answer = client.get("/api/search", params=params)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_health_and_unknown_addresses(client, red):
    health = client.get("/healthz").json()
    assert (health["status"], health["engine"], health["count"]) == ("ok", "lancedb", 1)
    assert client.get("/api/nothing").status_code == 404
    moved = client.get("/search", params={"q": "red"}, follow_redirects=False)
    assert moved.headers["location"] == "/?q=red"


def test_routes_follow_the_path_the_app_is_served_under(services):
    client = TestClient(Starlette(routes=routes(lambda: services, "/pictures")))
    assert client.get("/pictures/healthz").status_code == 200
    assert client.get("/healthz").status_code == 404
