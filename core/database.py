"""The database of the app's own notes: how it is reached, and what its errors mean."""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, TimeoutError
from sqlalchemy.pool import StaticPool

from core.database_errors import not_an_address, of_newer_version, unavailable
from core.errors import JournalUnavailable
from core.migrations import HEAD, revisions
from core.storage import make_folder

_LARGEST_ID = 2**31 - 1  # in PostgreSQL
_BUSY_SECONDS = 30  # another process may be writing
_CONNECT_SECONDS = 5
_DEAD_SECONDS = 20  # in which nothing comes back from the server's machine
_IDLE_SECONDS = 60  # in the middle of a change, as of a process that was stopped: others may be waiting for that

_SETTINGS = {  # of libpq, where the URL does not say otherwise: else who is cut off from the server waits for minutes
    "connect_timeout": _CONNECT_SECONDS,
    "keepalives_idle": _DEAD_SECONDS // 4,
    "keepalives_interval": _DEAD_SECONDS // 4,
    "keepalives_count": 3,
    "tcp_user_timeout": _DEAD_SECONDS * 1000,
}
_LIBPQ = ("psycopg", "psycopg2")

_sharing = threading.Lock()
_shared: dict[URL, Engine] = {}
_users: Counter[URL] = Counter()  # how many use each of these


class Database:
    """Opened where it is first needed, and then brought to the tables of this version; others in the same database are
    left alone. Safe between threads. What a process opens of a server's database shares its connections: a server has
    few.

    Args:
        url: As SQLAlchemy takes it, or the absolute path of a SQLite file; `sqlite://` keeps it in memory.
        at_once: Whether it has connections of its own, on which each statement counts by itself: it waits for nobody,
            and nobody has to wait for it, wherever its process is stopped.
    """

    def __init__(self, url: str, *, at_once: bool = False) -> None:
        self._url, self._at_once = url, at_once
        self._opening = threading.Lock()
        self._opened: Engine | None = None

    @property
    def engine(self) -> Engine:
        """
        Raises:
            JournalUnavailable: it cannot be reached, or made.
        """
        with self._opening:  # one for all threads: a database in memory would be one for each
            self._opened = self._opened or _open(self._url, self._at_once)
            return self._opened

    def close(self) -> None:
        """Let go of it; it is opened again where it is needed."""
        with self._opening:
            if self._opened:
                _leave(self._opened)
            self._opened = None


def is_on_a_server(url: str) -> bool:
    """Whether processes of several machines can share it; of what is no URL not."""
    try:
        return _parsed(url).get_backend_name() == "postgresql"
    except JournalUnavailable:
        return False


def as_id(number: int) -> int:
    """What somebody names as the number of a row: itself, or 0, which no row has, where databases cannot hold it."""
    return number if 0 < number <= _LARGEST_ID else 0


def _open(url: str, at_once: bool) -> Engine:
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        engine = _engine(parsed)
        event.listen(engine, "connect", _prepare_sqlite)
        if parsed.database:
            make_folder(Path(parsed.database).parent)
    else:
        engine = _on_a_server(parsed, pool_size=1) if at_once else _together(parsed)
    try:
        _bring_up_to_date(engine)
    except JournalUnavailable:
        _leave(engine)
        raise
    return engine.execution_options(isolation_level="AUTOCOMMIT") if at_once else engine


def _together(url: URL) -> Engine:
    """The engine of whoever in this process uses the same database."""
    with _sharing:
        if url not in _shared:
            _shared[url] = _on_a_server(url)
        _users[url] += 1
        return _shared[url]


def _leave(engine: Engine) -> None:
    """Close its connections, where nobody else uses them."""
    with _sharing:
        if _shared.get(engine.url) is engine:
            _users[engine.url] -= 1
            if _users[engine.url]:
                return
            del _shared[engine.url], _users[engine.url]
    engine.dispose()


def _on_a_server(url: URL, **how: Any) -> Engine:
    engine = _engine(url, **how)
    if url.get_backend_name() == "postgresql":
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "before_cursor_execute", _without_nul, retval=True)
    return engine


def _parsed(url: str) -> URL:
    if Path(url).is_absolute():
        return URL.create("sqlite", database=url)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # without what they say: it may hold a part of the password
        parsed = None
    if parsed is None or _is_torn(parsed):
        raise not_an_address("it is not a URL")
    return parsed


def _is_torn(url: URL) -> bool:
    """Whether a sign in the password was taken for its end, so that the rest of it stands in another place; or the
    other way round."""
    elsewhere = (url.host or "") + (url.database or "" if url.host else "")
    return "@" in elsewhere or re.search(r"\?.*=", str(url.password or "")) is not None


def _engine(url: URL, **how: Any) -> Engine:
    try:
        return create_engine(url, **_options(url), **how)
    except (NoSuchModuleError, ImportError):
        reason = f"there is no driver {url.drivername}"
    except (ArgumentError, TypeError):  # the latter of what the driver does not take
        reason = "its driver does not accept it"
    raise not_an_address(reason)


def _bring_up_to_date(engine: Engine) -> None:
    """
    Raises:
        JournalUnavailable: it cannot be changed, or a newer version of the app has changed it.
    """
    if _is_up_to_date(engine):
        return
    try:
        with transaction(engine) as connection:
            revisions.upgrade(connection)
    except JournalUnavailable:
        if not _is_up_to_date(engine):  # else another process that starts at the same moment was sooner
            raise


def _is_up_to_date(engine: Engine) -> bool:
    with transaction(engine) as connection:
        version = revisions.version(connection)
    if version == HEAD:
        return True
    if not revisions.is_known(version):
        raise of_newer_version(engine.url)
    return False


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        if not url.database:  # in memory: all threads share the one connection
            return {"connect_args": {"check_same_thread": False}, "poolclass": StaticPool}
        return {"connect_args": {"timeout": _BUSY_SECONDS}}
    options: dict[str, Any] = {"pool_pre_ping": True}
    if url.get_backend_name() == "postgresql":
        # Whatever the server takes by default: each statement sees what is.
        options["isolation_level"] = "READ COMMITTED"
    if url.get_driver_name() in _LIBPQ:
        options["connect_args"] = {name: value for name, value in _SETTINGS.items() if name not in url.query}
    return options


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")  # pages read while a job writes
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _prepare_postgresql(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"SET idle_in_transaction_session_timeout = '{_IDLE_SECONDS}s'")
    cursor.execute(f"SET lock_timeout = '{_BUSY_SECONDS}s'")
    cursor.close()
    connection.commit()


def _without_nul(_: Connection, __: Any, statement: str, parameters: Any, *___: Any) -> tuple[str, Any]:
    """PostgreSQL's text holds any character but this."""
    if isinstance(parameters, dict):
        return statement, _replaced(parameters)
    if isinstance(parameters, list):
        return statement, [_replaced(row) if isinstance(row, dict) else row for row in parameters]
    return statement, parameters


def _replaced(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.replace("\0", "\N{SYMBOL FOR NULL}") if isinstance(value, str) else value
        for name, value in row.items()
    }


@contextmanager
def transaction(engine: Engine, alone: str = "") -> Iterator[Connection]:
    """A connection whose changes are kept at the end, all or none.

    Args:
        alone: Those of the same name go one after the other, in whatever process: for what first looks, and then writes
            accordingly. SQLite lets one write at a time anyway.

    Raises:
        JournalUnavailable: the database does not answer, or refuses.
    """
    try:
        with engine.begin() as connection:
            if alone and connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(alone, 0))))
            yield connection
    except (DBAPIError, TimeoutError) as error:
        raise unavailable(engine.url, error) from error
