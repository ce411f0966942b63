"""The routes that a page needs at once, which import little: thumbnails, views, files on their way in.

All else is asked of the API.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match, Route, Router
from starlette.types import Receive, Scope, Send

from core.api.deferred import Deferred
from core.api.http import Endpoint, answered
from core.api.images import Images
from core.api.paths import SEARCH
from core.api.uploads import Uploading
from core.errors import ImageSearchError
from core.services import Services

if TYPE_CHECKING:
    from fastapi import FastAPI


READY = "ready"


class _Exactly(Route):
    """A route of these methods only: who asks with another goes on to the API, which says which there are."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return (Match.NONE, {}) if match is Match.PARTIAL else (match, child)


class OwnRoutes:
    """All routes that are the app's own, as an ASGI application.

    Args:
        services: Gives the shared services; called per request, so that a wrong setting is answered, not fatal.
    """

    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services
        self._images, self._uploading = Images(services), Uploading(services)
        self.api = Deferred(self._make_api)
        self.routes = [
            _route("GET", "/healthz", self._health),
            _route("GET", "/readyz", self._readiness),
            _route("GET", SEARCH, _to_search_page),
            _route("GET", "/thumbnails/{content_hash}", _by_path("content_hash", self._images.thumbnail)),
            _route("GET", "/images/{content_hash}", _by_path("content_hash", self._images.view)),
            _route("GET", "/boxes/{id}", _by_path("id", self._images.boxes)),
            _route("POST", "/queries", _with_name(self._uploading.add_query)),
            _route("POST", "/uploads", _with_name(self._uploading.add_upload)),
        ]
        self._router = Router(self.routes, redirect_slashes=False, default=self.api)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._router(scope, receive, send)

    def _make_api(self) -> "FastAPI":
        from core.api.v1.app import create_app  # FastAPI, for which no page waits

        return create_app(self._services, self._images, self._uploading)

    async def _health(self, _: Request) -> Response:
        """200 as long as the server lives; what the index and the model say is in the body."""
        return JSONResponse(await run_in_threadpool(health, self._services))

    async def _readiness(self, _: Request) -> Response:
        """200 where all that a search needs is there, else 503: for who decides where visitors are sent."""
        return await run_in_threadpool(readiness_response, self._services)


def health(services: Callable[[], Services]) -> dict[str, Any]:
    """The state of the server: `degraded` where something is wrong with it."""
    try:
        made = services()
        return {"status": "ok", "model": made.model.state.status, **asdict(made.status())}
    except ImageSearchError as error:
        return {"status": "degraded", "error": str(error)}


def readiness(services: Callable[[], Services]) -> dict[str, str]:
    """What a search needs, by name: `ready`, or what is wrong with it."""
    try:
        made = services()
    except ImageSearchError as error:
        return {"settings": str(error)}
    state = made.model.state
    return {
        "model": READY if state.embedder else str(state.error or state.status),
        "index": _tried(lambda: made.index.count()),
        "journal": _tried(lambda: made.library.journal.jobs(limit=1)),
    }


def readiness_response(services: Callable[[], Services]) -> Response:
    checks = readiness(services)
    ready = all(state == READY for state in checks.values())
    return JSONResponse({"status": READY if ready else "not ready", "checks": checks}, 200 if ready else 503)


def _tried(ask: Callable[[], object]) -> str:
    try:
        ask()
    except ImageSearchError as error:
        return str(error)
    return READY


def _route(method: str, path: str, endpoint: Endpoint) -> Route:
    return _Exactly(path, answered(endpoint), methods=[method])


def _by_path(name: str, answer: Callable[[str], Awaitable[Response]]) -> Endpoint:
    return lambda request: answer(request.path_params[name])


def _with_name(answer: Callable[[Request, str], Awaitable[Response]]) -> Endpoint:
    return lambda request: answer(request, request.query_params.get("name", ""))


async def _to_search_page(request: Request) -> Response:
    """The default page has no path of its own; links to /search keep working."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/{query}")
