"""What is asked of a LanceDB table to see how good its searches are: with another effort, and exactly."""

import math
import time
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from lancedb.background_loop import LOOP
from numpy.typing import NDArray

from core.index.effort import Effort, Efforts, Neighbour, check_comparable, choices, took_too_long
from core.index.filters import Filter
from core.index.index import MAX_K
from core.index.lance import few, scan
from core.index.lance.known import Known, KnownTable
from core.index.lance.query.conditions import where_clause
from core.index.lance.query.queries import FEW, ask, breadth_of, count, hits_of
from core.index.lance.rows import stamp_of, to_embeddings
from core.index.lance.upkeep import partitions, probes
from core.index.records import Hit
from core.index.scores import Comparison, scores_of
from core.vectors import Embedding, Embeddings, check_embeddings

PARAMETERS = ("nprobes", "refine_factor")
_BREADTHS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500)
_REFINED, _LONGER = (1, 2, 3, 5, 10), (1, 1.25, 1.5, 2, 3)
_BATCH = 16_384  # rows


def efforts(table: Any, known: KnownTable, k: int, where: Filter | None) -> Efforts:
    """As `Index.efforts`. Rows that are few enough to be kept in memory are all compared, when they are searched again
    and again."""
    now, matching = LOOP.run(_known(table._table, known, where))
    there = partitions(table)
    if not there or not matching:
        return Efforts("partitions", PARAMETERS, None, ())
    k = max(1, min(k, MAX_K))
    limit, refined = breadth_of(k + 1)
    used = Effort(min(there, probes(now.rows, matching)), round(limit * refined / (k + 1), 2))
    fitting = (breadth for breadth in (*_BREADTHS, there) if breadth <= max(there, used.breadth))
    offered = choices(used, fitting, _REFINED if k < FEW else _LONGER)
    is_kept = few.size_of(matching, stamp_of(now.schema).dims) <= few.MAX_BYTES
    return Efforts("partitions", PARAMETERS, None if is_kept else used, offered)


def nearest_with(
    table: Any, known: KnownTable, effort: Effort, embedding: Embedding, k: int, where: Filter | None
) -> list[Hit]:
    """As `Index.search_with`.

    Raises:
        InvalidEmbedding: the embedding has other dims than the table's.
    """
    now, matching = LOOP.run(_known(table._table, known, where))
    k = max(0, min(k, MAX_K))
    if not (matching and k):
        return []
    check_embeddings(embedding[None], stamp_of(now.schema).dims)
    limit, refined = k + 1, max(1, round(effort.oversampling))
    if k >= FEW:
        limit, refined = math.ceil(limit * effort.oversampling), 1
    condition = where_clause(where, now.schema)
    rows = LOOP.run(ask(table._table, embedding, limit, refined, condition, effort.breadth))
    return hits_of(rows, scores_of(to_embeddings(rows), embedding))[:k]


async def _known(table: Any, known: KnownTable, where: Filter | None) -> tuple[Known, int]:
    """
    Args:
        table: The asynchronous side of a table.

    Returns:
        What is known of it, and how many rows the filter lets through.
    """
    now = await known.now(table)
    return now, await now.count(table, where_clause(where, now.schema)) if now.rows else 0


def nearest_exactly(
    table: Any, embeddings: Embeddings, k: int, where: Filter | None, seconds: float
) -> list[list[Neighbour]]:
    """As `Index.search_exactly`: reads the rows once for all queries."""
    rows = count(table, where)
    check_comparable(rows)
    if not (rows and k >= 1):
        return [[] for _ in embeddings]
    check_embeddings(embeddings, stamp_of(table.schema).dims)
    deadline, comparison = time.monotonic() + seconds, Comparison(embeddings, k)
    for batch in scan.batches(table, ["id", "vector"], where_clause(where, table.schema), _BATCH):
        if time.monotonic() > deadline:
            raise took_too_long(seconds)
        comparison.add(to_embeddings(batch), partial(_ids, batch.column("id")))
    return comparison.nearest


def _ids(column: pa.Array, places: NDArray[np.intp]) -> list[str]:
    ids: list[str] = column.take(pa.array(places)).to_pylist()
    return ids
