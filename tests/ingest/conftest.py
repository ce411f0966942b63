"""Jobs and libraries on a data folder of the test's own, which are closed at its end."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.ingest.journal.journal import Journal
from core.ingest.library import Library
from tests.colours import ColourEmbedder
from tests.ingest.libraries import journal_url, make_library

type OpenLibrary = Callable[..., Library]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(journal_url(tmp_path / "data"), "images")
    yield opened
    opened.close()


@pytest.fixture
def open_library(tmp_path: Path, embedder: ColourEmbedder) -> Iterator[OpenLibrary]:
    """Opens one more library on the data folder of the test, as another process would."""
    opened: list[Library] = []

    def open_(model: ColourEmbedder = embedder, **how: Any) -> Library:
        opened.append(make_library(tmp_path / "data", model, **how))
        return opened[-1]

    yield open_
    for library in opened:
        library.close()


@pytest.fixture
def library(open_library: OpenLibrary) -> Library:
    return open_library()


@pytest.fixture
def small_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of four pictures each."""
    monkeypatch.setattr("core.ingest.pipeline.run.MIN_ROUND", 4)
    monkeypatch.setattr("core.ingest.pipeline.run.MAX_ROUND", 4)


@pytest.fixture
def folder(tmp_path: Path, picture: Callable[..., Path]) -> Path:
    """Of three pictures: red, green and blue."""
    for colour in ("red", "green", "blue"):
        picture(f"{colour}.png")
    return tmp_path / "pictures"
