"""Numbers of pixels in rows of an earlier version, which have their sides only.

Scripts could multiply them, but are not allowed on every server. Instead each width that such rows have is asked for
with the heights that go with it.
"""

from dataclasses import replace

from core.index.elastic.connection import Connection
from core.index.elastic.query import queries
from core.index.filters import Between, Condition, Either, Filter, simple

_MAX_WIDTHS = 10_000  # of one aggregation, as of one answer


def by_sides(connection: Connection, where: Filter | None) -> Filter | None:
    """The filter with what it says of pixels said of the sides of those rows, too."""
    if where is None or not any(map(_is_of_pixels, simple(where))):
        return where
    lacking = {"bool": {"must_not": [{"exists": {"field": "pixels"}}]}}
    counted = {"widths": {"terms": {"field": "width", "size": _MAX_WIDTHS}}}
    answer = queries.search(connection, {"query": lacking, "size": 0, "track_total_hits": False, "aggs": counted})
    found = answer["aggregations"].get("widths", {}).get("buckets", ())
    return _said(where, [int(bucket["key"]) for bucket in found])


def _said(where: Filter, widths: list[int]) -> Filter:
    return Filter(tuple(_condition(condition, widths) for condition in where.conditions))


def _condition(condition: Condition, widths: list[int]) -> Condition:
    match condition:
        case Either(filters):
            return replace(condition, filters=tuple(_said(alternative, widths) for alternative in filters))
        case Between("megapixels") if widths:
            known = Filter((replace(condition, excluded=False),))
            return Either((known, *(_sides(condition, width) for width in widths if width)), condition.excluded)
    return condition


def _sides(condition: Between, width: int) -> Filter:
    low, high = (_height(bound, width) for bound in (condition.low, condition.high))
    return Filter((Between("width", width, width + 1), Between("height", low, high)))


def _height(pixels: object, width: int) -> float | None:
    """The least that makes so many pixels; infinity and what is no number stay as they are."""
    return -(-pixels // width) if isinstance(pixels, int | float) else None


def _is_of_pixels(condition: Condition) -> bool:
    return isinstance(condition, Between) and condition.field == "megapixels"
