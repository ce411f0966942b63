"""What is asked of a LanceDB table: its rows, the nearest neighbours, and what they come to."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from lancedb.background_loop import LOOP

from core.index.lance.conditions import where_clause
from core.index.lance.rows import lacking, stamp_of, to_records
from core.index.lance.upkeep import probes
from core.index.records import MAX_K, SCORE_DECIMALS, Filter, Hit, Totals, by_frequency, from_storable, storable
from core.vectors import Embedding, check_embeddings

_MOST_TIED = 4 * MAX_K
_WHOLE = 65_536  # rows of one batch where a column is read as a whole: twenty times as fast as the engine's own measure


def fetch(table: Any, columns: Iterable[str], condition: str | None = None) -> pa.Table:
    """All rows that meet the condition; a table of an earlier version may give fewer columns than are asked for."""
    return _select(table, columns, condition).to_arrow()


def batches(table: Any, columns: Iterable[str], where: Filter | None, rows: int) -> Iterator[pa.RecordBatch]:
    """The same of what the filter lets through, so many at a time."""
    condition = None if where is None else where_clause(where, table.schema)
    return (batch for batch in _select(table, columns, condition).to_batches(rows) if len(batch))


def matching(table: Any, columns: Iterable[str], column: str, values: Sequence[str]) -> list[pa.RecordBatch]:
    """The rows whose column holds one of so many values that reading the columns as a whole is the faster way."""
    wanted = pa.array(map(storable, values), pa.string())
    found = batches(table, columns, None, _WHOLE)
    return [batch.filter(pc.is_in(batch.column(column), value_set=wanted)) for batch in found]


def _select(table: Any, columns: Iterable[str], condition: str | None) -> Any:
    present = table.schema.names
    query = table.search().select([column for column in columns if column in present])
    return query if condition is None else query.where(condition)


def count(table: Any, where: Filter | None) -> int:
    return int(table.count_rows(where and where_clause(where, table.schema)))


def totals(table: Any, where: Filter | None) -> Totals:
    sizes = [batch.column("size") for batch in batches(table, ["size"], where, _WHOLE)]
    return Totals(sum(map(len, sizes)), sum(pc.sum(part).as_py() for part in sizes))


def label_counts(table: Any, where: Filter | None) -> dict[str, int]:
    """Of how many rows each label is, the most frequent first."""
    counts: Counter[str] = Counter()
    if "labels" in table.schema.names:
        for batch in batches(table, ["labels"], where, _WHOLE):
            found = pc.value_counts(pc.list_flatten(batch.column("labels")))
            values, numbers = (found.field(name).to_pylist() for name in ("values", "counts"))
            counts.update(dict(zip(map(from_storable, values), numbers, strict=True)))
    return by_frequency(counts)


def bring_up_to_date(table: Any) -> None:
    """Give the table the columns that it lacks; for the one who holds the lock for writing."""
    if columns := lacking(table.schema):
        table.add_columns(columns)


def merge(table: Any, rows: pa.Table) -> Any:
    """Insert rows of unique ids, replacing those that are there."""
    return table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all().execute(rows)


def delete(table: Any, condition: str) -> Any:
    return table.delete(condition)


def nearest(table: Any, embedding: Embedding, k: int, where: Filter | None) -> list[Hit]:
    """The k nearest by cosine, best first, ties by id.

    Raises:
        InvalidEmbedding: the embedding has other dims than the table's.
    """
    # The table's asynchronous side: the other looks up the schema three times for each search, every time by way of
    # another thread, which takes 1.5 of 7 ms. There is no public way to it from an open table (LanceDB 0.40).
    rows, scores = LOOP.run(_nearest(table._table, embedding, min(k, MAX_K), where))
    hits = [Hit(record, float(score)) for record, score in zip(to_records(rows), scores, strict=True)]
    return sorted(hits, key=lambda hit: (-hit.score, hit.record.id))[:k]


async def _nearest(table: Any, embedding: Embedding, k: int, where: Filter | None) -> tuple[pa.Table, Embedding]:
    """The k nearest rows and all that tie with the last of them, and the score of each."""
    size = await table.count_rows()
    if size == 0 or k < 1:
        return pa.table({"record": []}), np.empty(0, np.float32)
    columns = await table.schema()
    check_embeddings(embedding[None], stamp_of(columns).dims)
    condition, limit = where_clause(where, columns), k + 1
    while True:
        rows = await _ask(table, embedding, limit, condition, probes(size))
        scores = np.clip(np.round(1.0 - rows.column("_distance").to_numpy(), SCORE_DECIMALS), -1.0, 1.0)
        # Copies of one picture tie. While the k-th ties with the last, which of them came back is chance.
        if len(scores) < limit or scores[k - 1] > scores[-1] or limit >= _MOST_TIED:
            return rows, scores
        limit = min(2 * limit + 50, _MOST_TIED)


async def _ask(table: Any, embedding: Embedding, limit: int, condition: str | None, least: int) -> pa.Table:
    query = table.query().nearest_to(embedding).column("vector").distance_type("cosine")
    if condition is not None:
        query = query.where(condition)  # before the nearest are looked for
    # With a maximum of 0 all partitions are looked through before an answer is short. It must be set first.
    query = query.maximum_nprobes(0).minimum_nprobes(least)
    # Without refining, distances out of the vector index are about twice 1 - cosine.
    return await query.refine_factor(3).limit(limit).select(["record", "_distance"]).to_arrow()
