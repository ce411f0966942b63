"""How many rows of a LanceDB table have which value."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.index.filters import Filter
from core.index.index import counted, most_frequent
from core.index.lance.queries import whole
from core.index.records import from_storable


def facets(table: Any, where: Filter | None, fields: Sequence[str]) -> dict[str, dict[str, int]]:
    """As `Index.facets`: the columns are read as a whole."""
    counts: dict[str, Counter[Any]] = {facet: Counter() for facet in fields}
    present = table.schema.names  # in a table of an earlier version not all
    columns = {facet: counted(facet) for facet in fields if counted(facet) in present}
    for batch in whole(table, list(columns.values()), where) if columns else ():
        for facet, column in columns.items():
            counts[facet].update(dict(_value_counts(batch.column(column))))
    return {facet: _named(counter) for facet, counter in counts.items()}


def _value_counts(column: pa.Array) -> Iterable[tuple[Any, int]]:
    if pa.types.is_timestamp(column.type):
        column = pc.year(column)
    if pa.types.is_list(column.type):
        column = pc.list_flatten(column)
    found = pc.value_counts(column)
    return zip(found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True)


def _named(counter: Counter[Any]) -> dict[str, int]:
    return most_frequent({from_storable(str(value)): count for value, count in counter.items() if value})
