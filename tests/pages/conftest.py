"""Pages run without a browser; the app's own components answer as a browser would."""

import json
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.services import Services
from core.vectors import Embeddings
from tests.colours import ColourEmbedder
from tests.scripts import rerun, script, triggered

ROUTER = Path(__file__).parents[2] / "pages" / "router.py"


class Component:
    """A component of ours as the page mounted it: what it was given, and a way to answer."""

    def __init__(self, at: AppTest, name: str) -> None:
        self._at = at
        self._proto = next(e.proto for e in at.get("bidi_component") if e.proto.component_name.endswith(name))

    @property
    def data(self) -> dict[str, Any]:
        (data,) = json.loads(self._proto.json)
        return data

    def trigger(self, event: str, value: object) -> AppTest:
        return rerun(self._at, [triggered(self._proto.id, event, value)])


@pytest.fixture
def open_page(services: Services, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens the app at a page: `open_page(q="red")`, `open_page("ingest.py")`."""
    # Streamlit leaves the script behind as the main module, which processes of later tests would run.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setattr(type(st.context), "cookies", {})  # else a mock
    services.model.load().result()  # what a page shows while it loads is a test of its own

    def open_(page: str = "search.py", **query: str | list[str]) -> AppTest:
        at = script(ROUTER)
        for name, value in query.items():
            at.query_params[name] = value
        if page != "search.py":
            at.run()
            at.switch_page(page)
        return at.run()

    return open_


@pytest.fixture
def corpus(services: Services, picture: Callable[..., Path], tmp_path: Path) -> Services:
    """Three pictures, indexed."""
    for name in ("red.png", "green.png", "blue.png"):
        picture(name)
    for _ in services.ingest([tmp_path / "pictures"]):
        pass
    return services


def texts(at: AppTest) -> str:
    """All that the page says in words."""
    kinds = (at.markdown, at.caption, at.error, at.warning, at.info, at.title, at.subheader)
    return "\n".join(element.value for kind in kinds for element in kind)


@dataclass
class Held:
    """A model that waits with the first pictures until it is told to go on."""

    running: threading.Event = field(default_factory=threading.Event)
    """Set when it waits."""
    go_on: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def held(embedder: ColourEmbedder, monkeypatch: pytest.MonkeyPatch) -> Held:
    held, embed = Held(), embedder.embed_images

    def wait_and_embed(images: Sequence[Image.Image]) -> Embeddings:
        held.running.set()
        held.go_on.wait(30)
        return embed(images)

    monkeypatch.setattr(embedder, "embed_images", wait_and_embed)
    return held
