"""The k nearest of every picture of a version, kept beside it and brought up to date with what was added or removed.

Rows are *contents*: copies of one file, byte by byte, are one row, since they would else fill each other's places. They
are in the order of their hashes, so that the same pictures come to the same graph whichever engine holds them. A row is
compared with those of the `PROBES` lists around its own (`partition`), not with all: of n rows each takes about 10,000
comparisons, whatever n is.
"""

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched

import numpy as np
from numpy.typing import NDArray

from core.analysis.kept import Kept
from core.analysis.neighbours.partition import Partition, Read, Rows, partition
from core.analysis.neighbours.search import PROBES, exactly, nearest
from core.images.describe import content_hash, is_content_hash
from core.index.index import Index
from core.runtime.blas import use_one_thread
from core.vectors import Embeddings, unit

K = 16
"""Neighbours of each row."""

FORMAT = 1
"""Raised when what is kept changes its form: an older one is made anew."""

_READ = 5_000  # embeddings that are looked up at once
_ANEW = 0.3  # of the rows: after so many changes all of it is made anew
_MEASURED = 400  # rows that tell the recall
_SAY_EVERY = 0.4  # seconds


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: rows whose neighbours are known, and how many there are."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    digests: NDArray[np.uint8]
    """The content hash of each of n rows, ascending: an array of shape `(n, 32)`."""
    ids: NDArray[np.bytes_]
    """Of m records, ascending: 32 hexadecimal digits each, an array of shape `(m,)`."""
    row: NDArray[np.int32]
    """The row of each of these records, an array of shape `(m,)`."""
    indices: NDArray[np.int32]
    """The rows nearest to each row, nearest first: an array of shape `(n, K)`; -1 where there are fewer."""
    cosines: NDArray[np.float32]
    """An array of shape `(n, K)`; -inf where there are fewer."""
    vectors: NDArray[np.float16]
    """An array of shape `(n, dims)`, unit rows, read from the disk where it is looked at."""
    recall: float
    """The share of the true nearest that were found, measured on a sample of the rows."""

    def __len__(self) -> int:
        return len(self.digests)

    @property
    def contents(self) -> list[str]:
        """The content hash of each row."""
        text = self.digests.tobytes().hex()
        return [text[at : at + 64] for at in range(0, len(text), 64)]

    def read(self, rows: Rows | NDArray[np.int32]) -> Embeddings:
        """The embeddings of some rows, as float32 of unit length."""
        return unit(np.asarray(self.vectors[rows], np.float32))

    def rows_of(self, content_hashes: list[str]) -> NDArray[np.int64]:
        """Where these lie; -1 for what is not among the rows."""
        return _places(digests_of(content_hashes), self.digests)


def load(kept: Kept) -> Neighbours | None:
    """What was kept last, in milliseconds; None where there is nothing."""
    about, table = kept.noted("about"), kept.load("graph")
    if not about or about.get("format") != FORMAT or table is None:
        return None
    vectors = kept.map_array(f"vectors-{about['edition']}")
    if vectors is None or len(vectors) != len(table["digests"]) or about["edition"] != int(table["edition"]):
        return None
    del table["edition"], table["centres"], table["list_of"]
    return Neighbours(**table, vectors=vectors, recall=float(about["recall"]))


def neighbours(index: Index, kept: Kept) -> Iterator[Step | Neighbours]:
    """Bring the graph up to date: says how far it is twice a second, and gives the graph last.

    Nothing is kept before the end: one that was broken off begins again.
    """
    use_one_thread()
    ids, digests = _read_contents(index)
    yield Step(0, len(digests))
    order = np.argsort(ids)
    ids, digests = ids[order], digests[order]
    unique, first, row = _unique(digests)
    before, lists = load(kept), _lists(kept)
    known = _places(unique, before.digests) if before is not None else np.full(len(unique), -1)
    same = before is not None and len(before) == len(unique) and bool((known >= 0).all())
    if same and before is not None and np.array_equal(before.ids, ids) and np.array_equal(before.row, row):
        yield before
        return
    vectors = yield from _vectors(index, ids[first], known, before)

    def read(rows: Rows) -> Embeddings:
        return unit(vectors[rows].astype(np.float32))

    grown = _grown(unique, known, before, lists, read) if before is not None and lists is not None else None
    if grown is None:
        lists = yield from _parted(len(unique), read)
        indices, cosines = _empty(len(unique))
        yield from _fill(np.arange(len(unique)), lists, read, indices, cosines)
    else:
        lists, indices, cosines, again = grown
        yield from _fill(again, lists, read, indices, cosines)
    recall = _recall(indices, read)
    yield _keep(kept, Neighbours(unique, ids, row, indices, cosines, vectors, recall), lists)


