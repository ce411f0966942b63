"""Rows that are few, in memory, with their records and vectors: what is searched again is compared with each of them.

Through its index the engine looks for the nearest of a hundredth of the rows as long as for those of all: it asks of
every row whether it is among them. Of a small collection, or under a filter that leaves little, an exact scan takes a
millisecond.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from core.index.lance import scan
from core.index.lance.rows import to_embeddings
from core.index.scores import Scores, least_of, scores_of
from core.vectors import Embedding, Embeddings

MAX_BYTES = 32 << 20
"""Of the vectors of all that is kept: 16,384 of 512 dimensions. Their records take a fifth more."""

EACH = 4 << 20
"""Bytes of vectors that take as long to read as a search more."""

IDLE = 50
"""Searches after which what nobody asked for gives way."""

_CONDITIONS = 64
_LONG = 1 << 20  # characters of a condition: what names so many rows is not few
_CLOSE = 1e-5  # more than the rounding of float32 moves a cosine


@dataclass(frozen=True, slots=True)
class FewRows:
    """All rows that a condition lets through."""

    records: pa.Table
    vectors: Embeddings
    lengths: Embedding

    def nearest(self, embedding: Embedding, k: int) -> tuple[pa.Table, Scores]:
        """As rows of `record` and `vector`: the k nearest by cosine and all that tie with the last of them; and the
        score of each."""
        roughly = self.vectors @ embedding / (self.lengths * np.linalg.norm(embedding))
        near = np.flatnonzero(roughly >= least_of(roughly, k) - _CLOSE)
        vectors = self.vectors[near]
        column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])
        return self.records.take(pa.array(near)).append_column("vector", column), scores_of(vectors, embedding)


class FewKept:
    """The rows of one version of a table.

    To read rows takes as long as several searches: they are read when a condition has been searched under as often, and
    stay while it is.
    """

    def __init__(self) -> None:
        self._searches = 0
        self._asked: dict[str | None, int] = {}
        self._used: dict[str | None, int] = {}
        self._kept: dict[str | None, FewRows] = {}

    async def get(self, table: Any, condition: str | None, count: int, dims: int) -> FewRows | None:
        """
        Args:
            table: The asynchronous side of a table.
            condition: None: all rows.
            count: So many meet it.

        Returns:
            None where they are too many, or not asked for often enough, or others are and take the room.
        """
        self._searches += 1
        size = size_of(count, dims)
        if condition not in self._kept and (self._is_early(condition, size) or not self._has_room(size)):
            return None
        if condition not in self._kept:
            self._kept[condition] = await read_rows(table, condition)
        self._used[condition] = self._searches
        return self._kept[condition]

    def _is_early(self, condition: str | None, size: int) -> bool:
        if len(self._asked) >= _CONDITIONS or len(condition or "") > _LONG:
            self._asked.clear()
        times = self._asked[condition] = self._asked.get(condition, 0) + 1
        return times < 2 + size // EACH

    def _has_room(self, size: int) -> bool:
        """Makes it, by dropping what nobody has searched for a while."""
        for condition in sorted(self._kept, key=self._used.__getitem__):
            if size + self.size <= MAX_BYTES or self._searches - self._used[condition] <= IDLE:
                break
            self._kept.pop(condition)
        return size + self.size <= MAX_BYTES

    @property
    def size(self) -> int:
        """Bytes of the vectors that are kept."""
        return sum(kept.vectors.nbytes for kept in self._kept.values())


def size_of(count: int, dims: int) -> int:
    """Bytes of so many vectors."""
    return np.dtype(np.float32).itemsize * dims * count


async def read_rows(table: Any, condition: str | None) -> FewRows:
    query = table._inner.query()
    query.select_columns(["record", "vector"])
    if condition is not None:
        query.where(condition)
    rows = await scan.collected(query, scan.WHOLE)
    vectors = to_embeddings(rows)
    return FewRows(rows.select(["record"]).combine_chunks(), vectors, np.linalg.norm(vectors, axis=1))
