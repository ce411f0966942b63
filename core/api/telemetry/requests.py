"""Each request has an id, is counted, and where it is for a route of ours is told in one line of the log."""

import logging
import time
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api.paths import DESCRIPTION, OWN
from core.telemetry.context import begin_request
from core.telemetry.events import Answered, tell
from core.text.redaction import scrubbed

HEADER = "X-Request-ID"

OTHER = "other"
"""The route of what no template stands for: what is not there, or was refused before any route; and the method of what
HTTP does not know."""

STREAMLIT = "streamlit"
"""The route of Streamlit's own scripts and channels."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ROUTE = "image_search.route"  # in the scope of a request: a list, for the scopes within are copies
_GONE = 499  # as nginx has it: nobody waited for the answer
_MAX_URL = 1000  # characters that are told

_logger = logging.getLogger(__name__)


def note_route(scope: Scope, template: str) -> None:
    """For whoever knows which route answers, to tell."""
    scope.setdefault(_ROUTE, []).append(template)


class Requests:
    """ASGI middleware, around all other.

    Args:
        pages: The paths at which there are pages, below `prefix`.
        streamlit: First parts of the paths that are Streamlit's.
        prefix: The path under which the app is served, "" or "/path".
    """

    def __init__(self, app: ASGIApp, pages: Collection[str], streamlit: Collection[str], prefix: str = "") -> None:
        self._app, self._prefix = app, prefix
        self._pages, self._streamlit = frozenset(pages), frozenset(streamlit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).getlist(HEADER)
        # It stays until the end of this task, which the server makes for each request: its own last words, of what
        # nobody expected, are told with it.
        id_ = begin_request(given[0] if len(given) == 1 else None)
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), _GONE

        async def identified(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = id_
            await send(message)

        noted: list[str] = []
        try:
            await self._app({**scope, _ROUTE: noted}, receive, identified)
        except Exception:
            status = 500
            raise
        finally:
            self._tell(scope, noted, status, time.perf_counter() - started)

    def _tell(self, scope: Scope, noted: list[str], status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else OTHER
        path = str(scope["path"]).removeprefix(self._prefix)
        first = path.lstrip("/").partition("/")[0]
        route = noted[-1] if noted else self._route(path, first, status)
        tell(Answered(method, route, status, seconds))
        if noted or first in OWN or route in self._pages:
            milliseconds = round(1000 * seconds, 1)
            more = {"method": method, "route": route, "status": status, "ms": milliseconds}
            if _logger.isEnabledFor(logging.DEBUG):  # what was asked for, which else nobody is to read
                more["url"] = _url(scope)
            told = f"{method} {route} {status} {milliseconds} ms {more.get('url', '')}".rstrip()
            _logger.info("%s", told, extra=more)

    def _route(self, path: str, first: str, status: int) -> str:
        """The template of what has not told its own."""
        if status in {403, 404, 421}:
            return OTHER
        page = path.rstrip("/") or "/"
        if page in self._pages or path == DESCRIPTION:
            return page
        if first == "components":
            return "/components/{path}"
        return STREAMLIT if first in self._streamlit else OTHER


def _url(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    return scrubbed(str(scope["path"]) + (f"?{query}" if query else ""))[:_MAX_URL]
