"""What an index holds and answers, and the protocol that both engines keep."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

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


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One file in the index. The file is the identity: two copies are two records with one `content_hash`."""

    id: str
    """`record_id(path)`."""
    path: str
    """Absolute and resolved. Bytes that are not UTF-8 are kept as surrogate escapes, as `os.fsdecode` does."""
    name: str
    """What to call the picture: the file's name, or for an upload the name it was sent under."""
    content_hash: str
    """SHA-256 of the file's bytes, 64 hexadecimal digits."""
    size: int
    """Bytes."""
    mtime_ns: int
    """Time of the last change, nanoseconds since the epoch."""
    width: int
    """Pixels, upright."""
    height: int
    format: str
    """Pillow's name of the format: `JPEG`, `PNG`, `WEBP` …"""
    taken_at: datetime | None = None
    """When the camera says it was taken: local time without a zone, or None where it does not say."""
    frames: int = 1
    """Frames of an animation or pages of a document; the first is the one embedded."""

    @property
    def folder(self) -> str:
        return str(Path(self.path).parent)

    @property
    def fingerprint(self) -> Fingerprint:
        return Fingerprint(self.size, self.mtime_ns)


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
        """Make the index ready for embeddings of this model, creating it where needed.

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

    def delete(self, ids: Sequence[str]) -> int:
        """Remove these; returns how many there were."""
        ...

    def count(self, where: Filter | None = None) -> int: ...

    def settle(self) -> None:
        """Make what was written as fast to search as what was there before: for the end of an ingest."""
        ...


def record_id(path: str | Path) -> str:
    """The id of a file: the first 32 hexadecimal digits of the SHA-256 of its resolved path's bytes."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:32]


# Paths are bytes. Python shows those that are not UTF-8 as lone surrogates, which neither Arrow nor JSON can carry.
# In the index they stand as characters of the last private-use plane, one for each byte, and come back as they were.
_ESCAPED = {0xDC00 + byte: 0x10FF00 + byte for byte in range(0x80, 0x100)}
_UNESCAPED = {stored: lone for lone, stored in _ESCAPED.items()}


def storable(text: str) -> str:
    """The text as an index can keep it; `from_storable` undoes it."""
    return text.translate(_ESCAPED)


def from_storable(text: str) -> str:
    return text.translate(_UNESCAPED)
