"""Files that are sent: what is kept, and what is refused."""

import asyncio
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import StorageFull
from core.images.describe import content_hash
from core.images.uploads import Incoming
from tests.zips import zipped


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
        ({"content-type": "application/octet-stream"}, b"not a picture", 422),
        ({}, b"x", 415),
        ({"content-type": "image/png", "sec-fetch-site": "cross-site"}, b"", 403),
    ],
)
@pytest.mark.parametrize("address", ["/queries", "/uploads"])
def test_what_is_no_picture_of_ours_is_refused(client, address, headers, body, status):
    answer = client.post(address, content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json()["error"]


@pytest.mark.parametrize("name", [None, "", "red", "red.png", "red.JPG"])
@pytest.mark.parametrize("address", ["/queries", "/uploads"])
def test_bytes_of_no_special_type_are_what_they_are(client, picture, address, name):
    data = picture("red.png").read_bytes()
    params, headers = {"name": name} if name is not None else {}, {"content-type": "application/octet-stream"}
    answer = client.post(address, params=params, content=data, headers=headers)
    assert (answer.status_code, answer.json()["id"]) == (201, content_hash(data))


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        (None, "red.png", "The content type is missing."),
        ("application/x-www-form-urlencoded", "red.png", "The content type is application/x-www-form-urlencoded."),
        ("application/octet-stream", "red.txt", "By its name this is no picture (.txt)."),
    ],
)
def test_what_is_missing_is_named(client, picture, kind, name, words):
    headers = {"content-type": kind} if kind else {}
    answer = client.post("/queries", params={"name": name}, content=picture("red.png").read_bytes(), headers=headers)
    assert answer.status_code == 415
    assert answer.json()["error"] == words
    assert "image/png" in answer.json()["remedy"]


@pytest.mark.parametrize("address", ["/queries", "/uploads"])
def test_a_picture_that_is_too_large(client, services, address):
    services.queries.limit = services.uploads.limit = 10
    answer = client.post(address, content=b"x" * 11, headers={"content-type": "image/png"})
    assert answer.status_code == 413
    assert answer.json()["error"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a", "application/zip"), ("a", "application/x-zip-compressed"), ("a.ZIP", "application/octet-stream")],
)
class TestArchives:
    def test_are_kept_as_uploads(self, client, services, name, kind):
        services.uploads.archive_limit = 1000
        data = zipped({"red.png": b"red"})
        answer = client.post("/uploads", params={"name": name}, content=data, headers={"content-type": kind})
        assert (answer.status_code, answer.json()) == (201, {"id": content_hash(data), "name": name})
        assert services.uploads.archive(content_hash(data))
        assert client.get(f"/images/{content_hash(data)}").status_code == 404

    @pytest.mark.parametrize(("body", "status"), [(b"no archive", 422), (b"x" * 1001, 413)])
    def test_what_is_none_or_too_large(self, client, services, name, kind, body, status):
        services.uploads.archive_limit = 1000
        answer = client.post("/uploads", params={"name": name}, content=body, headers={"content-type": kind})
        assert answer.status_code == status

    def test_are_nothing_to_search_with(self, client, name, kind):
        sent = zipped({"red.png": b"red"})
        answer = client.post("/queries", params={"name": name}, content=sent, headers={"content-type": kind})
        assert answer.status_code == 415


def test_a_full_disk(client, monkeypatch):
    def refuse(*_):
        raise StorageFull("There is no space left.", "Free some.")

    monkeypatch.setattr(Incoming, "write", refuse)
    answer = client.post("/uploads", content=b"x", headers={"content-type": "image/png"})
    assert (answer.status_code, answer.json()["remedy"]) == (507, "Free some.")


class Sent:
    """A request as a server hands it on, piece by piece; `whole`: whether its sender stays to the end."""

    def __init__(self, pieces, whole=True):
        self.pieces, self.whole = iter(pieces), whole
        self.status = None

    async def receive(self):
        piece = next(self.pieces, None)
        if piece is None and not self.whole:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(self, message):
        self.status = message.get("status", self.status)

    def to(self, client, path, kind):
        headers = [(b"content-type", kind)]
        scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "query_string": b"name=a.zip"}
        with ThreadPoolExecutor(1) as another:  # in this one Playwright may have left a loop running
            another.submit(asyncio.run, client.app(scope, self.receive, self.send)).result()
        return self.status


