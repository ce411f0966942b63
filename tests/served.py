"""The app's own routes for those who ask them without a server. To make them takes longer than most tests that ask."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from core.access.roles import Role
from core.api.deferred import own_routes
from core.api.light import OwnRoutes
from core.services import Services
from tests.signed_in import Asking

_asked: ContextVar[Callable[[], Services]] = ContextVar("asked")


@cache
def _routes() -> OwnRoutes:
    return OwnRoutes(lambda: _asked.get()())


class Served:
    """ASGI: all routes, of these services; they are made once for all tests, and keep nothing of one for the next."""

    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _asked.set(self._services)
        try:
            await _routes()(scope, receive, send)
        finally:
            _asked.reset(token)


def client_of(
    services: Callable[[], Services], role: Role = Role.ADMIN, prefix: str = "", **options: Any
) -> TestClient:
    """Somebody of this role who asks them, below a prefix."""
    return TestClient(Asking(Starlette(routes=own_routes(Served(services), prefix)), role), **options)
