"""What a page of another site can do with the app of whoever opens it: follow links to it, and nothing else."""

import threading
import time
from contextlib import closing
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.request import Request, urlopen

import pytest
from PIL import Image

ATTEMPTS = """async ({app, id}) => {
  const loads = (tag, attribute, url) => new Promise(resolve => {
    const element = document.createElement(tag)
    element.onload = () => resolve("loaded")
    element.onerror = () => resolve("refused")
    element[attribute] = url
    document.head.append(element)
  })
  const fetched = (path, options) =>
    fetch(app + path, options).then(answer => `${answer.type} ${answer.status}`, () => "refused")
  const socket = url => new Promise(resolve => {
    const opened = new WebSocket(url)
    opened.onopen = () => resolve("open")
    opened.onerror = () => resolve("refused")
  })
  return {
    thumbnail: await loads("img", "src", `${app}/thumbnails/${id}`),
    image: await loads("img", "src", `${app}/images/${id}`),
    missing: await loads("img", "src", `${app}/images/${"0".repeat(64)}`),
    script: await loads("script", "src", `${app}/api/search?q=name:x`),
    read: await fetched(`/thumbnails/${id}`),
    opaque: await fetched(`/images/${id}`, {mode: "no-cors"}),
    searched: await fetched("/api/search?q=name:x", {mode: "no-cors", credentials: "include"}),
    written: await fetched("/api/saved", {method: "POST", mode: "no-cors", body: "{}"}),
    json: await fetched("/api/saved", {method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"}),
    sent: await fetched("/queries", {method: "POST", mode: "no-cors", body: new Blob(["x"])}),
    streamlit: await fetched("/_stcore/host-config", {mode: "no-cors"}),
    websocket: await socket(app.replace("http", "ws") + "/_stcore/stream"),
  }
}"""


class Page(SimpleHTTPRequestHandler):
    """Of another site."""

    def do_GET(self):
        body = b"<!doctype html><title>Another site</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def other_port():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def server(start_server, tmp_path_factory):
    return start_server(OFFLINE_MODE="True", MODEL_CACHE_DIR=str(tmp_path_factory.mktemp("none")))


@pytest.fixture(scope="module")
def picture(server):
    """The hash of one that the app has."""
    data = BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "PNG")
    request = Request(f"{server.url}/queries", data.getvalue(), {"Content-Type": "image/png"})
    with urlopen(request) as answer:
        return answer.read().decode().partition('"id":"')[2][:64]


@pytest.fixture(scope="module")
def tab(launch):
    """Of a browser for which this name leads to this machine."""
    with closing(launch("--host-resolver-rules=MAP evil.example 127.0.0.1")) as browser:
        yield browser.new_page()


@pytest.mark.parametrize("site", ["evil.example", "localhost"])
def test_nothing_is_read_written_or_found_out(server, picture, other_port, tab, site):
    """Another port of the same machine is another site too."""
    tab.goto(f"http://{site}:{other_port}/")
    results = tab.evaluate(ATTEMPTS, {"app": server.url, "id": picture})
    assert set(results.values()) == {"refused"}, results


def test_the_apps_own_pages_are_served(server, picture, tab):
    tab.goto(server.url)
    results = tab.evaluate(ATTEMPTS, {"app": server.url, "id": picture})
    assert [results[name] for name in ("thumbnail", "image", "read")] == ["loaded", "loaded", "basic 200"]
    assert (results["missing"], results["websocket"]) == ("refused", "open")


@pytest.mark.parametrize("path", ["/", "/ingest", "/healthz", "/_stcore/health"])
def test_a_name_that_is_made_to_lead_here(server, tab, path):
    answer = tab.goto(server.url.replace("localhost", "evil.example") + path)
    assert answer.status == 421
    assert "IMAGE_SEARCH_HOSTS" in answer.text()


def test_a_form_and_a_link_to_what_is_private(server, picture, other_port, tab):
    for method, path in (("post", "/queries"), ("post", "/"), ("get", f"/images/{picture}"), ("get", "/api/saved")):
        tab.goto(f"http://evil.example:{other_port}/")
        with tab.expect_navigation() as navigated:
            tab.evaluate(
                """([method, action]) => {
                  const form = document.createElement("form")
                  Object.assign(form, {method, action})
                  document.body.append(form)
                  form.submit()
                }""",
                [method, server.url + path],
            )
        assert navigated.value.status == 403, (method, path)


def test_a_link_to_a_page_may_be_followed(server, other_port, tab):
    tab.goto(f"http://evil.example:{other_port}/")
    with tab.expect_navigation() as navigated:
        tab.evaluate("url => { location.href = url }", server.url)
    assert navigated.value.status == 200


def test_the_app_is_not_shown_in_its_frames(server, other_port, tab):
    tab.goto(f"http://evil.example:{other_port}/")
    tab.evaluate(
        """url => new Promise(resolve => {
          const frame = document.createElement("iframe")
          frame.onload = resolve
          frame.src = url
          document.body.append(frame)
        })""",
        server.url,
    )
    deadline = time.monotonic() + 30
    while not tab.frames[1].url and time.monotonic() < deadline:
        tab.wait_for_timeout(100)
    assert tab.frames[1].url.startswith("chrome-error:")
