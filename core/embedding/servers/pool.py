"""Several servers as one: asked in turn, and one that does not answer is passed over for a while."""

import itertools
import json
import logging
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.embedding.weights import in_words
from core.errors import EmbeddingServersAway, ModelUnavailable
from core.text.names import one_line

if TYPE_CHECKING:
    import httpx

PAUSES = (0.2, 1.0)
"""Seconds before all are asked once more, where none has answered and that may pass."""

RESTING, MAX_RESTING = 10.0, 300.0
"""Seconds for which a server that did not answer is asked last: twice as long each time, up to the latter. One that
hangs keeps who asks it waiting."""

CONNECT_SECONDS = 5.0
MAX_BYTES = 64 << 20
"""Of an answer: many times what a full batch of embeddings takes."""

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_REFUSED = frozenset({401, 402, 403})
_MAX_REASON = 200  # characters of what a server says is wrong
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """What became of asking one server."""

    url: str
    reason: str
    """A part of a sentence: `it does not answer`."""
    passes: bool = True
    """Whether it may be otherwise a moment later."""
    answered: bool = False
    """Whether it is there, and says that it cannot."""
    refused: bool = False
    """Whether the key was."""


class _Failed(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class ServerPool:
    """The servers of `INFERENCE_SERVER_URL`. Building it does no I/O. Safe to share between threads.

    Args:
        urls: Without secrets.
        api_key: What they let in with, where they ask for it.
    """

    def __init__(self, urls: Sequence[str], api_key: str | None = None) -> None:
        self.urls = tuple(url.rstrip("/") for url in urls)
        self._key = api_key
        self._turn = itertools.count()
        self._away: dict[str, tuple[float, float]] = {}  # until when each is asked last, and for how long that was
        self._making = threading.Lock()
        self._made: httpx.Client | None = None

    def ask[T](self, path: str, body: bytes, read: Callable[[bytes], T], seconds: float, what: str) -> T:
        """What the first server answers that can.

        Args:
            what: They are to do, behind "No embedding server can".
            read: Makes a value of an answer; raises `ValueError` where it is none.
            seconds: That a server has to answer.

        Raises:
            EmbeddingServersAway: none of them answers, or can.
            ModelUnavailable: as `read` raises it; or none lets us in.
        """
        failures: list[Failure] = []
        for pause in (0.0, *PAUSES):
            time.sleep(pause)
            failures = []
            for url in self.order():
                try:
                    answer = read(self._send(url, path, body, seconds))
                except ValueError as error:
                    failures.append(Failure(url, str(error), passes=False))
                except _Failed as failed:
                    failures.append(failed.failure)
                else:
                    self._away.pop(url, None)
                    return answer
                self.rest(url)
            if not any(failure.passes for failure in failures):
                break
        _logger.info("No embedding server can %s: %s", what, _told(failures))
        raise _unavailable(failures, what)

    def check(self) -> None:
        """Find out within seconds whether any of them is there.

        Raises:
            EmbeddingServersAway: none of them answers.
        """
        failures = []
        for url in self.order():
            try:
                self._send(url, "/info", None, CONNECT_SECONDS)
            except _Failed as failed:
                if failed.failure.passes:
                    failures.append(failed.failure)
                    continue
            return
        raise _unavailable(failures, "be reached")

    def order(self) -> list[str]:
        """Each in turn is the first to be asked; those that did not answer lately are the last."""
        first, now = next(self._turn) % len(self.urls), time.monotonic()
        turned = [*self.urls[first:], *self.urls[:first]]
        return sorted(turned, key=lambda url: self._away.get(url, (0.0, 0.0))[0] > now)

    def rest(self, url: str) -> None:
        """Ask a server last for a while: it did not answer."""
        until, resting = self._away.get(url, (0.0, RESTING / 2))
        now = time.monotonic()
        if until <= now:  # else others found it out at the same time
            resting = min(2 * resting, MAX_RESTING)
            self._away[url] = now + resting, resting

    def _send(self, url: str, path: str, body: bytes | None, seconds: float) -> bytes:
        import httpx

        timeout = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
        try:
            method, content = ("GET", None) if body is None else ("POST", body)
            with self._client().stream(method, f"{url}{path}", content=content, timeout=timeout) as answer:
                found = _whole(answer)
        except httpx.TimeoutException as error:
            raise _Failed(Failure(url, f"it does not answer within {seconds:g} seconds")) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _Failed(Failure(url, in_words(error))) from error
        if answer.status_code != 200:
            raise _Failed(_failure(url, answer.status_code, found))
        return found

    def _client(self) -> "httpx.Client":
        import httpx

        with self._making:
            if self._made is None:
                headers = {"Content-Type": "application/json"}
                if self._key:
                    headers["Authorization"] = f"Bearer {self._key}"
                self._made = httpx.Client(headers=headers)
                weakref.finalize(self, self._made.close)
            return self._made


def _whole(answer: "httpx.Response") -> bytes:
    parts, size = [], 0
    with closing(answer):
        for part in answer.iter_bytes():
            if (size := size + len(part)) > MAX_BYTES:
                raise _Failed(Failure(str(answer.url), "its answer is too long", passes=False))
            parts.append(part)
    return b"".join(parts)


def _failure(url: str, status: int, answer: bytes) -> Failure:
    if status in _REFUSED:
        return Failure(url, "it does not accept the key", passes=False, refused=True)
    said = _said(answer)
    reason = f"it answers with {status}{f': {said}' if said else ''}"
    return Failure(url, reason, passes=status in _PASSING, answered=True)


def _said(answer: bytes) -> str:
    """What the server says is wrong, on one line; "" where it does not."""
    try:
        said: Any = json.loads(answer)["message"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    return one_line(str(said), _MAX_REASON)


def _told(failures: Sequence[Failure]) -> str:
    return "; ".join(f"{failure.url}: {failure.reason}" for failure in failures)


def _unavailable(failures: Sequence[Failure], what: str) -> ModelUnavailable:
    message = f"No embedding server can {what}. {_told(failures)}."
    if all(failure.refused for failure in failures):
        return ModelUnavailable(message, "Set INFERENCE_SERVER_API_KEY to a key that it accepts.")
    if not any(failure.passes for failure in failures):
        remedy = "Check that INFERENCE_SERVER_URL is the URL of Roboflow Inference's HTTP server."
        return ModelUnavailable(message, remedy)
    if all(failure.answered for failure in failures):
        remedy = "Its log says why: it may not have the weights, nor be able to fetch them, or lack memory."
    else:
        remedy = "Start it, or name one that runs in INFERENCE_SERVER_URL."
    return EmbeddingServersAway(message, f"{remedy} Jobs go on by themselves when one can.")
