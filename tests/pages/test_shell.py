"""The document that the pages live in."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.file_util import get_static_dir

from core.ui.shell import COMMON_LOOK, INGEST_LOOK, SEARCH_LOOK, shell, with_look


@pytest.mark.parametrize("prefix", ["", "/pictures"])
@pytest.mark.parametrize(("page", "look"), [("/", SEARCH_LOOK), ("/search", SEARCH_LOOK), ("/ingest", INGEST_LOOK)])
def test_it_is_streamlits_with_the_look_in_its_head(prefix, page, look):
    document = TestClient(Starlette(routes=shell(prefix))).get(f"{prefix}{page}?q=cat").text
    own = (Path(get_static_dir()) / "index.html").read_text("utf-8")
    assert document.replace(COMMON_LOOK + look, "") == own
    assert document.index(look) < document.index("</head>")


def test_a_document_without_a_head_stays_as_it_is():
    assert with_look("<p>", SEARCH_LOOK) == "<p>"
