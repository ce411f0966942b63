"""What an index holds and answers, and the protocol that both engines keep."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from core.images.describe import DESCRIPTION, Box, Description
from core.vectors import Embedding, Embeddings

MAX_K = 1000
"""The most hits that one search returns."""

SCORE_DECIMALS = 6
"""To which engines round a score: what float32 holds, so that equal vectors tie whatever order they are added up in."""


@dataclass(frozen=True, slots=True)
class ModelStamp:
    """Which model made the embeddings of an index: embeddings of two stamps cannot be compared."""

    model_id: str
    dims: int
    preprocessing: int = 1
    """Raised when the way pictures are prepared for the model changes its input."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells that a file is unchanged, without opening it."""

    size: int
    mtime_ns: int
    annotated_ns: int = 0
    described: int = DESCRIPTION


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRecord(Description):
    """One file in the index. The file is the identity: two copies are two records with one `content_hash`."""

    id: str
    """`record_id(path)`."""
    path: str
    """Absolute and resolved; of a picture in an archive, the archive's path, `/` and the name within; or a URL. Bytes
    that are not UTF-8 are kept as surrogate escapes, as `os.fsdecode` does."""
    name: str
    """What to call the picture: the file's name, or for an upload the name it was sent under."""
    boxes: tuple[Box, ...] = ()
    """What the labels of its dataset say is where in it."""
    annotated_ns: int = 0
    """Time of the last change of the file that holds the boxes, nanoseconds since the epoch; 0 where there is none."""

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0] if "://" in self.path else str(Path(self.path).parent)

    @property
    def labels(self) -> tuple[str, ...]:
        """What is in it, each once, sorted."""
        return tuple(sorted({box.label for box in self.boxes}))

    @property
    def fingerprint(self) -> Fingerprint:
        return Fingerprint(self.size, self.mtime_ns, self.annotated_ns, self.described)


@dataclass(frozen=True, slots=True)
class Hit:
    record: ImageRecord
    score: float
    """Cosine of query and picture, in [-1, 1]."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Narrows a search before the nearest are looked for; every condition that is set must hold."""

    folder: str | None = None
    """An absolute folder: its pictures and those of all folders below it."""
    formats: tuple[str, ...] = ()
    """Any of these Pillow format names; empty: all."""
    taken_from: datetime | None = None
    """Inclusive. Pictures whose date is not known are left out when a bound is set."""
    taken_before: datetime | None = None
    """Exclusive."""
    min_width: int | None = None
    """Pixels, inclusive; likewise the next."""
    min_height: int | None = None
    min_size: int | None = None
    """Bytes, inclusive; likewise the next."""
    max_size: int | None = None
    labels: tuple[str, ...] = ()
    """Any of these labels; empty: all, those without labels too."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How many records, and how many bytes their files have together."""

    count: int
    size: int


class Index(Protocol):
    """Where records live. Safe to share between threads; reads see every earlier write.

    All methods raise `IndexUnavailable` (or its child `StorageFull`) where the engine does not answer, naming the
    address or folder and the remedy.
    """

    @property
    def engine(self) -> str:
        """`lancedb` or `elasticsearch`."""
        ...

    @property
    def name(self) -> str:
        """The name of the index."""
        ...

    @property
    def location(self) -> str:
        """The folder or address, without secrets: for people to read."""
        ...

    def model(self) -> ModelStamp | None:
        """The stamp of the model that made it; None where nothing is in it yet: an empty index belongs to nobody."""
        ...

    def claim(self, stamp: ModelStamp) -> None:
        """Make the index ready for embeddings of this model, creating it where needed. One that an earlier version of
        the app made is brought up to date: its records stay, as not yet described.

        Raises:
            ModelMismatch: it holds records of another model.
        """
        ...

    def upsert(self, records: Sequence[ImageRecord], embeddings: Embeddings) -> None:
        """Store records, replacing those of the same id; the last of one id in a batch wins.

        Args:
            records: n records; any number, the engine splits them.
            embeddings: An array of shape `(n, dims)`.

        Raises:
            InvalidEmbedding: a row is not finite, has length zero, or the wrong dims; nothing was stored.
        """
        ...

    def search(self, embedding: Embedding, k: int, where: Filter | None = None) -> list[Hit]:
        """The k nearest by cosine, best first, ties by id; fewer only where fewer match the filter.

        Raises:
            InvalidEmbedding: as for `upsert`.
        """
        ...

    def get(self, ids: Sequence[str]) -> list[ImageRecord]:
        """Those that exist, in the order asked."""
        ...

    def embeddings(self, ids: Sequence[str]) -> Embeddings:
        """An array of shape `(n, dims)` in the order asked.

        Raises:
            KeyError: an id is not in the index.
        """
        ...

    def by_content(self, content_hashes: Sequence[str]) -> dict[str, tuple[ImageRecord, Embedding]]:
        """For each hash that is in the index, one record with these bytes (the one of the smallest id)."""
        ...

    def fingerprints(self, ids: Sequence[str]) -> dict[str, Fingerprint]:
        """Of those that exist."""
        ...

    def scan(self, where: Filter | None = None) -> Iterator[tuple[list[ImageRecord], Embeddings]]:
        """Every record once, in batches, in no particular order."""
        ...

    def records(self, where: Filter | None = None) -> Iterator[list[ImageRecord]]:
        """As `scan`, without reading the embeddings."""
        ...

    def delete(self, ids: Sequence[str]) -> int:
        """Remove these; returns how many there were."""
        ...

    def count(self, where: Filter | None = None) -> int: ...

    def totals(self, where: Filter | None = None) -> Totals: ...

    def label_counts(self, where: Filter | None = None) -> dict[str, int]:
        """For each label, how many records have it, the most frequent first; equally frequent ones by name."""
        ...

    def settle(self) -> None:
        """Make what was written as fast to search as what was there before: for the end of an ingest."""
        ...


def by_frequency(counts: Mapping[str, int]) -> dict[str, int]:
    """The largest count first, equal ones by name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def record_id(path: str | Path) -> str:
    """The id of a file: the first 32 hexadecimal digits of the SHA-256 of its resolved path's bytes."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:32]


# Paths are bytes. Python shows those that are not UTF-8 as lone surrogates, which neither Arrow nor JSON can carry.
# In the index they stand as characters of the last private-use plane, one for each byte, and come back as they were.
# So do the other surrogates, which text out of a JSON or YAML file can hold.
_ESCAPED = {lone: 0x10F000 + lone - 0xD800 for lone in range(0xD800, 0xE000)}
_ESCAPED |= {0xDC00 + byte: 0x10FF00 + byte for byte in range(0x80, 0x100)}
_UNESCAPED = {stored: lone for lone, stored in _ESCAPED.items()}


def storable(text: str) -> str:
    """The text as an index can keep it; `from_storable` undoes it."""
    return text.translate(_ESCAPED)


def from_storable(text: str) -> str:
    return text.translate(_UNESCAPED)
