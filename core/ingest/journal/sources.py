"""The sources that an index was filled from: where they are, when they were checked, which are followed."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select, update

from core.database import transaction
from core.index.records import from_storable, storable
from core.ingest.journal.tables import sources as table

_column = table.c


@dataclass(frozen=True, slots=True)
class KnownSource:
    location: str
    """A path or URL."""
    title: str
    followed: bool = False
    """Whether what changes there is indexed by itself."""
    mounts: frozenset[str] = frozenset()
    """Folders on which drives were mounted when it was last read."""
    added_at: float = 0.0
    """Seconds since the epoch; likewise the next."""
    checked_at: float | None = None


class KnownSources:
    """Safe between threads and processes."""

    def __init__(self, engine: Engine, index_name: str) -> None:
        self._engine = engine
        self._index_name = index_name

    def all(self) -> list[KnownSource]:
        """By location."""
        query = select(table).where(_column.index_name == self._index_name).order_by(_column.location)
        with transaction(self._engine) as connection:
            return [_known(row) for row in connection.execute(query)]

    def get(self, location: str) -> KnownSource | None:
        with transaction(self._engine) as connection:
            row = connection.execute(select(table).where(*self._is(location))).first()
        return _known(row) if row else None

    def note(self, location: str, title: str, mounts: Iterable[str]) -> None:
        """That it was read to its end just now."""
        values = {"mounts": json.dumps(sorted(mounts)), "checked_at": time.time()}
        with transaction(self._engine, alone=f"sources {self._index_name}") as connection:
            if connection.execute(update(table).where(*self._is(location)).values(values)).rowcount:
                return
            connection.execute(
                insert(table).values(
                    index_name=self._index_name,
                    location=storable(location),
                    title=storable(title),
                    followed=False,
                    added_at=time.time(),
                    **values,
                )
            )

    def follow(self, location: str, followed: bool) -> None:
        """Nothing happens where it is not known."""
        with transaction(self._engine) as connection:
            connection.execute(update(table).where(*self._is(location)).values(followed=followed))

    def forget(self, location: str) -> None:
        with transaction(self._engine) as connection:
            connection.execute(delete(table).where(*self._is(location)))

    def _is(self, location: str) -> tuple[Any, Any]:
        return _column.index_name == self._index_name, _column.location == storable(location)


def _known(row: Row[Any]) -> KnownSource:
    return KnownSource(
        location=from_storable(row.location),
        title=from_storable(row.title),
        followed=row.followed,
        mounts=frozenset(json.loads(row.mounts)),
        added_at=row.added_at,
        checked_at=row.checked_at,
    )
