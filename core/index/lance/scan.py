"""Rows of a LanceDB table, asked of the engine itself.

The builders that LanceDB has for queries bring pydantic, an eighth of what the start of a search takes, and look up the
table's schema again and again, each time by way of another thread.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
from lancedb.background_loop import LOOP

ROW = "_rowid"
"""The column that says where a row lies."""

WHOLE = 65_536
"""Rows of one batch where much is read: twenty times as fast as the engine's own measure."""


def rows(table: Any, columns: Iterable[str], condition: str | None = None) -> pa.Table:
    """All that meet the condition."""
    return LOOP.run(collected(_query(table, columns, condition)))


def batches(
    table: Any, columns: Iterable[str], condition: str | None, most: int, *, places: bool = False
) -> Iterator[pa.RecordBatch]:
    """The same, so many at a time.

    Args:
        places: Whether the column `ROW` is wanted too.
    """
    query = _query(table, columns, condition)
    if places:
        query.with_row_id()
    stream = LOOP.run(_begun(query, most))
    while (batch := LOOP.run(_next(stream))) is not None:
        yield batch


def taken(table: Any, places: list[int], columns: Iterable[str]) -> pa.Table:
    """The rows that lie there, in whatever order, with the column `ROW`."""
    query = table._table._inner.take_row_ids(places)
    query.select_columns(list(columns))
    query.with_row_id()
    return LOOP.run(collected(query))


async def collected(query: Any, most: int | None = None) -> pa.Table:
    """All rows that a query of the engine finds; it reads so many at a time."""
    stream = await _begun(query, most)
    return pa.Table.from_batches([batch async for batch in stream], schema=stream.schema)


def _query(table: Any, columns: Iterable[str], condition: str | None) -> Any:
    query = table._table._inner.query()
    query.select_columns(list(columns))
    if condition is not None:
        query.where(condition)
    return query


async def _begun(query: Any, most: int | None = None) -> Any:
    return await query.execute(max_batch_length=most, timeout=None)


async def _next(stream: Any) -> pa.RecordBatch | None:
    return await anext(stream, None)
