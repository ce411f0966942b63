"""Applications that are imported when they are needed: a server answers its first visitor before."""

import threading
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from core.api.paths import OWN, SEARCH


class Deferred[App: ASGIApp]:
    """An ASGI application that is made when it is first asked, in a thread, or when `load` is called.

    Args:
        make: Imports and makes it.
    """

    def __init__(self, make: Callable[[], App]) -> None:
        self._make = make
        self._making = threading.Lock()
        self._app: App | None = None

    def load(self) -> App:
        with self._making:
            if self._app is None:
                self._app = self._make()
            return self._app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if app is None:
            app = await run_in_threadpool(self.load)
        await app(scope, receive, send)


class Below:
    """An application whose paths begin below a prefix.

    Args:
        prefix: "" or "/path".
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "root_path": scope.get("root_path", "") + self._prefix}, receive, send)


def own_routes(app: ASGIApp, prefix: str) -> list[Route]:
    """What leads to an application: all paths that are ours.

    Args:
        prefix: The path under which Streamlit serves its pages (`server.baseUrlPath`), "" or "/path".
    """
    paths = [SEARCH, *(f"/{part}{below}" for part in sorted(OWN) for below in ("", "/{rest:path}"))]
    return [Route(f"{prefix}{path}", Below(app, prefix)) for path in paths]
