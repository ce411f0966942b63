"""The journal's tables, and how to reach the database that holds them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, TimeoutError
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateIndex, CreateTable

from core.errors import JournalUnavailable
from core.images.files import make_folder

_BUSY_SECONDS = 30  # another process may be writing

metadata = MetaData()

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("index_name", String(512), nullable=False),  # which index it fills
    Column("title", Text, nullable=False),
    Column("sources", Text, nullable=False),  # locations, as JSON
    Column("status", String(16), nullable=False),
    Column("starts", Boolean, nullable=False),  # as soon as it is planned
    Column("quiet", Boolean, nullable=False),
    Column("prunes", Boolean, nullable=False),
    Column("wish", String(16)),  # what another thread or process wants of the one that runs it
    Column("owner", String(200)),
    Column("phase", String(32), nullable=False),
    Column("plan", Text, nullable=False),  # JSON; likewise the next
    Column("counts", Text, nullable=False),
    Column("recent", Text, nullable=False),
    Column("error", Text),
    Column("note", Text, nullable=False),
    Column("rate", Float, nullable=False),
    Column("memory", BigInteger, nullable=False),
    Column("embedded", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("working", Float, nullable=False),
    Column("interruptions", Integer, nullable=False),
    Column("stalled", Integer, nullable=False),
    Column("done_before", Integer, nullable=False),
    Column("created_at", Float, nullable=False),  # seconds since the epoch; likewise the next
    Column("ended_at", Float),
    Column("retry_at", Float),
    Column("model_id", String(100), nullable=False),
    sqlite_autoincrement=True,  # else the number of a job that was forgotten would be given to another
)

files = Table(
    "files",
    metadata,
    Column("job", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("source", Integer, nullable=False),  # its place in the job's sources
    Column("path", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("planned", String(16), nullable=False),
    Column("content_hash", String(64)),  # of the record that is there
    Column("outcome", String(16)),
    Column("reason", Text),
    Index("files_by_outcome", "job", "outcome"),
    sqlite_with_rowid=False,
)
_known = files.c.content_hash.is_not(None)  # of few
Index("files_by_content", files.c.job, files.c.content_hash, sqlite_where=_known, postgresql_where=_known)

sources = Table(
    "sources",
    metadata,
    Column("index_name", String(512), primary_key=True),
    Column("location", String(4000), primary_key=True),
    Column("title", Text, nullable=False),
    Column("followed", Boolean, nullable=False),
    Column("mounts", Text, nullable=False),  # JSON
    Column("added_at", Float, nullable=False),
    Column("checked_at", Float),
)


def open_database(url: str) -> Engine:
    """An engine on a database that has the tables.

    Args:
        url: As SQLAlchemy takes it, or the absolute path of a SQLite file.

    Raises:
        JournalUnavailable: it cannot be reached, or made.
    """
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
        _create_tables(engine)
    except JournalUnavailable:
        engine.dispose()
        raise
    return engine


def _create_tables(engine: Engine) -> None:
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
            f"The journal of jobs in {place} cannot be used: {reason}.",
            "Check that there is space, that it may be written, and that its server runs. If it is damaged, move it "
            "away: pictures and index are not affected.",
        ) from error
