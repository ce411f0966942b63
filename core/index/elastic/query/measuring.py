"""What is asked of an index on the server to see how good its searches are: with another effort, and exactly."""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import batched

import numpy as np
from elasticsearch import ApiError, ConnectionTimeout
from numpy.typing import NDArray

from core.index.effort import Effort, Efforts, Neighbour, check_comparable, choices, took_too_long
from core.index.elastic.connection import Connection
from core.index.elastic.errors import reason
from core.index.elastic.mapping import Body
from core.index.elastic.query import paging, queries, requests
from core.index.elastic.query.conditions import filter_clauses
from core.index.elastic.rows import cosine_of, hit_of
from core.index.filters import Filter
from core.index.records import Hit
from core.index.scores import Comparison
from core.vectors import Embedding, Embeddings

PARAMETERS = ("num_candidates", "oversample")
_BREADTHS = (50, 100, 200, 300, 500, 1_000, 2_000, 5_000, 10_000)
_OVERSAMPLINGS = (1.0, 2.0, 3.0, 5.0, 10.0, 20.0)
_WIDER = 10  # times as many candidates as in use, at most
_AT_ONCE = 4  # exact searches of one request: each takes a processor of the server
_GRACE = 5.0  # seconds that the server may take to notice that its time is up


def efforts(least: Effort, k: int) -> Efforts:
    """As `Index.efforts`.

    Args:
        least: As `nearest` takes it.
    """
    asked = queries.asked(k)
    used = Effort(requests.candidates(asked, least), least.oversampling)
    fewest = int(asked * used.oversampling)  # so many are looked at at least, for their vectors are compared
    fitting = [breadth for breadth in _BREADTHS if fewest < breadth <= min(requests.MAX_HITS, _WIDER * used.breadth)]
    closer = [times for times in _OVERSAMPLINGS if asked * times <= used.breadth]
    return Efforts("candidates", PARAMETERS, used, choices(used, [min(fewest, used.breadth), *fitting], closer))


def nearest_with(
    connection: Connection, effort: Effort, embedding: Embedding, k: int, where: Filter | None
) -> list[Hit]:
    """As `Index.search_with`."""
    body = requests.nearest_with(embedding, queries.asked(k), filter_clauses(where), effort)
    found = queries.hits(connection, **body, **queries.WITHOUT_VECTORS)
    return sorted(map(hit_of, found), key=lambda hit: (-hit.score, hit.record.id))[:k]


def nearest_exactly(
    connection: Connection, embeddings: Embeddings, k: int, where: Filter | None, seconds: float
) -> list[list[Neighbour]]:
    """As `Index.search_exactly`: the server compares its rows with a few of the queries at a time; where it runs no
    scripts, the rows come here."""
    check_comparable(queries.count(connection, where))
    deadline = time.monotonic() + seconds
    try:
        return _compared_there(connection, embeddings, k, where, seconds)
    except _NoScripts:
        return _compared_here(connection, embeddings, k, where, deadline, seconds)


class _NoScripts(Exception):
    pass


def _compared_there(
    connection: Connection, embeddings: Embeddings, k: int, where: Filter | None, seconds: float
) -> list[list[Neighbour]]:
    deadline, clauses = time.monotonic() + seconds, filter_clauses(where)
    found: list[list[Neighbour]] = []
    for several in batched(embeddings, _AT_ONCE):
        if (left := deadline - time.monotonic()) <= 0:
            raise took_too_long(seconds)
        answers = _answers(connection, [requests.exactly(one, k, clauses, left) for one in several], left, seconds)
        found += [[Neighbour(str(row["_id"]), cosine_of(row)) for row in answer["hits"]["hits"]] for answer in answers]
    return found


def _answers(connection: Connection, bodies: Sequence[Body], left: float, seconds: float) -> list[queries.Answer]:
    """
    Raises:
        _NoScripts: the server has none, or allows none.
    """
    client = connection.search_client.options(request_timeout=left + _GRACE, max_retries=0)
    searches = [part for body in bodies for part in ({"index": connection.index}, body)]
    with connection.translate_errors():
        try:
            answer = client.msearch(searches=searches, max_concurrent_searches=_AT_ONCE)
        except ConnectionTimeout as error:
            raise took_too_long(seconds) from error
        answers: list[queries.Answer] = answer["responses"]
        for failed in (one for one in answers if "error" in one):
            if "script" in reason(failed):
                raise _NoScripts
            raise ApiError(str(failed["error"]), replace(answer.meta, status=failed["status"]), failed)
    if any(one["timed_out"] or one["_shards"]["failed"] for one in answers):
        raise took_too_long(seconds)
    return answers


def _compared_here(
    connection: Connection, embeddings: Embeddings, k: int, where: Filter | None, deadline: float, seconds: float
) -> list[list[Neighbour]]:
    comparison = Comparison(embeddings, k)
    for hits in paging.pages(connection, where, queries.VECTORS, **queries.VECTORS_ALONE):
        if time.monotonic() > deadline:
            raise took_too_long(seconds)
        if rows := queries.vectors(connection, hits):
            comparison.add(np.stack([*rows.values()]), partial(_ids, [*rows]))
    return comparison.nearest


def _ids(ids: Sequence[str], places: NDArray[np.intp]) -> list[str]:
    return [ids[place] for place in places]
