"""Sends many operations to Elasticsearch and loses none: what was not acknowledged is sent again."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from elasticsearch import ApiError, Elasticsearch, SSLError, TransportError, helpers

from core.errors import IndexUnavailable
from core.index.elastic.errors import blocked, is_disk_block, reason
from core.index.elastic.mapping import Body

PAUSES: tuple[float, ...] = (0.5, 1, 2, 4, 8, 8, 8)
"""Seconds between attempts while the server is away or overloaded: long enough for its restart."""

CHUNK = 500
_PASSING = frozenset({429, 502, 503, 504})


def insist[T](call: Callable[[], T]) -> T:
    """The result of the call, which is repeated while the server is away."""
    for pause in PAUSES:
        try:
            return call()
        except (TransportError, ApiError) as error:
            if not _passes(error):
                raise
        time.sleep(pause)
    return call()


def send(client: Elasticsearch, operations: Iterable[Body], address: str, index: str, *, by_alias: bool = True) -> int:
    """Carry out the operations, whose `_id` must be unique and which may be repeated without harm.

    With `by_alias` only where their `_index` is an alias: one that is gone would be made anew, without its mapping.

    `streaming_bulk` repeats what the server puts off, but lets a broken connection through, and its own repeats would
    add to these: here is the only place that repeats.

    Returns:
        How many rows were there before.

    Raises:
        StorageFull: the server's disk is full.
        IndexUnavailable: the index is closed or blocked, or the server refuses operations for good; the others are
            carried out.
        TransportError, ApiError: it stayed away; what was acknowledged is stored.
    """
    pending = {operation["_id"]: operation for operation in operations}
    refused: list[str] = []
    present, pauses = 0, iter(PAUSES)
    while pending:
        before = len(pending)
        found, trouble = _send_once(client, pending, refused, address, index, by_alias)
        present += found
        if len(pending) < before:
            pauses = iter(PAUSES)
        pause = next(pauses, None) if pending else 0.0
        if pause is None:
            raise trouble or IndexUnavailable(f"Elasticsearch at {address} left {len(pending)} rows without an answer.")
        time.sleep(pause)
    if refused:
        raise IndexUnavailable(
            f"Elasticsearch at {address} refuses {len(refused)} of the rows; the first because: {refused[0]}",
            f"Check the mapping of the index {index} on the server. The other rows are stored.",
        )
    return present


def _send_once(
    client: Elasticsearch, pending: dict[str, Body], refused: list[str], address: str, index: str, by_alias: bool
) -> tuple[int, Exception | None]:
    """Send all that is pending and strike off what is settled; returns how many rows there were and what went wrong."""
    present, trouble = 0, None
    results = helpers.streaming_bulk(
        client,
        list(pending.values()),
        chunk_size=CHUNK,
        raise_on_error=False,
        raise_on_exception=False,
        require_alias=by_alias,
    )
    try:
        for accepted, answer in results:
            (result,) = answer.values()
            if accepted:
                present += result.get("result") in ("deleted", "updated")
            elif result["status"] in _PASSING and not is_disk_block(result["error"]):
                trouble = _put_off(result, address)
                continue
            elif not _is_absent(result):
                refused.append(_refusal(result, address, index))
            del pending[result["_id"]]
    except TransportError as error:
        if not _passes(error):
            raise
        trouble = error
    return present, trouble


def _is_absent(result: dict[str, Any]) -> bool:
    """A delete or an update of what is not there."""
    gone = "result" in result or "document_missing" in str(result.get("error"))
    return gone and result["status"] == 404


def _put_off(result: dict[str, Any], address: str) -> Exception:
    if isinstance(whole := result.get("exception"), ApiError):
        return whole
    return IndexUnavailable(f"Elasticsearch at {address} is overloaded: {reason(result)}", "Try again in a moment.")


def _refusal(result: dict[str, Any], address: str, index: str) -> str:
    """Why one operation was refused; raises where the reason holds for all of them."""
    if told := blocked(result["error"], address, index):
        raise told
    if isinstance(whole := result.get("exception"), ApiError):
        raise whole
    return reason(result)


def _passes(error: TransportError | ApiError) -> bool:
    if isinstance(error, ApiError):
        return error.status_code in _PASSING and not is_disk_block(reason(error))
    return not isinstance(error, SSLError)
