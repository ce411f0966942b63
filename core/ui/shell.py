"""The document that all pages live in: Streamlit's own, with the look of the page that is asked for in its head.

What a run of the page brings is there only after the sidebar has opened, or widgets have been drawn, and would move all
that is seen by then.
"""

import secrets
from functools import partial
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from core.ingest.actors import COOKIE

COMMON_LOOK, SEARCH_LOOK, INGEST_LOOK = (
    f"<style>{Path(__file__).with_name(f'{name}.css').read_text('utf-8')}</style>"
    for name in ("shell", "search", "ingest")
)
_KEPT = 365 * 24 * 3600  # seconds
_LOOKS = {"/": SEARCH_LOOK, "/search": SEARCH_LOOK, "/ingest": INGEST_LOOK}


def shell(prefix: str) -> list[Route]:
    """The routes of the pages.

    Args:
        prefix: The path under which the app is served, "" or "/path".
    """
    own = (Path(get_static_dir()) / "index.html").read_text("utf-8")
    return [Route(f"{prefix}{path}", partial(_answer, with_look(own, look))) for path, look in _LOOKS.items()]


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
