"""Pictures that somebody has chosen on the map, or elsewhere: kept, so that a search, another tab and the next start
know them by a name."""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from core.analysis.map.tables import MAX_BYTES
from core.analysis.map.tables import selections as table
from core.cache import LRUCache
from core.database import Database, transaction
from core.errors import SelectionRefused
from core.index.chosen.ids import IdSet
from core.index.filters import Selected
from core.search.language.conditions import write_condition
from core.search.query import clean
from core.text.names import folded

MAX_NAME = 100  # characters

MOST_TEMPORARY = 64
"""Selections without a name, of one collection; their ids take `BYTES_TEMPORARY` at most."""

BYTES_TEMPORARY = 64 << 20
MOST_NAMED = 200

_BYTES = 16  # of an id
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # none that look alike
_LENGTH = 10  # 50 bits: those of others cannot be guessed
_USED_EVERY = 60.0  # seconds after which it is noted anew that one was used
_KEPT = 4  # sets of ids in memory

_column = table.c
_TOLD = (_column.id, _column.name, _column.count, _column.made_by, _column.created_at)


@dataclass(frozen=True, slots=True)
class Selection:
    id: str
    name: str
    """Empty of one that is temporary."""
    count: int
    made_by: str
    created_at: float
    """Seconds since the epoch."""

    @property
    def filter(self) -> str:
        """As it is typed into the search bar."""
        return write_condition(Selected((self.name or self.id,)))


class Selections:
    """Those of one collection. Safe between threads and processes. The ids of one never change. Every method may raise
    `JournalUnavailable`.

    Args:
        scope: Of the collection, as the journal names it.
    """

    def __init__(self, database: Database, scope: str, now: Callable[[], float] = time.time) -> None:
        self._database, self._scope, self._now = database, scope, now
        self._sets: LRUCache[IdSet] = LRUCache(_KEPT)
        self._noted: dict[str, float] = {}

    def add(self, ids: IdSet, name: str = "", made_by: str = "") -> Selection:
        """Keep these; one of the same name is replaced. Of those without a name the ones not used for longest go.

        Raises:
            SelectionRefused: there are none, or too many; the name is too long, or there are too many with one.
        """
        name = _checked(name)
        if not len(ids):
            raise SelectionRefused("There is nothing in this selection.", "Choose some pictures.")
        if len(ids) * _BYTES > MAX_BYTES:
            raise SelectionRefused(
                f"A selection has {MAX_BYTES // _BYTES:,} pictures at most.", "Choose fewer, or filter by folder."
            )
        made = Selection(_new_id(), name, len(ids), made_by, self._now())
        with transaction(self._database.engine, alone=f"selections {self._scope}") as connection:
            if name:
                connection.execute(delete(table).where(self._own, _column.folded == _folded(name)))
                self._check_room(connection)
            connection.execute(insert(table).values(self._row(made, ids)))
            self._tidy(connection)
        self._sets.get(made.id, lambda: ids)
        return made

    def all(self) -> list[Selection]:
        """The newest first."""
        with transaction(self._database.engine) as connection:
            rows = connection.execute(select(*_TOLD).where(self._own).order_by(_column.created_at.desc(), _column.id))
            return [_selection(row) for row in rows]

    def find(self, name: str) -> Selection | None:
        """By its id, or by its name in whatever case."""
        with transaction(self._database.engine) as connection:
            return self._find(connection, name)

    def ids(self, name: str) -> IdSet | None:
        """The records in it; None where there is none that is called so."""
        with transaction(self._database.engine) as connection:
            found = self._find(connection, name)
            if found is None:
                return None
            self._note_use(connection, found.id)
            return self._sets.get(found.id, lambda: self._read(connection, found.id))

    def rename(self, id_: str, name: str) -> Selection:
        """Keep it under a name; without one it is temporary again.

        Raises:
            SelectionRefused: there is none, or another is called so.
        """
        name = _checked(name)
        with transaction(self._database.engine, alone=f"selections {self._scope}") as connection:
            if self._find(connection, id_) is None:
                raise _gone()
            own = self._own, _column.id == id_
            if name:
                self._check_room(connection)
            try:
                with connection.begin_nested():
                    values = {"name": name or None, "folded": _folded(name) or None}
                    connection.execute(update(table).where(*own).values(values))
            except IntegrityError:
                raise SelectionRefused("Another selection is called so.", "Choose another name.") from None
            found = self._find(connection, id_)
        if found is None:
            raise _gone()
        return found

    def delete(self, id_: str) -> bool:
        """Returns whether there was one."""
        with transaction(self._database.engine) as connection:
            return connection.execute(delete(table).where(self._own, _column.id == id_)).rowcount > 0

    @property
    def _own(self) -> Any:
        return _column.index_name == self._scope

    def _row(self, made: Selection, ids: IdSet) -> dict[str, Any]:
        return {
            "id": made.id,
            "index_name": self._scope,
            "name": made.name or None,
            "folded": _folded(made.name) or None,
            "count": made.count,
            "ids": ids.to_bytes(),
            "made_by": made.made_by,
            "created_at": made.created_at,
            "used_at": made.created_at,
        }

    def _find(self, connection: Connection, name: str) -> Selection | None:
        called = or_(_column.id == name[: 2 * MAX_NAME], _column.folded == _folded(name))
        rows = [_selection(row) for row in connection.execute(select(*_TOLD).where(self._own, called))]
        return next((one for one in rows if one.id == name), rows[0] if rows else None)

    def _read(self, connection: Connection, id_: str) -> IdSet:
        data = connection.execute(select(_column.ids).where(self._own, _column.id == id_)).scalar_one()
        return IdSet.from_bytes(data)

    def _note_use(self, connection: Connection, id_: str) -> None:
        now = self._now()
        if now - self._noted.get(id_, 0.0) > _USED_EVERY:
            self._noted = {**self._noted, id_: now} if len(self._noted) < MOST_NAMED else {id_: now}
            connection.execute(update(table).where(self._own, _column.id == id_).values(used_at=now))

    def _check_room(self, connection: Connection) -> None:
        named = select(func.count()).select_from(table).where(self._own, _column.name.is_not(None))
        if (connection.scalar(named) or 0) >= MOST_NAMED:
            raise SelectionRefused(f"There are {MOST_NAMED} named selections already.", "Delete one of them.")

    def _tidy(self, connection: Connection) -> None:
        """Let those go that nobody has named nor used for longest."""
        temporary = select(_column.id, _column.count).where(self._own, _column.name.is_(None))
        size = 0
        rows = connection.execute(temporary.order_by(_column.used_at.desc(), _column.created_at.desc())).all()
        for place, (id_, count) in enumerate(rows):
            size += count * _BYTES
            if place and (place >= MOST_TEMPORARY or size > BYTES_TEMPORARY):
                connection.execute(delete(table).where(self._own, _column.id == id_))


def _selection(row: Iterable[Any]) -> Selection:
    id_, name, count, made_by, created_at = row
    return Selection(id_, name or "", count, made_by, created_at)


def _checked(name: str) -> str:
    name = clean(name[: 4 * MAX_NAME])
    if len(name) > MAX_NAME:
        raise SelectionRefused(f"A name has {MAX_NAME} characters at most.", "Choose a shorter one.")
    return name


def _gone() -> SelectionRefused:
    return SelectionRefused("There is no such selection.", "Choose the pictures again.")


def _new_id() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def _folded(name: str) -> str:
    return folded(name[: 2 * MAX_NAME])[: 2 * MAX_NAME]