def _read_contents(index: Index) -> tuple[NDArray[np.bytes_], NDArray[np.uint8]]:
    ids, digests = [np.empty(0, "S32")], [np.empty((0, 32), np.uint8)]
    for some, hashes in index.contents():
        ids.append(np.array(some, "S32"))
        digests.append(digests_of(hashes))
    return np.concatenate(ids), np.concatenate(digests)


def digests_of(hashes: Sequence[str]) -> NDArray[np.uint8]:
    """Content hashes as bytes, an array of shape `(n, 32)`; of what is none, its own hash."""
    if not all(map(is_content_hash, hashes)):  # of vectors that another program made
        hashes = [one if is_content_hash(one) else content_hash(one.encode(errors="replace")) for one in hashes]
    return np.frombuffer(bytes.fromhex("".join(hashes)), np.uint8).reshape(-1, 32)


def _unique(digests: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Rows, NDArray[np.int32]]:
    """Each once, ascending; where it is first; and which of them each is."""
    keys = np.ascontiguousarray(digests).view(">u8").reshape(-1, 4)
    order = np.lexsort(keys.T[::-1]) if len(keys) else np.empty(0, np.int64)
    ranked = keys[order]
    begins = np.ones(len(keys), np.bool_)
    begins[1:] = (ranked[1:] != ranked[:-1]).any(axis=1)
    row = np.empty(len(keys), np.int32)
    row[order] = np.cumsum(begins) - 1
    first = order[begins]  # lexsort is stable: of equal ones the first
    return digests[first], first, row


