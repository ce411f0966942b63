"""People who have signed in with an OpenID Connect provider, known by the cookie that Streamlit gives them.

Streamlit has no public way for other routes than its pages to read that cookie: what it looks like stands here once
more, and a test has Streamlit write it.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from core.access.roles import Person
from core.errors import InvalidSetting
from core.members import normal_email

COOKIE = "_streamlit_user"
"""Of who has signed in; with `_1`, `_2`, … added, of its parts where it is long."""

CALLBACK = "/oauth2callback"
"""What `redirect_uri` ends with, as Streamlit has it."""

MAX_AGE = 30 * 24 * 3600
"""Seconds for which Streamlit's cookie is valid."""

MIN_SECRET = 12
"""Characters of the secret that cookies are signed with."""

_DEFAULT = "default"
_SHARED = ("redirect_uri", "cookie_secret")
_OF_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
_PARTS = "chunks-"
_MAX_PARTS = 20
_WRITTEN_WITHIN = 10  # seconds: parts of two cookies are not put together
_REMEDY = "docs/access.md has an example. Correct it and start again."


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has signed in, in one browser."""

    id: str
    """Tells it from others without giving away the cookie."""
    person: Person
    ends_at: float
    """Seconds since the epoch."""


@dataclass(frozen=True)
class Login:
    """How people sign in.

    Args:
        secret: Cookies are signed with it.
        origin: Under which the app is opened: `https://photos.example.com`.
        providers: By their names in `secrets.toml`; `default` for the one without a name.
        groups_claim: Where a provider says which groups somebody is in; a dot leads into an object.
        session_hours: None: as long as the provider's statement is valid.
    """

    secret: str = field(repr=False)
    origin: str
    providers: tuple[str, ...]
    groups_claim: str = "groups"
    session_hours: int | None = None
    now: Callable[[], float] = time.time

    def session(self, cookies: Mapping[str, str]) -> Session | None:
        """None where nobody has signed in, or not any more, whatever the cookies hold."""
        written = [cookies[name] for name in [COOKIE, *_names_of_parts()] if name in cookies]
        read = self._read(cookies) if written else None
        if read is None:
            return None
        claims, signed_at = read
        if claims.get("is_logged_in") is not True or claims.get("origin") != self.origin:
            return None
        ends_at = self._end(claims, signed_at)
        if ends_at <= self.now():
            return None
        return Session(sha256("\n".join(written).encode()).hexdigest(), self._person(claims), ends_at)

    def _read(self, cookies: Mapping[str, str]) -> tuple[dict[str, Any], float] | None:
        """What a provider has said of somebody, and when the cookie was written."""
        whole = self._signed(cookies, COOKIE)
        if whole is None:
            return None
        text, signed_at = whole
        if text.startswith(_PARTS):
            count = text.removeprefix(_PARTS)
            parts = [self._signed(cookies, name) for name in _names_of_parts(count)]
            read = [part for part in parts if part and abs(part[1] - signed_at) <= _WRITTEN_WITHIN]
            if not parts or len(read) < len(parts):
                return None
            text = "".join(part for part, _ in read)
        try:
            claims = json.loads(text)
        except ValueError:
            return None
        return (claims, signed_at) if isinstance(claims, dict) else None

    def _signed(self, cookies: Mapping[str, str], name: str) -> tuple[str, float] | None:
        from itsdangerous import BadData, URLSafeTimedSerializer  # where somebody signs in at all

        try:
            # Its own clock counts, which a test may not set: the age is compared here.
            value, moment = URLSafeTimedSerializer(self.secret, salt=name).loads(
                cookies.get(name, ""), return_timestamp=True
            )
        except (BadData, UnicodeError):
            return None
        signed_at = moment.timestamp()
        fresh = -_WRITTEN_WITHIN <= self.now() - signed_at <= MAX_AGE
        return (value, signed_at) if isinstance(value, str) and fresh else None

    def _end(self, claims: Mapping[str, Any], signed_at: float) -> float:
        latest = signed_at + MAX_AGE
        if self.session_hours is not None:
            return min(latest, signed_at + self.session_hours * 3600)
        said = claims.get("exp")
        return min(latest, float(said)) if isinstance(said, int | float) and not isinstance(said, bool) else latest

    def _person(self, claims: Mapping[str, Any]) -> Person:
        email = claims.get("email")
        unverified = str(claims.get("email_verified", True)).lower() == "false"
        return Person(
            subject=f"{_text(claims.get('iss'))} {_text(claims.get('sub'))}",
            name=_text(claims.get("name")),
            email=normal_email(email) if isinstance(email, str) and not unverified else "",
            groups=frozenset(self._groups(claims)),
        )

    def _groups(self, claims: Mapping[str, Any]) -> Iterator[str]:
        found: object = claims.get(self.groups_claim)
        if found is None:
            found = claims
            for part in self.groups_claim.split("."):
                found = found.get(part) if isinstance(found, Mapping) else None
        if isinstance(found, str):
            yield found
        elif isinstance(found, list):
            yield from (one for one in found if isinstance(one, str))


def read_login(auth: Mapping[str, Any], *, groups_claim: str, session_hours: int | None, port: int) -> Login:
    """
    Args:
        auth: The section `[auth]` of Streamlit's `secrets.toml`.
        port: Of the server, which stands for `{port}` in the `redirect_uri`.

    Raises:
        InvalidSetting: something in it is missing, or does not work. Without sign-in the app would be open to all.
    """
    for key in _SHARED:
        if not _text(auth.get(key)):
            raise InvalidSetting(f"[auth] in secrets.toml has no {key}.", _REMEDY)
    if len(auth["cookie_secret"]) < MIN_SECRET:
        raise InvalidSetting(
            f"cookie_secret in secrets.toml is shorter than {MIN_SECRET} characters: others could guess it.",
            'Make one: python -c "import secrets; print(secrets.token_hex(32))"',
        )
    redirect = urlsplit(auth["redirect_uri"].replace("{port}", str(port)))
    if redirect.scheme not in {"http", "https"} or not redirect.netloc or not redirect.path.endswith(CALLBACK):
        raise InvalidSetting(
            "redirect_uri in secrets.toml is not the URL of this app.",
            f"Use the URL under which people open it, with {CALLBACK} behind it.",
        )
    origin = f"{redirect.scheme}://{redirect.netloc}"
    return Login(auth["cookie_secret"], origin, _providers(auth), groups_claim, session_hours)


def _providers(auth: Mapping[str, Any]) -> tuple[str, ...]:
    named = {
        name: section for name, section in auth.items() if isinstance(section, Mapping) and name != "client_kwargs"
    }
    if any(key in auth for key in _OF_PROVIDER):
        named = {_DEFAULT: auth, **named}
    if not named:
        raise InvalidSetting(f"[auth] in secrets.toml has no {_OF_PROVIDER[0]}.", _REMEDY)
    for name, section in named.items():
        place = "[auth]" if name == _DEFAULT else f"[auth.{name}]"
        for key in _OF_PROVIDER:
            if not _text(section.get(key)):
                raise InvalidSetting(f"{place} in secrets.toml has no {key}.", _REMEDY)
        if "_" in name:
            raise InvalidSetting(f"The name of {place} in secrets.toml has an underscore.", "Use a name without one.")
    return tuple(named)


def _names_of_parts(count: str = str(_MAX_PARTS)) -> list[str]:
    known = count.isascii() and count.isdigit() and len(count) < 3 and int(count) <= _MAX_PARTS
    return [f"{COOKIE}_{number + 1}" for number in range(int(count))] if known else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
