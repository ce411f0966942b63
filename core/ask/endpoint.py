"""An OpenAI-compatible endpoint: chat completions, streamed, as Ollama, vLLM and hosted services offer them.

https://platform.openai.com/docs/api-reference/chat describes requests and answers.
"""

import json
import re
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx

from core.ask.stream import ADDRESS, LATER, MAX_LINE, Piece, pieces, reason_of
from core.errors import EndpointFailed

type Message = Mapping[str, Any]

_CONNECTING = 5.0  # seconds
_LACKING = re.compile("tool|function|image|vision|modal", re.IGNORECASE)  # of a model, and named by the endpoint
_KEY = "Check IMAGE_SEARCH_LLM_KEY."
_MODEL = "Check IMAGE_SEARCH_LLM_MODEL."


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
                httpx.AsyncClient(timeout=timeout, headers=headers, verify=_certificates()) as client,
                client.stream("POST", self._url, json=body) as response,
            ):
                if not response.is_success:
                    raise await self._refusal(response)
                async for piece in pieces(response):
                    yield piece
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise EndpointFailed(f"{self.host} does not answer.", f"Start the endpoint. {ADDRESS}") from None
        except httpx.TimeoutException:
            raise EndpointFailed(
                f"{self.host} said nothing for {self._patience:g} seconds.",
                "Try again: a model that is loaded only now answers faster then.",
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            raise EndpointFailed(f"The answer of {self.host} was cut off.", LATER) from None

    async def _refusal(self, response: httpx.Response) -> EndpointFailed:
        said = _reason(await _bounded(response))
        match response.status_code:
            case 401 | 403:
                return EndpointFailed(f"{self.host} refuses the key.", _KEY)
            case 404 if not _LACKING.search(said):
                return EndpointFailed(
                    f"{self.host} does not know the model {self.model}, or this path.", f"{_MODEL} {ADDRESS}"
                )
            case 429:
                return EndpointFailed(f"{self.host} is asked too much, or its quota is used up.", LATER)
            case 413:
                return Refused(f"{self.host} finds this too large.", "Hand over fewer pictures.", said)
            case 400 | 404 | 415 | 422 | 500 | 501 as status:
                return Refused(*_told(self.host, status, said), said)
            case status:
                return EndpointFailed(*_told(self.host, status, said))


def _told(host: str, status: int, said: str) -> tuple[str, str]:
    return f"{host} refused this ({status}){f': {said}' if said else ''}.", f"{_MODEL} {ADDRESS}"


class Refused(EndpointFailed):
    """The endpoint is there and does not take what was sent: perhaps its model sees no pictures, or calls no tools."""

    def __init__(self, message: str, remedy: str, said: str = "") -> None:
        super().__init__(message, remedy)
        self.said = said
        """What the endpoint says is wrong, on one line."""


@cache
def _certificates() -> ssl.SSLContext:
    """Read once: for each request it would take 17 ms, and everybody would wait."""
    return httpx.create_ssl_context()


async def _bounded(response: httpx.Response) -> bytes:
    data = b""
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > MAX_LINE:
            break
    return data


def _reason(body: bytes) -> str:
    """What an endpoint says that went wrong, on one line; "" where it says nothing that can be read."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return reason_of(said) if isinstance(said, dict) else ""
