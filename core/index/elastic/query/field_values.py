"""What some fields of rows hold, without reading the records."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.index.filters import attribute
from core.index.index import FACETS, Value, Values, counted
from core.index.records import from_storable

_MICROSECONDS = 1e6  # in a second


def needed(fields: Sequence[str]) -> list[str]:
    """The fields of a row that tell these."""
    return list(dict.fromkeys(map(_source, fields)))


def read(hits: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> tuple[list[str], dict[str, Values]]:
    rows = [hit.get("_source", {}) for hit in hits]
    return [hit["_id"] for hit in hits], {field: [_value(row, field) for row in rows] for field in fields}


def _source(field: str) -> str:
    if field in ("year", "taken"):
        return "taken_us" if field == "taken" else "taken_at"
    return counted(field) if field in FACETS else attribute(field)


def _value(row: Mapping[str, Any], field: str) -> Value:
    value = row.get(_source(field))
    if field == "year":
        return (str(value)[:4],) if value else ()
    if field in FACETS:
        texts = (value,) if isinstance(value, str) else value or ()
        return tuple(from_storable(text) for text in texts if text)
    if value is None:
        return None
    return float(value) / (_MICROSECONDS if field == "taken" else 1.0)
