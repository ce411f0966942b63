"""Agents by the official client: every tool over both transports, as far as the role of who asks goes."""

import base64
import io
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import ClientSession, StdioServerParameters, types
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.access.roles import Role
from core.agents.toolbox import NO_MATCH
from core.api.deferred import own_routes
from core.api.light import OwnRoutes
from core.mcp.tools import TOOLS
from core.search.relevance.calibrator import Calibrations
from core.search.relevance.scores import learn
from core.services import shared
from tests.colours import COLOURS
from tests.signed_in import Asking

READING = [one.name for one in TOOLS if not one.writes]
WRITING = [one.name for one in TOOLS if one.writes]


@asynccontextmanager
async def over_http(role: Role = Role.ADMIN) -> AsyncIterator[ClientSession]:
    app = Asking(Starlette(routes=own_routes(OwnRoutes(shared.asked), "")), role)
    transport = httpx.ASGITransport(app)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://testserver") as client,
        streamable_http_client("http://testserver/mcp", http_client=client) as (reading, writing, _),
        ClientSession(reading, writing) as session,
    ):
        await session.initialize()
        yield session


def run[T](what: Callable[[], Awaitable[T]]) -> T:
    with ThreadPoolExecutor(1) as another:  # in this one Playwright may have left a loop running
        return another.submit(anyio.run, what).result()


def ask[T](question: Callable[[ClientSession], Awaitable[T]], role: Role = Role.ADMIN) -> T:
    """What a question to the server over HTTP is answered."""

    async def asked() -> T:
        async with over_http(role) as session:
            return await question(session)

    return run(asked)


def call(name: str, role: Role = Role.ADMIN, /, **arguments: Any) -> types.CallToolResult:
    return ask(lambda session: session.call_tool(name, arguments), role)


def told(answer: types.CallToolResult) -> dict[str, Any]:
    assert not answer.isError, answer.content
    text = answer.content[0]
    assert isinstance(text, types.TextContent)
    assert json.loads(text.text) == answer.structuredContent
    return json.loads(text.text)


def pictures(answer: types.CallToolResult) -> list[Image.Image]:
    found = [one for one in answer.content if isinstance(one, types.ImageContent)]
    assert {one.mimeType for one in found} <= {"image/jpeg"}
    return [Image.open(io.BytesIO(base64.b64decode(one.data))) for one in found]


def refusal(answer: types.CallToolResult) -> str:
    text = answer.content[0]
    assert answer.isError
    assert isinstance(text, types.TextContent)
    assert "Traceback" not in text.text
    return text.text


@pytest.fixture
def corpus(services, picture, monkeypatch):
    """The records of one picture of each colour, by colour; it is known what scores mean."""
    files = [picture(f"{name}.png", size=(60, 40)) for name in COLOURS]
    list(services.ingest([files[0].parent]))
    embedder = services.model.load().result()
    learned = learn(embedder.embed_texts(list(COLOURS)), services.index.sample(1000))
    monkeypatch.setattr(Calibrations, "current", lambda self, embedder: learned)
    bank = list(COLOURS), embedder.embed_texts(list(COLOURS))
    monkeypatch.setattr(Calibrations, "bank", lambda self, embedder: bank)
    return {record.name.removesuffix(".png"): record for some in services.index.records() for record in some}


def test_what_is_offered(corpus):
    tools = ask(lambda session: session.list_tools()).tools
    assert [tool.name for tool in tools] == READING
    for tool in tools:
        assert tool.description
        assert tool.annotations
        assert tool.annotations.readOnlyHint
        assert tool.inputSchema["additionalProperties"] is False
    assert [one.name for one in ask(lambda session: session.list_prompts()).prompts] == ["find", "count", "summarise"]


def test_a_search_hands_over_numbered_pictures(corpus):
    answer = call("search", text="red", k=4, side=128)
    found = told(answer)
    assert [one["number"] for one in found["results"]] == [1, 2, 3, 4]
    assert found["results"][0]["id"] == corpus["red"].id
    (sheet,) = pictures(answer)
    assert sheet.width == 2 * (128 + 8) + 8


@pytest.mark.parametrize("side", [64, 300])
def test_pictures_of_the_size_asked_for(corpus, side):
    for one in pictures(call("search", text="blue", k=3, pictures="single", side=side)):
        assert max(one.size) == min(side, 60)  # none is enlarged
    (large,) = pictures(call("show", id=corpus["red"].id, side=side))
    assert max(large.size) == min(side, 60)


def test_nothing_that_matches_is_said_first(corpus, services, monkeypatch):
    found = services.search

    def nothing(*asked, **how):
        results = found(*asked, **how)
        object.__setattr__(results, "no_match", True)
        return results

    monkeypatch.setattr(services, "search", nothing)
    assert told(call("search", text="red"))["verdict"].startswith(NO_MATCH)


def test_every_reading_tool_answers(corpus):
    red = corpus["red"].id
    asked: dict[str, dict[str, Any]] = {
        "search": {"text": "red"},
        "similar": {"ids": [red], "k": 2},
        "explain": {"id": red, "text": "red"},
        "facets": {"text": "format:PNG"},
        "describe_collection": {},
        "show": {"id": red, "boxes": True},
        "check": {
            "picture": "data:image/png;base64," + base64.b64encode(Path(corpus["red"].path).read_bytes()).decode()
        },
    }
    assert asked.keys() == set(READING)
    answers = {name: told(call(name, **arguments)) for name, arguments in asked.items()}
    assert answers["similar"]["results"][0]["id"] == red
    assert answers["facets"]["matching"] == len(COLOURS)
    assert answers["describe_collection"]["pictures"] == len(COLOURS)
    assert answers["show"]["name"] == "red.png"
    assert (answers["check"]["answer"], answers["check"]["match"]["id"]) == ("same-file", red)


