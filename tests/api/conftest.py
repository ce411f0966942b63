"""A client of the routes that holds every answer against their description."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from core.images.describe import Box
from core.index.records import ImageRecord
from core.search.relevance.calibrator import Calibrations
from core.search.relevance.scores import learn
from core.services import Services
from core.vectors import Embeddings
from tests.colours import COLOURS, ColourEmbedder
from tests.served import client_of

type Corpus = dict[str, ImageRecord]


class Description:
    """What `/api/openapi.json` says, at its word: no answer may hold more than is described."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = copy.deepcopy(document)
        for schema in self.document["components"]["schemas"].values():
            if schema.get("type") == "object":
                schema.setdefault("additionalProperties", False)

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        for template, operations in self.document["paths"].items():
            if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path):
                found: dict[str, Any] | None = operations.get(method.lower())
                return found
        return None

    def check(self, response: Any) -> None:
        operation = self.operation(response.request.method, response.request.url.path)
        if operation is None:
            return
        response.read()
        told = operation["responses"].get(str(response.status_code)) or operation["responses"]["default"]
        kind = response.headers.get("content-type", "").partition(";")[0]
        content = told.get("content", {kind: {}} if not response.content else {})
        assert kind in content or "*/*" in content or not response.content, f"{kind} is not described"
        if schema := content.get(kind, {}).get("schema"):
            lines = response.text.splitlines() if "ndjson" in kind else [response.text]
            for line in lines:
                self.validate(json.loads(line), schema)

    def validate(self, value: object, schema: dict[str, Any]) -> None:
        Draft202012Validator({**schema, "components": self.document["components"]}).validate(value)


@pytest.fixture(scope="session")
def description() -> Description:
    client = client_of(lambda: cast(Services, None))
    return Description(client.get("/api/openapi.json").json())


@pytest.fixture(autouse=True)
def uncalibrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is learned in the background would change the answers at some moment of a test."""
    monkeypatch.setattr(Calibrations, "current", lambda self, embedder: None)


@pytest.fixture
def calibrated(services: Services, corpus: Corpus, embedder: ColourEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be learned of the corpus, from now on."""
    learned = learn(embedder.embed_texts(list(COLOURS)), services.index.sample(1000))
    monkeypatch.setattr(Calibrations, "current", lambda self, embedder: learned)


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """The loop that clients share: each request would start one of its own, in a thread of its own."""
    with start_blocking_portal() as shared:
        yield shared


@pytest.fixture
def client(services: Services, description: Description, portal: BlockingPortal) -> TestClient:
    made = client_of(lambda: services)
    made.portal = portal
    made.event_hooks = {"response": [description.check]}
    return made


@pytest.fixture
def index_pictures(services: Services, tmp_path: Path) -> Callable[[], None]:
    """Index what lies in the folder of pictures."""

    def index() -> None:
        for _ in services.ingest([tmp_path / "pictures"]):
            pass

    return index


@pytest.fixture
def red(services: Services, picture: Callable[..., Path], index_pictures: Callable[[], None]) -> ImageRecord:
    """The record of an indexed picture."""
    picture("red.png", size=(900, 600))
    index_pictures()
    records = [record for some in services.index.records() for record in some]
    return next(record for record in records if record.name == "red.png")


@pytest.fixture
def corpus(services: Services, picture: Callable[..., Path], index_pictures: Callable[[], None]) -> Corpus:
    """The records of one picture of each colour, by colour."""
    for name in COLOURS:
        picture(f"{name}.png")
    index_pictures()
    return {record.name.removesuffix(".png"): record for records in services.index.records() for record in records}


@pytest.fixture
def change(services: Services) -> Callable[..., ImageRecord]:
    """Gives a record other fields: `change(record, boxes=(…,))`."""

    def change(record: ImageRecord, **fields: Any) -> ImageRecord:
        changed = replace(record, **fields)
        embeddings: Embeddings = services.index.embeddings([record.id])
        services.index.upsert([changed], embeddings)
        return changed

    return change


@pytest.fixture
def boxed(red: ImageRecord, change: Callable[..., ImageRecord]) -> ImageRecord:
    return change(red, boxes=(Box("red thing", 0.25, 0.25, 0.5, 0.5),))
