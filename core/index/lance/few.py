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
from core.index.lance.scores import Scores, least_of, scores_of
from core.vectors import Embedding, Embeddings

MAX_BYTES = 32 << 20
"""Of the vectors of all that is kept: 16,384 of 512 dimensions. Their records take a fifth more."""

_CONDITIONS = 64
_CLOSE = 1e-5  # more than the rounding of float32 moves a cosine
_WHOLE = 65_536  # rows of one batch


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
    """Of one version of a table. Read when a condition is searched under for the second time: to read them takes as
    long as several searches."""

    def __init__(self) -> None:
        self._asked: set[str | None] = set()
        self._kept: dict[str | None, FewRows] = {}

    async def get(self, table: Any, condition: str | None, count: int, dims: int) -> FewRows | None:
        """
        Args:
            table: The asynchronous side of a table.
            condition: None: all rows.
            count: So many meet it.

        Returns:
            None where they are too many, or are asked for the first time.
        """
        size = np.dtype(np.float32).itemsize * dims * count
        if size > MAX_BYTES or not self._again(condition):
            return None
        found = self._kept.get(condition)
        if found is None:
            found = await _read(table, condition)
            while self._kept and size + sum(kept.vectors.nbytes for kept in self._kept.values()) > MAX_BYTES:
                self._kept.pop(next(iter(self._kept)))
            self._kept[condition] = found
        return found

    def _again(self, condition: str | None) -> bool:
        if condition in self._asked:
            return True
        if len(self._asked) >= _CONDITIONS:
            self._asked.clear()
        self._asked.add(condition)
        return False


async def _read(table: Any, condition: str | None) -> FewRows:
    query = table._inner.query()
    query.select_columns(["record", "vector"])
    if condition is not None:
        query.where(condition)
    rows = await scan.collected(query, _WHOLE)
    vectors = to_embeddings(rows)
    return FewRows(rows.select(["record"]).combine_chunks(), vectors, np.linalg.norm(vectors, axis=1))
