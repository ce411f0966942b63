"""How long clients may take: nobody holds a connection, or one of the places for uploads, by sending nothing."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Limits:
    head: float = 15.0
    """Seconds until a whole head of a request must have come, or what follows a request that is answered already."""
    idle: float = 20.0
    """Seconds between two pieces of a body."""
    rate: float = 1_000.0
    """Bytes a second that a body brings at least, once `grace` seconds were spent on waiting for it."""
    grace: float = 60.0
    send: float = 60.0
    """Seconds in which a client takes the next piece of an answer."""
    uploads: int = 64
    """Files that arrive at the same time."""
    stalled: float = 2.0
    """Seconds without a byte after which an upload loses its place to another."""


class _Gone(OSError):
    """The client does not take its answer."""


class _Arrival:
    """A body on its way in."""

    def __init__(self, receive: Receive, limits: Limits) -> None:
        self._receive, self._limits = receive, limits
        self._whole, self._bytes, self._waited = False, 0, 0.0
        self._waiting: asyncio.Timeout | None = None
        self.came_at = asyncio.get_running_loop().time()
        self.is_late = False

    async def receive(self) -> Message:
        """As ASGI's; of a body that does not come, that its client has gone."""
        if self._whole:
            return await self._receive()
        if self.is_late:
            return {"type": "http.disconnect"}
        clock = asyncio.get_running_loop().time
        begun = clock()
        try:
            async with asyncio.timeout(self._limits.idle) as self._waiting:
                message = await self._receive()
        except TimeoutError:
            self.is_late = True
            return {"type": "http.disconnect"}
        finally:
            self._waiting = None
        self.came_at = clock()
        self._waited += self.came_at - begun
        self._bytes += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        slow = self._waited > self._limits.grace and self._bytes < self._waited * self._limits.rate
        self.is_late = slow and not self._whole
        return {"type": "http.disconnect"} if self.is_late else message

    def end(self) -> bool:
        """Give it up where nothing has come for a while; returns whether it was."""
        now = asyncio.get_running_loop().time()
        if self._waiting is None or now - self.came_at < self._limits.stalled:
            return False
        self._waiting.reschedule(now)
        return True


class TimeLimits:
    """ASGI middleware.

    Args:
        uploads: The paths that files are sent to begin with one of these.
    """

    def __init__(self, app: ASGIApp, limits: Limits, uploads: Collection[str]) -> None:
        self._app, self._limits, self._uploads = app, limits, tuple(uploads)
        self._arriving: dict[_Arrival, None] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        arrival = _Arrival(receive, self._limits)
        is_upload = scope["method"] in {"POST", "PUT"} and str(scope["path"]).startswith(self._uploads)
        if is_upload and len(self._arriving) >= self._limits.uploads and not self._make_room():
            words = {"error": "Too many files are being uploaded right now.", "remedy": "Try again in a few seconds."}
            await JSONResponse(words, 503, {"Retry-After": "5"})(scope, receive, send)
            return
        if is_upload:
            self._arriving[arrival] = None
        try:
            await self._answer(arrival, scope, send)
        finally:
            self._arriving.pop(arrival, None)

    async def _answer(self, arrival: _Arrival, scope: Scope, send: Send) -> None:
        started = False

        async def sent(message: Message) -> None:
            nonlocal started
            if arrival.is_late and not started:
                return  # what is said of a client that has gone: it is there, and told something else below
            started = True
            try:
                async with asyncio.timeout(self._limits.send):
                    await send(message)
            except TimeoutError as error:
                raise _Gone from error

        try:
            await self._app(scope, arrival.receive, sent)
        except _Gone:
            return  # the server closes what is not complete
        except Exception:
            if not arrival.is_late:
                raise
        if arrival.is_late and not started:
            words = {"error": "The request was too slow, or incomplete.", "remedy": "Send it again."}
            await JSONResponse(words, 408, {"Connection": "close"})(scope, arrival.receive, send)

    def _make_room(self) -> bool:
        longest = sorted(self._arriving, key=lambda arrival: arrival.came_at)
        ended = next((arrival for arrival in longest if arrival.end()), None)
        if ended:
            del self._arriving[ended]
        return ended is not None
