"""People of the tests who have signed in: the cookies that they have, and an app that asks for them."""

import json
import time
from typing import Any

from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from starlette.types import ASGIApp, Receive, Scope, Send

from core.access.access import Access
from core.access.actors import Actor
from core.access.login import COOKIE, Login
from core.access.needs import ACTOR
from core.access.roles import Role, Rules
from core.database import Database

SECRET = "what cookies of the tests are signed with"
ORIGIN = "http://localhost:8501"
RULES = Rules(viewers=("@example.com",), editors=("group:curators",), admins=("ada@example.com",))
PEOPLE: dict[Role, dict[str, Any]] = {
    Role.NOBODY: {"email": "mallory@example.org"},
    Role.VIEWER: {"email": "vera@example.com"},
    Role.EDITOR: {"email": "eve@example.com", "groups": ["staff", "curators"]},
    Role.ADMIN: {"email": "Ada@Example.com"},
}
"""Claims of somebody of each role; the first has signed in and has none."""


class Asking:
    """ASGI: what is asked is asked by somebody of a role, as if what stands before all routes had found it out."""

    def __init__(self, app: ASGIApp, role: Role = Role.ADMIN) -> None:
        self._app, self._actor = app, Actor("A browser", role=role)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, ACTOR: self._actor}, receive, send)


def login(**options: Any) -> Login:
    return Login(SECRET, ORIGIN, ("default",), **options)


def access(url: str = "sqlite://", rules: Rules = RULES, **options: Any) -> Access:
    """An app where people sign in, on a database of its own."""
    database = Database(url)
    return Access(login(**options), rules, lambda: database, contact="the curators")


def cookies(seconds_ago: float = 0.0, *, secret: str = SECRET, cookie: str = COOKIE, **claims: Any) -> dict[str, str]:
    """As Streamlit gives them to who has signed in."""
    said = {"iss": "https://id.example.com", "sub": claims.get("email", "1"), "exp": time.time() + 3600, **claims}
    return {cookie: signed(json.dumps({"origin": ORIGIN, "is_logged_in": True, **said}), seconds_ago, secret, cookie)}


def signed(text: str, seconds_ago: float = 0.0, secret: str = SECRET, name: str = COOKIE) -> str:
    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(time.time() - seconds_ago)

    written = URLSafeTimedSerializer(secret, salt=name, signer=Signer).dumps(text)
    assert isinstance(written, str)
    return written


def header(cookies: dict[str, str]) -> dict[str, str]:
    return {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def headers_of(role: Role | None) -> dict[str, str]:
    """Of a request by somebody of this role; None: who has not signed in."""
    return {} if role is None else header(cookies(**PEOPLE[role]))