def _places(digests: NDArray[np.uint8], among: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Where these are among others, both without doubles and the others ascending; -1 where they are not."""
    if not len(among) or not len(digests):
        return np.full(len(digests), -1, np.int64)
    wanted, there = (np.ascontiguousarray(one).view(">u8").reshape(-1, 4) for one in (digests, among))
    heads = there[:, 0].astype(np.uint64)
    if (heads[1:] == heads[:-1]).any():  # hashes that are none: eight bytes of one tell it from all others
        known = {one.tobytes(): at for at, one in enumerate(among)}
        return np.array([known.get(one.tobytes(), -1) for one in digests], np.int64)
    at = np.minimum(np.searchsorted(heads, wanted[:, 0].astype(np.uint64)), len(there) - 1)
    return np.where((there[at] == wanted).all(axis=1), at, -1)


def _vectors(
    index: Index, ids: NDArray[np.bytes_], known: NDArray[np.int64], before: Neighbours | None
) -> Generator[Step, None, NDArray[np.float16]]:
    stamp = index.model()
    vectors = np.zeros((len(ids), stamp.dims if stamp else 1), np.float16)
    if before is not None and (known >= 0).any():
        vectors[known >= 0] = before.vectors[known[known >= 0]]
    lacking = np.flatnonzero(known < 0)
    texts = [id_.decode() for id_ in ids[lacking].tolist()]
    for places, some in zip(batched(lacking.tolist(), _READ), batched(texts, _READ), strict=True):
        vectors[list(places)] = unit(index.embeddings(some)).astype(np.float16)
        yield Step(0, len(ids))
    return vectors


def _parted(count: int, read: Read) -> Generator[Step, None, Partition]:
    if not count:
        return Partition(np.empty((0, 1), np.float32), np.empty(0, np.int32))
    steps = partition(count, read)
    while (made := next(steps)) is None:
        yield Step(0, count)
    return made


def _lists(kept: Kept) -> Partition | None:
    table = kept.load("graph")
    return Partition(table["centres"], table["list_of"]) if table and "centres" in table else None


def _empty(count: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    return np.full((count, K), -1, np.int32), np.full((count, K), -np.inf, np.float32)


def _fill(
    rows: Rows,
    lists: Partition,
    read: Read,
    indices: NDArray[np.int32],
    cosines: NDArray[np.float32],
) -> Iterator[Step]:
    done, said = 0, time.monotonic()
    for own, found, scores in nearest(rows, lists, read, K) if len(rows) else ():
        indices[own], cosines[own] = found, scores
        done += len(own)
        if time.monotonic() - said > _SAY_EVERY:
            said = time.monotonic()
            yield Step(done, len(rows))


def _recall(indices: NDArray[np.int32], read: Read) -> float:
    count = len(indices)
    if count < 2:
        return 1.0
    rows = np.unique(np.linspace(0, count - 1, min(count, _MEASURED), dtype=np.int64))
    _, true, _ = exactly(rows, count, read, K)
    shares = [np.isin(one[one >= 0], found).mean() for one, found in zip(true, indices[rows], strict=True)]
    return float(np.mean(shares))


def _grown(
    unique: NDArray[np.uint8],
    known: NDArray[np.int64],
    before: Neighbours,
    lists: Partition,
    read: Read,
) -> tuple[Partition, NDArray[np.int32], NDArray[np.float32], Rows] | None:
    """What was kept, with its rows in their new places; and the rows whose neighbours are to be looked for again. None
    where it is better to make all of it anew."""
    count, new = len(unique), np.flatnonzero(known < 0)
    gone = len(before) - (count - len(new))
    if len(new) + gone > _ANEW * len(before) or not len(before):
        return None
    old = np.flatnonzero(known >= 0)
    place = np.full(len(before) + 1, -1, np.int32)  # the last for -1
    place[known[old]] = old
    indices, cosines = _empty(count)
    kept_indices, kept_cosines = before.indices[known[old]], before.cosines[known[old]]
    indices[old], cosines[old] = place[kept_indices], kept_cosines
    lost = old[((kept_indices >= 0) & (indices[old] < 0)).any(axis=1)]
    list_of = np.empty(count, np.int32)
    list_of[old] = lists.list_of[known[old]]
    list_of[new] = lists.assign(read(new)) if len(new) else 0
    grown = Partition(lists.centres, list_of)
    touched = _nearer(new, grown, read, cosines) if len(new) else new
    return grown, indices, cosines, np.unique(np.concatenate([new, lost, touched]))


def _nearer(new: Rows, lists: Partition, read: Read, cosines: NDArray[np.float32]) -> Rows:
    """The rows that have new ones nearer than their farthest neighbour."""
    members, around = lists.members(), lists.nearest_lists(PROBES)
    found = [np.empty(0, np.int64)]
    for number in np.unique(lists.list_of[new]).tolist():
        own = new[lists.list_of[new] == number]
        others = np.concatenate([members[one] for one in around[number]])
        best = (read(others) @ read(own).T).max(axis=1)
        found.append(others[best > cosines[others, -1]])
    return np.concatenate(found)


def _keep(kept: Kept, made: Neighbours, lists: Partition) -> Neighbours:
    before = kept.noted("about") or {}
    edition = int(before.get("edition", 0)) + 1
    kept.save_array(f"vectors-{edition}", made.vectors)
    arrays = {name: getattr(made, name) for name in ("digests", "ids", "row", "indices", "cosines")}
    kept.save("graph", {**arrays, "centres": lists.centres, "list_of": lists.list_of, "edition": np.array(edition)})
    kept.note("about", {"format": FORMAT, "edition": edition, "recall": made.recall})
    kept.remove(name for name in kept.names("vectors-*.npy") if name != f"vectors-{edition}.npy")
    found = load(kept)
    assert found is not None
    return found
