"""What is asked of a LanceDB table: its SQL, and the nearest neighbours."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from lancedb.background_loop import LOOP

from core.index.lance.rows import stamp_of, to_records
from core.index.lance.upkeep import probes
from core.index.records import MAX_K, SCORE_DECIMALS, Filter, Hit, storable
from core.vectors import Embedding, check_embeddings

_MOST_TIED = 4 * MAX_K


def select(table: Any, columns: list[str], condition: str | None = None) -> Any:
    """A query for all rows that meet the condition."""
    query = table.search().select(columns)
    return query if condition is None else query.where(condition)


def fetch(table: Any, columns: list[str], condition: str | None = None) -> pa.Table:
    return select(table, columns, condition).to_arrow()


def matching(rows: pa.Table, column: str, values: pa.Array) -> pa.Table:
    """The rows whose column holds one of the values."""
    return rows.filter(pc.is_in(rows.column(column), value_set=values))


def merge(table: Any, rows: pa.Table) -> Any:
    """Insert rows of unique ids, replacing those that are there."""
    return table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all().execute(rows)


def delete(table: Any, condition: str) -> Any:
    return table.delete(condition)


def nearest(table: Any, embedding: Embedding, k: int, condition: str | None) -> list[Hit]:
    """The k nearest by cosine, best first, ties by id.

    Raises:
        InvalidEmbedding: the embedding has other dims than the table's.
    """
    # The table's asynchronous side: the other looks up the schema three times for each search, every time by way of
    # another thread, which takes 1.5 of 7 ms. There is no public way to it from an open table (LanceDB 0.40).
    rows, scores = LOOP.run(_nearest(table._table, embedding, min(k, MAX_K), condition))
    hits = [Hit(record, float(score)) for record, score in zip(to_records(rows), scores, strict=True)]
    return sorted(hits, key=lambda hit: (-hit.score, hit.record.id))[:k]


async def _nearest(table: Any, embedding: Embedding, k: int, condition: str | None) -> tuple[pa.Table, Embedding]:
    """The k nearest rows and all that tie with the last of them, and the score of each."""
    count = await table.count_rows()
    if count == 0 or k < 1:
        return pa.table({"record": []}), np.empty(0, np.float32)
    check_embeddings(embedding[None], stamp_of(await table.schema()).dims)
    limit = k + 1
    while True:
        rows = await _ask(table, embedding, limit, condition, probes(count))
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


def literal(text: str) -> str:
    return "'" + storable(text).replace("'", "''") + "'"


def any_of(column: str, values: Sequence[str]) -> str:
    return f"{column} IN ({', '.join(map(literal, values))})"


def where_clause(where: Filter | None) -> str | None:
    """The filter as an SQL condition; None where it lets everything through."""
    if where is None:
        return None
    bounds = [
        ("taken_at", ">=", where.taken_from and f"timestamp '{where.taken_from.isoformat(' ')}'"),
        ("taken_at", "<", where.taken_before and f"timestamp '{where.taken_before.isoformat(' ')}'"),
        ("width", ">=", where.min_width),
        ("height", ">=", where.min_height),
        ("size", ">=", where.min_size),
        ("size", "<=", where.max_size),
    ]
    conditions = [f"{column} {sign} {bound}" for column, sign, bound in bounds if bound is not None]
    if where.formats:
        conditions.append(any_of("format", where.formats))
    if where.folder is not None:
        conditions.append(_below(str(Path(where.folder))))
    return " AND ".join(conditions) or None


def _below(folder: str) -> str:
    # A range of strings needs no escapes, which LIKE would for %, _ and backslash, and uses the column's index:
    # all that begins with "/a/" sorts from "/a/" up to "/a0", 0 being the character after the slash.
    inside = folder.rstrip(os.sep)
    after = chr(ord(os.sep) + 1)
    equal, lowest, beyond = literal(folder), literal(inside + os.sep), literal(inside + after)
    return f"(folder = {equal} OR (folder >= {lowest} AND folder < {beyond}))"
