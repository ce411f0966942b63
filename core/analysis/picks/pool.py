"""What is picked from: all pictures, those that a filter lets through, or the matches of a search."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched

import numpy as np

from core.index.filters import Filter, TextField, texts_of
from core.index.index import MAX_K, Index
from core.index.records import ImageRecord
from core.search.query import Search
from core.search.results import Results
from core.vectors import Embeddings

MAX_POOL = 200_000
"""Pictures that are picked from: of more, so many by chance. Their embeddings are kept in memory meanwhile."""

_AT_ONCE = 500
_DIGEST = 8  # bytes

type Find = Callable[[Search, int], Results]


@dataclass(frozen=True, slots=True)
class Pool:
    """Pictures in an order that the seed decides, of equal bytes only one."""

    ids: Sequence[str]
    kinds: Sequence[tuple[str, ...]]
    """Of each picture; empty where it is not asked for them."""
    rows: Embeddings
    """Their embeddings, shape `(n, dims)`."""
    of: int
    """How many there were, before some were left out by chance."""


@dataclass(frozen=True, slots=True)
class _Member:
    key: bytes
    id: str
    kinds: tuple[str, ...]
    row: int


def everything(index: Index, where: Filter, seed: int, by: TextField | None = None) -> Pool:
    """All that a filter lets through."""
    count = index.count(where)
    share = min(1.0, MAX_POOL / max(1, count))
    batches = ((batch, rows) for batch, rows in index.scan(where))
    return _gathered(batches, seed, by, share, count)


def matches(index: Index, find: Find, search: Search, seed: int, by: TextField | None = None) -> Pool:
    """What matches a search: what is shown as one with another counts once.

    Args:
        find: Gives the first so many results.
    """
    results = find(search, MAX_K).results
    records = [result.record for result in results if result.matches is not False]
    batches = ((list(some), index.embeddings([one.id for one in some])) for some in batched(records, _AT_ONCE))
    return _gathered(batches, seed, by, 1.0, len(records))


def _gathered(
    batches: Iterable[tuple[list[ImageRecord], Embeddings]], seed: int, by: TextField | None, share: float, count: int
) -> Pool:
    members: dict[str, _Member] = {}
    kept: list[Embeddings] = []
    total = 0
    for records, rows in batches:
        chosen = list(_new(records, seed, by, share, total, members))
        total += len(chosen)
        kept.append(np.asarray(rows[chosen], np.float32))
    order = sorted(members.values(), key=lambda member: (member.key, member.id))
    rows = np.concatenate(kept) if kept else np.empty((0, 0), np.float32)
    kept.clear()
    places = [member.row for member in order]
    return Pool([one.id for one in order], [one.kinds for one in order], rows[places], count)


def _new(
    records: Sequence[ImageRecord],
    seed: int,
    by: TextField | None,
    share: float,
    start: int,
    members: dict[str, _Member],
) -> Iterator[int]:
    """The places in a batch of what was not met before; noted among the members."""
    limit = share * 2 ** (8 * _DIGEST)
    for place, record in enumerate(records):
        digest = record.content_hash
        key = hashlib.blake2b(f"{seed} {digest}".encode(), digest_size=_DIGEST).digest()
        if share < 1 and int.from_bytes(key) >= limit:
            continue
        kinds = tuple(sorted(texts_of(record, by))) if by else ()
        if (known := members.get(digest)) is not None:
            members[digest] = _Member(key, min(known.id, record.id), _joined(known.kinds, kinds), known.row)
            continue
        members[digest] = _Member(key, record.id, kinds, start)
        start += 1
        yield place


def _joined(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return some if some == others else tuple(sorted({*some, *others}))
