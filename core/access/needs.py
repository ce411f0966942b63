"""What each route needs of whoever asks: declared by the route, and looked at before it is called."""

from collections.abc import Callable, Sequence

from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from core.access.actors import NOBODY, Actor
from core.access.roles import Role
from core.errors import AccessDenied, ImageSearchError, NotSignedIn

ACTOR = "image_search.actor"
"""In the scope of a request: who asks. What stands before all routes puts it there."""

SESSION = "image_search.session"
"""In the scope of a request: who has signed in, and until when; None where nobody has."""

_DECLARED = "needs"

NOT_SIGNED_IN = (
    "You are not signed in, or your session has ended.",
    "Sign in on the page. Programs send a token: `Authorization: Bearer TOKEN`.",
)
"""What is said, and what can be done."""

type Answer = Callable[[ImageSearchError], ASGIApp]


def declare[R: BaseRoute](route: R, role: Role) -> R:
    """Say what a route needs; `NOBODY`: it answers everybody."""
    setattr(route, _DECLARED, role)
    return route


def needed(route: BaseRoute) -> Role | None:
    """None where a route has not declared anything: it is for no one."""
    role = getattr(route, _DECLARED, None)
    return role if isinstance(role, Role) else None


def actor(connection: HTTPConnection) -> Actor:
    """Who asks; `NOBODY` where nothing has looked who it is."""
    found = connection.scope.get(ACTOR)
    return found if isinstance(found, Actor) else NOBODY


def check(asking: Actor, role: Role | None) -> None:
    """
    Raises:
        NotSignedIn: nothing is known of who asks.
        AccessDenied: it is known who asks, and they may not.
    """
    if role is Role.NOBODY:
        return
    if asking == NOBODY:
        raise NotSignedIn(*NOT_SIGNED_IN)
    if role is None:
        raise AccessDenied("Nobody may use this.", "It does not say who may: this is a fault of the app.")
    asking.check(role)


class Needs:
    """An ASGI application that asks of each request what its route needs, before the route is called.

    Args:
        app: What calls the routes; it answers what is none of them.
        routes: All that there are, called for each request.
        refused: Makes the answer to what is refused.
    """

    def __init__(self, app: ASGIApp, routes: Callable[[], Sequence[BaseRoute]], refused: Answer) -> None:
        self._app, self._routes, self._refused = app, routes, refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] in {"http", "websocket"} and (route := self._matching(scope)):
            try:
                check(actor(HTTPConnection(scope)), needed(route))
            except ImageSearchError as error:
                app = self._refused(error)
        await app(scope, receive, send)

    def _matching(self, scope: Scope) -> BaseRoute | None:
        return next((route for route in self._routes() if route.matches(scope)[0] is Match.FULL), None)
