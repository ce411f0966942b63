"""Where class lists are kept, with what people have said of single pictures: in the database of the app's own notes."""

import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.analysis.classes.lists import ClassList, checked_classes, checked_name, from_json, to_json
from core.analysis.classes.tables import decisions, lists
from core.database import Database, as_id, transaction
from core.errors import ClassesRefused, NoSuchClassList

MAX_LISTS = 100
"""Of one collection."""

_list, _said = lists.c, decisions.c

type Said = Mapping[str, Mapping[str, bool]]
"""Of each class, by content hash: whether people have said that the picture is one of it."""


class ClassLists:
    """Those of one index. Safe between threads and processes. Every method may raise `JournalUnavailable`."""

    def __init__(self, database: Database, scope: str) -> None:
        self._database, self._scope = database, scope

    def all(self) -> list[ClassList]:
        """By name."""
        with transaction(self._database.engine) as connection:
            rows = connection.execute(select(lists).where(self._own)).mappings()
            return sorted((_read(row) for row in rows), key=lambda one: (one.name.casefold(), one.name))

    def get(self, list_id: int) -> ClassList:
        """
        Raises:
            NoSuchClassList: there is none of this id.
        """
        found = next((one for one in self.all() if one.id == list_id), None)
        if found is None:
            raise NoSuchClassList("There is no such class list.", "It may have been deleted.")
        return found

    def named(self, name: str) -> ClassList:
        """
        Raises:
            NoSuchClassList: there is none of this name.
        """
        found = next((one for one in self.all() if one.name.casefold() == name.casefold()), None)
        if found is None:
            raise NoSuchClassList(f"There is no class list {name[:100]}.", "See which there are.")
        return found

    def add(self, made: ClassList) -> ClassList:
        """
        Raises:
            ClassesRefused: the name is taken, or there are `MAX_LISTS`; something about it is wrong.
        """
        row = _row(made)
        with transaction(self._database.engine, alone=f"classes {self._scope}") as connection:
            if (connection.scalar(select(func.count()).select_from(lists).where(self._own)) or 0) >= MAX_LISTS:
                raise ClassesRefused(f"There are {MAX_LISTS} class lists already.", "Delete one of them.")
            list_id = _written(connection, insert(lists).values(index_name=self._scope, **row), made.name)
        return self.get(list_id)

    def change(self, changed: ClassList) -> ClassList:
        """Keep a list as it is now; raises as `get` and `add`. What was said of classes that it has no more is
        forgotten."""
        names = [one.name for one in changed.classes]
        with transaction(self._database.engine, alone=f"classes {self._scope}") as connection:
            statement = update(lists).where(self._own, _list.id == changed.id).values(**_row(changed))
            _written(connection, statement, changed.name)
            connection.execute(delete(decisions).where(_said.list_id == changed.id, _said.class_name.not_in(names)))
        return self.get(changed.id)

    def delete(self, list_id: int) -> bool:
        """Returns whether there was one."""
        with transaction(self._database.engine, alone=f"classes {self._scope}") as connection:
            gone = connection.execute(delete(lists).where(self._own, _list.id == as_id(list_id))).rowcount > 0
            if gone:  # SQLite looks after its foreign keys only where it is told to
                connection.execute(delete(decisions).where(_said.list_id == list_id))
            return gone

    def said(self, list_id: int) -> Said:
        found: dict[str, dict[str, bool]] = {}
        with transaction(self._database.engine) as connection:
            query = select(_said.class_name, _said.content_hash, _said.is_right).where(_said.list_id == list_id)
            for name, digest, right in connection.execute(query):
                found.setdefault(name, {})[digest] = bool(right)
        return found

    def say(self, list_id: int, name: str, said: Mapping[str, bool | None]) -> None:
        """
        Args:
            said: By content hash, whether the picture is one of the class; None takes back what was said.
        """
        if not said:
            return
        now = time.time()
        rows = [
            {"list_id": list_id, "class_name": name, "content_hash": digest, "is_right": right, "decided_at": now}
            for digest, right in said.items()
            if right is not None
        ]
        of_these = _said.list_id == list_id, _said.class_name == name, _said.content_hash.in_(list(said))
        with transaction(self._database.engine, alone=f"classes {self._scope}") as connection:
            connection.execute(delete(decisions).where(*of_these))
            if rows and connection.scalar(select(_list.id).where(_list.id == list_id)) is not None:
                connection.execute(insert(decisions), rows)

    @property
    def _own(self) -> ColumnElement[bool]:
        return _list.index_name == self._scope


def _read(row: Mapping[Any, Any]) -> ClassList:
    flags = {name: bool(row[name]) for name in ("exclusive", "applied", "tags")}
    return ClassList(row["id"], row["name"], from_json(row["classes"]), **flags, changed_at=row["changed_at"])


def _row(one: ClassList) -> dict[str, Any]:
    return {
        "name": checked_name(one.name),
        "classes": to_json(checked_classes(one.classes)),
        "exclusive": one.exclusive,
        "applied": one.applied,
        "tags": one.tags,
        "changed_at": time.time(),
    }


def _written(connection: Connection, statement: Any, name: str) -> int:
    try:
        with connection.begin_nested():
            made = connection.execute(statement)
    except IntegrityError:
        raise ClassesRefused(f"There is a class list {name} already.", "Choose another name.") from None
    key = made.inserted_primary_key if made.is_insert else None
    return int(key[0]) if key else 0
