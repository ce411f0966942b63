"""What stands around all routes. They are listed by the app itself, Streamlit's too, so that none can be forgotten."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from streamlit import config
from streamlit.runtime import Runtime

import streamlit_app
from core.api.paths import OWN
from core.api.protection.guard import STREAMLIT_PRIVATE
from core.ui.access import offered

HASH = "a" * 64
LAND = "/api/v1/overview/land"
PAGES = {"", "oauth2callback", *(page.path[1:] for page in offered.PAGES if not page.signs_in)}
"""First parts of the paths that links from elsewhere may lead to."""


@pytest.fixture(scope="module")
def app():
    """The whole of it, as both ways of starting it serve it; Streamlit's own part is not running."""
    made = streamlit_app.app._build_starlette_app()
    yield made
    Runtime._instance = None
    streamlit_app.app._runtime = None


@pytest.fixture(scope="module")
def visitor(app, portal):
    made = TestClient(app, "http://localhost:8501", raise_server_exceptions=False, follow_redirects=False)
    made.portal = portal
    return made


def listed(app) -> Iterator[tuple[str, str]]:
    """A method and a path for each way into the app."""
    for route in [*app.routes, *streamlit_app.own.load().routes, *streamlit_app.own.load().api.load().routes]:
        path = getattr(route, "path", "") or "/"
        if isinstance(route, Route):
            filled = re.sub(r"{\w+:int}", "7", re.sub(r"{\w+(:path)?}", HASH, path))
            yield from ((method, filled) for method in sorted(route.methods or ()))
        else:
            assert isinstance(route, Mount | WebSocketRoute), f"{route} is a kind of route that this test does not know"
            yield ("WEBSOCKET" if isinstance(route, WebSocketRoute) else "GET"), path


def ask(visitor, method, path, headers):
    if method != "WEBSOCKET":
        return visitor.request(method, path, headers=headers)
    named = {"host": "localhost:8501", **headers}  # which the client gives by itself for all else
    with pytest.raises(WebSocketDenialResponse) as refused, visitor.websocket_connect(path, headers=named):
        pass
    return refused.value


def assert_guarded(answer):
    headers = answer.headers
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["content-security-policy"].split(", ")[-1] == "frame-ancestors 'self'"
    assert headers["cache-control"]
    assert not [name for name in headers if name.startswith("access-control")]


def test_every_path_is_known_to_be_a_page_or_more(app):
    parts = {path.split("/")[1] for _, path in listed(app)}
    assert parts <= OWN | STREAMLIT_PRIVATE | PAGES


@pytest.mark.parametrize(
    "host",
    [
        *(
            "evil.example",
            "evil.example:8501",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "evil@localhost",
            "localhost:",
        ),
        *("192.168.1.5", "0.0.0.0:8501", "", "localhost:8501, evil.example"),
    ],
)
def test_names_that_are_not_the_apps(app, visitor, host):
    for method, path in listed(app):
        answer = ask(visitor, method, path, {"host": host, "x-forwarded-host": "localhost"})
        assert answer.status_code == 421, (method, path)
        assert_guarded(answer)
        assert "IMAGE_SEARCH_HOSTS" in answer.text or method == "HEAD"
        assert len(answer.text.splitlines()) == (method != "HEAD")


def status(app, hosts=("localhost",), method="GET", path="/"):
    """Of a request that no client would send."""
    messages = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        messages.append(message)

    headers = [(b"host", host.encode()) for host in hosts]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    with ThreadPoolExecutor(1) as another:  # a browser of other tests may have a loop in this one
        another.submit(anyio.run, app, scope, receive, send).result()
    return messages[0]["status"]


@pytest.mark.parametrize("hosts", [[], ["localhost", "localhost"], ["localhost", "evil.example"]])
def test_not_one_host(app, hosts):
    assert status(app, hosts) == status(app, hosts, "POST", "/api/v1/search") == 421


