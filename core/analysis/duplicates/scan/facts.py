"""What of the records of a version is needed to group them and to order the groups: narrow columns, in memory.

The records themselves are read where they are shown; what is here may be a little older than they are.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import batched

import numpy as np
from numpy.typing import NDArray

from core.analysis.kept import Kept
from core.analysis.neighbours.graph import Neighbours
from core.images.phash import packed
from core.index.filters import InFolder
from core.index.index import Index
from core.index.records import ImageRecord

_READ = 2_000  # records that are looked up at once
_ANEW = 0.2  # of the records: of more new ones than these all are read

_ROW = np.dtype(
    [
        ("size", np.int64),
        ("width", np.int32),
        ("height", np.int32),
        ("mtime", np.int64),
        ("taken", np.int64),  # seconds since the epoch, as if it were UTC; the least number where it is not known
        ("labels", np.int32),
        ("tags", np.int32),
        ("lossless", np.bool_),
        ("modern", np.bool_),  # a format that takes half the bytes
        ("phash", np.uint64, (4,)),
    ]
)
UNKNOWN = np.iinfo(np.int64).min
_LOSSLESS = frozenset({"PNG", "TIFF", "BMP", "GIF", "PPM", "TGA", "DNG", "RAW", "ICNS", "ICO", "PCX", "SGI"})
_MODERN = frozenset({"WEBP", "HEIF", "HEIC", "AVIF", "JPEG2000", "JXL"})


@dataclass(frozen=True, slots=True)
class Facts:
    ids: NDArray[np.bytes_]
    """Of m records, ascending; likewise the others."""
    row: NDArray[np.int32]
    """Which content each has: its place in `digests`."""
    digests: NDArray[np.uint8]
    """The content hash of n contents, ascending: an array of shape `(n, 32)`."""
    columns: NDArray[np.void]
    paths: Sequence[bytes]

    def __len__(self) -> int:
        return len(self.ids)

    def id(self, record: int) -> str:
        return str(self.ids[record].decode())

    def digest(self, content: int) -> bytes:
        return bytes(self.digests[content])

    def path(self, record: int) -> str:
        return os.fsdecode(self.paths[record])

    def places(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """Where records are; -1 for those that are not there."""
        wanted = np.array(list(ids), "S32")
        if not len(self.ids) or not len(wanted):
            return np.full(len(wanted), -1)
        at = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        return np.where(self.ids[at] == wanted, at, -1)

    def records_of(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All records in the order of their contents, and where those of each content begin there: of n contents n + 1
        bounds."""
        order = np.argsort(self.row, kind="stable")
        return order, np.searchsorted(self.row[order], np.arange(len(self.digests) + 1))

    def hashes(self) -> NDArray[np.uint64]:
        """The perceptual hash of each content, an array of shape `(n, 4)`."""
        found = np.zeros((len(self.digests), 4), np.uint64)
        found[self.row] = self.columns["phash"]
        return found

    def inside(self, folder: str) -> NDArray[np.bool_]:
        """Which records lie in a folder, archive or address, or below it; or are that one file."""
        place = InFolder(folder)
        below, own = os.fsencode(place.below), os.fsencode(place.own)
        return np.array([path.startswith(below) or path == own for path in self.paths], np.bool_)


def load(kept: Kept) -> Facts | None:
    table = kept.load("facts")
    if table is None or table["columns"].dtype != _ROW:
        return None
    paths = table["paths"].tobytes().split(b"\0")[: len(table["ids"])]
    return Facts(table["ids"], table["row"], table["digests"], table["columns"], paths)


def save(kept: Kept, facts: Facts) -> None:
    paths = np.frombuffer(b"\0".join(facts.paths), np.uint8) if len(facts) else np.empty(0, np.uint8)
    arrays = {"ids": facts.ids, "row": facts.row, "digests": facts.digests, "columns": facts.columns, "paths": paths}
    kept.save("facts", arrays)


def read(index: Index, graph: Neighbours, before: Facts | None) -> Iterator[Facts | None]:
    """The facts of all records of the graph; of those that were known, as they were. Yields None while it reads, the
    facts last: without records that are gone meanwhile."""
    columns, paths = np.zeros(len(graph.ids), _ROW), [b""] * len(graph.ids)
    known = before.places([id_.decode() for id_ in graph.ids]) if before else np.full(len(graph.ids), -1)
    if before:
        same = known >= 0
        same[same] = (before.digests[before.row[known[same]]] == graph.digests[graph.row[same]]).all(axis=1)
        known = np.where(same, known, -1)
        columns[same] = before.columns[known[same]]
        for place, old in zip(np.flatnonzero(same).tolist(), known[same].tolist(), strict=True):
            paths[place] = before.paths[old]
    lacking = np.flatnonzero(known < 0)
    for records in _records(index, graph, lacking):
        at = np.searchsorted(graph.ids, np.array([record.id for record in records], "S32"))
        for place, record in zip(at.tolist(), records, strict=True):
            if place < len(graph.ids) and graph.ids[place].decode() == record.id:
                columns[place], paths[place] = _facts(record), os.fsencode(record.path)
        if records:
            rows = packed([record.phash for record in records])
            there = at < len(graph.ids)
            columns["phash"][at[there]] = rows[there]
        yield None
    there = np.array([bool(path) for path in paths], np.bool_)
    kept = np.flatnonzero(there)
    yield Facts(
        graph.ids[kept], graph.row[kept], graph.digests, columns[kept], [paths[place] for place in kept.tolist()]
    )


def _records(index: Index, graph: Neighbours, lacking: NDArray[np.int64]) -> Iterator[list[ImageRecord]]:
    if len(lacking) > _ANEW * len(graph.ids):
        yield from index.records()
        return
    for some in batched(lacking.tolist(), _READ):
        yield index.get([graph.ids[place].decode() for place in some])


def _facts(record: ImageRecord) -> tuple[object, ...]:
    taken = UNKNOWN
    if record.taken_at:
        taken = int((record.taken_at - record.taken_at.min).total_seconds())
    kinds = record.format in _LOSSLESS, record.format in _MODERN
    size = record.size, record.width, record.height, max(-(2**62), min(2**62, record.mtime_ns))
    return (*size, taken, len(record.boxes), len(record.tags), *kinds, 0)


def quality(columns: NDArray[np.void]) -> NDArray[np.float64]:
    """How little pictures are compressed, from 0 to 1: three bits and more for each pixel of a JPEG are as good as all,
    half of it in later formats."""
    pixels = np.maximum(1, columns["width"].astype(np.float64) * columns["height"])
    bits = 8 * columns["size"] / pixels
    score = np.minimum(1.0, bits / np.where(columns["modern"], 1.5, 3.0))
    return np.where(columns["lossless"], 1.0, np.round(score, 3))
