"""Routes that are imported in the background: a server answers its first visitor before all of them are there."""

import threading
from collections.abc import Callable, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Route, Router
from starlette.types import Receive, Scope, Send

from core.api.paths import OWN, SEARCH


class Deferred:
    """An ASGI application of routes that are made when the first of them is asked for, or `load` is called.

    Args:
        make: Imports and makes them.
    """

    def __init__(self, make: Callable[[], Sequence[BaseRoute]]) -> None:
        self._make = make
        self._making = threading.Lock()
        self._router: Router | None = None

    def load(self) -> Router:
        with self._making:
            if self._router is None:
                self._router = Router(self._make())
            return self._router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        router = self._router
        if router is None:
            router = await run_in_threadpool(self.load)
        await router(scope, receive, send)

    def routes(self, prefix: str) -> list[Route]:
        """What leads here: all paths that are ours.

        Args:
            prefix: The path under which the app is served, "" or "/path".
        """
        paths = [SEARCH, *(f"/{part}{below}" for part in sorted(OWN) for below in ("", "/{rest:path}"))]
        return [Route(f"{prefix}{path}", self) for path in paths]
