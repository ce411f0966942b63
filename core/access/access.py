"""Who is let in, and as whom: by having signed in, by a token, or because nobody has to."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from core.access.actors import COOKIE, NOBODY, TOKEN_PREFIX, Actor, browser, person
from core.access.ended import EndedSessions
from core.access.login import Login, Session
from core.access.roles import Rules
from core.members import addresses

if TYPE_CHECKING:  # a server answers its first visitor before it has imported what needs a database
    from core.access.audit import Audit
    from core.access.tokens import Tokens
    from core.database import Database

_MAX_NAMED = 3


class Access:
    """Safe between threads.

    Args:
        login: How people sign in; None: nobody has to, and everybody may do everything.
        rules: Who has which role.
        database: Of tokens and of who did what; called when it is needed.
        contact: Whom people without a role are told to ask.
        is_open: Whether other machines are answered though nobody signs in.
    """

    def __init__(
        self,
        login: Login | None = None,
        rules: Rules | None = None,
        database: "Callable[[], Database] | None" = None,
        contact: str = "",
        *,
        is_open: bool = False,
    ) -> None:
        self.login = login
        self.is_open = is_open
        self.rules = rules or Rules()
        self._database = database
        self._contact = contact
        self._ended = EndedSessions(database)

    @property
    def is_on(self) -> bool:
        """Whether people have to sign in."""
        return self.login is not None

    @cached_property
    def tokens(self) -> "Tokens":
        from core.access.tokens import Tokens

        assert self._database
        return Tokens(self._database(), self.rules)

    @cached_property
    def audit(self) -> "Audit":
        from core.access.audit import Audit

        assert self._database
        return Audit(self._database())

    def session(self, cookies: Mapping[str, str]) -> Session | None:
        """None where nobody has signed in, or not any more."""
        session = self.login.session(cookies) if self.login else None
        return None if session is None or session.id in self._ended else session

    def visitor(self, cookies: Mapping[str, str], user_agent: str, fallback: str = "") -> Actor:
        """Who uses a browser; `NOBODY` where they would have to sign in, or have no role.

        Args:
            fallback: What the browser is known by where it keeps no cookie.
        """
        if not self.is_on:
            return browser(user_agent, cookies.get(COOKIE) or fallback)
        session = self.session(cookies)
        return self.actor(session) if session else NOBODY

    def actor(self, session: Session) -> Actor:
        """Of the role `NOBODY` where they have none."""
        return person(session.person, self.rules.role_of(session.person.email, session.person.groups))

    def by_token(self, text: str) -> Actor:
        """
        Raises:
            NotSignedIn: it is none, or not any more.
            JournalUnavailable: the database does not answer.
        """
        return self.tokens.actor(text)

    def takes(self, authorization: str) -> str | None:
        """The token in an `Authorization` header; None where there is none, or it is meant for somebody else: a proxy
        in front of an app without sign-in may have its own."""
        scheme, _, text = authorization.strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        return text.strip() if self.is_on or text.strip().startswith(TOKEN_PREFIX) else None

    def end(self, session: Session) -> None:
        """From now on its cookie is worth nothing, wherever it was copied to: in other processes within seconds."""
        self._ended.add(session)

    def whom_to_ask(self) -> str:
        """Behind “Ask ”."""
        admins = addresses(self.rules.admins)[:_MAX_NAMED]
        return self._contact or " or ".join(admins) or "whoever runs this app"
