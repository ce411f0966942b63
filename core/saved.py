"""Searches that are kept under a name, beside the journal of jobs."""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from core.database import Database, as_id, transaction
from core.errors import SavedRefused
from core.search.language.url import COLLECTION, KNOWN_PARAMETERS
from core.search.query import clean

MOST = 200
"""Of one index."""

MAX_NAME = 100  # characters
MAX_URL = 8000  # bytes

_MAX_VALUES = 200

metadata = MetaData()
_table = Table(
    "searches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("index_name", String(512), nullable=False),
    Column("name", String(MAX_NAME), nullable=False),
    Column("address", Text, nullable=False),
    Column("saved_at", Float, nullable=False),  # seconds since the epoch
    UniqueConstraint("index_name", "name", name="searches_by_name"),
    sqlite_autoincrement=True,  # else the number of one that was deleted would be given to another
)
_column = _table.c


@dataclass(frozen=True, slots=True)
class SavedSearch:
    id: int
    name: str
    address: str
    """The query part of the page's URL, without `?`."""


class SavedSearches:
    """The saved searches of one index. Safe between threads and processes. Every method may raise `JournalUnavailable`.

    Args:
        url: A database as SQLAlchemy takes it, or the absolute path of a SQLite file.
    """

    def __init__(self, url: str, index_name: str) -> None:
        self._database = Database(url)
        self._index_name = index_name

    def all(self) -> list[SavedSearch]:
        """By name."""
        with transaction(self._database.engine) as connection:
            rows = connection.execute(select(_column.id, _column.name, _column.address).where(self._own))
            return sorted((SavedSearch(*row) for row in rows), key=lambda saved: (saved.name.casefold(), saved.name))

    def save(self, name: str, address: str) -> SavedSearch:
        """Keep a search; one of the same name is replaced, and keeps its id.

        Args:
            address: As the page's URL has it, with or without `?`.

        Raises:
            SavedRefused: the name is empty or too long, the address is not that of a search, or there are `MOST`.
        """
        name, address = _checked_name(name), checked_address(address)
        row = {"name": name, "address": address, "saved_at": time.time()}
        with transaction(self._database.engine, alone=f"searches {self._index_name}") as connection:
            return SavedSearch(self._write(connection, row), name, address)

    def delete(self, search_id: int) -> bool:
        """Returns whether there was one."""
        with transaction(self._database.engine) as connection:
            return connection.execute(delete(_table).where(self._own, _column.id == as_id(search_id))).rowcount > 0

    def clear(self) -> None:
        """Delete all of them."""
        with transaction(self._database.engine) as connection:
            connection.execute(delete(_table).where(self._own))

    def close(self) -> None:
        """Let go of the database; it is opened again where it is needed."""
        self._database.close()

    @property
    def _own(self) -> ColumnElement[bool]:
        return _column.index_name == self._index_name

    def _write(self, connection: Connection, row: dict[str, Any]) -> int:
        same = self._own, _column.name == row["name"]
        # Written first, not looked up: SQLite then lets no other write in between.
        if not connection.execute(update(_table).where(*same).values(row)).rowcount:
            if (connection.scalar(select(func.count()).select_from(_table).where(self._own)) or 0) >= MOST:
                raise SavedRefused(f"There are {MOST} saved searches already.", "Delete one of them.")
            try:
                with connection.begin_nested():
                    connection.execute(insert(_table).values(index_name=self._index_name, **row))
            except IntegrityError:  # on other databases one may have come in between
                connection.execute(update(_table).where(*same).values(row))
        return int(connection.execute(select(_column.id).where(*same)).scalar_one())


def checked_address(address: str) -> str:
    """The query part of a search's URL, written anew: nothing else can be in it.

    Raises:
        SavedRefused: it is too long, or something else.
    """
    pairs = _read(address.removeprefix("?")) if len(address) <= MAX_URL else []
    pairs = [(name, value) for name, value in pairs if name != COLLECTION]  # it is kept there, and opened there
    written = urlencode(pairs)
    if not pairs or len(written) > MAX_URL or not KNOWN_PARAMETERS.issuperset(name for name, _ in pairs):
        raise SavedRefused("This is not the URL of a search.", "Save it from the page that shows its results.")
    return written


def _read(address: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(address, strict_parsing=True, errors="strict", max_num_fields=_MAX_VALUES)
    except ValueError:  # not of this form, or not UTF-8
        return []


def _checked_name(name: str) -> str:
    cleaned = clean(name[: 4 * MAX_NAME])
    if not cleaned:
        raise SavedRefused("A saved search needs a name.", "Type a name.")
    if len(cleaned) > MAX_NAME:
        raise SavedRefused(f"A name has {MAX_NAME} characters at most.", "Choose a shorter one.")
    return cleaned