def test_an_upload_takes_no_memory_that_grows_with_it(client, services):
    services.uploads.archive_limit = 1 << 27
    end = zipped({"red.png": b"red"})
    tracemalloc.start()
    try:
        pieces = (bytes(1 << 20) if number < 64 else end for number in range(65))
        status = Sent(pieces).to(client, "/uploads", b"application/zip")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert status == 201
    assert most < 1 << 23


def test_an_upload_that_is_broken_off_leaves_nothing(client, services, picture):
    data = picture("red.png").read_bytes()
    assert Sent([data[:50]], whole=False).to(client, "/uploads", b"image/png") == 400
    assert not [file for file in services.uploads.folder.rglob("*") if file.is_file()]


class TestEndOfUploads:
    """Indexing begins when the page says that all is sent, even if it says nothing more."""

    ID = "0123456789abcdef" * 4

    @pytest.fixture
    def started(self, services, monkeypatch):
        """What jobs were started with."""
        calls = []

        def start(ids, title, by):
            calls.append((ids, title))
            return 7

        monkeypatch.setattr(services, "start_uploads", start, raising=False)
        return calls

    def test_starts_a_job(self, client, started):
        answer = client.post("/uploads/done", json={"ids": [self.ID, "f" * 64, self.ID], "title": "../Holi\u202eday"})
        assert (answer.status_code, answer.json()) == (202, {"job": 7})
        assert started == [([self.ID, "f" * 64], "Holiday")]

    def test_needs_no_title(self, client, started):
        assert client.post("/uploads/done", json={"ids": [self.ID]}).status_code == 202
        assert started == [([self.ID], "")]

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"null",
            b'{"ids": []}',
            b'{"ids": "0"}',
            b'{"ids": ["../../etc/passwd"]}',
            b'{"ids": [7]}',
            b'{"ids": ["%s"], "title": 7}' % ID.encode(),
            b'{"ids": [%s]}' % b", ".join([b'"%s"' % ID.encode()] * 10_001),
            b"[" * 100_000,
            b"\xff",
        ],
        ids=lambda body: repr(body[:40]),
    )
    def test_what_makes_no_sense(self, client, started, body):
        answer = client.post("/uploads/done", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400
        assert answer.json()["error"]
        assert started == []

    def test_what_is_too_long(self, client, started):
        body = {"ids": [self.ID], "title": "x" * (1 << 20)}
        assert client.post("/uploads/done", json=body).status_code == 413
        assert started == []

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"content-type": "text/plain"}, 415),
            ({"content-type": "application/x-www-form-urlencoded"}, 415),
            ({"content-type": "application/json", "sec-fetch-site": "cross-site"}, 403),
            ({"content-type": "application/json", "sec-fetch-site": "same-site"}, 403),
        ],
    )
    def test_pages_of_other_sites(self, client, started, headers, status):
        body = b'{"ids": ["%s"]}' % self.ID.encode()
        assert client.post("/uploads/done", content=body, headers=headers).status_code == status
        assert started == []


def test_a_picture_is_searched_with_where_it_lies(client, services, picture):
    path = picture("blue sky.png", "blue")
    answer = client.post("/queries/located", json={"location": f"  '{path}'"})
    assert (answer.status_code, answer.json()["name"]) == (201, "blue sky.png")
    assert client.get(f"/thumbnails/{answer.json()['id']}").status_code == 200


@pytest.mark.parametrize(
    ("location", "status"),
    [("/etc/hostname.png", 403), ("https://elsewhere.example/x.png", 403), ("a cat", 403), ("", 400)],
)
def test_a_picture_that_may_not_be_read(client, location, status):
    answer = client.post("/queries/located", json={"location": location})
    assert answer.status_code == status
    assert answer.json()["error"]
    assert answer.json()["remedy"]
