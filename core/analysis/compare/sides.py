"""What is compared: the pictures that conditions let through, in this collection or another."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidQuery
from core.index.filters import Filter
from core.index.index import Index
from core.search.language.parser import format_, parse
from core.text.names import printable
from core.vectors import Embeddings

SAMPLE = 2_000
"""So many pictures of a side are compared, of more a sample: what a test finds with these is sure enough, and the time
grows with the square."""

_COLLECTION = re.compile(r"\s*collection:([a-z0-9][a-z0-9_-]{0,99})(?:\s+|$)")
_SHOWN = 60  # characters of what is typed, in messages


@dataclass(frozen=True, slots=True)
class Side:
    """One of two that are compared."""

    where: Filter = field(default_factory=Filter)
    collection: str = ""
    """The name of another collection; empty: the one that the comparison is of."""

    @property
    def conditions(self) -> str:
        """As they are typed into the search bar."""
        return format_((), self.where)

    @property
    def text(self) -> str:
        """What `read_side` makes this side of."""
        return " ".join(filter(None, (f"collection:{self.collection}" if self.collection else "", self.conditions)))


def read_side(text: str) -> Side:
    """
    Raises:
        InvalidQuery: there are words beside conditions, or a condition says nothing.
    """
    named = _COLLECTION.match(text)
    words, where = parse(text[named.end() :] if named else text)
    if words:
        raise InvalidQuery(
            f"“{printable(text[:_SHOWN])}” cannot be compared.",
            "Use conditions, such as split:train, label:dog, folder:/trips/2023, date:2023 or collection:archive.",
        )
    return Side(where, named[1] if named else "")


def key_of(first: str, second: str) -> str:
    """What a comparison of two sides is kept under."""
    return "of-" + hashlib.sha256(f"{first}\n{second}".encode(errors="surrogateescape")).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Rows:
    """Pictures of a side, of copies one each."""

    total: int
    """How many records it has."""
    contents: frozenset[bytes]
    """The hashes of all of its pictures."""
    sampled: tuple[str, ...]
    """Those that are compared, in the order of their hashes: a random one, and always the same."""
    embeddings: Embeddings
    """Theirs, unit rows of shape `(n, dims)`."""


def rows_of(index: Index, where: Filter, most: int = SAMPLE) -> Iterator[int | Rows]:
    """Read a side: how many records more were read, again and again, and the rows in the end."""
    total, contents, last = 0, set[bytes](), "~"  # behind all hashes
    kept: dict[str, NDArray[np.float32]] = {}
    for records, embeddings in index.scan(where if where.conditions else None):
        total += len(records)
        for record, row in zip(records, embeddings, strict=True):
            contents.add(bytes.fromhex(record.content_hash))
            if record.content_hash < last and record.content_hash not in kept:
                kept[record.content_hash] = row.copy()  # not to hold on to the whole batch
        if len(kept) > 2 * most:
            kept = {content: kept[content] for content in sorted(kept)[:most]}
            last = max(kept)
        yield len(records)
    sampled = tuple(sorted(kept)[:most])
    found = np.stack([kept[content] for content in sampled]) if sampled else np.empty((0, 0), np.float32)
    found = found / np.maximum(np.linalg.norm(found, axis=-1, keepdims=True), 1e-12) if sampled else found
    yield Rows(total, frozenset(contents), sampled, found.astype(np.float32))
