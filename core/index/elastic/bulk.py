"""Sends many operations to Elasticsearch and loses none: what was not acknowledged is sent again."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import batched, chain, islice
from typing import Any

from elasticsearch import ApiError, Elasticsearch, SSLError, TransportError, helpers

from core.errors import IndexUnavailable
from core.index.elastic import swapping
from core.index.elastic.errors import blocked, is_disk_block, is_write_block, reason
from core.index.elastic.mapping import MADE_BY, Body

type Answer = tuple[bool, dict[str, Any]]
"""Whether an operation was carried out, and what the server says of it."""

PAUSES: tuple[float, ...] = (0.5, 1, 2, 4, 8, 8, 8)
"""Seconds between attempts while the server is away or overloaded: long enough for its restart."""

CHUNK = 250
"""Operations of one request, of which a full one with 512 numbers has 4 kB."""

SENDERS = 4
"""Requests that are under way at once: 1.3 to 1.6 times as many rows a second as with one, on two cores that the server
has to share with the app."""

_ROUND = 2 * SENDERS * CHUNK  # sent before it is looked at what became of it: a server that hangs is not asked for more
_MAX_BYTES = 10 << 20  # of a request: rows with long texts and many boxes come in more of them
ABANDONED_SECONDS = 30.0
"""After which a block that is to pass is lifted: whoever set it has been killed. Three times as long as it may last."""

_LOOK_AGAIN = 0.05  # seconds
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


class OtherModel(Exception):
    """The index holds rows of another model than those that were sent; none of these was stored."""


def send(client: Elasticsearch, operations: Iterable[Body], address: str, index: str, written: set[str]) -> int:
    """Carry out the operations, whose `_id` must be unique and which may be repeated without harm.

    Only where their `_index` is an alias: one that is gone would be made anew, without its mapping. While another index
    is put under the alias they wait, and then go to that one.

    The helpers repeat nothing, and let a broken connection through: here is the only place that repeats.

    Args:
        written: The names of the indices that were written to are added to it.

    Returns:
        How many rows were there before.

    Raises:
        StorageFull: the server's disk is full.
        IndexUnavailable: the index is closed or blocked, or the server refuses operations for good; the others are
            carried out.
        OtherModel: the index is one of another model by now.
        TransportError, ApiError: it stayed away; what was acknowledged is stored.
    """
    pending = {operation["_id"]: operation for operation in operations}
    refused: list[str] = []
    present, pauses, swap = 0, iter(PAUSES), _Swap(client, index)
    while pending:
        before = len(pending)
        found, trouble = _send_once(client, pending, refused, address, index, written)
        present += found
        if isinstance(trouble, _Blocked):
            if not swap.passes():
                raise trouble.told
            continue
        if len(pending) < before:
            pauses = iter(PAUSES)
            if trouble is None:
                continue
        pause = next(pauses, None)
        if pause is None:
            raise trouble or IndexUnavailable(f"Elasticsearch at {address} left {len(pending)} rows without an answer.")
        time.sleep(pause)
    if refused:
        raise IndexUnavailable(
            f"Elasticsearch at {address} refuses {len(refused)} of the rows; the first because: {refused[0]}",
            f"Check the mapping of the index {index} on the server. The other rows are stored.",
        )
    return present


class _Blocked(Exception):
    def __init__(self, told: Exception) -> None:
        super().__init__(told)
        self.told = told


class _Swap:
    """Waits until another index stands under the alias."""

    def __init__(self, client: Elasticsearch, index: str) -> None:
        self._client, self._index = client, index
        self._mark: tuple[str, float] | None = None
        self._since = 0.0

    def passes(self) -> bool:
        """False where somebody else has blocked the index."""
        mark = insist(lambda: swapping.under_way(self._client, self._index))
        if mark is None:
            return not insist(lambda: swapping.is_blocked(self._client, self._index))
        now = time.monotonic()
        if mark != self._mark:
            self._mark, self._since = mark, now
        if now - self._since > ABANDONED_SECONDS:
            insist(lambda: swapping.unblock(self._client, mark[0], self._index))
        time.sleep(_LOOK_AGAIN)
        return True


def _send_once(
    client: Elasticsearch, pending: dict[str, Body], refused: list[str], address: str, index: str, written: set[str]
) -> tuple[int, Exception | None]:
    """Send what is pending, or the first of it, and strike off what is settled; returns how many rows there were and
    what went wrong."""
    present, trouble = 0, None
    answers, broken = _sent(client, list(islice(pending.values(), _ROUND)))
    for accepted, answer in answers:
        (result,) = answer.values()
        if accepted:
            written.update(filter(None, [result.get("_index")]))
            present += result.get("result") in ("deleted", "updated")
        elif result["status"] in _PASSING and not is_disk_block(result["error"]):
            trouble = _put_off(result, address)
            continue
        elif is_write_block(result.get("error")) and (told := blocked(result.get("error"), address, index)):
            trouble = _Blocked(told)
            continue
        elif is_of_other_model(result.get("error")):
            raise OtherModel
        elif not _is_absent(result):
            refused.append(_refusal(result, address, index))
        del pending[result["_id"]]
    for error in broken:
        if not _passes(error):
            raise error
        trouble = error
    return present, trouble


def _sent(client: Elasticsearch, operations: list[Body]) -> tuple[list[Answer], list[TransportError]]:
    """What became of operations, as far as it is known, and the requests that broke: what others of them have brought
    is known all the same. Nothing is under way any more."""
    parts, broken = list(batched(operations, CHUNK)), list[TransportError]()
    if len(parts) == 1:  # as most rounds of an ingest have: no thread is worth it
        return list(_answers(client, parts[0], broken)), broken
    with ThreadPoolExecutor(SENDERS) as pool:
        return list(chain(*pool.map(lambda part: list(_answers(client, part, broken)), parts))), broken


def _answers(client: Elasticsearch, operations: Iterable[Body], broken: list[TransportError]) -> Iterator[Answer]:
    try:
        yield from helpers.streaming_bulk(
            client,
            operations,
            chunk_size=CHUNK,
            max_chunk_bytes=_MAX_BYTES,
            raise_on_error=False,
            raise_on_exception=False,
            require_alias=True,
        )
    except TransportError as error:
        broken.append(error)


def is_of_other_model(error: object) -> bool:
    """Whether a row was refused because it says that another model made it."""
    text = str(error)
    return "strict_dynamic_mapping" in text and MADE_BY in text


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
