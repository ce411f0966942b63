"""The document that all pages live in: Streamlit's own, with the look of the page that is asked for in its head, and
with the modules that its components will import.

What a run of the page brings is there only after the sidebar has opened, or widgets have been drawn, and would move all
that is seen by then.
"""

import json
import secrets
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from core.ingest.journal.actors import COOKIE
from core.ui.components import modules

COMMON_LOOK, SEARCH_LOOK, INGEST_LOOK, INDEX_LOOK = (
    f"<style>{Path(__file__).with_name(f'{name}.css').read_text('utf-8')}</style>"
    for name in ("shell", "search", "ingest", "index")
)
_KEPT = 365 * 24 * 3600  # seconds
_PRELOAD = """
new PerformanceObserver((seen, observer) => {
  if (!seen.getEntriesByName("first-contentful-paint").length) return
  observer.disconnect()
  for (const href of URLS) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }))
  }
}).observe({ type: "paint", buffered: true })
"""
_SEARCH = SEARCH_LOOK, ("query", "gallery", "facets", "view", "frame")
_PAGES = {
    "/": _SEARCH,
    "/search": _SEARCH,
    "/ingest": (INGEST_LOOK, ("uploads", "frame")),
    "/index": (INDEX_LOOK, ("recall", "frame")),
    "/collections": ("", ("frame",)),
}
"""The look of each, and the components on it."""

PAGES = tuple(_PAGES)
"""The paths at which there are pages."""


def shell(prefix: str) -> list[Route]:
    """The routes of the pages.

    Args:
        prefix: The path under which the app is served, "" or "/path".
    """
    own = (Path(get_static_dir()) / "index.html").read_text("utf-8")
    return [
        Route(f"{prefix}{path}", partial(_answer, with_look(own, look + preloads(components))))
        for path, (look, components) in _PAGES.items()
    ]


async def _answer(document: str, request: Request) -> Response:
    response = HTMLResponse(document, headers={"Cache-Control": "no-cache"})
    if not request.cookies.get(COOKIE):
        is_secure = request.url.scheme == "https"
        value = secrets.token_hex(16)
        response.set_cookie(COOKIE, value, _KEPT, secure=is_secure, httponly=True, samesite="strict")
    return response


def with_look(document: str, look: str) -> str:
    """The document as it is where it has no head."""
    return document.replace("</head>", f"{COMMON_LOOK}{look}</head>", 1)


def preloads(components: Sequence[str]) -> str:
    """So that the modules are here, and compiled, when the page asks for them after its first run.

    They wait for the first paint: browsers open six connections, and links in the document would take their turns with
    Streamlit's own scripts, without which there is nothing to see.
    """
    needed = modules.needed(tuple(modules.entry(name) for name in components))
    urls = json.dumps([modules.url(module) for module in needed])
    return f"<script>{_PRELOAD.replace('URLS', urls)}</script>"
