"""The collections of an app, as its database notes them."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, Float, MetaData, Row, String, Table, Text, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.collections.collection import (
    FOLDER,
    Collection,
    check_name,
    checked_description,
    checked_title,
    first_collection,
    no_such,
)
from core.config import Settings
from core.database import Database, transaction
from core.errors import CollectionRefused
from core.index.records import from_storable, storable

MAX_COLLECTIONS = 200

_ANOTHER = "Choose another name."

metadata = MetaData()
_table = Table(
    "collections",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("model_id", String(100), nullable=False),  # "" for the first: the settings say it
    Column("folder", String(200), nullable=False),  # below the data folder; "": that itself
    Column("created_at", Float, nullable=False),  # seconds since the epoch; likewise the next
    Column("deleted_at", Float),  # when its deletion began: what is left of it is still to be removed
    Column("deleted_by", String(200)),
)
_column = _table.c


class Catalog:
    """The collections of an app. Safe between threads and processes. Every method may raise `JournalUnavailable`.

    Args:
        settings: Those of the app, which are the first collection's.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = Database(settings.journal)

    def all(self) -> list[Collection]:
        """The first one, then the others by their titles; without those that are being deleted."""
        noted = {row.name: self._collection(row) for row in self._rows(_column.deleted_at.is_(None))}
        first = noted.pop(self._settings.index_name, None) or first_collection(self._settings)
        return [first, *sorted(noted.values(), key=lambda one: (one.shown.casefold(), one.name))]

    def get(self, name: str) -> Collection:
        """
        Raises:
            NoSuchCollection: there is none of this name.
        """
        found = self.all()
        if one := next((one for one in found if one.name == name), None):
            return one
        raise no_such(name, found)

    def deleted(self) -> list[Collection]:
        """Those whose deletion has begun and not ended."""
        return [self._collection(row) for row in self._rows(_column.deleted_at.is_not(None))]

    def add(self, name: str, title: str, description: str, model_id: str) -> Collection:
        """
        Raises:
            CollectionRefused: the name is none, or taken; there are too many.
        """
        check_name(name)
        made = Collection(name, checked_title(title), checked_description(description), model_id, f"{FOLDER}/{name}")
        if len(self.all()) >= MAX_COLLECTIONS:
            raise CollectionRefused(f"There are {MAX_COLLECTIONS} collections already.", "Delete one of them.")
        if name == self._settings.index_name or self._rows(_column.name == name):
            raise CollectionRefused(f"There is a collection {name} already.", _ANOTHER)
        self._note_first()
        self._insert(made)
        return self.get(name)

    def change(self, name: str, title: str | None = None, description: str | None = None) -> Collection:
        """Call it otherwise, or say something else of it.

        Raises:
            NoSuchCollection: there is none of this name.
            CollectionRefused: the words are too long.
        """
        known = self.get(name)
        changed = replace(
            known,
            title=known.title if title is None else checked_title(title),
            description=known.description if description is None else checked_description(description),
        )
        if known.is_first:
            self._note_first()
        with transaction(self._database.engine) as connection:
            values = {"title": storable(changed.title), "description": storable(changed.description)}
            connection.execute(update(_table).where(_column.name == name).values(values))
        return changed

    def set_model(self, name: str, model_id: str) -> None:
        """The model that its settings ask for from now on."""
        with transaction(self._database.engine) as connection:
            connection.execute(update(_table).where(_column.name == name).values(model_id=model_id))

    def begin_deletion(self, name: str, by: str = "") -> None:
        """It is there no more from now on; what it consists of is still to be removed."""
        with transaction(self._database.engine) as connection:
            values = {"deleted_at": time.time(), "deleted_by": storable(by)}
            connection.execute(update(_table).where(_column.name == name).values(values))

    def restore(self, name: str) -> None:
        """It is not deleted, nothing of it having been removed."""
        with transaction(self._database.engine) as connection:
            values = {"deleted_at": None, "deleted_by": None}
            connection.execute(update(_table).where(_column.name == name).values(values))

    def forget(self, name: str) -> None:
        """Nothing is left of it."""
        with transaction(self._database.engine) as connection:
            connection.execute(delete(_table).where(_column.name == name))

    def close(self) -> None:
        """Let go of the database; it is opened again where it is needed."""
        self._database.close()

    def _rows(self, condition: Any) -> Sequence[Row[Any]]:
        with transaction(self._database.engine) as connection:
            return connection.execute(select(_table).where(condition)).all()

    def _note_first(self) -> None:
        """So that it is known where it lies, should the settings name another one day."""
        if not self._rows(_column.name == self._settings.index_name):
            with suppress(CollectionRefused):  # another process was faster
                self._insert(replace(first_collection(self._settings), model_id=""))

    def _insert(self, one: Collection) -> None:
        values = {
            "name": one.name,
            "title": storable(one.title),
            "description": storable(one.description),
            "model_id": one.model_id,
            "folder": one.folder,
            "created_at": time.time(),
        }
        with transaction(self._database.engine) as connection:
            try:
                with connection.begin_nested():
                    connection.execute(insert(_table).values(values))
            except IntegrityError as error:  # another process was faster
                raise CollectionRefused(f"There is a collection {one.name} already.", _ANOTHER) from error

    def _collection(self, row: Row[Any]) -> Collection:
        is_first = row.name == self._settings.index_name
        return Collection(
            name=row.name,
            title=from_storable(row.title),
            description=from_storable(row.description),
            model_id=row.model_id if row.model_id and not is_first else self._settings.model_id,
            folder=row.folder,
            created_at=row.created_at,
            is_first=is_first,
        )
