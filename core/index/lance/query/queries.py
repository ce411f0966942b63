"""What is asked of a LanceDB table: its rows, the nearest neighbours, and what they come to."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched, repeat, starmap
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from lancedb.background_loop import LOOP

from core.index.filters import Filter
from core.index.index import MAX_K, Totals
from core.index.lance import scan
from core.index.lance.columns import Columns
from core.index.lance.known import KnownTable
from core.index.lance.query.conditions import any_of, where_clause
from core.index.lance.rows import lacking, stamp_of, to_embeddings, to_records
from core.index.lance.upkeep import probes
from core.index.records import Hit
from core.index.scores import Scores, least_of, scores_of
from core.vectors import Embedding, check_embeddings

_MAX_TIED = 4 * MAX_K
FEW = 50
"""Of so many nearest rows at most, several times as many vectors are read."""

_REFINED = 3
IN_LIST = 1_000  # values of one IN (...)


def fetch(table: Any, columns: Iterable[str], condition: str | None = None) -> pa.Table:
    """All rows that meet the condition; a table of an earlier version may give fewer columns than are asked for."""
    return scan.rows(table, _present(table, columns), condition)


def batches(table: Any, columns: Iterable[str], where: Filter | None, rows: int) -> Iterator[pa.RecordBatch]:
    """The rows that the filter lets through, so many at a time."""
    condition = None if where is None else where_clause(where, table.schema)
    return (batch for batch in scan.batches(table, _present(table, columns), condition, rows) if len(batch))


def matching(table: Any, columns: Iterable[str], column: str, values: pa.Array) -> Iterator[pa.RecordBatch]:
    """The rows whose column holds one of so many values that reading the columns as a whole is the faster way."""
    found = batches(table, columns, None, scan.WHOLE)
    return (batch.filter(pc.is_in(batch.column(column), value_set=values)) for batch in found)


def positions(table: Any, columns: Columns, where: Filter | None) -> pa.Array | None:
    """Where in the columns the rows are that the filter lets through; None where it lets all through."""
    condition = where_clause(where, table.schema)
    return None if condition is None else columns.positions(table, condition)


def look_up(table: Any, column: str, values: Sequence[str], columns: Iterable[str]) -> Iterator[pa.Table]:
    """The rows with these values, in parts."""
    return (fetch(table, columns, any_of(column, part)) for part in batched(values, IN_LIST))


def _present(table: Any, columns: Iterable[str]) -> list[str]:
    present = table.schema.names
    return [column for column in columns if column in present]


def count(table: Any, where: Filter | None) -> int:
    return int(table.count_rows(where and where_clause(where, table.schema)))


def totals(table: Any, where: Filter | None) -> Totals:
    sizes = [batch.column("size") for batch in batches(table, ["size"], where, scan.WHOLE)]
    return Totals(sum(map(len, sizes)), sum(pc.sum(part).as_py() for part in sizes))


def bring_up_to_date(table: Any) -> None:
    """Give the table the columns that it lacks; for the one who holds the lock for writing."""
    if columns := lacking(table.schema):
        table.add_columns(columns)


def merge(table: Any, rows: pa.Table) -> Any:
    """Insert rows of unique ids, replacing those that are there."""
    return table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all().execute(rows)


def delete(table: Any, condition: str) -> Any:
    return table.delete(condition)


def nearest(
    table: Any, known: KnownTable, embedding: Embedding, k: int, where: Filter | None, embeddings: bool
) -> tuple[list[Hit], int]:
    """The k nearest by cosine, best first, ties by id; and how many rows the filter lets through.

    Raises:
        InvalidEmbedding: the embedding has other dims than the table's.
    """
    # The table's asynchronous side: the other looks up the schema three times for each search, every time by way of
    # another thread, which takes 1.5 of 7 ms. There is no public way to it from an open table (LanceDB 0.40).
    k = max(0, min(k, MAX_K))
    rows, scores, count = LOOP.run(_nearest(table._table, known, embedding, k, where))
    rows = rows.slice(0, 1 + int(np.flatnonzero(scores >= least_of(scores, k)).max(initial=-1)))
    return hits_of(rows, scores, embeddings)[:k], count


def hits_of(rows: pa.Table, scores: Scores, embeddings: bool = False) -> list[Hit]:
    """Rows and the score of each as hits, best first, ties by id; there may be more scores than rows."""
    vectors = to_embeddings(rows) if embeddings else repeat(None)
    found = zip(to_records(rows), scores.tolist(), vectors, strict=False)
    return sorted(starmap(Hit, found), key=lambda hit: (-hit.score, hit.record.id))


async def _nearest(
    table: Any, known: KnownTable, embedding: Embedding, k: int, where: Filter | None
) -> tuple[pa.Table, Scores, int]:
    """The k nearest rows and all that tie with the last of them, perhaps with some that follow; the score of each; and
    how many there are in all."""
    now = await known.now(table)
    if now.rows == 0:
        return now.schema.empty_table(), np.empty(0), 0
    check_embeddings(embedding[None], stamp_of(now.schema).dims)
    condition = where_clause(where, now.schema)
    count = await now.count(table, condition)
    if count == 0 or k < 1:
        return now.schema.empty_table(), np.empty(0), count
    if (few := await now.few.get(table, condition, count, len(embedding))) is not None:
        return *few.nearest(embedding, k), count
    (limit, refined), least = breadth_of(k + 1), probes(now.rows, count)
    while True:
        rows = await ask(table, embedding, limit, refined, condition, least)
        if len(rows) < min(k + 1, count) and least:
            least = 0
            continue
        scores = scores_of(to_embeddings(rows), embedding)
        # Copies of one picture tie. While the k-th ties with the last, which of them came back is chance.
        if len(scores) < limit or least_of(scores, k) > scores.min() or limit >= _MAX_TIED:
            return rows, scores, count
        limit = min(2 * limit + 50, _MAX_TIED)


def breadth_of(count: int) -> tuple[int, int]:
    """For so many nearest rows: how many are asked for, and how many times as many vectors are read to tell them.

    The vector index knows distances roughly. Of 100,000 rows the nearest 10 were always among the first 18 it names,
    the nearest 200 among the first 302 but for one in ten thousand: the more there are, the less they are led astray.
    Each vector is read by itself, and three times 200 took a third of the time of a search.
    """
    return (count, _REFINED) if count <= FEW else (count + max(count // 2, (_REFINED - 1) * FEW), 1)


async def ask(
    table: Any, embedding: Embedding, limit: int, refined: int, condition: str | None, partitions: int
) -> pa.Table:
    """The nearest rows, and what the engine says of how far they are.

    Args:
        table: The asynchronous side of a table.
        refined: Of so many times as many rows the vectors themselves are compared.
        partitions: How many of the vector index are looked through; all where 0.
    """
    query = table._inner.query().nearest_to(_values(embedding))
    query.column("vector")
    query.distance_type("cosine")
    if condition is not None:
        query.where(condition)  # before the nearest are looked for
    if partitions:
        query.nprobes(partitions)
    else:
        query.maximum_nprobes(0)
    query.refine_factor(refined)
    query.limit(limit)
    query.select_columns(["record", "vector", "_distance"])  # the vectors are there: they were read to refine
    return await scan.collected(query)


def _values(embedding: Embedding) -> pa.Array:
    """As pyarrow has them; `pa.array` would import NumPy's masked arrays, in which none of ours is."""
    values = np.ascontiguousarray(embedding, np.float32)
    return pa.Array.from_buffers(pa.float32(), len(values), [None, pa.py_buffer(values)])
