"""How the API reads a request: from whom, in what form, and how much of it."""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from core.api.http import Refusal, content_type, refuse_foreign
from core.api.telemetry.requests import note_route
from core.api.v1.requests.body import Body

_SAFE = {"GET", "HEAD"}


class BoundedRequest(Request):
    """A request whose body is read up to a limit."""

    limit = 0
    """In bytes."""
    _whole: bytes | None = None

    async def body(self) -> bytes:
        """
        Raises:
            Refusal: it is longer.
        """
        if self._whole is None:
            self._whole = await _read(self.stream(), self.limit)
        return self._whole


class JsonRoute(APIRoute):
    """A route that tells which it is, whose body, where FastAPI reads one, is JSON of bounded length.

    No foreign page may send application/json without a CORS preflight, and none is answered here; that and the
    Sec-Fetch-Site header protect against requests from other sites.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        kind: type[Body] | None = self.body_field.field_info.annotation if self.body_field else None

        async def handle_checked(request: Request) -> Response:
            if request.method not in _SAFE:
                refuse_foreign(request)
            if kind is None:
                return await handle(request)
            if content_type(request) != "application/json":
                raise Refusal(415, "Send this as application/json.")
            bounded = BoundedRequest(request.scope, request.receive)
            bounded.limit = kind.max_bytes
            await bounded.body()  # here, where what is refused reaches its sender
            return await handle(bounded)

        return handle_checked

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        note_route(scope, self.path)
        await super().handle(scope, receive, send)


async def _read(stream: AsyncIterator[bytes], limit: int) -> bytes:
    data = bytearray()
    async for chunk in stream:
        data += chunk
        if len(data) > limit:
            raise Refusal(413, f"This request is larger than {limit >> 10} kB.", "Send less at a time.")
    return bytes(data)
