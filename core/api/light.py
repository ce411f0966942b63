"""The routes that a page needs at once, which import little: thumbnails, views, files on their way in.

All else is asked of the API.
"""

import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match, Route, Router
from starlette.types import Receive, Scope, Send

from core.access.needs import Needs, actor, declare
from core.access.roles import Role
from core.api.asked import asking, collection_of
from core.api.deferred import Deferred
from core.api.health import health as health
from core.api.health import readiness_response
from core.api.http import Endpoint, answered, error_response
from core.api.images import Images
from core.api.paths import AGENTS, SEARCH
from core.api.telemetry.requests import note_route
from core.api.uploads import Uploading
from core.errors import ImageSearchError
from core.services import Services, shared
from core.telemetry.events import Subscription, subscribe

if TYPE_CHECKING:
    from fastapi import FastAPI

    from core.api.agents import AgentAccess
    from core.api.telemetry.metrics import Metrics


class _Exactly(Route):
    """A route of these methods only: who asks with another goes on to the API, which says which there are."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return (Match.NONE, {}) if match is Match.PARTIAL else (match, child)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        note_route(scope, self.path)
        await super().handle(scope, receive, send)


class OwnRoutes:
    """All routes that are the app's own, as an ASGI application.

    Args:
        services: Gives the services of the collection that the request names; called per request, so that a wrong
            setting is answered, not fatal.
        events: What is counted; by default what happens from now on.
    """

    def __init__(self, services: Callable[[], Services], events: Subscription | None = None) -> None:
        self._services = services
        self._events = events or subscribe()
        self._counting = threading.Lock()
        self._metrics: Metrics | None = None
        self._images, self._uploading = Images(services), Uploading(services)
        self.api = Deferred(self._make_api)
        self.routes = [
            _route(Role.NOBODY, "GET", "/healthz", self._health),
            _route(Role.NOBODY, "GET", "/readyz", self._readiness),
            _route(Role.VIEWER, "GET", "/metrics", self._measured),
            _route(Role.VIEWER, "GET", SEARCH, _to_search_page),
            _route(Role.VIEWER, "GET", "/thumbnails/{content_hash}", _by_path("content_hash", self._images.thumbnail)),
            _route(Role.VIEWER, "GET", "/images/{content_hash}", _by_path("content_hash", self._images.view)),
            _route(Role.VIEWER, "GET", "/boxes/{id}", _by_path("id", self._images.boxes)),
            _route(Role.VIEWER, "POST", "/queries", _with_name(self._uploading.add_query)),
            declare(Route(AGENTS, Deferred(_make_agents), methods=["DELETE", "GET", "POST"]), Role.VIEWER),
            _route(Role.ADMIN, "POST", "/uploads", _with_name(self._uploading.add_upload)),
        ]
        router = Router(self.routes, redirect_slashes=False, default=self.api)
        self._app = Needs(router, lambda: self.routes, error_response)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """All routes are asked of the collection that is named beside them, which must be there."""
        with asking(collection_of(scope)) as name:
            may_know = actor(HTTPConnection(scope)).may(Role.VIEWER)  # which collections there are
            if name and may_know and (refusal := await run_in_threadpool(self._refusal)):
                await refusal(scope, receive, send)
                return
            await self._app(scope, receive, send)

    def _refusal(self) -> Response | None:
        try:
            self._services()
        except ImageSearchError as error:
            return error_response(error)
        return None

    def _make_api(self) -> "FastAPI":
        from core.api.v1.app import create_app  # FastAPI, for which no page waits

        return create_app(self._services, self._images, self._uploading, self.metrics)

    def metrics(self) -> "Metrics":
        """Made when they are first asked for: their library is nothing that a page waits for."""
        with self._counting:
            if self._metrics is None:
                from core.api.telemetry.metrics import Metrics
                from core.api.telemetry.state import State

                self._metrics = Metrics(self._events, State(self._collections))
            return self._metrics

    def _collections(self) -> "Mapping[str, Services]":
        """Those that are open, the one that is meant among them."""
        asked = self._services()
        return {**shared.collections().made, asked.name: asked}

    async def _health(self, request: Request) -> Response:
        """200 as long as the server lives; what the index and the model say is in the body, for who may look."""
        if not actor(request).may(Role.VIEWER):
            return JSONResponse({"status": "ok"})
        return JSONResponse(await run_in_threadpool(health, self._services))

    async def _readiness(self, request: Request) -> Response:
        """200 where all that a search needs is there, else 503: for who decides where visitors are sent; what is
        missing is told who may look."""
        told = actor(request).may(Role.VIEWER)
        return await run_in_threadpool(readiness_response, self._services, told=told)

    async def _measured(self, request: Request) -> Response:
        """For Prometheus, in the format that it accepts."""
        return await run_in_threadpool(metrics_response, self.metrics, request)


def _make_agents() -> "AgentAccess":
    from core.api.agents import AgentAccess  # the protocol's SDK, for which no page waits

    return AgentAccess(writes=shared.collections().settings.agents_write)


def metrics_response(metrics: "Callable[[], Metrics]", request: Request) -> Response:
    content, content_type = metrics().text(request.headers.get("accept", ""))
    return Response(content, headers={"Content-Type": content_type})


def _route(role: Role, method: str, path: str, endpoint: Endpoint) -> Route:
    """
    Args:
        role: What it takes.
    """
    return declare(_Exactly(path, answered(endpoint), methods=[method]), role)


def _by_path(name: str, answer: Callable[[str], Awaitable[Response]]) -> Endpoint:
    return lambda request: answer(request.path_params[name])


def _with_name(answer: Callable[[Request, str], Awaitable[Response]]) -> Endpoint:
    return lambda request: answer(request, request.query_params.get("name", ""))


async def _to_search_page(request: Request) -> Response:
    """The default page has no path of its own; links to /search keep working."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/{query}")
