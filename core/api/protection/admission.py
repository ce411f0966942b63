"""Who is let in: everybody where nobody has to sign in, else who has signed in or has a token, each as far as their
role goes."""

import ipaddress
from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.access.access import Access
from core.access.actors import Actor
from core.access.login import Session
from core.access.needs import ACTOR, NOT_SIGNED_IN, SESSION, check
from core.access.roles import Role
from core.api.paths import OWN, PUBLIC
from core.api.protection import signing_in
from core.api.protection.documents import document
from core.api.protection.guard import STREAMLIT_PRIVATE, refuse
from core.api.protection.pages import STREAMLIT_FILES
from core.api.protection.refusals import refusal
from core.api.protection.sessions import Sockets
from core.errors import AccessDenied, ImageSearchError, NotSignedIn

STREAMLIT_NEEDS = {
    "_stcore/upload_file": Role.ADMIN,  # files of visitors, kept in memory
    "_stcore/agent": Role.ADMIN,  # drives the pages without a browser, where it is switched on
    "_stcore/metrics": Role.ADMIN,
    "_stcore/script-health-check": Role.ADMIN,
}
"""Of Streamlit's paths, by what they begin with, those that take more than the role of who may look."""

_FILES = OWN | STREAMLIT_PRIVATE | STREAMLIT_FILES
_READING = frozenset({"GET", "HEAD"})
_OTHER_MACHINE = (
    "This app answers its own machine only.",
    "Have people sign in (docs/access.md), or set IMAGE_SEARCH_OPEN=yes if whoever reaches it may do everything.",
)
_NO_PAGES = ("Tokens are for the API, not for pages.", "/api/docs lists what there is.")


class Admission:
    """ASGI middleware. What comes behind it finds who asks in the scope of the request.

    Args:
        access: Who is let in.
        prefix: The path under which the app is served, "" or "/path".
        pages: What each page needs, by its path below `prefix`.
        login_url: Where signing in with a provider begins, by its name.
    """

    def __init__(
        self,
        app: ASGIApp,
        access: Access,
        prefix: str = "",
        pages: Mapping[str, Role] | None = None,
        login_url: Callable[[str], str] = str,
    ) -> None:
        self._app, self._access, self._prefix, self._pages = app, access, prefix, pages or {}
        self._sockets = Sockets()
        self._signing_in = signing_in.SigningIn(app, access, prefix, self._pages, login_url, self._sockets.end)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        path = self._below(connection)
        session = self._access.session(connection.cookies)
        if self._access.is_on and signing_in.handles(path):
            await self._signing_in(path, session, scope, receive, send)
            return
        try:
            asking = await self._asking(connection, session, path)
            if _first(path) not in PUBLIC:
                check(asking, self._needed(path))
        except ImageSearchError as error:
            await refuse(self._refusal(error, connection, session, path), scope, receive, send)
            return
        scope = {**scope, ACTOR: asking, SESSION: session}
        if scope["type"] == "websocket" and session:
            await self._sockets.watch(self._app, session, scope, receive, send)
        else:
            await self._app(scope, receive, signing_in.securing(scope, send))

    def _below(self, connection: HTTPConnection) -> str:
        """The path of a request below the one that the app is served under."""
        path = str(connection.scope["path"]).removeprefix(connection.scope.get("root_path", ""))
        return "/" + path.removeprefix(self._prefix).lstrip("/")

    async def _asking(self, connection: HTTPConnection, session: Session | None, path: str) -> Actor:
        """
        Raises:
            NotSignedIn: by a token that is none.
            AccessDenied: from a place, or for a thing, that are not for them.
            JournalUnavailable: tokens cannot be looked up.
        """
        if not (self._access.is_on or self._access.is_open or _is_local(connection.scope)):
            raise AccessDenied(*_OTHER_MACHINE)
        given = connection.headers.getlist("authorization")
        tokens = [token for one in given if (token := self._access.takes(one)) is not None]
        if len(tokens) > 1:
            raise NotSignedIn(*NOT_SIGNED_IN)
        if tokens:
            if _first(path) not in OWN:
                raise AccessDenied(*_NO_PAGES)
            return await run_in_threadpool(self._access.by_token, tokens[0])
        if session:
            return self._access.actor(session)
        return self._access.visitor(connection.cookies, connection.headers.get("user-agent", ""))

    def _needed(self, path: str) -> Role:
        """Routes of the app's own say more themselves, of which this is the least."""
        if (page := path.rstrip("/") or "/") in self._pages:
            return self._pages[page]
        below = path.lstrip("/")
        return next((role for start, role in STREAMLIT_NEEDS.items() if below.startswith(start)), Role.VIEWER)

    def _refusal(
        self, error: ImageSearchError, connection: HTTPConnection, session: Session | None, path: str
    ) -> Response:
        if connection.scope.get("method") not in _READING or _first(path) in _FILES:
            return refusal(error)
        if isinstance(error, NotSignedIn):
            return self._signing_in.page(401, connection)
        if session is None:
            return document(error.title, (error.message, error.remedy), refusal(error).status_code)
        return self._signing_in.no_role(self._access.actor(session), self._needed(path))


def _first(path: str) -> str:
    return path.lstrip("/").partition("/")[0]


def _is_local(scope: Scope) -> bool:
    """Whether it came by way of an address that only this machine has, or by none."""
    server = scope.get("server")
    try:
        return not server or ipaddress.ip_address(server[0]).is_loopback
    except ValueError:  # the path of a socket
        return True
