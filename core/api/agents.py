"""Agents over HTTP: each request by itself, asked for whom as any other request is."""

from functools import cached_property

import anyio
from mcp.server.lowlevel import Server
from mcp.server.streamable_http import StreamableHTTPServerTransport
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from core.access.needs import actor
from core.agents.toolbox import Toolbox
from core.api.http import Refusal, error_response, refuse_foreign
from core.api.paths import AGENTS
from core.api.telemetry.requests import note_route
from core.collections.collection import Collection
from core.mcp.server import make_server
from core.services import Services, shared

MAX_BYTES = 1 << 20
"""Of one message: a list of ids is the longest."""

_MAX_DIGITS = 12


class AgentAccess:
    """ASGI. What stands before all routes has found out who asks."""

    def __init__(self, *, writes: bool) -> None:
        self._writes = writes

    @cached_property
    def server(self) -> Server:
        return make_server(self._toolbox, _collections, writes=self._writes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        note_route(scope, AGENTS)
        try:
            _check(Request(scope, receive))
        except Refusal as refusal:
            await error_response(refusal)(scope, receive, send)
            return
        await self._answer(scope, _Bounded(receive), send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = StreamableHTTPServerTransport(mcp_session_id=None, is_json_response_enabled=True)

        async def serve(*, task_status: anyio.abc.TaskStatus[None]) -> None:
            async with transport.connect() as (reading, writing):
                task_status.started()
                options = self.server.create_initialization_options()
                await self.server.run(reading, writing, options, stateless=True)

        async with anyio.create_task_group() as tasks:
            await tasks.start(serve)
            try:
                await transport.handle_request(scope, receive, send)
            finally:
                with anyio.CancelScope(shield=True):
                    await transport.terminate()
                tasks.cancel_scope.cancel()

    def _toolbox(self, request: object) -> Toolbox:
        assert isinstance(request, Request)
        return Toolbox(_of, actor(request), writes=self._writes)


def _check(request: Request) -> None:
    """
    Raises:
        Refusal: it is not answered.
    """
    if request.method != "POST":  # nothing is sent that was not asked for, and there are no sessions to end
        raise Refusal(405, "Messages are sent with POST.", "docs/agents.md says how agents are connected.")
    refuse_foreign(request)
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > _MAX_DIGITS or int(length) > MAX_BYTES:
        raise Refusal(413, f"A message has {MAX_BYTES >> 10} kB at most.", "Send less at a time.")


class _Bounded:
    """A body of which no more is read than a message may have."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._left = receive, MAX_BYTES

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            return {"type": "http.disconnect"}
        return message


def _of(name: str) -> Services:
    """Those of the collection that a tool's argument names, else of the one that the address does."""
    return shared.of(name) if name else shared.asked()


def _collections() -> list[Collection]:
    return list(shared.collections().all())
