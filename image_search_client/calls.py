"""What is sent to the app, and when it is sent again; nothing here sends anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from image_search_client.errors import ImageSearchError

PASSING = {429, 502, 503, 504}
"""Statuses that may be others a little later."""

REFUSED_UNREAD = 429
"""The status of a request of which nothing was done: it may be repeated, whatever it asks for."""

_FIRST_WAIT, _LONGEST_WAIT = 0.2, 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the app is, and how it is asked.

    Args:
        url: Of the page: `http://localhost:8501`, with the path that it is served under.
        token: What it lets programs in with, where people sign in.
        collection: The one that is meant where a call names none; empty: the app's first one.
        timeout: Seconds until an answer must begin, and that may pass between its parts.
        retries: How often what may be repeated is sent again.

    Raises:
        ImageSearchError: the URL is none.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    collection: str = ""
    timeout: float = 60.0
    retries: int = 2

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ImageSearchError("This is not the URL of an app.", "Give one such as http://localhost:8501.")

    @property
    def options(self) -> dict[str, Any]:
        """Those of a client of httpx."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"base_url": self.url, "headers": headers, "timeout": self.timeout}

    def unreachable(self, error: httpx.TransportError) -> ImageSearchError:
        """Why nothing was answered."""
        if isinstance(error, httpx.TimeoutException):
            words = f"The app did not answer within {self.timeout:g} seconds."
            return ImageSearchError(words, "Try again, or give it longer: Client(…, timeout=300).")
        if isinstance(error, httpx.ConnectError):
            return ImageSearchError("Nothing answers at this URL.", "Start the app there: image-search run.")
        return ImageSearchError("The connection to the app was lost.", "Check that the app runs, and try again.")


@dataclass(frozen=True, slots=True)
class Call:
    """A request."""

    method: str
    path: str
    """With the names of what is put in, in braces: `/api/v1/jobs/{id}`."""
    values: Mapping[str, object] = field(default_factory=dict)
    """What is put in."""
    params: Mapping[str, object] = field(default_factory=dict)
    """What stands after `?`. None is left out; so it is below."""
    body: Mapping[str, object] | None = None
    """What is sent as JSON."""
    content: bytes | Path | None = None
    """What is sent as it is: bytes, or a file, which is read while it is sent."""
    also: tuple[int, ...] = ()
    """Statuses that are answers beside those from 200 to 299."""
    repeatable: bool = False
    """Whether it comes to the same if it is carried out twice."""

    @property
    def url(self) -> str:
        """
        Raises:
            ImageSearchError: what is put in would lead elsewhere.
        """
        return self.path.format_map({name: _segment(value) for name, value in self.values.items()})

    def query(self, connection: Connection) -> dict[str, Any]:
        collection = self.params.get("collection") or connection.collection or None
        return given({**self.params, "collection": collection})

    @property
    def headers(self) -> dict[str, str]:
        if self.content is None:
            return {}
        size = self.content.stat().st_size if isinstance(self.content, Path) else len(self.content)
        return {"Content-Type": "application/octet-stream", "Content-Length": str(size)}

    def answered(self, status: int) -> bool:
        return 200 <= status < 300 or status in self.also

    def wait(self, connection: Connection, attempt: int, response: httpx.Response | None = None) -> float | None:
        """Seconds until it is sent again; None if it is not.

        Args:
            attempt: How often it has been sent again.
            response: What was answered, if anything was.
        """
        if attempt >= connection.retries:
            return None
        if response is not None and response.status_code not in PASSING:
            return None
        if not self.repeatable and (response is None or response.status_code != REFUSED_UNREAD):
            return None
        asked = response.headers.get("Retry-After", "") if response is not None else ""
        if asked.isascii() and asked.isdigit():
            return min(float(asked), _LONGEST_WAIT)
        return float(min(_FIRST_WAIT * 2**attempt, _LONGEST_WAIT))


def given(values: Mapping[str, object]) -> dict[str, Any]:
    """Those that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def _segment(value: object) -> str:
    text = str(value)
    if text in {"", ".", ".."}:
        raise ImageSearchError(f"“{text}” is not a name or number that the app gives.", "Use one that it has told.")
    return quote(text, safe="")
