"""The document that all pages live in: Streamlit's own, with the look of the page that is asked for in its head, and
with the modules that its components will import.

What a run of the page brings is there only after the sidebar has opened, or widgets have been drawn, and would move all
that is seen by then.
"""

import json
import secrets
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from core.access.actors import COOKIE
from core.access.login import Session
from core.access.needs import SESSION
from core.access.roles import Role
from core.ui.access.offered import PAGES, SEARCH, Page
from core.ui.components import modules


def look(name: str) -> str:
    """A style sheet of this folder, for the head of a document; "" where none is named."""
    return f"<style>{Path(__file__).with_name(f'{name}.css').read_text('utf-8')}</style>" if name else ""


COMMON_LOOK = look("shell")
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
_WATCH = """
(() => {
  const look = () => fetch("PREFIX/api/v1/me").then(answer => answer.status === 401 && location.reload(), () => {})
  setTimeout(() => location.reload(), Math.min(SECONDS * 1000 + 1000, 2 ** 31 - 1))
  document.addEventListener("visibilitychange", () => document.hidden || look())
})()
"""


def pages(*, signs_in: bool) -> dict[str, Role]:
    """The paths at which there are pages, and the role that each takes."""
    return {path: page.role for path, page in _at(signs_in).items()}


def shell(prefix: str, *, signs_in: bool = False) -> list[Route]:
    """The routes of the pages.

    Args:
        prefix: The path under which the app is served, "" or "/path".
        signs_in: Whether people have to sign in.
    """
    own = (Path(get_static_dir()) / "index.html").read_text("utf-8")
    made = {path: with_look(own, look(page.look) + preloads(page.components)) for path, page in _at(signs_in).items()}
    return [Route(f"{prefix}{path}", partial(_answer, document, prefix)) for path, document in made.items()]


def _at(signs_in: bool) -> dict[str, Page]:
    """By their paths."""
    return {"/": SEARCH, **{page.path: page for page in PAGES if signs_in or not page.signs_in}}


async def _answer(document: str, prefix: str, request: Request) -> Response:
    session = request.scope.get(SESSION)
    if isinstance(session, Session):
        document = document.replace("</head>", f"<script>{_watch(prefix, session)}</script></head>", 1)
    response = HTMLResponse(document, headers={"Cache-Control": "no-cache"})
    if not request.cookies.get(COOKIE):
        is_secure = request.url.scheme == "https"
        value = secrets.token_hex(16)
        response.set_cookie(COOKIE, value, _KEPT, secure=is_secure, httponly=True, samesite="strict")
    return response


def _watch(prefix: str, session: Session) -> str:
    """Loads the page again when the session has ended, in whichever tab: what asks to sign in is shown then."""
    seconds = max(0, round(session.ends_at - time.time()))
    return _WATCH.replace("PREFIX", prefix).replace("SECONDS", str(seconds))


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
