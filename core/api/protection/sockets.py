"""Websockets of pages that are still open when the server ends."""

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnected


class QuietSockets:
    """Ends them without a word: Streamlit closes again what it has closed, and the server would tell whoever pressed
    Ctrl-C of it with a traceback. Nobody is there any more who could be told."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except WebSocketDisconnected:
            if scope["type"] != "websocket":
                raise
