"""Going through all records once: what is counted on the way, and what is kept of them to judge their labels."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.analysis.labels.balance import Counting
from core.analysis.labels.boxes import Measuring
from core.analysis.labels.evidence.labelled import Labelled, labelled
from core.index.index import Index
from core.index.records import ImageRecord
from core.vectors import Embeddings

MAX_LABELLED = 200_000
MAX_UNLABELLED = 100_000
"""Pictures that are judged; of more, so many by chance."""


@dataclass
class _Side:
    most: int
    ids: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    labels: list[tuple[str, ...]] = field(default_factory=list)
    rows: list[NDArray[np.float16]] = field(default_factory=list)

    def add(self, records: list[ImageRecord], rows: Embeddings, places: list[int]) -> None:
        self.ids += [records[place].id for place in places]
        self.digests += [records[place].content_hash for place in places]
        self.labels += [records[place].labels for place in places]
        self.rows.append(rows[places].astype(np.float16))  # half the memory; cosines stay right to a thousandth


@dataclass
class Collected:
    balance: Counting = field(default_factory=Counting)
    boxes: Measuring = field(default_factory=Measuring)
    pictures: int = 0
    with_labels: int = 0
    _labelled: _Side = field(default_factory=lambda: _Side(MAX_LABELLED))
    _others: _Side = field(default_factory=lambda: _Side(MAX_UNLABELLED))

    def labelled(self) -> Labelled:
        side = self._labelled
        return labelled(side.ids, side.digests, _joined(side.rows), side.labels)

    def others(self) -> tuple[list[str], list[str], Embeddings]:
        """Of those without labels the ids, the content hashes and the embeddings."""
        return self._others.ids, self._others.digests, _joined(self._others.rows)

    def add(self, records: list[ImageRecord], rows: Embeddings, shares: tuple[float, float]) -> None:
        for record in records:
            self.balance.add(record)
            self.boxes.add(record)
        self.pictures += len(records)
        has = [place for place, record in enumerate(records) if record.boxes]
        self.with_labels += len(has)
        lacks = [place for place, record in enumerate(records) if not record.boxes]
        for side, places, share in ((self._labelled, has, shares[0]), (self._others, lacks, shares[1])):
            side.add(records, rows, [place for place in places if share >= 1 or _drawn(records[place].id, share)])


def collect(index: Index, labelled_count: int) -> Iterator[int | Collected]:
    """Yields how many records more were looked at, at last what was found.

    Args:
        labelled_count: How many have labels, about.
    """
    found, count = Collected(), index.count()
    shares = _share(MAX_LABELLED, labelled_count), _share(MAX_UNLABELLED, count - labelled_count)
    for records, rows in index.scan():
        found.add(records, rows, shares)
        yield len(records)
    yield found


def _share(most: int, count: int) -> float:
    return 1.0 if count <= most else most / count


def _drawn(text: str, share: float) -> bool:
    """The same ones every time."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest()) < share * 2**32


def _joined(rows: list[NDArray[np.float16]]) -> Embeddings:
    if not rows:
        return np.empty((0, 0), np.float32)
    joined = np.concatenate(rows).astype(np.float32)
    rows.clear()
    return np.asarray(joined / np.maximum(np.linalg.norm(joined, axis=1, keepdims=True), 1e-6), np.float32)
