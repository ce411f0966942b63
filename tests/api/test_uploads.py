"""Files that are sent: what is kept, and what is refused."""

import asyncio
import json
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.api.v1.requests.changes import UploadsBody
from core.errors import StorageFull
from core.images.describe import content_hash
from core.images.uploads import Incoming
from core.index.filters import Filter
from core.sources import uploaded
from core.sources.datasets import coco
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
        ("application/octet-stream", "red.txt", "This is not a picture, by its name (.txt)."),
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

    @pytest.mark.parametrize(("body", "status"), [(b"not a ZIP file", 422), (b"x" * 1001, 413)])
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

        def start(ids, title, by, paths):
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
        body = {"ids": [self.ID], "title": "x" * (UploadsBody.max_bytes)}
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


JSON = {"content-type": "application/json"}
OCTETS = {"content-type": "application/octet-stream"}


def put(client, name, data):
    answer = client.post("/uploads", params={"name": name}, content=data, headers=OCTETS)
    assert answer.status_code == 201, answer.json()
    return answer.json()["id"]


def done(client, files, **more):
    """Uploads files, by their paths, and ends it."""
    ids = [put(client, path.rpartition("/")[2], data) for path, data in files.items()]
    return client.post("/uploads/done", json={"ids": ids, "paths": list(files), **more})


@pytest.fixture
def dataset(picture):
    """YOLO's layout: two pictures with the same bytes, one of them without objects."""
    red = picture("red.png").read_bytes()
    return {
        "birds/data.yaml": b"names: [robin]\n",
        "birds/images/train/1.png": red,
        "birds/images/train/2.png": red,
        "birds/labels/train/1.txt": b"0 0.5 0.5 0.2 0.2\n",
        "birds/labels/train/2.txt": b"",
    }


def test_a_dataset_that_is_uploaded_keeps_its_labels(client, services, dataset):
    job = services.jobs.wait(done(client, dataset).json()["job"])
    records = {record.name: record for batch in services.index.records() for record in batch}
    assert (job.error, job.title, sorted(records)) == (None, "birds", ["1.png", "2.png"])
    assert [records[name].labels for name in ("1.png", "2.png")] == [("robin",), ()]
    assert records["1.png"].path == str(services.settings.data_dir.resolve() / "datasets/birds/images/train/1.png")
    assert [source.known.title for source in services.library.sources()] == ["birds"]


def test_a_dataset_that_is_uploaded_again_has_its_new_labels(client, services, dataset):
    services.jobs.wait(done(client, dataset).json()["job"])
    services.jobs.wait(done(client, {**dataset, "birds/data.yaml": b"names: [wren]\n"}).json()["job"])
    assert services.index.facets(Filter(), ["label"])["label"] == {"wren": 1}
    assert services.index.count() == 2


def test_other_pictures_of_the_same_names_are_another_dataset(client, services, dataset, picture):
    services.jobs.wait(done(client, dataset).json()["job"])
    other = {**dataset, "birds/images/train/1.png": picture("blue.png").read_bytes()}
    assert services.jobs.wait(done(client, other).json()["job"]).title == "birds 2"
    assert services.index.count() == 4


@pytest.mark.parametrize(
    "path",
    [
        *("", ".", "..", "../a.txt", "a/../../b.txt", "a/./b.txt", "/etc/passwd", "//server/a.txt", "a//b.txt", "a/"),
        *("a\0b.txt", "a\nb.txt", "C:\\a.txt", "c:/a.txt", "..\\a.txt", "a\\b.txt", ".git/config", "a/.hidden.txt"),
        *("a/" * 30 + "b.txt", "x" * 300 + ".txt", "a/" + "x/" * 600, "\ud800.txt"),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(client, services, picture, path):
    id_ = put(client, "red.png", picture("red.png").read_bytes())
    answer = client.post("/uploads/done", content=json.dumps({"ids": [id_], "paths": [path]}), headers=JSON)
    assert answer.status_code == 400
    assert not (services.settings.data_dir / "datasets").exists()


@pytest.mark.parametrize("paths", [["a.png"], ["a.png", "a.png"], ["a.png", "b.png", "c.png"]])
def test_each_file_has_one_path(client, picture, paths):
    id_ = put(client, "red.png", picture("red.png").read_bytes())
    assert client.post("/uploads/done", json={"ids": [id_, id_], "paths": paths}).status_code == 400


def test_a_path_that_is_a_file_and_a_folder(client, picture):
    red = picture("red.png").read_bytes()
    answer = done(client, {"x/a.txt": b"", "x/a.txt/b.png": red, "x/c.png": red})
    assert answer.status_code == 503
    assert "a file in its place" in answer.json()["error"]


def test_files_of_labels_are_bounded_and_nobody_is_shown_them(client, services, monkeypatch):
    monkeypatch.setattr(services.parts, "limit", 10)
    id_ = put(client, "data.yaml", b"names: [a]")
    answer = client.post("/uploads", params={"name": "data.yaml"}, content=b"names: [ab]", headers=OCTETS)
    assert answer.status_code == 413
    assert client.get(f"/images/{id_}").status_code == 404
    assert client.post("/uploads/done", json={"ids": [id_], "paths": ["x/data.yaml"]}).status_code == 422


def test_as_much_is_uploaded_as_is_read():
    assert uploaded.MAX_FILE_BYTES == coco.MAX_COCO_BYTES
