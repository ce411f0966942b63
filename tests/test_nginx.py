"""What nginx does in front of two processes, by its configuration; small servers stand in for them."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from benchmarks.proxy import proxied
from tests.material import needs_nginx

pytestmark = needs_nginx

COOKIE = "image_search_process"


class StandIn(ThreadingHTTPServer):
    """Says who it is and what it was sent; can be taken away, and come back at the same address."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, name: str, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.name = name
        self.asked: list[str] = []
        self.dies = False
        self.arrived = threading.Event()
        self.go_on = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def go_away(self) -> None:
        self.shutdown()
        self.server_close()

    def come_back(self) -> "StandIn":
        return StandIn(self.name, self.server_port)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StandIn

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        if self.path == "/api/v1/ask":
            self._in_lines()
            return
        said = {"name": self.server.name, "headers": {name.lower(): value for name, value in self.headers.items()}}
        self._answer(json.dumps(said).encode())

    def do_POST(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        length = int(self.headers["Content-Length"])
        if self.server.dies:  # before it has answered
            self.rfile.read(length)
            self.close_connection = True
            return
        self.rfile.read(1)
        self.server.arrived.set()
        self.rfile.read(length - 1)
        self._answer(json.dumps({"name": self.server.name, "length": length}).encode())

    def _in_lines(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for line in (b"first\n", b"last\n"):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
            self.server.go_on.wait(10)
        self.wfile.write(b"0\r\n\r\n")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Browser:
    """One that keeps cookies."""

    def __init__(self, url: str) -> None:
        self.address = urlsplit(url).netloc
        self.cookie = ""

    def ask(self, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, str]:
        with closing(http.client.HTTPConnection(self.address, timeout=20)) as connection:
            cookie = {"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}
            body = b"{}" if method == "POST" else None
            connection.request(method, path, body, {**cookie, **headers})
            answer = connection.getresponse()
            if given := answer.getheader("Set-Cookie"):
                assert given.endswith("; Path=/; HttpOnly; SameSite=Lax")
                self.cookie = given.partition(";")[0].removeprefix(f"{COOKIE}=")
            return answer.status, answer.read().decode()

    def name(self) -> str:
        status, text = self.ask()
        assert status == 200
        return str(json.loads(text)["name"])


@contextmanager
def standing_in() -> Iterator[dict[str, StandIn]]:
    servers = {name: StandIn(name) for name in ("one", "two")}
    try:
        yield servers
    finally:
        for server in servers.values():
            server.go_away()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, StandIn]]]:
    with (
        standing_in() as servers,
        proxied(tmp_path_factory.mktemp("nginx"), [one.server_port for one in servers.values()]) as url,
    ):
        yield url, servers


def test_a_browser_stays_with_one_process_and_browsers_are_spread(both):
    url, _ = both
    browsers = [Browser(url) for _ in range(40)]
    first = [browser.name() for browser in browsers]
    assert min(Counter(first).values()) > 4, "all come from one address"
    assert [browser.name() for browser in browsers] == first
    assert [browser.cookie for browser in browsers] == first


def test_another_process_takes_over_and_keeps_who_came_to_it(both):
    url, servers = both
    staying, moving = Browser(url), Browser(url)
    staying.cookie, moving.cookie = "two", "one"
    servers["one"].go_away()
    assert [moving.name(), moving.cookie, moving.name(), staying.name()] == ["two", "two", "two", "two"]
    servers["one"] = servers["one"].come_back()
    assert [moving.name(), staying.name()] == ["two", "two"], "its page talks to this one now"
    made_up = Browser(url)
    made_up.cookie = "three; anything"
    assert made_up.name() == made_up.cookie


def test_without_any_process_there_are_words(both):
    url, servers = both
    for server in servers.values():
        server.go_away()
    status, text = Browser(url).ask(Accept="application/json")
    assert (status, set(json.loads(text))) == (503, {"error", "remedy"})
    status, text = Browser(url).ask(Accept="text/html,*/*")
    assert status == 503
    assert "This page looks every five seconds" in text
    for name, server in servers.items():
        servers[name] = server.come_back()


@pytest.mark.parametrize(
    ("path", "status", "asked"), [("/api/v1/tags", 503, ["one"]), ("/api/v1/search", 200, ["one", "two"])]
)
def test_what_is_only_asked_is_sent_again_and_what_changes_something_is_not(both, path, status, asked):
    url, servers = both
    browser = Browser(url)
    browser.cookie, servers["one"].dies = "one", True
    answered, text = browser.ask(path, "POST")
    servers["one"].dies = False
    assert answered == status
    assert json.loads(text).keys() == ({"error", "remedy"} if status == 503 else {"name", "length"})
    assert [name for name, server in servers.items() if f"POST {path}" in server.asked] == asked


def test_the_app_is_told_who_asks_and_how(both):
    url, _ = both
    _, text = Browser(url).ask(**{"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "1.2.3.4"})
    headers = json.loads(text)["headers"]
    assert headers["host"] == headers["x-forwarded-host"] == urlsplit(url).netloc
    assert headers["x-forwarded-for"] == "1.2.3.4, 127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert Browser(url).ask("/metrics")[0] == 404


def test_answers_and_uploads_are_passed_on_as_they_come(both):
    url, servers = both
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)) as connection:
        connection.request("GET", "/api/v1/ask", headers={"Cookie": f"{COOKIE}=one"})
        answer = connection.getresponse()
        assert answer.readline() == b"first\n"  # the last is not written yet
        servers["one"].go_on.set()
        assert answer.read() == b"last\n"
        connection.putrequest("POST", "/queries")
        connection.putheader("Cookie", f"{COOKIE}=one")
        connection.putheader("Content-Length", "2")
        connection.endheaders(b"1")
        assert servers["one"].arrived.wait(10), "before the rest is sent"
        connection.send(b"2")
        assert json.load(connection.getresponse()) == {"name": "one", "length": 2}
