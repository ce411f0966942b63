"""An OpenAI-compatible endpoint on this machine: a script says what its model does, and what it was sent is kept."""

import json
import re
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.nodes import wait_until

type Sent = dict[str, Any]
"""The body of a request."""
type Script = Callable[[Sent], list[dict[str, Any]] | Response]
"""What is answered: deltas as they come, or something else altogether."""

MODEL = "a-model"
USAGE = {"prompt_tokens": 1200, "completion_tokens": 30}


@dataclass
class StandIn:
    url: str
    script: Script
    sent: list[Sent] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    async def answer(self, request: Request) -> Response:
        self.sent.append(await request.json())
        self.keys.append(request.headers.get("authorization"))
        answer = self.script(self.sent[-1])
        if isinstance(answer, Response):
            return answer
        return StreamingResponse(_stream(answer), media_type="text/event-stream")


async def _stream(deltas: list[dict[str, Any]]) -> AsyncIterator[str]:
    for delta in deltas:
        yield _event({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    yield _event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    yield _event({"choices": [], "usage": USAGE})
    yield "data: [DONE]\n\n"


def _event(value: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(value)}\n\n"


@contextmanager
def standing_in(script: Script) -> Iterator[StandIn]:
    """Serves it until the end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        one = StandIn(f"http://127.0.0.1:{listening.getsockname()[1]}/v1", script)
        app = Starlette(routes=[Route("/v1/chat/completions", one.answer, methods=["POST"])])
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
        serving = threading.Thread(target=server.run, args=([listening],))
        serving.start()
        wait_until(lambda: server.started, 60, "the endpoint is served")
        yield one
        server.should_exit = True
        serving.join()


def says(text: str) -> list[dict[str, Any]]:
    """A text, word by word."""
    return [{"content": word} for word in re.findall(r"\S+\s*", text)]


def calls(*wanted: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Calls of tools, whose arguments come in two pieces."""
    deltas = []
    for at, (name, arguments) in enumerate(wanted):
        text = json.dumps(arguments)
        first = {"name": name, "arguments": text[:5]}
        deltas.append({"tool_calls": [{"index": at, "id": f"c{at}", "type": "function", "function": first}]})
        deltas.append({"tool_calls": [{"index": at, "function": {"arguments": text[5:]}}]})
    return deltas


def refuses(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": {"message": message}}, status)


def answers_of(sent: Sent) -> list[dict[str, Any]]:
    """What the tools told, of the newest question."""
    return [json.loads(one["content"]) for one in sent["messages"] if one["role"] == "tool"]


def zebras(sent: Sent) -> list[dict[str, Any]]:
    """A model that looks for zebras, counts them by their label, and cites those that have it."""
    told = answers_of(sent)
    if not told:
        return calls(("search", {"text": "zebra"}), ("facets", {"text": "label:zebra"}))
    found, counted = told
    numbers = [one["number"] for one in found["results"] if "zebra" in one.get("labels", ())]
    return says(f"{counted['matching']} pictures show zebras: {' '.join(f'[{number}]' for number in numbers)}.")


def tells_all(sent: Sent) -> list[dict[str, Any]]:
    """A model that asks for whatever there is, and writes down all that it was ever told."""
    if not answers_of(sent):
        return calls(
            ("search", {"text": "red"}), ("search", {"text": ""}), ("facets", {}), ("describe_collection", {})
        )  # fmt: skip
    return says(json.dumps(sent["messages"], ensure_ascii=False))


def by_question(sent: Sent) -> list[dict[str, Any]] | Response:
    """A model for visitors: it knows zebras, a key that is not good enough, and a question that it never answers."""
    question = [one["content"] for one in sent["messages"] if one["role"] == "user"][-1]
    if "key" in question:
        return refuses(401, "no such key")
    if "forever" in question:
        return StreamingResponse(_silence(), media_type="text/event-stream")
    return zebras(sent)


async def _silence() -> AsyncIterator[str]:
    yield ": working\n\n"
    await anyio.sleep(600)
