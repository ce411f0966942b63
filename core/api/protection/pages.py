"""What stands around Streamlit's pages: a path at which there is none says so, with the status that programs go by."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api.protection.documents import Link, document

STREAMLIT_FILES = frozenset({"static"})
"""First parts of the paths at which Streamlit keeps its own scripts and styles."""


class KnownPages:
    """ASGI middleware: Streamlit answers every path it does not know with its page and status 200; here it is 404.

    Args:
        pages: The paths at which there are pages, below `prefix`, `/` among them.
        others: First parts of the paths, below `prefix`, that are not looked at.
        prefix: The path under which the app is served, "" or "/path".
    """

    def __init__(self, app: ASGIApp, pages: Collection[str], others: Collection[str], prefix: str = "") -> None:
        self._app, self._prefix = app, prefix
        self._pages, self._others = frozenset(pages), frozenset(others)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._is_known(str(scope["path"])):
            await self._app(scope, receive, send)
            return
        replaced = False

        async def without_page(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                replaced = message["status"] == 200 and _is_html(message)
                if replaced:
                    await _no_page(f"{self._prefix}/")(scope, receive, send)
            if not replaced:
                await send(message)

        await self._app(scope, receive, without_page)

    def _is_known(self, path: str) -> bool:
        below = path.removeprefix(self._prefix)
        return (below.rstrip("/") or "/") in self._pages or below.lstrip("/").partition("/")[0] in self._others


def _no_page(home: str) -> Response:
    said = ("The link is incomplete or out of date.", Link("Search your pictures", home))
    return document("There is no such page", said, 404, title="No such page")


def _is_html(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
