"""What is asked of an index on the server, and what the answers come to. Freshness is the caller's business."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import batched
from typing import Any

from elasticsearch import ApiError, TransportError

from core.index.elastic import requests
from core.index.elastic.client import IndexMissing
from core.index.elastic.connection import Connection
from core.index.elastic.mapping import Body
from core.index.elastic.rows import hit_of
from core.index.records import Filter, Hit, Totals, by_frequency, from_storable
from core.vectors import Embedding

type Answer = dict[str, Any]

_TIES = 4
_LABELS = 10_000  # of one answer; the server makes at most 65,536 buckets
_STARTING = (0.05, 0.1, 0.2, 0.4, 0.8)  # seconds between attempts
_KEEP_ALIVE = "10m"
_NOTHING: Answer = {
    "hits": {"hits": [], "total": {"value": 0}},
    "aggregations": {"size": {"value": 0}, "labels": {"buckets": []}},
}


def hits(connection: Connection, **body: Any) -> list[Answer]:
    found: list[Answer] = _search(connection, body)["hits"]["hits"]
    return found


def count(connection: Connection, where: Filter | None = None) -> int:
    body = {"query": requests.matching(requests.filter_clauses(where)), "size": 0, "track_total_hits": True}
    return int(_search(connection, body)["hits"]["total"]["value"])


def totals(connection: Connection, where: Filter | None) -> Totals:
    answer = _search(connection, requests.totals(requests.filter_clauses(where)))
    return Totals(int(answer["hits"]["total"]["value"]), int(answer["aggregations"]["size"]["value"]))


def label_counts(connection: Connection, where: Filter | None) -> dict[str, int]:
    """Of how many rows each label is, the most frequent first."""
    clauses, counts, after = requests.filter_clauses(where), dict[str, int](), None
    while True:
        page = _search(connection, requests.labels(clauses, _LABELS, after))["aggregations"]["labels"]
        counts |= {from_storable(bucket["key"]["label"]): bucket["doc_count"] for bucket in page["buckets"]}
        after = page.get("after_key")
        if after is None:
            return by_frequency(counts)


def nearest(connection: Connection, embedding: Embedding, k: int, where: Filter | None) -> list[Hit]:
    """The best k, ties by id. The server cuts ties as they come: it is asked for more until the tie is whole."""
    clauses, asked = requests.filter_clauses(where), k + _TIES
    while True:
        found = list(map(hit_of, hits(connection, **requests.nearest(embedding, asked, clauses))))
        whole = len(found) < asked or found[-1].score < found[k - 1].score
        if whole or asked == requests.MOST_HITS:
            return sorted(found, key=lambda hit: (-hit.score, hit.record.id))[:k]
        asked = min(requests.MOST_HITS, 4 * asked)


def by_id(connection: Connection, ids: Sequence[str], at_most: int, **body: Any) -> dict[str, Answer]:
    """The rows of these ids, so many with one request."""
    return {
        hit["_id"]: hit
        for chunk in batched(ids, at_most)
        for hit in hits(connection, query=requests.ids_query(chunk), size=at_most, sort="_doc", **body)
    }


def pages(connection: Connection, where: Filter | None, at_most: int, **body: Any) -> Iterator[list[Answer]]:
    """All rows that the filter lets through, as they were at one moment."""
    query = requests.matching(requests.filter_clauses(where))
    with connection.worded():
        pit = connection.patient.open_point_in_time(index=connection.index, keep_alive=_KEEP_ALIVE)["id"]
    try:
        after = None
        while found := _page(connection, query, pit, after, at_most, body):
            yield found
            after = found[-1]["sort"]
    finally:
        with suppress(ApiError, TransportError):  # it expires by itself
            connection.quick.close_point_in_time(id=pit)


def _page(
    connection: Connection, query: Body, pit: str, after: list[Any] | None, at_most: int, body: Body
) -> list[Answer]:
    with connection.worded():
        answer = connection.patient.search(
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


def _search(connection: Connection, body: Body) -> Answer:
    try:
        with connection.worded():
            answer = _insist(
                lambda: connection.quick.search(index=connection.index, allow_partial_search_results=False, **body)
            )
    except IndexMissing:  # removed a moment ago
        return _NOTHING
    found: Answer = answer.body
    return found


def _insist[T](call: Callable[[], T]) -> T:
    """The result of the call, which is repeated for a moment while shards are only starting: those of an index that
    another process has just made, or of a node that has come back."""
    for pause in _STARTING:
        try:
            return call()
        except ApiError as error:
            if error.status_code != 503 or "missing shards" not in str(error.body):
                raise
        time.sleep(pause)
    return call()
