"""The rows of a LanceDB table in an order."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.index.filters import Filter
from core.index.index import Order
from core.index.lance.columns import Columns
from core.index.lance.query.queries import look_up, positions
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


def needed(order: Order | None) -> list[str]:
    """The columns that tell this order."""
    return [*(column for column, _ in _KEYS[order]), "id"]


def page(
    table: Any, columns: Columns, where: Filter | None, order: Order | None, offset: int, limit: int
) -> list[ImageRecord]:
    """As `Index.browse`."""
    ids = _first(table, columns, where, order, offset + limit)[offset:]
    found = {record.id: record for rows in look_up(table, "id", ids, ["record"]) for record in to_records(rows)}
    return [found[id_] for id_ in ids if id_ in found]


def sample(table: Any, columns: Columns, count: int) -> Embeddings:
    """As `Index.sample`: ids are hashes, the first of them are as good as random."""
    names = ["id", "vector"]
    parts = list(look_up(table, "id", _first(table, columns, None, None, count), names))
    empty = pa.schema([table.schema.field(name) for name in names]).empty_table()
    return to_embeddings(pa.concat_tables([empty, *parts]).sort_by("id"))


def _first(table: Any, columns: Columns, where: Filter | None, order: Order | None, count: int) -> list[str]:
    """The ids of the first so many rows in this order; empty values come last."""
    keys = [key for key in [*_KEYS[order], ("id", "ascending")] if key[0] in columns.kept]
    rows, found = columns.table(column for column, _ in keys), positions(table, columns, where)
    rows = rows if found is None else rows.take(found)
    first: list[str] = rows.column("id").take(pc.select_k_unstable(rows, count, keys)).to_pylist()
    return first
