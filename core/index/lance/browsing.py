"""The rows of a LanceDB table in an order."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.index.filters import Filter
from core.index.index import Order
from core.index.lance.queries import WHOLE, batches, look_up
from core.index.lance.rows import to_embeddings, to_records
from core.index.records import ImageRecord
from core.vectors import Embeddings

_KEYS: dict[Order | None, list[tuple[str, str]]] = {
    "newest": [("taken_at", "descending")],
    "oldest": [("taken_at", "ascending")],
    "largest": [("size", "descending")],
    "smallest": [("size", "ascending")],
    "name": [("name_folded", "ascending")],
    None: [],
}


def page(table: Any, where: Filter | None, order: Order | None, offset: int, limit: int) -> list[ImageRecord]:
    """As `Index.browse`."""
    ids = _first(table, where, order, offset + limit)[offset:]
    found = {record.id: record for rows in look_up(table, "id", ids, ["record"]) for record in to_records(rows)}
    return [found[id_] for id_ in ids if id_ in found]


def sample(table: Any, count: int) -> Embeddings:
    """As `Index.sample`: ids are hashes, the first of them are as good as random."""
    columns = pa.schema([table.schema.field(column) for column in ("id", "vector")])
    parts = look_up(table, "id", _first(table, None, None, count), columns.names)
    return to_embeddings(pa.concat_tables([columns.empty_table(), *parts]).sort_by("id"))


def _first(table: Any, where: Filter | None, order: Order | None, count: int) -> list[str]:
    """The ids of the first so many rows in this order; empty values come last."""
    keys = [*(key for key in _KEYS[order] if key[0] in table.schema.names), ("id", "ascending")]
    columns = pa.schema([table.schema.field(column) for column, _ in keys])
    rows = pa.Table.from_batches(batches(table, columns.names, where, WHOLE), columns)
    first: list[str] = rows.column("id").take(pc.select_k_unstable(rows, count, keys)).to_pylist()
    return first
