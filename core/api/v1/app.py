"""The API as an application: what stands before its routes, and how these are added."""

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from core.access.needs import Needs, actor, declare
from core.access.roles import Role
from core.api import light
from core.api.health import health as health_of
from core.api.health import readiness_response
from core.api.http import error_response
from core.api.images import Images
from core.api.paths import API, DESCRIPTION
from core.api.uploads import Uploading
from core.api.v1 import responses as replies
from core.api.v1.description.docs import add_docs
from core.api.v1.description.openapi import ABOUT, TAGS, Api, files
from core.api.v1.earlier import EarlierPaths
from core.api.v1.errors import say_errors
from core.api.v1.route import JsonRoute
from core.api.v1.routes import add_routes
from core.services import Services

if TYPE_CHECKING:
    from core.api.telemetry.metrics import Metrics


def create_app(
    services: Callable[[], Services], images: Images, uploading: Uploading, metrics: "Callable[[], Metrics]"
) -> FastAPI:
    """
    Args:
        services: Gives the shared services; called per request, so that a wrong setting is answered, not fatal.
        images: Answers for pictures, here as on the paths of the page.
        uploading: Answers for files, here as on the paths of the page.
        metrics: Gives what is counted of this server.
    """
    app = Api(
        title="image-search",
        version="1",
        description=ABOUT,
        openapi_tags=TAGS,
        openapi_url=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses={"default": {"model": replies.Error, "description": "What went wrong, and what to do about it"}},
        generate_unique_id_function=_operation_id,
    )
    app.router.route_class = JsonRoute
    for route in app.routes:  # its description
        declare(route, Role.VIEWER)
    app.add_middleware(Needs, routes=lambda: app.routes, refused=error_response)
    app.add_middleware(EarlierPaths)  # stands before it
    say_errors(app)
    add_docs(app)
    add_routes(partial(_Adding, app), services, images, uploading)
    _Adding(app, "Server")(Role.VIEWER, "GET", "/me", _me, "Show who asks, and what they may do", replies.Me)
    _add_health(app, services, metrics)
    return app


def _operation_id(route: APIRoute) -> str:
    """What generated clients call it: `post_queries_located`."""
    words = re.findall(r"\w+", re.sub(r":\w+", "", route.path.removeprefix(API)))
    return "_".join((*sorted(map(str.lower, route.methods or ())), *words))


class _Adding:
    """Adds routes to an application, with what is told of them.

    Args:
        tag: What they stand under.
    """

    def __init__(self, app: FastAPI, tag: str) -> None:
        self._app, self._tag = app, tag

    def __call__(
        self, role: Role, method: str, path: str, endpoint: Callable[..., Any], summary: str, answer: Any, **told: Any
    ) -> None:
        """
        Args:
            role: What it takes.
            path: Below `/api/v1`.
            answer: The type of what is answered as JSON; None where it is something else.
        """
        told = {"summary": summary, "response_description": _first_line(answer), "tags": [self._tag], **told}
        self._add(role, path, endpoint, methods=[method], response_model=answer, **told)
        if method == "GET":
            self._add(role, path, endpoint, methods=["HEAD"], response_model=None, include_in_schema=False)

    def _add(self, role: Role, path: str, endpoint: Callable[..., Any], **told: Any) -> None:
        self._app.add_api_route(f"{API}{path}", endpoint, **told)
        declare(self._app.routes[-1], role)


def _first_line(answer: Any) -> str:
    """Of what is said of a type."""
    about = answer.__doc__ if isinstance(answer, type) else None
    return (about or "The answer").partition("\n")[0]


async def _me(request: Request) -> replies.Me:
    asking = actor(request)
    return replies.Me(name=asking.label, role=asking.role.word)


def _add_health(app: FastAPI, services: Callable[[], Services], metrics: "Callable[[], Metrics]") -> None:
    @app.get(
        "/healthz",
        summary="Check that the server is up, and what it has",
        response_description=_first_line(replies.Health),
        tags=["Server"],
    )
    def health() -> replies.Health:
        return replies.Health(**health_of(services))

    @app.get(
        "/readyz",
        summary="Check that searches can be answered",
        tags=["Server"],
        responses={
            200: {"model": replies.Readiness, "description": "All is there that a search needs"},
            503: {"model": replies.Readiness, "description": "Something that a search needs is missing"},
        },
    )
    def ready() -> Response:
        return readiness_response(services)

    @app.get(
        "/metrics",
        summary="Get the metrics for Prometheus",
        tags=["Server"],
        **files("text/plain"),
    )
    def measured(request: Request) -> Response:
        return light.metrics_response(metrics, request)

    for route in app.routes[-3:]:  # described here, and answered by `core.api.light`
        declare(route, Role.VIEWER)
