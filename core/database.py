"""The database of the app's own notes: how it is reached, and what its errors mean."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, TimeoutError
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateIndex, CreateTable

from core.errors import JournalUnavailable
from core.images.files import make_folder

_BUSY_SECONDS = 30  # another process may be writing


class Database:
    """Opened where it is first needed. Safe between threads.

    Args:
        url: As SQLAlchemy takes it, or the absolute path of a SQLite file; `sqlite://` keeps it in memory.
        metadata: The tables, made where they are not there; others in the same database are left alone.
    """

    def __init__(self, url: str, metadata: MetaData) -> None:
        self._url = url
        self._metadata = metadata
        self._opening = threading.Lock()
        self._opened: Engine | None = None

    @property
    def engine(self) -> Engine:
        """
        Raises:
            JournalUnavailable: it cannot be reached, or made.
        """
        with self._opening:  # one for all threads: a database in memory would be one for each
            self._opened = self._opened or _open(self._url, self._metadata)
            return self._opened

    def close(self) -> None:
        """Let go of it; it is opened again where it is needed."""
        with self._opening:
            if self._opened:
                self._opened.dispose()
            self._opened = None


def _open(url: str, metadata: MetaData) -> Engine:
    try:
        parsed = URL.create("sqlite", database=url) if Path(url).is_absolute() else make_url(url)
        engine = create_engine(parsed, **_options(parsed.get_backend_name(), parsed.database))
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise JournalUnavailable(
            f"IMAGE_SEARCH_JOURNAL does not name a database that can be used: {error}",
            "Give an address as SQLAlchemy takes it, such as postgresql+psycopg://user@host/name, and install its "
            "driver.",
        ) from error
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        if parsed.database:
            make_folder(Path(parsed.database).parent)
    try:
        _create_tables(engine, metadata)
    except JournalUnavailable:
        engine.dispose()
        raise
    return engine


def _create_tables(engine: Engine, metadata: MetaData) -> None:
    # Not with `create_all`, which looks first: two processes that start at the same moment would both create them.
    with transaction(engine) as connection:
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))


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
        place = engine.url.render_as_string(hide_password=True)
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise JournalUnavailable(
            f"The journal in {place} cannot be used: {reason}.",
            "Check that there is space, that it may be written, and that its server runs. If it is damaged, move it "
            "away: pictures and index are not affected.",
        ) from error
