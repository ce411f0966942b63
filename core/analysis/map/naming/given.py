"""What people call clusters: kept by the pictures that are in them, so that it outlasts a new map and moved files."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, insert, select

from core.analysis.map.naming.choosing import MAX_NAME
from core.analysis.map.tables import cluster_names as table
from core.database import Database, transaction
from core.errors import NameRefused
from core.index.chosen.ids import Digits, to_digits
from core.search.query import clean

MOST = 1_000
"""Names of one collection: the oldest go."""

MEMBERS = 500
"""Pictures of a cluster that are remembered with its name."""

ALIKE = 0.3
"""Of the pictures of both together must be in both for a cluster to be the one that was named."""

_BYTES = 16  # of a content hash: more than enough to tell them apart

_column = table.c


@dataclass(frozen=True, slots=True)
class Given:
    """A name, and what it was given to."""

    id: int
    name: str
    size: int
    members: NDArray[np.uint8]
    """Content hashes of some of its pictures, of each the first 16 bytes: shape `(m, 16)`."""


class ClusterNames:
    """Those of one collection. Safe between threads and processes. Every method may raise `JournalUnavailable`."""

    def __init__(self, database: Database, scope: str, now: Callable[[], float] = time.time) -> None:
        self._database, self._scope, self._now = database, scope, now

    def give(self, name: str, members: NDArray[np.uint8], by: str, instead: Sequence[int] = ()) -> None:
        """
        Args:
            members: Content hashes of all pictures in the cluster, shape `(n, 32)`.
            instead: Ids of earlier names that this is in the place of.
        """
        some = np.random.default_rng(0).permutation(len(members))[:MEMBERS]
        row = {
            "index_name": self._scope,
            "name": name,
            "size": len(members),
            "members": np.ascontiguousarray(members[some, :_BYTES]).tobytes(),
            "named_by": by,
            "named_at": self._now(),
        }
        with transaction(self._database.engine, alone=f"clusters {self._scope}") as connection:
            self._delete(connection, instead)
            connection.execute(insert(table).values(row))
            total = connection.scalar(select(func.count()).select_from(table).where(self._own)) or 0
            if total > MOST:
                oldest = select(_column.id).where(self._own).order_by(_column.id).limit(total - MOST)
                self._delete(connection, [one for (one,) in connection.execute(oldest)])

    def take_away(self, ids: Sequence[int]) -> None:
        with transaction(self._database.engine) as connection:
            self._delete(connection, ids)

    def all(self) -> list[Given]:
        """Those given last first."""
        with transaction(self._database.engine) as connection:
            rows = connection.execute(
                select(_column.id, _column.name, _column.size, _column.members)
                .where(self._own)
                .order_by(_column.id.desc())
            )
            return [Given(row.id, row.name, row.size, _read(row.members)) for row in rows]

    def clear(self) -> None:
        """Forget all of them."""
        with transaction(self._database.engine) as connection:
            connection.execute(delete(table).where(self._own))

    @property
    def _own(self) -> Any:
        return _column.index_name == self._scope

    def _delete(self, connection: Any, ids: Sequence[int]) -> None:
        if ids:
            connection.execute(delete(table).where(self._own, _column.id.in_(list(ids))))


def matched(given: Sequence[Given], contents: NDArray[np.uint8], levels: NDArray[np.int32]) -> dict[int, Given]:
    """Which cluster each name belongs to now: the one that has most in common with what was named, if that is much.
    Of several names for one cluster the last given counts.

    Args:
        contents: Content hashes, ascending, shape `(c, 32)`.
        levels: The number of the cluster of each at each level, 0: none; shape `(levels, c)`.
    """
    found: dict[int, Given] = {}
    if not len(contents) or not len(levels):
        return found
    known = to_digits(contents[:, :_BYTES])
    sizes = np.bincount(levels.ravel(), minlength=int(levels.max(initial=0)) + 1)
    for one in given:
        at = _find(known, to_digits(one.members))
        if not len(at):
            continue
        share = np.bincount(levels[:, at].ravel(), minlength=len(sizes)) / len(at)
        share[0] = 0.0
        both = share * one.size
        alike = both / np.maximum(1.0, one.size + sizes - both)
        best = int(alike.argmax())
        if alike[best] >= ALIKE:
            found.setdefault(best, one)
    return found


def checked(name: str) -> str:
    """
    Raises:
        NameRefused: it is too long.
    """
    cleaned = clean(name[: 4 * MAX_NAME])
    if len(cleaned) > MAX_NAME:
        raise NameRefused(f"A name has {MAX_NAME} characters at most.", "Choose a shorter one.")
    return cleaned


def _read(members: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(members, np.uint8).reshape(-1, _BYTES)


def _find(known: Digits, asked: Digits) -> NDArray[np.int64]:
    """Where those are that are known, ascending."""
    at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.asarray(at[known[at] == asked])
