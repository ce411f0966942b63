"""The stream of an answer: server-sent events of chat completions, as text, calls and the cost."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError

from core.errors import EndpointFailed
from core.text.names import one_line

LATER = "Try again in a while."
ADDRESS = "Check IMAGE_SEARCH_LLM_URL."

MAX_LINE = 1 << 20
"""Characters of one event, and bytes of a refusal."""

_MAX_ANSWER = 200_000  # characters
_MAX_REASON = 300  # characters of what an endpoint says that went wrong


@dataclass(frozen=True, slots=True)
class Call:
    """A tool that the model wants called."""

    id: str
    name: str
    arguments: str
    """JSON, if the model made no mistake."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a request cost, as the endpoint counts."""

    prompt: int
    completion: int


type Piece = str | Call | Usage
"""Of an answer: text as it comes; calls and the cost at its end."""


class _Function(BaseModel):
    name: str | None = None
    arguments: str | None = None


class _Part(BaseModel):
    """Of a call."""

    index: int | None = None
    id: str | None = None
    function: _Function | None = None


class _Delta(BaseModel):
    content: str | None = None
    tool_calls: list[_Part] | None = None


class _Choice(BaseModel):
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Event(BaseModel):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Any = None

    @property
    def deltas(self) -> Sequence[_Delta]:
        return [one.delta for one in self.choices or () if one.delta]

    @property
    def ends(self) -> bool:
        return any(one.finish_reason for one in self.choices or ())


class _Calls:
    """Calls, put together of what comes of them in turn."""

    def __init__(self) -> None:
        self._parts: dict[int, tuple[str, str, str]] = {}

    def add(self, part: _Part) -> None:
        at, function = part.index or 0, part.function or _Function()
        id_, name, arguments = self._parts.get(at, ("", "", ""))
        self._parts[at] = part.id or id_, name + (function.name or ""), arguments + (function.arguments or "")

    def whole(self) -> list[Call]:
        return [Call(id_ or f"call_{at}", name, arguments) for at, (id_, name, arguments) in self._parts.items()]


async def pieces(response: httpx.Response) -> AsyncIterator[Piece]:
    """What a stream says.

    Raises:
        EndpointFailed: it is no such stream, does not end or ends too early, or says that something went wrong.
    """
    calls, length = _Calls(), 0
    async for event in _events(response):
        if event.error:
            raise EndpointFailed(f"The model stopped: {reason_of({'error': event.error})}.", LATER)
        if event.usage:
            yield Usage(event.usage.prompt_tokens or 0, event.usage.completion_tokens or 0)
        for delta in event.deltas:
            for part in delta.tool_calls or ():
                calls.add(part)
            if delta.content:
                length += len(delta.content)
                if length > _MAX_ANSWER:
                    raise EndpointFailed("The answer does not end.", "Ask in other words.")
                yield delta.content
    for call in calls.whole():
        yield call


async def _events(response: httpx.Response) -> AsyncIterator[_Event]:
    rest, begun, ended = "", False, False
    broken = EndpointFailed("The endpoint's answer is not one of chat completions.", ADDRESS)
    async for text in response.aiter_text():
        *lines, rest = (rest + text).split("\n")
        if len(rest) > MAX_LINE:
            raise broken
        for line in lines:
            kind, _, data = line.strip().partition(":")
            if kind != "data":
                continue
            if data.strip() == "[DONE]":
                ended = True
                continue
            try:
                event = _Event.model_validate_json(data)
            except ValidationError:
                raise broken from None
            begun, ended = True, ended or event.ends
            yield event
    if not begun:
        raise broken
    if not ended:
        raise EndpointFailed("The answer was cut off.", LATER)


def reason_of(said: dict[str, Any]) -> str:
    """What an endpoint says that went wrong, on one line."""
    error = said.get("error", said.get("detail", said.get("message", "")))
    text = error.get("message", "") if isinstance(error, dict) else error
    return one_line(str(text), _MAX_REASON)
