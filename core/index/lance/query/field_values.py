"""What some fields of rows hold, without reading the records."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.index.filters import attribute
from core.index.index import FACETS, Values, counted
from core.index.records import from_storable

_SIDES = ("width", "height")


def needed(fields: Sequence[str]) -> list[str]:
    """The columns that tell these fields."""
    names = [name for field in fields for name in (_SIDES if field == "megapixels" else (_column(field),))]
    return list(dict.fromkeys(["id", *names]))


def read(rows: pa.RecordBatch, fields: Sequence[str]) -> tuple[list[str], dict[str, Values]]:
    return rows.column("id").to_pylist(), {field: _values(rows, field) for field in fields}


def _column(field: str) -> str:
    return counted(field) if field in FACETS else attribute(field)


def _values(rows: pa.RecordBatch, field: str) -> Values:
    if field == "megapixels":
        width, height = (rows.column(side).cast(pa.int64()) for side in _SIDES)
        pixels: Values = pc.cast(pc.multiply(width, height), pa.float64()).to_pylist()
        return pixels
    if _column(field) not in rows.schema.names:  # of a table of an earlier version
        return [() if field in FACETS else None] * len(rows)
    found = rows.column(_column(field)).to_pylist()
    if field == "year":
        return [(str(moment.year),) if moment else () for moment in found]
    if field == "taken":
        return [moment.replace(tzinfo=UTC).timestamp() if moment else None for moment in found]
    if field in FACETS:
        return list(map(_texts, found))
    return [None if number is None else float(number) for number in found]


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (from_storable(value),) if value else ()
    return tuple(from_storable(text) for text in value or () if text)
