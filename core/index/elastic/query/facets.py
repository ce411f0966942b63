"""How many rows on the server have which value."""

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


def facets(connection: Connection, where: Filter | None, fields: Sequence[str]) -> dict[str, dict[str, int]]:
    """As `Index.facets`."""
    answer = queries.search(connection, requests.facets(filter_clauses(where), fields))
    found = answer.get("aggregations", {})
    return {field: _counts(field, found.get(field, {}).get("buckets", ())) for field in fields}


def _counts(field: str, buckets: Iterable[dict[str, Any]]) -> dict[str, int]:
    counts = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
    if field == "year":
        return most_frequent({str(_year(start)): count for start, count in counts.items()})
    return most_frequent({from_storable(value): count for value, count in counts.items() if value})


def _year(start: int) -> int:
    return (EPOCH + timedelta(milliseconds=start)).year
