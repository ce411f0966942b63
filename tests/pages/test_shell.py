"""The document that the pages live in."""

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.file_util import get_static_dir

from core.access.actors import COOKIE
from core.ui.shell import COMMON_LOOK, look, preloads, shell, with_look


@pytest.mark.parametrize("prefix", ["", "/pictures"])
@pytest.mark.parametrize(("page", "name"), [("/", "search"), ("/search", "search"), ("/ingest", "ingest")])
def test_it_is_streamlits_with_the_look_in_its_head(prefix, page, name):
    document = TestClient(Starlette(routes=shell(prefix))).get(f"{prefix}{page}?q=cat").text
    own = (Path(get_static_dir()) / "index.html").read_text("utf-8")
    modules = preloads(("uploads", "frame") if page == "/ingest" else ("query", "gallery", "facets", "view", "frame"))
    assert document.replace(COMMON_LOOK + look(name) + modules, "") == own
    assert document.index(look(name)) < document.index("</head>")


def test_a_browser_is_known_again():
    """Its own jobs are its own after a reload; what it is known by is for this app alone."""
    first, other = TestClient(Starlette(routes=shell(""))), TestClient(Starlette(routes=shell("")))
    given = first.get("/").headers["set-cookie"]
    assert re.match(rf"{COOKIE}=[0-9a-f]{{32}}; HttpOnly; Max-Age=\d+; Path=/; SameSite=strict$", given)
    assert "set-cookie" not in first.get("/ingest").headers
    assert other.get("/").headers["set-cookie"] != given
    assert "; Secure" in TestClient(first.app, base_url="https://testserver").get("/").headers["set-cookie"]


def test_a_document_without_a_head_stays_as_it_is():
    assert with_look("<p>", look("search")) == "<p>"
