"""Leases in the job database: a process has a name for itself as long as it says often enough that it still lives.

All times are those of the database's clock, so that it does not matter what the clocks of the machines say.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Float, cast, delete, extract, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from core.database import Database, transaction
from core.errors import JournalUnavailable
from core.ingest.journal.tables import leases as table

EVERY = 5.0
"""Seconds after which leases are renewed: one statement for all of a process costs the database next to nothing."""

LAPSE = 20.0
"""Seconds after which a lease lapses that was not renewed: three renewals in a row may fail or be late, as where a
machine is short of memory or its network drops out. So long wait the jobs of a machine that is gone."""

_AGAIN = 1.0  # seconds after which it is tried again where the database does not answer
_SURE_FOR = 1.0  # seconds for which it is believed that nobody has taken a lease
_KNOWN = 10_000  # names that are gone for good

_column = table.c
_log = logging.getLogger(__name__)


def _now() -> ColumnElement[float]:
    """Seconds since the epoch, by the database."""
    return cast(extract("epoch", func.current_timestamp()), Float)


class Leases:
    """Those of this process in one database. Safe between threads. Building it does no I/O; a thread renews them as
    long as there are any.

    Args:
        database: For these alone, each statement at once.
        every: Seconds after which they are renewed.
        lapse: Seconds after which they lapse where they are not.
        now: The time, as the database is to find it out.
    """

    def __init__(
        self,
        database: Database,
        every: float = EVERY,
        lapse: float = LAPSE,
        now: Callable[[], ColumnElement[float]] = _now,
    ) -> None:
        self._database, self._every, self._now = database, every, now
        self.lapse = lapse
        self._lock = threading.Lock()
        self._held: dict[str, str] = {}  # names, by what this process holds them with
        self._left: set[str] = set()  # what it holds no more, and the database does not know yet
        self._sure_at = time.monotonic()
        self._failed_at: float | None = None
        self._gone: set[str] = set()
        self._changed = threading.Event()
        self._thread: threading.Thread | None = None

    def take(self, name: str = "") -> str:
        """Returns what it is held with, empty where another has it.

        Args:
            name: Empty: a new one, which is what it is held with.

        Raises:
            JournalUnavailable: the database does not answer; likewise all others but `release`.
        """
        token = uuid4().hex
        name = name or token
        with transaction(self._database.engine) as connection:
            self._let_lapse(connection, name)
            is_free = ~select(_column.name).where(_column.name == name).exists()
            row = select(literal(name), literal(token), self._now() + self.lapse).where(is_free)
            try:
                if not connection.execute(insert(table).from_select(["name", "holder", "expires"], row)).rowcount:
                    return ""
            except IntegrityError:  # another took it at the same moment
                return ""
        with self._lock:
            self._held[token] = name
            self._begin()
        return token

    def holds(self, token: str) -> bool:
        """Whether a lease that was taken is still this process's: as far as was known a moment ago, and where that is
        longer ago the database is asked."""
        if token in self._held and time.monotonic() - self._sure_at > min(_SURE_FOR, self.lapse / 4):
            self.renew()
        return self.seems_to_hold(token)

    def seems_to_hold(self, token: str) -> bool:
        """The same, as far as is known without asking."""
        return token in self._held

    def release(self, token: str) -> None:
        """Others may have it. Where the database does not answer it is told as soon as it does; where the process ends
        before that, the lease lapses."""
        with self._lock:
            if self._held.pop(token, None) is None:
                return
            self._left.add(token)
        with suppress(JournalUnavailable):
            self.tell_left()
        self._changed.set()
        if not self._is_needed():
            self._database.close()

    def has_lapsed(self, name: str) -> bool:
        """Whether nobody has it any more, of a name that is used once: what has lapsed is taken away.

        Who could not reach the database a moment ago gives the others, who could not either, time to say that they
        live.
        """
        if name in self._gone:
            return True
        with transaction(self._database.engine) as connection:
            query = select((_column.expires <= self._now()).label("has_lapsed")).where(_column.name == name)
            row = connection.execute(query).first()
            if row is not None and not row.has_lapsed:
                return False
            if row is not None and (self._was_cut_off or not self._let_lapse(connection, name)):
                return False
        with self._lock:
            self._gone = {name, *self._gone} if len(self._gone) < _KNOWN else {name}
        return True

    def renew(self) -> None:
        """All of them; those that another has taken meanwhile are held no more."""
        began = time.monotonic()
        with self._lock:
            tokens = list(self._held)
        if not tokens:
            return
        with transaction(self._database.engine) as connection:
            renewed = update(table).where(_column.holder.in_(tokens)).values(expires=self._now() + self.lapse)
            kept = set(connection.scalars(renewed.returning(_column.holder)))
        self._sure_at = began
        self._forget(set(tokens) - kept)

    @property
    def _was_cut_off(self) -> bool:
        return self._failed_at is not None and time.monotonic() - self._failed_at < self.lapse

    def _let_lapse(self, connection: Connection, name: str) -> bool:
        lapsed = delete(table).where(_column.name == name, _column.expires <= self._now())
        return connection.execute(lapsed).rowcount > 0

    def _forget(self, lost: Collection[str]) -> None:
        with self._lock:
            names = [self._held.pop(token) for token in lost if token in self._held]
        for name in names:
            _log.warning("Another process has taken this one for dead: it lost the lease %r", name)

    def tell_left(self) -> None:
        """Have the database know what was released while it did not answer."""
        with self._lock:
            left = list(self._left)
        if left:
            with transaction(self._database.engine) as connection:
                connection.execute(delete(table).where(_column.holder.in_(left)))
            with self._lock:
                self._left.difference_update(left)

    def _begin(self) -> None:
        """The thread, with the lock held."""
        if self._thread is None:
            self._changed.clear()
            self._thread = threading.Thread(target=self._run, name="leases", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        pause = self._every
        while self._goes_on():
            self._changed.wait(pause)
            self._changed.clear()
            try:
                self.tell_left()
                self.renew()
                pause = self._every
            except Exception as error:
                if not self._was_cut_off:
                    _log.warning("The others cannot be told that this process lives: %s", error)
                pause, self._failed_at = min(_AGAIN, self._every), time.monotonic()

    def _goes_on(self) -> bool:
        with self._lock:
            if not (is_needed := self._is_needed()):
                self._thread = None
            return is_needed

    def _is_needed(self) -> bool:
        return bool(self._held or self._left)
