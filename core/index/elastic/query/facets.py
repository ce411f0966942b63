"""How many rows on the server have which value: counted, or estimated where that would take too long.

To count the values of a hundred million rows takes the server a minute. Of a part of them that it draws by chance it
takes as long as of a million, and a value of one row in a hundred is told to a hundredth of its count.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from core.index.elastic.connection import Connection
from core.index.elastic.query import queries, requests
from core.index.elastic.query.conditions import filter_clauses
from core.index.elastic.rows import EPOCH
from core.index.filters import Filter
from core.index.index import most_frequent
from core.index.records import from_storable

ESTIMATED_FROM = 5_000_000
"""Rows that a filter lets through, above which their values are estimated."""

SAMPLED = 1_000_000
"""Rows that are drawn then, about. The server takes no more than half of them."""

_DIGITS = 2  # of an estimate


class Facets:
    """Those of one index. Safe between threads."""

    def __init__(self) -> None:
        self._rows = 0

    def note(self, rows: int) -> None:
        """How many rows the index has, as somebody has found: nothing is asked of the server for this alone."""
        self._rows = rows

    def count(self, connection: Connection, where: Filter | None, fields: Sequence[str]) -> dict[str, dict[str, int]]:
        """As `Index.facets`."""
        rows = queries.count(connection, where) if self._rows > ESTIMATED_FROM else 0
        share = SAMPLED / rows if rows > ESTIMATED_FROM else 1.0
        answer = queries.search(connection, requests.facets(filter_clauses(where), fields, share))
        found = answer.get("aggregations", {})
        if share < 1.0:
            found = found.get(requests.DRAWN, {})
        return {field: _counts(field, _buckets(found, field, share)) for field in fields}


def _buckets(found: dict[str, Any], field: str, share: float) -> list[dict[str, Any]]:
    buckets: list[dict[str, Any]] = found.get(field, {}).get("buckets", [])
    return buckets if share == 1.0 else [{**one, "doc_count": rounded(one["doc_count"])} for one in buckets]


def rounded(count: int) -> int:
    """To as many digits as an estimate has."""
    return round(count, _DIGITS - len(str(count))) if count >= 10**_DIGITS else count


def _counts(field: str, buckets: Iterable[dict[str, Any]]) -> dict[str, int]:
    counts = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
    if field == "year":
        return most_frequent({str(_year(start)): count for start, count in counts.items()})
    return most_frequent({from_storable(value): count for value, count in counts.items() if value})


def _year(start: int) -> int:
    return (EPOCH + timedelta(milliseconds=start)).year
