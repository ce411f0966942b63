"""Many rows of an index on the server, page by page."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from elasticsearch import ApiError, TransportError

from core.index.elastic.connection import Connection
from core.index.elastic.mapping import Body
from core.index.elastic.query import requests
from core.index.elastic.query.conditions import filter_clauses
from core.index.elastic.query.queries import Answer, hits
from core.index.filters import Filter
from core.index.index import Order

_KEEP_ALIVE = "10m"


def pages(
    connection: Connection, where: Filter | None, at_most: int, since: int = -1, **body: Any
) -> Iterator[list[Answer]]:
    """All rows that the filter lets through, as they were at one moment.

    Args:
        since: Only what was changed after this `queries.checkpoint`, perhaps some more.
    """
    changed = [{"range": {"_seq_no": {"gt": since}}}] if since >= 0 else []
    query = requests.matching([*filter_clauses(where), *changed])
    with connection.translate_errors():
        pit = connection.write_client.open_point_in_time(index=connection.index, keep_alive=_KEEP_ALIVE)["id"]
    try:
        after = None
        while found := _page(connection, query, pit, after, at_most, body):
            yield found
            after = found[-1]["sort"]
    finally:
        with suppress(ApiError, TransportError):  # it expires by itself
            connection.search_client.close_point_in_time(id=pit)


def _page(
    connection: Connection, query: Body, pit: str, after: list[Any] | None, at_most: int, body: Body
) -> list[Answer]:
    with connection.translate_errors():
        answer = connection.write_client.search(
            query=query,
            pit={"id": pit, "keep_alive": _KEEP_ALIVE},
            sort=[{"_shard_doc": "asc"}],
            search_after=after,
            size=at_most,
            track_total_hits=False,
            allow_partial_search_results=False,
            **body,
        )
    found: list[Answer] = answer["hits"]["hits"]
    return found


def ordered(
    connection: Connection,
    where: Filter | None,
    order: Order | None,
    offset: int,
    limit: int,
    at_most: int,
    **body: Any,
) -> Iterator[list[Answer]]:
    """So many rows in this order, after the first `offset`."""
    request = {**requests.ordered(filter_clauses(where), order), **body}
    place: Body = {"from_": offset}
    if offset + min(limit, at_most) > requests.MAX_HITS:
        place = {"search_after": _last_of(connection, requests.ordered(filter_clauses(where), order), offset)}
    while limit > 0:
        size = min(limit, at_most)
        if found := hits(connection, **request, **place, size=size):
            yield found
        if len(found) < size:
            break
        limit -= size
        place = {"search_after": found[-1]["sort"]}


def _last_of(connection: Connection, request: Body, count: int) -> list[Any] | None:
    """Where the first so many rows end: the server counts to 10,000 only."""
    after = None
    while count > 0 and (
        found := hits(connection, **request, search_after=after, size=min(count, requests.MAX_HITS), source=False)
    ):
        after, count = found[-1]["sort"], count - len(found)
    return after
