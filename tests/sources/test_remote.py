"""Pictures at addresses: in an object store (fsspec's, in memory) and on a web server (of the test's own)."""

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import fsspec
import pytest

from core.errors import SourceRefused, SourceUnavailable, UnreadableImage
from core.images.describe import Box
from core.sources.remote import attempts, http_store, object_store, public, remote
from core.sources.remote.remote import RemoteSource
from core.sources.source import Found, Skipped


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(attempts, "PAUSES", (0, 0))


@pytest.fixture
def museum() -> Iterator[fsspec.AbstractFileSystem]:
    store = fsspec.filesystem("memory")
    store.pipe({"/museum/a.jpg": b"a", "/museum/b/c.png": b"cc", "/museum/b/d/e.JPG": b"eee"})
    yield store
    store.rm("/museum", recursive=True)


class Server(ThreadingHTTPServer):
    """Answers what is in `files`: bytes, or a status, or where to go instead. Counts what was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes | int | str] = {}
        self.headers: dict[str, str] = {}
        self.asked: Counter[str] = Counter()
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.server.asked[f"{self.command} {self.path}"] += 1
        content = self.server.files.get(self.path, 404)
        status = content if isinstance(content, int) else 302 if isinstance(content, str) else 200
        body = content if isinstance(content, bytes) else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if isinstance(content, str):
            self.send_header("Location", content)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)


def found(source):
    return [one for one in source.find() if isinstance(one, Found)]


def skipped(source):
    return [one for one in source.find() if isinstance(one, Skipped)]


class TestObjectStore:
    def test_finds_everything_below_in_order(self, museum):
        source = RemoteSource("memory://museum/", public_only=True)
        assert source.location == "memory://museum"
        assert [(one.path, one.size) for one in source.find()] == [
            ("memory://museum/a.jpg", 1),
            ("memory://museum/b/c.png", 2),
            ("memory://museum/b/d/e.JPG", 3),
        ]

    def test_folders_are_listed_side_by_side(self, museum, monkeypatch):
        for folder in "wxyz":
            museum.pipe({f"/museum/{folder}/1.jpg": b"1"})
        together = threading.Barrier(3)
        pages = object_store.ObjectStore.pages

        def listing(self, folder):
            if folder[-2:] in ("/x", "/y", "/z"):
                together.wait(10)
            return pages(self, folder)

        monkeypatch.setattr(object_store.ObjectStore, "pages", listing)
        names = [one.path.removeprefix("memory://museum/") for one in found(RemoteSource("memory://museum", False))]
        assert names == ["a.jpg", "b/c.png", "b/d/e.JPG", "w/1.jpg", "x/1.jpg", "y/1.jpg", "z/1.jpg"]

    def test_one_folder_or_one_file(self, museum):
        assert [one.size for one in RemoteSource("memory://museum/b", True).find()] == [2, 3]
        assert [one.size for one in RemoteSource("memory://museum/b/c.png", True).find()] == [2]

    def test_a_folder_that_is_named_like_a_picture(self, museum):
        museum.pipe("/museum/folder.jpg/f.png", b"f")
        assert [one.path for one in RemoteSource("memory://museum/folder.jpg", True).find()] == [
            "memory://museum/folder.jpg/f.png"
        ]

    def test_looks_and_reads(self, museum):
        source = RemoteSource("memory://museum", True)
        assert [source.stat(one.path) for one in found(source)] == found(source)
        assert source.read("memory://museum/b/c.png") == b"cc"

    def test_what_has_changed_has_another_time_or_size(self, museum):
        source = RemoteSource("memory://museum", True)
        before = found(source)
        museum.pipe("/museum/a.jpg", b"b")
        after = found(source)
        assert before[0] != after[0]
        assert before[1:] == after[1:]

    def test_what_is_deleted_is_not_missed(self, museum):
        source = RemoteSource("memory://museum", True)
        assert source.unreachable("memory://museum/a.jpg")  # nothing was listed yet
        museum.rm("/museum/a.jpg")
        assert len(found(source)) == 2
        assert not source.unreachable("memory://museum/a.jpg")
        with pytest.raises(UnreadableImage, match="does not exist"):
            source.stat("memory://museum/a.jpg")

    def test_an_empty_store_is_rather_not_there(self, museum):
        museum.mkdir("/museum/empty")
        source = RemoteSource("memory://museum/empty", True)
        assert list(source.find()) == []
        assert source.unreachable("memory://museum/empty/a.jpg")

    @pytest.mark.parametrize("url", ["memory://museum/nowhere", "memory://museum/nowhere.jpg", "memory://nowhere"])
    def test_what_is_not_there(self, museum, url):
        source = RemoteSource(url, True)
        [one] = source.find()
        assert isinstance(one, Skipped)
        assert one.failed
        assert "does not exist" in one.reason
        assert source.unreachable(url)

    def test_a_folder_that_cannot_be_listed(self, museum, monkeypatch):
        real = fsspec.implementations.memory.MemoryFileSystem.ls

        def ls(self, path, **options):
            if path == "museum/b":
                raise PermissionError("Access Denied")
            return real(self, path, **options)

        monkeypatch.setattr("fsspec.implementations.memory.MemoryFileSystem.ls", ls)
        source = RemoteSource("memory://museum", True)
        assert [(one.path, one.failed) for one in skipped(source)] == [("memory://museum/b", True)]
        assert source.unreachable("memory://museum/b/d/e.JPG")
        assert not source.unreachable("memory://museum/bb.jpg")

    def test_a_search_that_was_given_up_says_nothing_of_what_is_gone(self, museum):
        source = RemoteSource("memory://museum", True)
        next(walk := source.find())
        walk.close()  # type: ignore[attr-defined]
        assert source.unreachable("memory://museum/b/x.jpg")

    def test_other_files_are_passed_over_and_hidden_ones_left_out(self, museum):
        museum.pipe({f"/museum/{name}": b"x" for name in ("notes.txt", ".a.jpg", ".git/a.jpg", "@eaDir/a.jpg")})
        source = RemoteSource("memory://museum", True)
        assert len(found(source)) == 3
        assert [(one.path, one.failed) for one in skipped(source)] == [("memory://museum/notes.txt", False)]
        assert source.owns("memory://museum/a.jpg")
        assert not source.owns("memory://museum/.git/a.jpg")

    @pytest.mark.parametrize("name", ["a\\b.jpg", "a::b.jpg", "a\nb.jpg", "a%2fb.jpg"])
    def test_names_that_cannot_stand_in_an_address(self, museum, name):
        museum.store[f"/museum/odd/{name}"] = museum.store["/museum/a.jpg"]
        source = RemoteSource("memory://museum/odd", True)
        assert [(one.path, one.failed) for one in skipped(source)] == [(f"memory://museum/odd/{name}", False)]
        assert found(source) == []

    def test_a_file_that_is_too_large(self, museum, monkeypatch):
        monkeypatch.setattr(remote, "MAX_BYTES", 2)
        source = RemoteSource("memory://museum", True)
        assert source.read("memory://museum/b/c.png") == b"cc"
        with pytest.raises(UnreadableImage, match="larger"):
            source.read("memory://museum/b/d/e.JPG")

    def test_a_driver_that_is_not_installed(self, monkeypatch):
        def missing(scheme):
            raise ImportError(f"no driver for {scheme}")

        monkeypatch.setattr(fsspec, "get_filesystem_class", missing)
        with pytest.raises(SourceRefused, match="s3fs") as refusal:
            RemoteSource("s3://museum", True)
        assert "pip install s3fs" in refusal.value.remedy


class TestLabels:
    """A dataset in YOLOv8 layout in an object store."""

    @pytest.fixture
    def dataset(self, museum):
        museum.pipe(
            {
                "/museum/set/data.yaml": b"names: [cat]",
                "/museum/set/images/train/1.jpg": b"1",
                "/museum/set/images/train/2.jpg": b"2",
                "/museum/set/labels/train/1.txt": b"0 0.5 0.5 0.2 0.4",
            }
        )
        return RemoteSource("memory://museum/set", True)

    def test_are_found_with_the_pictures(self, dataset):
        labelled, unlabelled = dataset.find()  # the files of the dataset itself are not reported
        assert labelled.annotated_ns > 0
        assert unlabelled.annotated_ns == 0
        assert dataset.stat(labelled.path) == labelled
        assert dataset.boxes(labelled.path, (100, 50)) == (Box("cat", 0.4, 0.3, 0.2, 0.4),)
        assert dataset.boxes(unlabelled.path, (100, 50)) == ()

    def test_are_read_without_a_search_before(self, dataset):
        before = found(dataset)
        again = RemoteSource(dataset.location, True)
        assert [again.stat(one.path) for one in before] == before
        assert len(again.boxes(before[0].path, (100, 50))) == 1

    def test_a_change_is_noticed(self, dataset, museum):
        before = found(dataset)
        museum.pipe("/museum/set/labels/train/1.txt", b"")
        after = found(dataset)
        assert before[0].annotated_ns != after[0].annotated_ns
        assert dataset.boxes(after[0].path, (100, 50)) == ()


INDEX = b"""<html><a href="../">up</a> <a href="?C=N;O=D">Name</a> <a href="a.jpg">a.jpg</a> <a href="b%20b/">b b/</a>
<a href="notes.txt">notes.txt</a> <a href="gone.jpg">gone.jpg</a></html>"""


class TestWeb:
    @pytest.fixture
    def site(self, server):
        server.files = {
            "/open/": INDEX,
            "/open/a.jpg": b"a",
            "/open/b%20b/": b'<a href="../">up</a> <a href="c.jpg">c</a> <a href="/open/a.jpg">a</a>',
            "/open/b%20b/c.jpg": b"cc",
        }
        return RemoteSource(f"{server.url}/open", public_only=False)

    def test_finds_what_index_pages_link_to(self, site, server):
        assert [(one.path, one.size) for one in found(site)] == [
            (f"{server.url}/open/a.jpg", 1),
            (f"{server.url}/open/b%20b/c.jpg", 2),
        ]
        assert [(one.path.removeprefix(server.url), one.failed) for one in skipped(site)] == [
            ("/open/gone.jpg", True),
            ("/open/notes.txt", False),
        ]
        assert site.unreachable(f"{server.url}/open/gone.jpg")
        assert not site.unreachable(f"{server.url}/open/b%20b/d.jpg")

    def test_one_picture(self, site, server):
        source = RemoteSource(f"{server.url}/open/a.jpg?width=800", False)
        server.files["/open/a.jpg?width=800"] = b"small"
        assert [one.size for one in source.find()] == [5]
        assert source.read(source.location) == b"small"

    def test_reading_is_one_request(self, site, server):
        assert site.read(f"{server.url}/open/a.jpg") == b"a"
        assert server.asked == {"GET /open/a.jpg": 1}

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ({"ETag": '"1"'}, {"ETag": '"2"'}),
            ({"ETag": "1", "Last-Modified": "soon"}, {"ETag": "2", "Last-Modified": "soon"}),
            ({"Last-Modified": "Mon, 05 Jan 2026 10:00:00 GMT"}, {"Last-Modified": "Mon, 05 Jan 2026 10:00:01 GMT"}),
        ],
    )
    def test_a_change_is_noticed(self, site, server, before, after):
        server.headers = before
        first, again = found(site), found(site)
        server.headers = after
        assert first == again != found(site)

    def test_the_time_is_that_of_the_server(self, site, server):
        server.headers = {"Last-Modified": "Mon, 05 Jan 2026 10:00:00 GMT", "ETag": '"1"'}
        assert site.stat(f"{server.url}/open/a.jpg").mtime_ns == 1_767_607_200 * 10**9

    def test_no_more_is_taken_than_may_be(self, site, server, monkeypatch):
        monkeypatch.setattr(remote, "MAX_BYTES", 10)
        server.files["/open/a.jpg"] = b"x" * 11
        with pytest.raises(UnreadableImage, match="larger"):
            site.read(f"{server.url}/open/a.jpg")

    @pytest.mark.parametrize(
        ("status", "words", "attempts"),
        [(404, "does not exist", 1), (403, "access is denied", 1), (503, "503", 3), (429, "429", 3)],
    )
    def test_what_may_pass_is_tried_again(self, site, server, status, words, attempts):
        server.files["/open/a.jpg"] = status
        with pytest.raises(UnreadableImage, match=words):
            site.read(f"{server.url}/open/a.jpg")
        assert server.asked["GET /open/a.jpg"] == attempts

    def test_a_server_that_is_gone_is_no_verdict_on_its_files(self, site, server):
        server.shutdown()
        server.server_close()
        for ask in (site.stat, site.read):
            with pytest.raises(SourceUnavailable, match="no longer responds"):
                ask(f"{server.url}/open/a.jpg")

    def test_a_server_that_is_away(self, site, server):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            source = RemoteSource(f"http://127.0.0.1:{unused.getsockname()[1]}/open", False)
            [one] = source.find()
        assert isinstance(one, Skipped)
        assert one.failed
        assert source.unreachable(f"{source.location}/a.jpg")

    def test_a_server_that_says_nothing(self, site, server, monkeypatch):
        monkeypatch.setattr(http_store, "TIMEOUT", http_store.aiohttp.ClientTimeout(total=0.05))  # type: ignore[attr-defined]
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/a.jpg"
            with pytest.raises(SourceUnavailable):
                RemoteSource(url, False).read(url)

    def test_a_site_without_end(self, server, monkeypatch):
        monkeypatch.setattr(http_store.HttpStore, "most_folders", 3)
        folder = "/"
        for _ in range(5):
            server.files[folder] = b'<a href="a.jpg">a</a> <a href="next/">next</a>'
            server.files[f"{folder}a.jpg"] = b"a"
            folder += "next/"
        source = RemoteSource(server.url, False)
        assert len(found(source)) == 3
        assert source.unreachable(f"{server.url}/next/next/next/a.jpg")


class TestPublicOnly:
    """Nothing on this machine or its network is reached for a visitor of the app."""

    @pytest.fixture
    def secret(self, server):
        server.files = {"/": b'<a href="secret.png">', "/secret.png": b"secret"}
        return server

    def refused(self, server, url):
        source = RemoteSource(url, public_only=True)
        [one] = source.find()
        assert isinstance(one, Skipped)
        assert one.failed
        for method in (source.stat, source.read):
            with pytest.raises(UnreadableImage) as refusal:
                method(url)
        assert server.asked == {}
        return str(refusal.value)

    @pytest.mark.parametrize(
        "host",
        [
            "127.0.0.1",
            "localhost",
            "0x7f.1",
            "0x7f000001",
            "0X7F.0.0.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
        ],
    )
    def test_however_it_is_written(self, secret, host):
        assert "this machine or its network" in self.refused(secret, f"http://{host}:{secret.server_port}/secret.png")

    @pytest.mark.parametrize(
        "host", ["2130706433", "127.1", "127.0.1", "0177.0.0.1", "0177.1", "017700000001", "①②⑦.1"]
    )
    def test_not_even_asked(self, secret, host):
        """Refused by the client for everyone: the resolver would take these for addresses."""
        assert self.refused(secret, f"http://{host}:{secret.server_port}/secret.png")

    def test_a_name_that_leads_here(self, secret, monkeypatch):
        """Whatever it led to a moment before: what counts is the address that is connected to."""
        resolve(monkeypatch, {"pictures.example": "127.0.0.1"})
        url = f"http://pictures.example:{secret.server_port}/secret.png"
        assert "this machine or its network" in self.refused(secret, url)
        assert RemoteSource(url, public_only=False).read(url) == b"secret"

    def test_a_redirect_that_leads_here(self, secret, monkeypatch):
        resolve(monkeypatch, {"pictures.example": "127.0.0.1"})
        real = public.is_public
        monkeypatch.setattr(public, "is_public", lambda address: address == "127.0.0.1" or real(address))
        secret.files["/a.png"] = f"http://127.0.0.2:{secret.server_port}/secret.png"
        secret.files["/b.png"] = f"http://0x7f.2:{secret.server_port}/secret.png"
        secret.files["/c.png"] = "file:///etc/passwd"
        source = RemoteSource(f"http://pictures.example:{secret.server_port}", public_only=True)
        for name in ("a.png", "b.png"):
            with pytest.raises(UnreadableImage, match="this machine or its network"):
                source.read(f"{source.location}/{name}")
        with pytest.raises(UnreadableImage):
            source.read(f"{source.location}/c.png")
        assert secret.asked == {f"GET /{name}.png": 1 for name in "abc"}

    def test_no_proxy_is_asked_to_go_there(self, secret, monkeypatch):
        for variable in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(variable, secret.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        self.refused(secret, "http://127.0.0.3/secret.png")


def resolve(monkeypatch, names):
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *args, **kw: real(names.get(host, host), *args, **kw))