@pytest.mark.parametrize("target", ["http://evil.example/healthz", "http://localhost/healthz", "*", ""])
def test_a_target_that_is_no_path(app, target):
    assert status(app, path=target) == 421


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8501", "localhost.:8501", "127.0.0.1:9", "[::1]", "[0:0::1]:8501"]
)
def test_names_that_are(visitor, services, host):
    for path in ("/healthz", "/", "/api/openapi.json", f"/thumbnails/{HASH}"):
        assert visitor.get(path, headers={"host": host}).status_code in {200, 404}


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:3000"},
        {"origin": "http://127.0.0.1:8501"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
        {"origin": "http://localhost:8501", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-purpose": "prefetch"},
        {"sec-fetch-site": "anything else"},
        {"sec-fetch-site": ""},
    ],
    ids=str,
)
def test_pages_of_other_sites(app, visitor, headers):
    """Are refused whatever they ask for, before anything is looked up: the services are not even there."""
    for method, path in listed(app):
        answer = ask(visitor, method, path, headers)
        assert answer.status_code == 403, (method, path)
        assert_guarded(answer)
        assert answer.headers["cache-control"] == "no-store"


def test_links_from_elsewhere_lead_to_pages_and_nowhere_else(app, visitor):
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    for method, path in listed(app):
        is_page = path.split("/")[1] in PAGES and method in {"GET", "HEAD"}
        assert (ask(visitor, method, path, link).status_code == 403) is not is_page, (method, path)
    form = link | {"origin": "http://evil.example"}
    assert all(ask(visitor, method, path, form).status_code == 403 for method, path in listed(app))


@pytest.mark.parametrize("path", [f"/images/{HASH}", "/healthz", "/api/v1/search?q=x", "/_stcore/health", "/queries"])
def test_without_the_headers_that_name_a_site_the_referrer_does(visitor, path):
    method = "POST" if path == "/queries" else "GET"
    assert visitor.request(method, path, headers={"referer": "http://evil.example/page"}).status_code == 403


def test_a_page_may_be_followed_to_without_them(visitor):
    assert visitor.get("/", headers={"referer": "http://evil.example/page"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://localhost:8501"},
        {"origin": "http://localhost:8501", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"referer": "http://localhost:8501/ingest"},
    ],
    ids=str,
)
def test_programs_and_the_apps_own_pages(visitor, services, headers):
    assert visitor.post("/api/v1/search", json={"text": "name:x"}, headers=headers).status_code == 200
    assert visitor.get("/api/v1/saved", headers=headers).status_code == 200
    assert visitor.get("/", headers=headers).status_code == 200


def test_every_answer_says_who_may_hold_it(app, visitor, services):
    for method, path in listed(app):
        if method == "WEBSOCKET" or "agent" in path or "metrics" in path:
            continue
        answer = visitor.request(method, path)
        assert_guarded(answer)
        if path == LAND:  # the same for everybody, for good
            assert answer.headers["cache-control"].startswith("private, max-age=")
        elif path.split("/")[1] in OWN:
            assert answer.headers["cache-control"] == "no-store"


def test_a_failure_says_so_too(visitor, services, monkeypatch):
    def fail(_):
        raise ZeroDivisionError

    monkeypatch.setattr("core.index.lance.engine.LanceIndex.count", fail)
    answer = visitor.get("/healthz")
    assert (answer.status_code, set(answer.json())) == (500, {"error", "remedy"})
    assert_guarded(answer)


@pytest.mark.parametrize("part", sorted(OWN))
@pytest.mark.parametrize("below", ["", "/x/y/z"])
def test_what_is_not_there_is_no_page(visitor, services, part, below):
    answer = visitor.get(f"/{part}{below}")
    if (part, below) == ("metrics", ""):
        assert answer.headers["content-type"].startswith("text/plain")
        return
    assert answer.headers["content-type"] == "application/json"
    assert (answer.status_code == 200) is ((part, below) == ("healthz", ""))


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/v1/search", "GET, POST"),
        ("GET", "/queries", "POST"),
        ("PUT", f"/images/{HASH}", "GET"),
        ("POST", "/healthz", "GET"),
        ("GET", "/api/v1/saved/7", "DELETE"),
    ],
)
def test_a_method_that_is_not_accepted(visitor, method, path, allowed):
    answer = visitor.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert method in answer.json()["error"]


def test_streamlit_knows_the_same_names():
    assert set(config.get_option("server.allowedHosts")) >= {"localhost", "127.0.0.1", "::1"}
