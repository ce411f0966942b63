"""What is asked of an index on the server, and what the answers come to. Freshness is the caller's business."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import batched
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from core.index.effort import Effort
from core.index.elastic.connection import Connection
from core.index.elastic.errors import IndexMissing
from core.index.elastic.mapping import Body
from core.index.elastic.query import requests
from core.index.elastic.query.conditions import filter_clauses
from core.index.elastic.rows import hit_of, vector_of
from core.index.filters import Filter
from core.index.index import Totals
from core.index.records import Hit
from core.index.versions import Overtaken
from core.vectors import Embedding

type Answer = dict[str, Any]

WITHOUT_VECTORS: Body = {"source_excludes": ["embedding"]}
VECTORS_ALONE: Body = {"source_includes": ["embedding"]}
VECTORS = 500
"""Rows of one answer that holds their vectors."""

CANDIDATES = requests.LEAST.breadth
"""Looked for at least; they are all it takes up to 250,000 rows."""

_ROWS_A_CANDIDATE = 500
_TIES = 4
_STATS = ",".join(
    (
        "indices.*.uuid",
        *(f"indices.*.shards.*.{one}" for one in ("routing.primary", "seq_no.max_seq_no", "refresh", "docs.count")),
    )
)
_STARTING = (0.05, 0.1, 0.2, 0.4, 0.8)  # seconds between attempts
_NOTHING: Answer = {"hits": {"hits": [], "total": {"value": 0}}, "aggregations": {"size": {"value": 0}}}


def hits(connection: Connection, **body: Any) -> list[Answer]:
    found: list[Answer] = search(connection, body)["hits"]["hits"]
    return found


def count(connection: Connection, where: Filter | None = None) -> int:
    return _total(search(connection, _counting(where)))


def totals(connection: Connection, where: Filter | None) -> Totals:
    answer = search(connection, requests.totals(filter_clauses(where)))
    return Totals(_total(answer), int(answer["aggregations"]["size"]["value"]))


def nearest(
    connection: Connection, embedding: Embedding, k: int, where: Filter | None, embeddings: bool, least: Effort
) -> list[Hit]:
    """The best k, ties by id."""
    ask = partial(_nearest, least, embedding=embedding, clauses=filter_clauses(where), embeddings=embeddings)
    first = search(connection, ask(asked(k)))
    return _best(connection, first, k, ask, embeddings)


def nearest_and_counts(
    connection: Connection,
    embedding: Embedding,
    k: int,
    wheres: Sequence[Filter | None],
    embeddings: bool,
    least: Effort,
) -> tuple[list[Hit], list[int]]:
    """The best that the first filter lets through, and how many rows each of them does, with one request."""
    ask = partial(_nearest, least, embedding=embedding, clauses=filter_clauses(wheres[0]), embeddings=embeddings)
    first, *counted = together(connection, ask(asked(k)), *map(_counting, wheres))
    return _best(connection, first, k, ask, embeddings), list(map(_total, counted))


def asked(k: int) -> int:
    """More than the best k, to see whether the last of them ties."""
    return min(requests.MAX_HITS, k + _TIES)


def _nearest(least: Effort, count: int, embedding: Embedding, clauses: Sequence[Body], embeddings: bool) -> Body:
    body = requests.nearest(embedding, count, clauses, least)
    return body if embeddings else {**body, "_source": {"excludes": ["embedding"]}}


def _best(connection: Connection, answer: Answer, k: int, ask: Callable[[int], Body], embeddings: bool) -> list[Hit]:
    """The best k of what was found. The server cuts ties as they come: it is asked for more until the tie is whole."""
    count = asked(k)
    while True:
        found = answer["hits"]["hits"]
        best = list(map(hit_of, found))
        whole = len(best) < count or best[-1].score < best[k - 1].score
        if whole or count == requests.MAX_HITS:
            break
        count = min(requests.MAX_HITS, 4 * count)
        answer = search(connection, ask(count))
    best = sorted(best, key=lambda hit: (-hit.score, hit.record.id))[:k]
    return _with(best, vectors(connection, found)) if embeddings else best


def _counting(where: Filter | None) -> Body:
    return {"query": requests.matching(filter_clauses(where)), "size": 0, "track_total_hits": True}


def _with(best: Sequence[Hit], embeddings: Mapping[str, Embedding]) -> list[Hit]:
    found = ((hit, embeddings.get(hit.record.id)) for hit in best)
    return [replace(hit, embedding=row) for hit, row in found if row is not None]


def vectors(connection: Connection, found: Sequence[Answer]) -> dict[str, Embedding]:
    """The embeddings of rows that were read with their vectors, by id.

    Those that do not hold them, as in an index that an earlier version made, are asked for their numbers; those that
    are gone meanwhile are left out.
    """
    read = {row["_id"]: vector_of(row) for row in found}
    lacking = [id_ for id_, vector in read.items() if vector is None]
    numbers = by_id(connection, lacking, VECTORS, fields=["embedding"], source=False)
    read |= {id_: vector_of(row) for id_, row in numbers.items()}
    return {id_: vector for id_, vector in read.items() if vector is not None}


def stats(connection: Connection) -> Answer:
    """What the server counts of the parts of the index; nothing where there is none."""
    try:
        with connection.translate_errors():
            ask = connection.search_client.indices.stats
            found: Answer = ask(
                index=connection.index, metric=["docs", "refresh"], level="shards", filter_path=_STATS
            ).body
    except IndexMissing:
        _check_pinned(connection)
        return {}
    return found


def checkpoint(connection: Connection) -> int:
    """Up to which of their numbers all changes have been carried out, in each part of the index: after a refresh, what
    comes later has a higher one."""
    with connection.translate_errors():
        ask = connection.write_client.indices.stats
        found = ask(index=connection.index, metric=["docs"], level="shards").body
    shards = [copies for index in found["indices"].values() for copies in index["shards"].values()]
    primary = [copy["seq_no"] for copies in shards for copy in copies if copy["routing"]["primary"]]
    return min((int(one["local_checkpoint"]) for one in primary), default=-1)


def candidates(found: Answer) -> int:
    """How many are to be looked for, by the rows of the fullest part: 2,000 among a million.

    The server looks through the segments of a part side by side, and gives up in one what is further away than what it
    found in others: the more rows, the sooner it gives up too much. At a million rows in some 40 segments 300 found
    0.96 of the nearest, 1,000 0.99 and 2,000 0.998, in the same time.
    """
    shards = [copies for index in found.get("indices", {}).values() for copies in index.get("shards", {}).values()]
    rows = max((int(copy.get("docs", {}).get("count", 0)) for copies in shards for copy in copies), default=0)
    return min(max(CANDIDATES, rows // _ROWS_A_CANDIDATE), requests.MAX_HITS)


def stands_for(found: Answer) -> set[str]:
    """The uuids of the indices that the name stands for, by their statistics."""
    return {index["uuid"] for index in found.get("indices", {}).values()}


def changes(found: Answer, *, visible: bool = True) -> str:
    """Another text after every change; and again when searches see it, where that is of interest.

    A change has a number on the primary part at once, for its copies lag behind. Each copy is searched, and counts its
    refreshes: the server makes none by itself where nothing has changed.
    """
    return " ".join(
        sorted(
            f"{index['uuid']}/{shard}/{_number(copies)}{_refreshes(copies) if visible else ''}"
            for index in found.get("indices", {}).values()
            for shard, copies in index.get("shards", {}).items()
        )
    )


def _number(copies: Sequence[Answer]) -> object:
    return next((copy.get("seq_no", {}).get("max_seq_no") for copy in copies if copy["routing"]["primary"]), None)


def _refreshes(copies: Sequence[Answer]) -> str:
    return "/" + ",".join(sorted(str(copy.get("refresh", {}).get("external_total")) for copy in copies))


def by_id(connection: Connection, ids: Sequence[str], at_most: int, **body: Any) -> dict[str, Answer]:
    """The rows of these ids, so many with one request."""
    return {
        hit["_id"]: hit
        for chunk in batched(ids, at_most)
        for hit in hits(connection, query=requests.ids_query(chunk), size=at_most, sort="_doc", **body)
    }


def search(connection: Connection, body: Body) -> Answer:
    try:
        with connection.translate_errors():
            answer = _insist(
                lambda: connection.search_client.search(
                    index=connection.index, allow_partial_search_results=False, **body
                )
            )
    except IndexMissing:  # removed a moment ago
        _check_pinned(connection)
        return _NOTHING
    found: Answer = answer.body
    return found


def together(connection: Connection, *bodies: Body) -> list[Answer]:
    """The answers to several searches, sent as one request."""
    head = {"index": connection.index, "allow_partial_search_results": False}
    try:
        with connection.translate_errors():
            return _insist(
                lambda: _answers(connection.search_client, [part for body in bodies for part in (head, body)])
            )
    except IndexMissing:
        _check_pinned(connection)
        return [_NOTHING] * len(bodies)


def _check_pinned(connection: Connection) -> None:
    """
    Raises:
        Overtaken: there may be another under the alias.
    """
    if connection.pinned:
        raise Overtaken


def _answers(client: Elasticsearch, searches: Sequence[Body]) -> list[Answer]:
    answer = client.msearch(searches=searches)
    found: list[Answer] = answer.body["responses"]
    for one in found:
        if "error" in one:  # the request as a whole is well all the same
            raise ApiError(str(one["error"]), replace(answer.meta, status=one["status"]), one)
    return found


def _total(answer: Answer) -> int:
    return int(answer["hits"]["total"]["value"])


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
