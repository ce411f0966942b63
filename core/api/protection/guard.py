"""What stands around all routes, Streamlit's too: which requests are answered at all, and what every answer says."""

from collections.abc import Collection

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from core.api.protection.sites import FOREIGN, is_foreign, requested_host
from core.hosts import Hosts
from core.text.names import printable

_MAX_NAME = 80  # characters of a name that are repeated
_DENIAL = "websocket.http.response"
_POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1

FAILED = {"error": "Something went wrong on the server.", "remedy": "Try again. Its log has the details."}
"""What is answered where something was raised that nobody expected."""

STREAMLIT_PRIVATE = frozenset({"_stcore", "media", "component", "app", "auth"})
"""First parts of those paths of Streamlit that are more than a page."""


class Guard:
    """ASGI middleware: names that are not the app's are not answered, nor are pages of other sites; no other site may
    hold an answer in its hands.

    Args:
        hosts: The names under which the app is served.
        private: First parts of the paths, below `prefix`, that hold more than a page.
        prefix: The path under which the app is served, "" or "/path".
        frame_ancestors: Who may show the app in a frame, beside itself, as CSP's frame-ancestors takes them.
    """

    def __init__(
        self, app: ASGIApp, hosts: Hosts, private: Collection[str], prefix: str = "", frame_ancestors: str = ""
    ) -> None:
        self._app, self._hosts, self._prefix = app, hosts, prefix
        self._private = frozenset(private)
        self._headers = {
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        }
        self._policy = f"frame-ancestors 'self' {frame_ancestors}".rstrip()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] in {"http.response.start", f"{_DENIAL}.start"}:
                started = True
                self._add_headers(MutableHeaders(scope=message))
            await send(message)

        if refusal := self._refusal(HTTPConnection(scope)):
            await refuse(refusal, scope, receive, guarded)
            return
        try:
            await self._app(scope, receive, guarded)
        except Exception:
            if scope["type"] == "http" and not started:
                await JSONResponse(FAILED, 500)(scope, receive, guarded)
            raise

    def _refusal(self, connection: HTTPConnection) -> Response | None:
        host = requested_host(connection)
        path = str(connection.scope["path"])
        if host is None or not path.startswith("/"):  # what a proxy would be asked for names its host in the path
            words = (
                "The Host header is missing or cannot be read. IMAGE_SEARCH_HOSTS lists the names the app answers to."
            )
            return PlainTextResponse(words, 421)
        if not self._hosts.allows(host):
            name = printable(host.name)[:_MAX_NAME]
            words = f"This app does not answer to the name {name}. To allow it, add it to IMAGE_SEARCH_HOSTS."
            return PlainTextResponse(words, 421)
        if not is_foreign(connection, private=self._is_private(connection)):
            return None
        return JSONResponse(dict(zip(("error", "remedy"), FOREIGN, strict=True)), 403)

    def _is_private(self, connection: HTTPConnection) -> bool:
        below = str(connection.scope["path"]).removeprefix(connection.scope.get("root_path", ""))
        return below.removeprefix(self._prefix).lstrip("/").partition("/")[0] in self._private

    def _add_headers(self, headers: MutableHeaders) -> None:
        for name, value in self._headers.items():
            headers[name] = value
        for name in [name for name in headers if name.startswith("access-control-")]:
            del headers[name]  # no page of another origin is answered
        headers.append("Content-Security-Policy", self._policy)
        headers.setdefault("Cache-Control", "no-store")


async def refuse(refusal: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Before anything of the body is read; of a websocket before it is accepted."""
    if scope["type"] == "http":
        await refusal(scope, receive, send)
        return
    socket = WebSocket(scope, receive, send)
    if _DENIAL in scope.get("extensions", {}):
        await socket.send_denial_response(refusal)
    else:
        await socket.close(_POLICY_VIOLATION)
