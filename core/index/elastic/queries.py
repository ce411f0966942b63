"""What is asked of an index on the server, and what the answers come to. Freshness is the caller's business."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import batched
from typing import Any

from elasticsearch import ApiError

from core.index.elastic import requests
from core.index.elastic.conditions import filter_clauses
from core.index.elastic.connection import Connection
from core.index.elastic.errors import IndexMissing
from core.index.elastic.mapping import Body
from core.index.elastic.rows import hit_of, vector_of
from core.index.filters import Filter
from core.index.index import Totals
from core.index.records import Hit
from core.vectors import Embedding

type Answer = dict[str, Any]

WITHOUT_VECTORS: Body = {"source_excludes": ["embedding"]}
VECTORS_ALONE: Body = {"source_includes": ["embedding"]}
VECTORS = 500
"""Rows of one answer that holds their vectors."""

_TIES = 4
_REVISION = "indices.*.uuid,indices.*.shards.*.routing.primary,indices.*.shards.*.seq_no.max_seq_no"
_STARTING = (0.05, 0.1, 0.2, 0.4, 0.8)  # seconds between attempts
_NOTHING: Answer = {"hits": {"hits": [], "total": {"value": 0}}, "aggregations": {"size": {"value": 0}}}


def hits(connection: Connection, **body: Any) -> list[Answer]:
    found: list[Answer] = search(connection, body)["hits"]["hits"]
    return found


def count(connection: Connection, where: Filter | None = None) -> int:
    body = {"query": requests.matching(filter_clauses(where)), "size": 0, "track_total_hits": True}
    return int(search(connection, body)["hits"]["total"]["value"])


def totals(connection: Connection, where: Filter | None) -> Totals:
    answer = search(connection, requests.totals(filter_clauses(where)))
    return Totals(int(answer["hits"]["total"]["value"]), int(answer["aggregations"]["size"]["value"]))


def nearest(connection: Connection, embedding: Embedding, k: int, where: Filter | None, embeddings: bool) -> list[Hit]:
    """The best k, ties by id. The server cuts ties as they come: it is asked for more until the tie is whole."""
    clauses, asked = filter_clauses(where), min(requests.MOST_HITS, k + _TIES)
    while True:
        body = requests.nearest(embedding, asked, clauses)
        found = hits(connection, **body, **({} if embeddings else WITHOUT_VECTORS))
        best = list(map(hit_of, found))
        whole = len(best) < asked or best[-1].score < best[k - 1].score
        if whole or asked == requests.MOST_HITS:
            best = sorted(best, key=lambda hit: (-hit.score, hit.record.id))[:k]
            return _with(best, vectors(connection, found)) if embeddings else best
        asked = min(requests.MOST_HITS, 4 * asked)


def _with(best: Sequence[Hit], embeddings: Mapping[str, Embedding]) -> list[Hit]:
    found = ((hit, embeddings.get(hit.record.id)) for hit in best)
    return [replace(hit, embedding=row) for hit, row in found if row is not None]


def vectors(connection: Connection, found: Sequence[Answer]) -> dict[str, Embedding]:
    """Of rows that were read with their vectors, by id.

    Those that do not hold them, as in an index that an earlier version made, are asked for their numbers; those that
    are gone meanwhile are left out.
    """
    read = {row["_id"]: vector_of(row) for row in found}
    lacking = [id_ for id_, vector in read.items() if vector is None]
    numbers = by_id(connection, lacking, VECTORS, fields=["embedding"], source=False)
    read |= {id_: vector_of(row) for id_, row in numbers.items()}
    return {id_: vector for id_, vector in read.items() if vector is not None}


def revision(connection: Connection) -> str:
    """Another text after every change, also after those that searches do not see yet."""
    try:
        with connection.worded():
            stats = connection.quick.indices.stats
            answer = stats(index=connection.index, metric="docs", level="shards", filter_path=_REVISION).body
    except IndexMissing:
        return ""
    return changes(answer)


def changes(stats: Answer) -> str:
    """What the statistics of shards say of changes: of each primary, for its copies lag behind."""
    return " ".join(
        sorted(
            f"{index['uuid']}/{shard}/{copy.get('seq_no', {}).get('max_seq_no')}"
            for index in stats.get("indices", {}).values()
            for shard, copies in index.get("shards", {}).items()
            for copy in copies
            if copy["routing"]["primary"]
        )
    )


def by_id(connection: Connection, ids: Sequence[str], at_most: int, **body: Any) -> dict[str, Answer]:
    """The rows of these ids, so many with one request."""
    return {
        hit["_id"]: hit
        for chunk in batched(ids, at_most)
        for hit in hits(connection, query=requests.ids_query(chunk), size=at_most, sort="_doc", **body)
    }


def search(connection: Connection, body: Body) -> Answer:
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
