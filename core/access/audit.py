"""Who did what: a line for each thing that somebody has changed, taken away, or allowed others."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from core.access.actors import MAX_LABEL, Actor
from core.access.tables import audit as table
from core.database import Database, transaction
from core.errors import ImageSearchError
from core.text.csv_file import as_csv
from core.text.names import printable

MAX_ROWS = 20_000
MAX_AGE = 365 * 24 * 3600.0
"""Seconds. What is older, or beyond the newest `MAX_ROWS`, is forgotten."""

_MAX_SUBJECT = 2_000  # characters
_FORGETS_EVERY = 100  # rows

_column = table.c
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    at: float
    """Seconds since the epoch."""
    who: str
    """As `Actor.label`."""
    action: str
    subject: str
    """On what: never a secret, nor what somebody searched for, but in an export that they took away."""
    index_name: str | None = None


class Audit:
    """Safe between threads and processes.

    Args:
        index_name: Which index the things are done with; others' lines are seen too.
    """

    def __init__(self, database: Database, index_name: str | None = None) -> None:
        self._database = database
        self._index_name = index_name

    def note(self, by: Actor, action: str, subject: str = "") -> None:
        """What the app does of itself is not noted. A line that cannot be written is told in the log: what was done is
        done."""
        if not by.label:
            return
        now = time.time()
        row = {
            "at": now,
            "who": printable(by.label)[:MAX_LABEL],
            "action": action,
            "subject": printable(subject)[:_MAX_SUBJECT],
            "index_name": self._index_name,
        }
        try:
            with transaction(self._database.engine) as connection:
                made = connection.execute(insert(table).values(row)).inserted_primary_key
                if made and int(made[0]) % _FORGETS_EVERY == 0:
                    _forget(connection, now - MAX_AGE)
        except ImageSearchError as error:  # of the database, or its folder
            _log.error("It was not noted that %s: %s. %s", row["who"], action, error)

    def entries(self, limit: int = MAX_ROWS) -> list[Entry]:
        """Newest first.

        Raises:
            JournalUnavailable: the database does not answer.
        """
        columns = (_column.at, _column.who, _column.action, _column.subject, _column.index_name)
        query = select(*columns).where(_column.at >= time.time() - MAX_AGE).order_by(_column.id.desc())
        with transaction(self._database.engine) as connection:
            return [Entry(*row) for row in connection.execute(query.limit(limit))]

    def csv(self) -> Iterator[bytes]:
        """All of it, newest first, as a table to take away."""
        rows = ((_moment(one.at), one.who, one.action, one.subject, one.index_name or "") for one in self.entries())
        return as_csv(("time", "who", "action", "subject", "index"), rows)


def _moment(seconds: float) -> str:
    """RFC 3339, in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _forget(connection: Connection, before: float) -> None:
    newest = connection.scalar(select(func.max(_column.id))) or 0
    connection.execute(delete(table).where((_column.at < before) | (_column.id <= newest - MAX_ROWS)))
