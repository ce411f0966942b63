"""The database of the app's own notes: how it is reached, and what its errors mean."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, TimeoutError
from sqlalchemy.pool import StaticPool

from core.database_errors import not_an_address, of_newer_version, unavailable
from core.errors import JournalUnavailable
from core.migrations import HEAD, revisions
from core.storage import make_folder

_BUSY_SECONDS = 30  # another process may be writing


class Database:
    """Opened where it is first needed, and then brought to the tables of this version; others in the same database are
    left alone. Safe between threads.

    Args:
        url: As SQLAlchemy takes it, or the absolute path of a SQLite file; `sqlite://` keeps it in memory.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._opening = threading.Lock()
        self._opened: Engine | None = None

    @property
    def engine(self) -> Engine:
        """
        Raises:
            JournalUnavailable: it cannot be reached, or made.
        """
        with self._opening:  # one for all threads: a database in memory would be one for each
            self._opened = self._opened or _open(self._url)
            return self._opened

    def close(self) -> None:
        """Let go of it; it is opened again where it is needed."""
        with self._opening:
            if self._opened:
                self._opened.dispose()
            self._opened = None


def _open(url: str) -> Engine:
    parsed = _parsed(url)
    engine = _engine(parsed)
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        if parsed.database:
            make_folder(Path(parsed.database).parent)
    try:
        _bring_up_to_date(engine)
    except JournalUnavailable:
        engine.dispose()
        raise
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


def _engine(url: URL) -> Engine:
    try:
        return create_engine(url, **_options(url.get_backend_name(), url.database))
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


def _options(backend: str, database: str | None) -> dict[str, Any]:
    if backend != "sqlite":
        return {"pool_pre_ping": True}
    options: dict[str, Any] = {"connect_args": {"timeout": _BUSY_SECONDS}}
    if not database:  # in memory: all threads share the one connection
        options = {"connect_args": {"check_same_thread": False}, "poolclass": StaticPool}
    return options


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")  # pages read while a job writes
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A connection whose changes are kept at the end, all or none.

    Raises:
        JournalUnavailable: the database does not answer, or refuses.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except (DBAPIError, TimeoutError) as error:
        raise unavailable(engine.url, error) from error
