"""Paths at which there is no page."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from core.api.protection.pages import KnownPages


def page(_):
    return HTMLResponse("<title>Streamlit</title>")


def client(prefix: str = "") -> TestClient:
    """Of a server that answers as Streamlit does: the same page at every path."""
    routes = [Route("/notes.txt", lambda _: PlainTextResponse("a file")), Route("/{path:path}", page)]
    known = Middleware(KnownPages, pages=("/", "/ingest"), others={"static", "api"}, prefix=prefix)
    return TestClient(Starlette(routes=routes, middleware=[known]))


@pytest.mark.parametrize("path", ["/", "/ingest", "/ingest/", "/?q=red", "/static/x.html", "/api/docs", "/notes.txt"])
def test_what_is_there_is_answered_as_it_is(path):
    assert client().get(path).status_code == 200


@pytest.mark.parametrize("path", ["/metrics", "/admin", "/ingest/x", "/%2e%2e/", "/<b>", "/Ingest"])
def test_at_other_paths_there_is_no_page(path):
    answer = client().get(path)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert "Streamlit" not in answer.text
    assert "<b>" not in answer.text


def test_below_a_prefix():
    assert client("/pictures").get("/pictures/ingest").status_code == 200
    answer = client("/pictures").get("/pictures/nothing")
    assert answer.status_code == 404
    assert 'href="/pictures/"' in answer.text
    assert client("/pictures").head("/pictures/nothing").status_code == 404
