"""Several indexes of one model, read as one. Each record tells by its id which it is of: `birds:<id>`."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice
from operator import add
from typing import Any, NoReturn

import numpy as np

from core.errors import SeveralCollections
from core.index.effort import EXACT_SECONDS, Effort, Efforts, Neighbour
from core.index.filters import Filter
from core.index.index import FACETS, Index, ModelStamp, Order, Totals, Values, most_frequent
from core.index.records import Finding, Fingerprint, Hit, ImageRecord
from core.index.statistics import Statistics
from core.index.versions import Versions
from core.vectors import Embedding, Embeddings

SEPARATOR = ":"
"""In an id, behind the name of the collection."""

_DATED: dict[str, bool] = {"newest": True, "oldest": False}
_SIZED: dict[str, bool] = {"largest": True, "smallest": False}


RECORD_ID = rf"([a-z0-9][a-z0-9_-]{{0,99}}{SEPARATOR})?[0-9a-f]{{32}}"
"""The pattern of an id, with the name or without."""


def collection_of(record_id: str) -> str:
    """The collection that an id names; "" where it names none."""
    return record_id.rpartition(SEPARATOR)[0]


class SeveralIndexes:
    """Keeps `Index`, as far as it reads, tags and finds; what else would change one is refused.

    Args:
        indexes: By the names of their collections. Those that hold records were made by one model.
    """

    def __init__(self, indexes: Mapping[str, Index]) -> None:
        self._indexes = dict(indexes)
        first = next(iter(self._indexes.values()))
        self.engine = first.engine
        self.location = first.location
        self.name = ",".join(self._indexes)

    def model(self) -> ModelStamp | None:
        return next(filter(None, (index.model() for index in self._indexes.values())), None)

    def prepare(self, stamp: ModelStamp) -> None:
        _refuse()

    def upsert(self, records: Sequence[ImageRecord], embeddings: Embeddings) -> None:
        _refuse()

    def delete(self, ids: Sequence[str]) -> int:
        _refuse()

    def drop(self) -> None:
        _refuse()

    @property
    def versions(self) -> Versions:
        _refuse()

    def consistent[T](self, action: Callable[[], T]) -> T:
        for index in self._indexes.values():
            action = partial(index.consistent, action)
        return action()

    @property
    def is_current(self) -> bool:
        return all(index.is_current for index in self._indexes.values())

    def optimize(self) -> None:
        _refuse()

    def search(
        self, embedding: Embedding, k: int, where: Filter | None = None, *, embeddings: bool = False
    ) -> list[Hit]:
        return self.search_and_counts(embedding, k, (where,), embeddings=embeddings)[0]

    def search_and_counts(
        self, embedding: Embedding, k: int, wheres: Sequence[Filter | None], *, embeddings: bool = False
    ) -> tuple[list[Hit], list[int]]:
        found, totals = list[Hit](), [0] * len(wheres)
        for name, index in self._filled():
            hits, counts = index.search_and_counts(embedding, k, wheres, embeddings=embeddings)
            found += [replace(hit, record=_qualified(name, hit.record)) for hit in hits]
            totals = list(map(add, totals, counts))
        return heapq.nsmallest(k, found, key=lambda hit: (-hit.score, hit.record.id)), totals

    def get(self, ids: Sequence[str]) -> list[ImageRecord]:
        found = self._by_id(ids, lambda index, own: {record.id: record for record in index.get(own)})
        records = {id_: _qualified(name, record) for id_, (name, record) in found.items()}
        return [records[id_] for id_ in ids if id_ in records]

    def embeddings(self, ids: Sequence[str]) -> Embeddings:
        found = self._by_id(ids, lambda index, own: dict(zip(own, index.embeddings(own), strict=True)))
        if ids:
            return np.stack([found[id_][1] for id_ in ids])
        stamp = self.model()
        return np.empty((0, stamp.dims if stamp else 0), np.float32)

    def by_content(self, content_hashes: Sequence[str]) -> dict[str, tuple[ImageRecord, Embedding]]:
        found: dict[str, tuple[ImageRecord, Embedding]] = {}
        for name, index in self._filled():
            missing = [digest for digest in content_hashes if digest not in found]
            for digest, (record, embedding) in index.by_content(missing).items():
                found[digest] = _qualified(name, record), embedding
        return found

    def fingerprints(self, ids: Sequence[str]) -> dict[str, Fingerprint]:
        found = self._by_id(ids, lambda index, own: index.fingerprints(own))
        return {id_: fingerprint for id_, (_, fingerprint) in found.items()}

    def scan(self, where: Filter | None = None) -> Iterator[tuple[list[ImageRecord], Embeddings]]:
        for name, index in self._filled():
            for records, embeddings in index.scan(where):
                yield [_qualified(name, record) for record in records], embeddings

    def records(self, where: Filter | None = None) -> Iterator[list[ImageRecord]]:
        for name, index in self._filled():
            for records in index.records(where):
                yield [_qualified(name, record) for record in records]

    def retag(self, tags: Mapping[str, Sequence[str]]) -> int:
        of_each: defaultdict[str, dict[str, Sequence[str]]] = defaultdict(dict)
        for id_, given in tags.items():
            name, _, own = id_.rpartition(SEPARATOR)
            of_each[name][own] = given
        return sum(self._indexes[name].retag(given) for name, given in of_each.items() if name in self._indexes)

    def mark(self, finding: Finding, values: Mapping[str, Sequence[str]]) -> int:
        _refuse()

    def contents(self) -> Iterator[tuple[list[str], list[str]]]:
        for name, index in self._filled():
            for ids, content_hashes in index.contents():
                yield [f"{name}{SEPARATOR}{id_}" for id_ in ids], content_hashes

    def values(
        self, fields: Sequence[str], where: Filter | None = None
    ) -> Iterator[tuple[list[str], dict[str, Values]]]:
        for name, index in self._filled():
            for ids, found in index.values(fields, where):
                yield [f"{name}{SEPARATOR}{id_}" for id_ in ids], found

    def count(self, where: Filter | None = None) -> int:
        return sum(index.count(where) for index in self._indexes.values())

    def totals(self, where: Filter | None = None) -> Totals:
        all_ = [index.totals(where) for index in self._indexes.values()]
        return Totals(sum(one.count for one in all_), sum(one.size for one in all_))

    @property
    def estimated_from(self) -> int | None:
        """The least of theirs."""
        return min(filter(None, (index.estimated_from for index in self._indexes.values())), default=None)

    def facets(self, where: Filter | None = None, fields: Sequence[str] = FACETS) -> dict[str, dict[str, int]]:
        added: dict[str, defaultdict[str, int]] = {field: defaultdict(int) for field in fields}
        for index in self._indexes.values():
            for field, counts in index.facets(where, fields).items():
                for value, count in counts.items():
                    added[field][value] += count
        return {field: most_frequent(counts) for field, counts in added.items()}

    def browse(
        self, where: Filter | None = None, order: Order | None = None, offset: int = 0, limit: int = 100
    ) -> list[ImageRecord]:
        pages = [
            [_qualified(name, record) for record in index.browse(where, order, 0, offset + limit)]
            for name, index in self._filled()
        ]
        return list(islice(heapq.merge(*pages, key=_key(order)), offset, offset + limit))

    def sample(self, count: int) -> Embeddings:
        """Of each as many as it has a share of all."""
        filled, total = list(self._filled()), self.count()
        shares = [index.sample(max(1, round(count * index.count() / max(1, total)))) for _, index in filled]
        return np.concatenate(shares)[:count] if shares else np.empty((0, 0), np.float32)

    def revision(self) -> str:
        return " ".join(f"{name} {index.revision()}" for name, index in self._indexes.items())

    def statistics(self) -> Statistics:
        _refuse()

    def efforts(self, k: int, where: Filter | None = None) -> Efforts:
        _refuse()

    def search_with(self, effort: Effort, embedding: Embedding, k: int, where: Filter | None = None) -> list[Hit]:
        _refuse()

    def search_exactly(
        self, embeddings: Embeddings, k: int, where: Filter | None = None, seconds: float = EXACT_SECONDS
    ) -> list[list[Neighbour]]:
        _refuse()

    def _filled(self) -> Iterator[tuple[str, Index]]:
        """Those with records: one without has no model whose embeddings it could compare."""
        return ((name, index) for name, index in self._indexes.items() if index.model())

    def _by_id[T](
        self, ids: Sequence[str], read: Callable[[Index, list[str]], Mapping[str, T]]
    ) -> dict[str, tuple[str, T]]:
        """What is read of records, with the collection that each is in, by the ids that were asked for. An id that
        names no collection is that of the one record that has it; of several none is meant."""
        found: dict[str, list[tuple[str, T]]] = defaultdict(list)
        for name, index in self._indexes.items():
            own = {id_.rpartition(SEPARATOR)[2]: id_ for id_ in ids if collection_of(id_) in ("", name)}
            for id_, value in read(index, list(own)).items() if own else ():
                found[own[id_]].append((name, value))
        return {id_: values[0] for id_, values in found.items() if len(values) == 1}


def _qualified(name: str, record: ImageRecord) -> ImageRecord:
    return replace(record, id=f"{name}{SEPARATOR}{record.id}")


def _key(order: Order | None) -> Callable[[ImageRecord], Any]:
    """By which records are in this order: those without a date last, equal ones by their ids."""
    if order in _DATED:
        return lambda record: (record.taken_at is None, _moment(record.taken_at, _DATED[order]), _own(record))
    if order in _SIZED:
        return lambda record: (-record.size if _SIZED[order] else record.size, _own(record))
    return (lambda record: (record.name_folded, _own(record))) if order == "name" else _own


def _moment(taken_at: datetime | None, is_descending: bool) -> float:
    if taken_at is None:
        return 0.0
    seconds = (taken_at - datetime.min).total_seconds()
    return -seconds if is_descending else seconds


def _own(record: ImageRecord) -> str:
    """Within its index records stand by this."""
    return record.id.rpartition(SEPARATOR)[2]


def _refuse() -> NoReturn:
    raise SeveralCollections("This is done in one collection at a time.", "Name one of them.")
