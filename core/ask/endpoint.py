"""An OpenAI-compatible endpoint: chat completions, streamed, as Ollama, vLLM and hosted services offer them.

https://platform.openai.com/docs/api-reference/chat describes requests and answers.
"""

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from core.errors import EndpointFailed
from core.text.names import printable

type Message = Mapping[str, Any]

_CONNECTING = 5.0  # seconds
_MAX_LINE = 1 << 20  # characters
_MAX_ANSWER = 200_000  # characters
_MAX_REASON = 300  # characters of what an endpoint says that went wrong
_LACKING = re.compile("tool|function|image|vision|modal", re.IGNORECASE)  # of a model, and named by the endpoint
_KEY = "Check IMAGE_SEARCH_LLM_KEY."
_MODEL = "Check IMAGE_SEARCH_LLM_MODEL."
_ADDRESS = "Check IMAGE_SEARCH_LLM_URL."
_LATER = "Try again in a while."


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


@dataclass(slots=True)
class _Calls:
    """Calls, put together of what comes of them in turn."""

    parts: dict[int, dict[str, str]] = field(default_factory=dict)

    def add(self, one: Mapping[str, Any]) -> None:
        part = self.parts.setdefault(int(one.get("index") or 0), {"id": "", "name": "", "arguments": ""})
        function = one.get("function") or {}
        part["id"] = str(one.get("id") or part["id"])
        part["name"] += str(function.get("name") or "")
        part["arguments"] += str(function.get("arguments") or "")

    def whole(self) -> list[Call]:
        return [Call(part["id"] or f"call_{at}", part["name"], part["arguments"]) for at, part in self.parts.items()]


class Endpoint:
    """
    Args:
        url: To which `/chat/completions` is added.
        key: Sent as a bearer token; None: none is sent.
        patience: Seconds until something more must have come. Loading a model into memory may take a minute.
    """

    def __init__(self, url: str, model: str, key: str | None = None, patience: float = 180.0) -> None:
        self.model = model
        self._url, self._key, self._patience = f"{url}/chat/completions", key, patience

    @property
    def host(self) -> str:
        """Who is sent what is asked, for people."""
        return urlsplit(self._url).netloc

    async def answer(
        self, messages: Sequence[Message], tools: Sequence[Message] = (), *, last: bool = False
    ) -> AsyncIterator[Piece]:
        """What the model says to messages, and which of the tools it wants called.

        Args:
            last: Whether it is to answer now, without further calls.

        Raises:
            EndpointFailed: there is no answer, or no whole one. `Refused` where another request might be answered.
        """
        body: dict[str, Any] = {"model": self.model, "messages": messages, "stream": True}
        body["stream_options"] = {"include_usage": True}
        if tools:
            body |= {"tools": tools, "tool_choice": "none" if last else "auto"}
        timeout = httpx.Timeout(self._patience, connect=_CONNECTING)
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        try:
            async with (
                httpx.AsyncClient(timeout=timeout, headers=headers) as client,
                client.stream("POST", self._url, json=body) as response,
            ):
                if not response.is_success:
                    raise await self._refusal(response)
                async for piece in _pieces(response):
                    yield piece
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise EndpointFailed(f"{self.host} does not answer.", f"Start the endpoint. {_ADDRESS}") from None
        except httpx.TimeoutException:
            raise EndpointFailed(
                f"{self.host} said nothing for {self._patience:g} seconds.",
                "Try again: a model that is loaded only now answers faster then.",
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            raise EndpointFailed(f"The answer of {self.host} was cut off.", _LATER) from None

    async def _refusal(self, response: httpx.Response) -> EndpointFailed:
        said = _reason(await _bounded(response))
        match response.status_code:
            case 401 | 403:
                return EndpointFailed(f"{self.host} refuses the key.", _KEY)
            case 404 if not _LACKING.search(said):
                return EndpointFailed(
                    f"{self.host} does not know the model {self.model}, or this path.", f"{_MODEL} {_ADDRESS}"
                )
            case 429:
                return EndpointFailed(f"{self.host} is asked too much, or its quota is used up.", _LATER)
            case 413:
                return Refused(f"{self.host} finds this too large.", "Hand over fewer pictures.", said)
            case 400 | 404 | 415 | 422 | 500 | 501 as status:
                return Refused(*_told(self.host, status, said), said)
            case status:
                return EndpointFailed(*_told(self.host, status, said))


def _told(host: str, status: int, said: str) -> tuple[str, str]:
    return f"{host} refused this ({status}){f': {said}' if said else ''}.", f"{_MODEL} {_ADDRESS}"


class Refused(EndpointFailed):
    """The endpoint is there and does not take what was sent: perhaps its model sees no pictures, or calls no tools."""

    def __init__(self, message: str, remedy: str, said: str = "") -> None:
        super().__init__(message, remedy)
        self.said = said
        """What the endpoint says is wrong, on one line."""


async def _pieces(response: httpx.Response) -> AsyncIterator[Piece]:
    calls, length = _Calls(), 0
    async for event in _events(response):
        if event.get("error"):
            raise EndpointFailed(f"The model stopped: {_reason_of(event)}.", _LATER)
        if usage := event.get("usage"):
            yield Usage(int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0))
        delta = ((event.get("choices") or [{}])[0] or {}).get("delta") or {}
        for one in delta.get("tool_calls") or ():
            calls.add(one)
        if text := delta.get("content"):
            length += len(str(text))
            if length > _MAX_ANSWER:
                raise EndpointFailed("The answer does not end.", "Ask in other words.")
            yield str(text)
    for call in calls.whole():
        yield call


async def _events(response: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    """Of a stream of server-sent events, the data of each.

    Raises:
        EndpointFailed: it is no such stream, or ends too early.
    """
    rest, begun, ended = "", False, False
    broken = EndpointFailed("The endpoint's answer is not one of chat completions.", _ADDRESS)
    async for text in response.aiter_text():
        *lines, rest = (rest + text).split("\n")
        if len(rest) > _MAX_LINE:
            raise broken
        for line in lines:
            kind, _, data = line.strip().partition(":")
            if kind != "data":
                continue
            if data.strip() == "[DONE]":
                ended = True
                continue
            try:
                event = json.loads(data)
            except ValueError:
                raise broken from None
            if not isinstance(event, dict):
                raise broken
            begun = True
            ended = ended or any(one.get("finish_reason") for one in event.get("choices") or ())
            yield event
    if not begun:
        raise broken
    if not ended:
        raise EndpointFailed("The answer was cut off.", _LATER)


async def _bounded(response: httpx.Response) -> bytes:
    data = b""
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > _MAX_LINE:
            break
    return data


def _reason(body: bytes) -> str:
    """What an endpoint says that went wrong, on one line; "" where it says nothing that can be read."""
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    return _reason_of(said) if isinstance(said, dict) else ""


def _reason_of(said: Mapping[str, Any]) -> str:
    error = said.get("error", said.get("detail", said.get("message", "")))
    text = error.get("message", "") if isinstance(error, dict) else error
    return printable(" ".join(str(text).split()))[:_MAX_REASON].rstrip(".")
