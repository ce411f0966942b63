"""Tokens by which scripts and agents are let in: shown once, kept as a hash.

A token is 256 random bits. That many cannot be guessed from their SHA-256, however fast it is: slow hashes are for
passwords, which people choose.
"""

import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from core.access.actors import MAX_LABEL, TOKEN_PREFIX, Actor, browser_key
from core.access.roles import Person, Role, Rules
from core.access.tables import tokens as table
from core.database import Database, transaction
from core.errors import NotSignedIn, TokenRefused
from core.text.names import printable

MAX_NAME = 100  # characters
MAX_TOKENS = 100
"""Of one maker."""

DAY = 24 * 3600.0  # seconds

_BYTES = 32
_TOKEN = re.compile(TOKEN_PREFIX + "[A-Za-z0-9_-]{43}")
_NOTED_EVERY = 60.0  # seconds after which it is noted anew that one was used
_UNKNOWN = "This token is not valid."
_REMEDY = "Make another one on the page Access, or with `image-search tokens create`."

_column = table.c


@dataclass(frozen=True, slots=True)
class Token:
    id: int
    name: str
    role: Role
    made_by: str
    """As `Actor.label`; likewise the next, as `Actor.key`."""
    made_key: str
    created_at: float
    """Seconds since the epoch; likewise the next."""
    expires_at: float | None
    """None: never."""
    last_used_at: float | None

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= time.time()


class Tokens:
    """Safe between threads and processes: one that was revoked is of no use any more at once. Every method may raise
    `JournalUnavailable`.

    Args:
        rules: A token is worth no more than what its maker may do today.
    """

    def __init__(self, database: Database, rules: Rules, now: Callable[[], float] = time.time) -> None:
        self._database, self._rules, self._now = database, rules, now

    def create(
        self, name: str, role: Role, by: Actor, *, seconds: float | None = None, maker: Person | None = None
    ) -> tuple[Token, str]:
        """Returns it, and its text, which is kept nowhere.

        Args:
            seconds: For which it is valid; None: until it is revoked.
            maker: Who has signed in; None where nobody had to.

        Raises:
            TokenRefused: it has no name, or more rights than its maker, or there are too many.
        """
        name = " ".join(printable(name).split())
        if not 0 < len(name) <= MAX_NAME:
            raise TokenRefused(f"A token needs a name of 1 to {MAX_NAME} characters.", "Say what it is for.")
        if role is Role.NOBODY or not by.may(role):
            raise TokenRefused(f"You may not make tokens of the role {role.word}.", f"Yours is {by.role.word}.")
        text, now = TOKEN_PREFIX + secrets.token_urlsafe(_BYTES), self._now()
        row: dict[str, Any] = {
            "name": name,
            "digest": _digest(text),
            "role": role.name,
            "made_by": by.label,
            "made_key": by.key,
            "maker": json.dumps({"email": maker.email, "groups": sorted(maker.groups)}) if maker else None,
            "created_at": now,
            "expires_at": None if seconds is None else now + seconds,
        }
        with transaction(self._database.engine, alone=f"tokens {by.key}") as connection:
            own = select(func.count()).select_from(table).where(_column.made_key == by.key)
            if (connection.scalar(own) or 0) >= MAX_TOKENS:
                raise TokenRefused(f"You have {MAX_TOKENS} tokens already.", "Revoke those that are not used.")
            made = connection.execute(insert(table).values(row)).inserted_primary_key
        assert made
        return Token(int(made[0]), name, role, by.label, by.key, now, row["expires_at"], None), text

    def actor(self, text: str) -> Actor:
        """Who a token stands for.

        Raises:
            NotSignedIn: it is none, or not any more; one that has expired says so to who has it.
        """
        row = self._row(text)
        if row is None:
            raise NotSignedIn(_UNKNOWN, _REMEDY)
        token, now = _token(row), self._now()
        if token.expires_at is not None and token.expires_at <= now:
            day = time.strftime("%Y-%m-%d", time.gmtime(token.expires_at))
            raise NotSignedIn(f"This token expired on {day}.", _REMEDY)
        role = min(token.role, self._today(row.maker))
        if role is Role.NOBODY:
            raise NotSignedIn(_UNKNOWN, _REMEDY)
        if token.last_used_at is None or now - token.last_used_at >= _NOTED_EVERY:
            with transaction(self._database.engine) as connection:
                connection.execute(update(table).where(_column.id == token.id).values(last_used_at=now))
        return Actor(_label(token), browser_key(f"token {token.id}"), role)

    def all(self, by: Actor) -> list[Token]:
        """The newest first: one's own; an admin sees everybody's."""
        query = select(table).order_by(_column.id.desc())
        if not by.may(Role.ADMIN):
            query = query.where(_column.made_key == by.key, _column.made_by == by.label)
        with transaction(self._database.engine) as connection:
            return [_token(row) for row in connection.execute(query)]

    def revoke(self, token_id: int, by: Actor) -> str:
        """From now on it is of no use; returns its name.

        Raises:
            TokenRefused: there is none of this number, or it is not one's own.
        """
        token = next((one for one in self.all(by) if one.id == token_id), None)
        if token is None:
            raise TokenRefused(f"There is no token {token_id}.", "It may have been revoked already.")
        with transaction(self._database.engine) as connection:
            connection.execute(delete(table).where(_column.id == token_id))
        return token.name

    def _row(self, text: str) -> Row[Any] | None:
        if not _TOKEN.fullmatch(text):
            return None
        with transaction(self._database.engine) as connection:
            return connection.execute(select(table).where(_column.digest == _digest(text))).first()

    def _today(self, maker: str | None) -> Role:
        """What its maker may do, as the settings are now."""
        if maker is None:
            return Role.ADMIN
        known = json.loads(maker)
        return self._rules.role_of(known["email"], frozenset(known["groups"]))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _label(token: Token) -> str:
    whose = f" of {token.made_by}" if "@" in token.made_by else ""
    return f"token “{token.name}”{whose}"[:MAX_LABEL]


def _token(row: Row[Any]) -> Token:
    return Token(
        *(row.id, row.name, Role[row.role], row.made_by, row.made_key),
        *(row.created_at, row.expires_at, row.last_used_at),
    )
