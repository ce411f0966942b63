"""The database of the app's own notes: how it is reached, and what its errors mean."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, Table, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, TimeoutError
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateIndex, CreateTable

from core.database_errors import not_an_address, unavailable
from core.errors import JournalUnavailable
from core.images.files import make_folder

_BUSY_SECONDS = 30  # another process may be writing


class Database:
    """Opened where it is first needed. Safe between threads.

    Args:
        url: As SQLAlchemy takes it, or the absolute path of a SQLite file; `sqlite://` keeps it in memory.
        metadata: The tables, made where they are not there, and given the columns that a database of an earlier version
            lacks: these must be nullable. Others in the same database are left alone.
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
    parsed = _parsed(url)
    engine = _engine(parsed)
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        if parsed.database:
            make_folder(Path(parsed.database).parent)
    try:
        _create_tables(engine, metadata)
        _add_columns(engine, metadata)
        _create_indexes(engine, metadata)
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


def _create_tables(engine: Engine, metadata: MetaData) -> None:
    # Not with `create_all`, which looks first: two processes that start at the same moment would both create them.
    with transaction(engine) as connection:
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))


def _create_indexes(engine: Engine, metadata: MetaData) -> None:
    with transaction(engine) as connection:
        for table in metadata.sorted_tables:
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))


def _add_columns(engine: Engine, metadata: MetaData) -> None:
    """Give tables of an earlier version the columns that they lack, which older rows have no value in."""
    for table, column in _lacking(engine, metadata):
        try:
            with transaction(engine) as connection:
                kind = column.type.compile(engine.dialect)
                names = engine.dialect.identifier_preparer
                connection.execute(
                    text(f"ALTER TABLE {names.format_table(table)} ADD COLUMN {names.format_column(column)} {kind}")
                )
        except JournalUnavailable:  # another process that starts at the same moment may have added it
            if (table, column) in _lacking(engine, metadata):
                raise


def _lacking(engine: Engine, metadata: MetaData) -> list[tuple[Table, Column[Any]]]:
    with transaction(engine) as connection:
        found = inspect(connection)
        present = {
            table: {column["name"] for column in found.get_columns(table.name)} for table in metadata.tables.values()
        }
    return [(table, column) for table, names in present.items() for column in table.columns if column.name not in names]


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
