"""The document that the pages live in."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.file_util import get_static_dir

from core.ui.shell import LOOK, shell, with_look


@pytest.mark.parametrize("prefix", ["", "/pictures"])
def test_it_is_streamlits_with_the_look_in_its_head(prefix):
    document = TestClient(Starlette(routes=[shell(prefix)])).get(f"{prefix}/?q=cat").text
    own = (Path(get_static_dir()) / "index.html").read_text("utf-8")
    assert document.replace(LOOK, "") == own
    assert document.index(LOOK) < document.index("</head>")


def test_a_document_without_a_head_stays_as_it_is():
    assert with_look("<p>") == "<p>"
