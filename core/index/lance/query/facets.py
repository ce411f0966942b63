"""How many rows of a LanceDB table have which value."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from core.index.filters import Filter
from core.index.index import counted, most_frequent
from core.index.lance.columns import Columns
from core.index.lance.query.queries import positions
from core.index.records import from_storable

_DAY = 86_400_000_000  # microseconds


def facets(table: Any, columns: Columns, where: Filter | None, fields: Sequence[str]) -> dict[str, dict[str, int]]:
    """As `Index.facets`.

    Args:
        columns: What the table has of the columns that are counted.
    """
    found = positions(table, columns, where)
    return {field: _counts(columns.kept.get(counted(field)), found) for field in fields}


def _counts(column: pa.ChunkedArray | None, found: pa.Array | None) -> dict[str, int]:
    """The counts of what a column holds at these positions; of all of it where none are given."""
    if column is None:  # in a table of an earlier version
        return {}
    counts: Counter[Any] = Counter()
    for chunk in (column if found is None else column.take(found)).chunks:
        counts.update(dict(_value_counts(chunk)))
    return most_frequent({from_storable(str(value)): count for value, count in counts.items() if value})


def _value_counts(chunk: pa.Array) -> Iterator[tuple[Any, int]]:
    if pa.types.is_list(chunk.type):
        chunk = chunk.flatten()
    if pa.types.is_dictionary(chunk.type):
        numbers = np.bincount(chunk.indices.drop_null().to_numpy(), minlength=len(chunk.dictionary))
        return (
            (value, count) for value, count in zip(chunk.dictionary.to_pylist(), numbers.tolist(), strict=True) if count
        )
    return _years(chunk)


def _years(moments: pa.Array) -> Iterator[tuple[int, int]]:
    """By way of the days, of which there are few."""
    numbers = moments.drop_null().cast(pa.int64()).to_numpy()
    days = numbers // _DAY
    first = days.min() if len(days) else 0
    counts = np.bincount(days - first)
    (present,) = counts.nonzero()
    years = (present + first).astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970
    totals = Counter[int]()
    for year, count in zip(years.tolist(), counts[present].tolist(), strict=True):
        totals[year] += count
    return iter(totals.items())