def test_counts_that_are_estimates_are_told_as_such(corpus, services, monkeypatch):
    tools = ("facets", "describe_collection")
    assert not any("estimated" in told(call(name)) for name in tools)
    monkeypatch.setattr(type(services.index), "estimated_from", len(COLOURS) - 1)
    assert all(told(call(name))["estimated"] for name in tools)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("show", {"id": "f" * 32}),
        ("similar", {"ids": ["../../etc/passwd"]}),
        ("explain", {"id": "nobody", "text": "red"}),
        ("search", {"text": "red", "k": 10_000}),
        ("search", {"text": "red", "pictures": "all"}),
        ("search", {"text": "label:"}),
        ("search", {"text": "red", "collection": "none"}),
        ("search", {"text": 7}),
        ("show", {}),
        ("show", {"id": "f" * 32, "path": "/etc/passwd"}),
        ("facets", {"text": "words"}),
        ("nonsense", {}),
        ("check", {"picture": "not Base64!"}),
        ("check", {"picture": base64.b64encode(b"no picture").decode()}),
        ("tag", {"ids": ["f" * 32], "add": ["x"]}),
    ],
    ids=str,
)
def test_what_is_refused_is_said_in_words(corpus, name, arguments):
    assert refusal(call(name, **arguments))


def test_who_only_looks_changes_nothing(corpus, monkeypatch, services):
    monkeypatch.setenv("IMAGE_SEARCH_AGENTS_WRITE", "yes")
    shared.cache_clear()
    red = corpus["red"].id
    tools = ask(lambda session: session.list_tools(), Role.VIEWER).tools
    assert [tool.name for tool in tools] == [*READING, *WRITING]
    assert "editor" in refusal(call("tag", Role.VIEWER, ids=[red], add=["x"]))
    assert "editor" in refusal(call("save", Role.VIEWER, name="Reds", text="red"))
    assert told(call("tag", Role.EDITOR, ids=[red], add=["x"])) == {"changed": 1, "unchanged": 0}
    assert told(call("save", Role.EDITOR, name="Reds", text="red tag:x"))["name"] == "Reds"
    assert services.index.get([red])[0].tags == ("x",)
    assert [one.name for one in services.saved.all()] == ["Reds"]
    assert refusal(call("tag", Role.EDITOR, ids=[red, "f" * 32], add=["y"]))
    assert services.index.get([red])[0].tags == ("x",), "none is changed where one is not there"


def test_collections_are_resources(corpus, services):
    (found,) = ask(lambda session: session.list_resources()).resources
    read = ask(lambda session: session.read_resource(found.uri)).contents[0]
    assert isinstance(read, types.TextResourceContents)
    assert json.loads(read.text)["pictures"] == len(COLOURS)
    assert (found.name, read.mimeType) == (services.name, "application/json")


def test_a_prompt_is_filled_in(corpus):
    message = ask(lambda session: session.get_prompt("find", {"what": "a {what} bus"})).messages[0].content
    assert isinstance(message, types.TextContent)
    assert "show a {what} bus." in message.text


@pytest.mark.parametrize(
    ("method", "headers", "body", "status"),
    [
        ("GET", {}, b"", 405),
        ("DELETE", {}, b"", 405),
        ("POST", {"sec-fetch-site": "cross-site"}, b"{}", 403),
        ("POST", {"content-length": "99999999"}, b"{}", 413),
        ("POST", {"content-type": "text/plain"}, b"{}", 400),
        ("POST", {"content-type": "application/json"}, b"nonsense", 400),
    ],
)
def test_messages_that_are_none(corpus, method, headers, body, status):
    client = TestClient(Asking(Starlette(routes=own_routes(OwnRoutes(shared.asked), ""))))
    accepts = {"accept": "application/json, text/event-stream"}
    assert client.request(method, "/mcp", headers=accepts | headers, content=body).status_code == status


def test_over_standard_input_and_output(clip_cache, tmp_path, coco):
    """As a program starts it for its agent."""
    environment = {
        **os.environ,
        "IMAGE_SEARCH_DATA_DIR": str(tmp_path / "data"),
        "MODEL_CACHE_DIR": str(clip_cache),
        "OFFLINE_MODE": "True",
    }
    environment.pop("ELASTICSEARCH_URL", None)
    chosen = [coco / "images" / "train2017" / name for name in ("000000000009.jpg", "000000000025.jpg")]
    files = [path for path in chosen if path.exists()] or sorted(coco.rglob("*.jpg"))[:2]

    async def talk() -> tuple[list[str], types.CallToolResult, types.CallToolResult]:
        await anyio.run_process([sys.executable, "-m", "core", "ingest", *map(str, files)], env=environment)
        server = StdioServerParameters(command=sys.executable, args=["-m", "core", "mcp", "--write"], env=environment)
        async with stdio_client(server) as (reading, writing), ClientSession(reading, writing) as session:
            await session.initialize()
            names = [tool.name for tool in (await session.list_tools()).tools]
            found = await session.call_tool("search", {"text": "a photo", "k": 2})
            return names, found, await session.call_tool("show", {"id": "0" * 32})

    names, found, missing = run(talk)
    assert names == [*READING, *WRITING]
    assert len(told(found)["results"]) == 2
    assert len(pictures(found)) == 1
    assert "No picture" in refusal(missing)
