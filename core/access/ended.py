"""Sessions that people have ended by signing out: their cookies are worth nothing any more, wherever they were copied
to, in every process of the app and after a restart."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.access.login import Session
from core.errors import ImageSearchError

if TYPE_CHECKING:  # as in `core.access.access`
    from core.database import Database

EVERY = 2.0
"""Seconds after which it is looked again what other processes have noted."""

_FIRST = 2.0  # seconds that the first who asks waits for what was noted before this process started
_MAX = 10_000

_log = logging.getLogger(__name__)


class EndedSessions:
    """Safe between threads. Where the database does not answer, this process goes by what it knows.

    Args:
        database: Called when it is needed; None: nothing is noted.
        every: Seconds after which it is looked again, in the background: who asks does not wait for a database.
    """

    def __init__(self, database: "Callable[[], Database] | None", every: float = EVERY) -> None:
        self._database, self._every = database, every
        self._ends_at: dict[str, float] = {}
        self._lock = threading.Lock()
        self._due = 0.0
        self._loaded = threading.Event()

    def __contains__(self, session_id: str) -> bool:
        if self._database is not None:
            self._look()
            self._loaded.wait(_FIRST)
        return session_id in self._ends_at

    def add(self, session: Session) -> None:
        self._know({session.id: session.ends_at})
        if self._database is None:
            return
        from core.access.ended_table import forget, note

        try:
            engine = self._database().engine
            forget(engine, time.time())
            note(engine, session.id, session.ends_at)
        except ImageSearchError as error:
            _log.error("Other processes do not know yet that a session was ended: %s", error)

    def _look(self) -> None:
        now = time.monotonic()
        with self._lock:
            is_due, self._due = now >= self._due, max(self._due, now)
            if is_due:
                self._due = now + self._every
        if is_due:
            threading.Thread(target=self._load, name="ended-sessions", daemon=True).start()

    def _load(self) -> None:
        from core.access.ended_table import noted

        assert self._database
        try:
            self._know(noted(self._database().engine, time.time(), _MAX))
        except ImageSearchError as error:
            _log.warning("It is not known which sessions were ended elsewhere: %s", error)
        finally:
            self._loaded.set()

    def _know(self, more: dict[str, float]) -> None:
        """Those that have ended by themselves, and the oldest of too many, are forgotten."""
        now = time.time()
        with self._lock:
            kept = {id_: ends_at for id_, ends_at in {**self._ends_at, **more}.items() if ends_at > now}
            self._ends_at = dict([*kept.items()][-_MAX:])
