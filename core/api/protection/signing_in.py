"""Signing in and out: the pages that say so, and what stands around Streamlit's routes for it."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import quote, unquote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.access.access import Access
from core.access.actors import Actor
from core.access.login import CALLBACK, COOKIE, Session
from core.access.roles import ROLES, Role
from core.api.protection.documents import Link, document

SIGN_IN = "/sign-in"

_BEGIN, _SIGN_OUT = "/auth/login", "/auth/logout"
_NEXT = "image_search_next"
"""The cookie with the page that somebody was on the way to."""

_NEXT_KEPT = 600  # seconds
_MAX_NEXT = 3000  # characters
_DEFAULT = "default"
_READING = frozenset({"GET", "HEAD"})
_AWAY = (
    "The sign-in provider does not respond, or is not set up correctly.",
    "Try again in a minute. Whoever is signed in can go on.",
)
_FAILED = ("The sign-in provider did not confirm who you are.", "Try again, or choose another account.")

type _Other = Callable[[Request, Message], Awaitable[Response | None]]

_log = logging.getLogger(__name__)


def handles(path: str) -> bool:
    """Whether a path, below that of the app, is one of those that lead in and out."""
    return path in {SIGN_IN, _BEGIN, _SIGN_OUT, CALLBACK} or path.startswith(f"{SIGN_IN}/")


class SigningIn:
    """
    Args:
        app: Has Streamlit's routes.
        access: Who is let in.
        prefix: The path under which the app is served, "" or "/path".
        pages: The paths, below `prefix`, at which there are pages.
        login_url: Where signing in with a provider begins, by its name.
        ended: Told of a session that somebody has ended.
    """

    def __init__(
        self,
        app: ASGIApp,
        access: Access,
        prefix: str,
        pages: Mapping[str, Role],
        login_url: Callable[[str], str],
        ended: Callable[[Session], None],
    ) -> None:
        self._app, self._access, self._prefix = app, access, prefix
        self._pages, self._login_url, self._ended = pages, login_url, ended

    async def __call__(self, path: str, session: Session | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a path that `handles` is true of."""
        if scope["type"] != "http" or scope["method"] not in _READING:
            await Response(status_code=405, headers={"Allow": "GET"})(scope, receive, send)
            return
        request = Request(scope)
        send = securing(scope, send)
        if path.startswith(SIGN_IN):
            response = await self._begin(path.removeprefix(SIGN_IN).strip("/"), session, request)
            await response(scope, receive, send)
        elif path == _BEGIN:
            await self._replacing(self._told_if_away, scope, receive, send)
        elif path == CALLBACK:
            await self._replacing(self._signed_in, scope, receive, send)
        else:
            await self._sign_out(session)
            await self._app(scope, receive, send)

    def page(self, status: int, connection: HTTPConnection, said: Sequence[str] = ()) -> HTMLResponse:
        """The page for whoever has not signed in; from there they go on to the page that they asked for."""
        query = connection.scope.get("query_string", b"").decode("latin-1")
        path = str(connection.scope["path"])
        wanted = self._page(f"{quote(path)}?{query}" if query else quote(path))
        below = f"?next={quote(wanted, safe='')}" if wanted else ""
        login = self._access.login
        buttons = [
            Link(
                "Sign in" if name == _DEFAULT else f"Sign in with {name[:1].upper()}{name[1:]}",
                f"{self._prefix}{SIGN_IN}/{quote(name, safe='')}{below}",
            )
            for name in (login.providers if login else ())
        ]
        return document("image-search", said or ("Sign in to search the pictures.",), status, buttons=buttons)

    def no_role(self, who: Actor, needed: Role) -> HTMLResponse:
        """The page for somebody who has signed in, and has another role than it takes, or none."""
        ask = f"Ask {self._access.whom_to_ask()}."
        leave = Link("Sign out", f"{self._prefix}{_SIGN_OUT}")
        if who.role is Role.NOBODY:
            known = ", ".join(role.word for role in ROLES[:-1])
            said = f"You are signed in as {who.label}, but have no role here: {known} or {ROLES[-1].word}."
            return document("You have no access yet", (said, ask, leave), 403)
        said = f"You are signed in as {who.label}, with the role {who.role.word}."
        home = Link("Search your pictures", f"{self._prefix}/")
        return document(f"This page takes the role {needed.word}", (said, ask, home, leave), 403)

    async def _begin(self, provider: str, session: Session | None, request: Request) -> Response:
        wanted = self._page(request.query_params.get("next", "")) or f"{self._prefix}/"
        login = self._access.login
        if session:
            return RedirectResponse(wanted, 302)
        if login is None or provider not in login.providers:
            return self.page(404 if provider else 200, request)
        response = RedirectResponse(await run_in_threadpool(self._login_url, provider), 302)
        is_secure = request.url.scheme == "https"
        response.set_cookie(
            _NEXT, quote(wanted, safe=""), _NEXT_KEPT, path=self._prefix or "/", secure=is_secure, httponly=True
        )
        return response

    async def _sign_out(self, session: Session | None) -> None:
        if session:
            await run_in_threadpool(self._access.end, session)
            self._ended(session)
            await run_in_threadpool(self._access.audit.note, self._access.actor(session), "Signed out")

    async def _replacing(self, other: _Other, scope: Scope, receive: Receive, send: Send) -> None:
        """Have Streamlit answer; what `other` makes of the answer is sent instead of it, where it makes something."""
        request, replaced = Request(scope), False

        async def sent(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and (response := await other(request, message)):
                replaced = True
                await response(scope, receive, send)
            if not replaced:
                await send(message)

        try:
            await self._app(scope, receive, sent)
        except Exception as error:  # of what is configured, or of the provider's answer
            _log.warning("Signing in failed: %s", error)
            if not replaced:
                replaced = True
                await self.page(503, _home(request), _AWAY)(scope, receive, send)

    async def _told_if_away(self, request: Request, message: Message) -> Response | None:
        return self.page(503, _home(request), _AWAY) if message["status"] >= 400 else None

    async def _signed_in(self, request: Request, message: Message) -> Response | None:
        """The way on to the page that they asked for, or why it leads nowhere."""
        headers = MutableHeaders(raw=message["headers"])
        session = self._access.session(_given(headers))
        if session is None:
            came_back = {"code", "error"} & request.query_params.keys()
            return self.page(401, _home(request), _FAILED) if came_back else None
        wanted = self._page(unquote(request.cookies.get(_NEXT, "")))
        if wanted:
            headers["location"] = wanted
        message["headers"] = headers.raw
        actor = self._access.actor(session)
        noted = "Signed in" if actor.role else "Signed in without a role"
        await run_in_threadpool(self._access.audit.note, actor, noted)
        return None

    def _page(self, url: str) -> str:
        """A URL, where it is that of a page of the app; else empty: it may come from anybody."""
        parts = urlsplit(url) if len(url) <= _MAX_NEXT and url.isprintable() and "\\" not in url else None
        if parts is None or parts.scheme or parts.netloc or not url.startswith("/"):
            return ""
        path = "/" + unquote(parts.path).removeprefix(self._prefix).lstrip("/")
        known = (path.rstrip("/") or "/") in self._pages and unquote(parts.path).startswith(self._prefix)
        query = f"?{quote(parts.query, safe='=&%+:/;,@!$()*~-._')}" if parts.query else ""
        return f"{self._prefix}{quote(path)}{query}" if known else ""


def securing(scope: Scope, send: Send) -> Send:
    """Where the browser's way to the app is encrypted, who has signed in is told to no connection that is not."""
    if scope["scheme"] != "https":
        return send

    async def secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                (name, value + b"; Secure" if _is_identity(name, value) else value)
                for name, value in message["headers"]
            ]
        await send(message)

    return secured


def _is_identity(name: bytes, value: bytes) -> bool:
    return name.lower() == b"set-cookie" and value.startswith(b"_streamlit") and b"; secure" not in value.lower()


def _given(headers: Headers) -> dict[str, str]:
    """The cookies of who has signed in that an answer sets."""
    pairs = (one.split(";", 1)[0].partition("=") for one in headers.getlist("set-cookie"))
    return {name: value for name, _, value in pairs if name.startswith(COOKIE) and value.strip('"')}


def _home(request: Request) -> HTTPConnection:
    """Without the parameters of the provider."""
    return HTTPConnection({**request.scope, "query_string": b""})
