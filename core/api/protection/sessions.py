"""Pages that are open: each ends with the session of who has signed in there."""

import asyncio
import time
from collections import defaultdict
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.access.login import Session

_POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1
_DISCONNECT: Message = {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}


class _Socket:
    """The connection of a page."""

    def __init__(self, receive: Receive, send: Send, seconds: float) -> None:
        self._receive, self._send = receive, send
        self._ends_at = asyncio.get_running_loop().time() + seconds
        self._waiting: asyncio.Timeout | None = None
        self._has_ended = False

    async def receive(self) -> Message:
        if self._has_ended:
            return _DISCONNECT
        try:
            async with asyncio.timeout_at(self._ends_at) as self._waiting:
                return await self._receive()
        except TimeoutError:
            self._has_ended = True
            with suppress(OSError, RuntimeError):  # it has gone by itself
                await self._send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return _DISCONNECT
        finally:
            self._waiting = None

    async def send(self, message: Message) -> None:
        if not self._has_ended:
            await self._send(message)

    def end(self) -> None:
        self._ends_at = asyncio.get_running_loop().time()
        if self._waiting:
            self._waiting.reschedule(self._ends_at)


class Sockets:
    """Those of all sessions; used by the one thread of the server."""

    def __init__(self) -> None:
        self._open: defaultdict[str, set[_Socket]] = defaultdict(set)

    async def watch(self, app: ASGIApp, session: Session, scope: Scope, receive: Receive, send: Send) -> None:
        """Call an application that is disconnected when the session ends."""
        socket = _Socket(receive, send, session.ends_at - time.time())
        self._open[session.id].add(socket)
        try:
            await app(scope, socket.receive, socket.send)
        finally:
            self._open[session.id].discard(socket)
            if not self._open[session.id]:
                del self._open[session.id]

    def end(self, session: Session) -> None:
        for socket in self._open.get(session.id, ()):
            socket.end()
