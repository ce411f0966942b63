"""The index on an Elasticsearch server or cluster."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from itertools import batched
from typing import Any

import numpy as np
from elasticsearch import helpers

from core.errors import ImageSearchError
from core.index.effort import EXACT_SECONDS, Effort, Efforts, Neighbour
from core.index.elastic import bulk, making
from core.index.elastic.access import IndexAccess
from core.index.elastic.connection import Connection
from core.index.elastic.errors import IndexMissing
from core.index.elastic.freshness import freshness
from core.index.elastic.history.versions import ElasticVersions
from core.index.elastic.mapping import Body, made_by
from core.index.elastic.pixels import by_sides
from core.index.elastic.query import field_values, measuring, paging, queries, requests, statistics
from core.index.elastic.query.facets import ESTIMATED_FROM, Facets
from core.index.elastic.rows import FINGERPRINT, document, fingerprint_of, record_of
from core.index.filters import Filter
from core.index.index import FACETS, MAX_K, ModelStamp, Order, Totals, Values
from core.index.records import FINDINGS, Finding, Fingerprint, Hit, ImageRecord, storable
from core.index.statistics import Statistics, unreachable
from core.index.versions import Overtaken
from core.vectors import Embedding, Embeddings, check_embeddings

_CONFLICTS = 3  # how often an update is tried again that another one came before
ROWS = 1000
"""Of one request, where no vectors are asked for."""


class ElasticIndex(IndexAccess):
    """Keeps `Index`."""

    engine = "elasticsearch"
    estimated_from: int | None = ESTIMATED_FROM

    @cached_property
    def _facets(self) -> Facets:
        return Facets()

    @cached_property
    def versions(self) -> ElasticVersions:
        return ElasticVersions(self)

    def version(self, concrete: str) -> "ElasticIndex":
        """One of the indices with this name, as an index of its own, whatever stands under the alias."""
        other = copy(self)
        for own in ("versions", "_facets"):
            other.__dict__.pop(own, None)
        other.name = concrete
        other.connection = self.connection.at(concrete)
        other._freshness = freshness(self.location, concrete)
        other._claimed = other._layout = None
        other._looked = (-1, 0.0)
        return other

    def model(self) -> ModelStamp | None:
        layout = self.look(at_once=True)
        return layout.stamp if layout and self._counted(None) else None

    def prepare(self, stamp: ModelStamp) -> None:
        with self.connection.translate_errors():
            making.make_ready(self.connection.write_client, self.name, stamp, self.connection.index_body(stamp))
        self._claimed = stamp
        self._freshness.note_layout()

    def upsert(self, records: Sequence[ImageRecord], embeddings: Embeddings) -> None:
        with self.connection.translate_errors():
            layout = self.find()
            if layout is None:
                raise IndexMissing(
                    f"There is no index {self.name} in Elasticsearch at {self.location}.", "Start the indexing again."
                )
            if self._claimed not in (None, layout.stamp):
                raise making.mismatch(self.name, layout.stamp, self._claimed)
            check_embeddings(embeddings, layout.stamp.dims)
            bulk.insist(lambda: making.bring_up_to_date(self.connection.write_client, layout))
            last = {record.id: (record, row) for record, row in zip(records, embeddings, strict=True)}
            of = {"_op_type": "index", made_by(layout.stamp): True}
            self.send([{**of, "_id": id_, **self._document(*last[id_])} for id_ in last], layout.stamp)

    def search(
        self, embedding: Embedding, k: int, where: Filter | None = None, *, embeddings: bool = False
    ) -> list[Hit]:
        def ask() -> list[Hit]:
            if not self._can_answer(embedding) or k < 1:
                return []
            return queries.nearest(
                self.connection, embedding, min(k, MAX_K), self._exact(where), embeddings, self._least
            )

        return self.consistent(ask)

    def search_and_counts(
        self, embedding: Embedding, k: int, wheres: Sequence[Filter | None], *, embeddings: bool = False
    ) -> tuple[list[Hit], list[int]]:
        def ask() -> tuple[list[Hit], list[int]]:
            if not self._can_answer(embedding):
                return [], [0] * len(wheres)
            if k < 1:
                return [], list(map(self.count, wheres))
            exact = list(map(self._exact, wheres))
            return queries.nearest_and_counts(self.connection, embedding, min(k, MAX_K), exact, embeddings, self._least)

        return self.consistent(ask)

    @property
    def _least(self) -> Effort:
        """What a search is done with at least."""
        layout = self.connection.pinned or self._layout
        return Effort(self._candidates, requests.OVERSAMPLING[layout.quantisation if layout else "int8"])

    def _can_answer(self, embedding: Embedding) -> bool:
        """False for queries of any model where nothing is there to be found.

        Raises:
            InvalidEmbedding: the embedding is not one of the index's model.
        """
        dims = self.dims()
        nobodys = False
        if embedding.size != dims:  # others may have made and filled it since it was looked at
            if self.connection.pinned and not self.is_current:
                raise Overtaken
            nobodys = not self.count()
            dims = embedding.size if nobodys else self.dims()
        check_embeddings(embedding[np.newaxis], dims)
        return not nobodys

    def get(self, ids: Sequence[str]) -> list[ImageRecord]:
        rows = self._by_id(ids, ROWS, **queries.WITHOUT_VECTORS)
        found = {id_: record_of(hit["_source"]) for id_, hit in rows.items()}
        return [found[id_] for id_ in ids if id_ in found]

    def embeddings(self, ids: Sequence[str]) -> Embeddings:
        def ask() -> Mapping[str, Embedding]:
            rows = self._by_id(ids, queries.VECTORS, **queries.VECTORS_ALONE)
            return queries.vectors(self.connection, list(rows.values()))

        found = self.consistent(ask)
        return np.stack([found[id_] for id_ in ids]) if ids else np.empty((0, self.dims()), np.float32)

    def by_content(self, content_hashes: Sequence[str]) -> dict[str, tuple[ImageRecord, Embedding]]:
        return self.consistent(lambda: self._by_content(content_hashes))

    def _by_content(self, content_hashes: Sequence[str]) -> dict[str, tuple[ImageRecord, Embedding]]:
        if not content_hashes or self.look() is None:
            return {}
        found: dict[str, tuple[ImageRecord, Embedding]] = {}
        for chunk in batched(dict.fromkeys(content_hashes), queries.VECTORS):
            hits = queries.hits(self.connection, **requests.first_of_each(chunk))
            read = self._read(self.connection, hits)
            found |= {record.content_hash: (record, embedding) for record, embedding in read}
        return found

    def fingerprints(self, ids: Sequence[str]) -> dict[str, Fingerprint]:
        found = self._by_id(ids, ROWS, source_includes=FINGERPRINT)
        return {id_: fingerprint_of(hit["_source"]) for id_, hit in found.items()}

    def scan(self, where: Filter | None = None) -> Iterator[tuple[list[ImageRecord], Embeddings]]:
        if (at := self.as_it_is()) is None:
            return
        for hits in paging.pages(at, by_sides(at, where), queries.VECTORS):
            if read := self._read(at, hits):
                records, rows = zip(*read, strict=True)
                yield list(records), np.stack(rows)

    def records(self, where: Filter | None = None) -> Iterator[list[ImageRecord]]:
        if (at := self.as_it_is()) is None:
            return
        for hits in paging.pages(at, by_sides(at, where), ROWS, **queries.WITHOUT_VECTORS):
            yield [record_of(hit["_source"]) for hit in hits]

    def retag(self, tags: Mapping[str, Sequence[str]]) -> int:
        return self._rewrite("tags", tags)

    def mark(self, finding: Finding, values: Mapping[str, Sequence[str]]) -> int:
        field, count = FINDINGS[finding], 0
        for ids in batched(values, ROWS):
            known = {record.id: getattr(record, field) for record in self.get(ids)}
            differ = {id_: values[id_] for id_, had in known.items() if had != tuple(values[id_])}
            count += self._rewrite(field, differ)
        return count

    def _rewrite(self, field: str, values: Mapping[str, Sequence[str]]) -> int:
        """Give rows these values of a field, by their ids; returns how many there were."""
        with self.connection.translate_errors():
            if not values or (layout := self.find()) is None:
                return 0
            bulk.insist(lambda: making.bring_up_to_date(self.connection.write_client, layout))
            how = {"_op_type": "update", "retry_on_conflict": _CONFLICTS}
            return self.send(
                [{**how, "_id": id_, "doc": {field: list(map(storable, values[id_]))}} for id_ in _askable(values)]
            )

    def contents(self) -> Iterator[tuple[list[str], list[str]]]:
        if (at := self.as_it_is()) is None:
            return
        for hits in paging.pages(at, None, MAX_K, docvalue_fields=["content_hash"], source=False):
            yield [hit["_id"] for hit in hits], [hit["fields"]["content_hash"][0] for hit in hits]

    def values(
        self, fields: Sequence[str], where: Filter | None = None
    ) -> Iterator[tuple[list[str], dict[str, Values]]]:
        if (at := self.as_it_is()) is None:
            return
        source = {"source_includes": field_values.needed(fields)} if fields else {"source": False}
        for hits in paging.pages(at, by_sides(at, where), MAX_K, **source):
            yield field_values.read(hits, fields)

    def delete(self, ids: Sequence[str]) -> int:
        with self.connection.translate_errors():
            if not ids or self.find() is None:
                return 0
            return self.send([{"_op_type": "delete", "_id": id_} for id_ in _askable(ids)])

    def count(self, where: Filter | None = None) -> int:
        return self._counted(self._exact(where)) if self.look(at_once=True) else 0

    def _counted(self, where: Filter | None) -> int:
        rows = queries.count(self.connection, where)
        if where is None or not where.conditions:
            self._facets.note(rows)
        return rows

    def totals(self, where: Filter | None = None) -> Totals:
        return queries.totals(self.connection, self._exact(where)) if self.look(at_once=True) else Totals(0, 0)

    def facets(self, where: Filter | None = None, fields: Sequence[str] = FACETS) -> dict[str, dict[str, int]]:
        if self.look(at_once=True) is None:
            return {field: {} for field in fields}
        return self._facets.count(self.connection, self._exact(where), fields)

    def browse(
        self, where: Filter | None = None, order: Order | None = None, offset: int = 0, limit: int = 100
    ) -> list[ImageRecord]:
        def ask() -> list[ImageRecord]:
            pages = self._ordered(where, order, offset, limit, ROWS, **queries.WITHOUT_VECTORS)
            return [record_of(hit["_source"]) for hits in pages for hit in hits]

        return self.consistent(ask)

    def sample(self, count: int) -> Embeddings:
        def ask() -> Embeddings:
            # Ids are hashes: the first of them are as good as random.
            pages = self._ordered(None, None, 0, count, queries.VECTORS, **queries.VECTORS_ALONE)
            rows = [row for hits in pages for row in queries.vectors(self.connection, hits).values()]
            return np.stack(rows) if rows else np.empty((0, self.dims()), np.float32)

        return self.consistent(ask)

    def revision(self) -> str:
        if self._freshness.is_due:
            self.look()  # refreshing is a change, too
        return queries.changes(self.confirm())

    def optimize(self) -> None:
        self.look()

    def statistics(self) -> Statistics:
        try:
            if self._freshness.is_due:
                self.refresh()
            return statistics.of_index(self.connection)
        except ImageSearchError as error:
            return unreachable(error)

    def efforts(self, k: int, where: Filter | None = None) -> Efforts:
        self.confirm()  # which tells among how many rows is searched
        return measuring.efforts(self._least, max(1, min(k, MAX_K)))

    def search_with(self, effort: Effort, embedding: Embedding, k: int, where: Filter | None = None) -> list[Hit]:
        if not self._can_answer(embedding) or k < 1:
            return []
        return measuring.nearest_with(self.connection, effort, embedding, min(k, MAX_K), self._exact(where))

    def search_exactly(
        self, embeddings: Embeddings, k: int, where: Filter | None = None, seconds: float = EXACT_SECONDS
    ) -> list[list[Neighbour]]:
        if not all(map(self._can_answer, embeddings)) or k < 1:
            return [[] for _ in embeddings]
        where = self._exact(where)
        return measuring.nearest_exactly(self.connection, embeddings, min(k, MAX_K), where, seconds)

    def drop(self) -> None:
        with self.connection.translate_errors():
            making.remove(self.connection.write_client, self.name)
        self.note_layout()

    def _read(self, at: Connection, hits: Sequence[queries.Answer]) -> list[tuple[ImageRecord, Embedding]]:
        found = queries.vectors(at, hits)
        return [(record_of(hit["_source"]), found[hit["_id"]]) for hit in hits if hit["_id"] in found]

    def _by_id(self, ids: Sequence[str], at_most: int, **body: Any) -> dict[str, queries.Answer]:
        asked = _askable(ids)
        return queries.by_id(self.connection, asked, at_most, **body) if asked and self.look() else {}

    def _ordered(
        self, where: Filter | None, order: Order | None, offset: int, limit: int, at_most: int, **body: Any
    ) -> Iterator[list[queries.Answer]]:
        if self.look() is not None:
            yield from paging.ordered(self.connection, self._exact(where), order, offset, limit, at_most, **body)

    def _exact(self, where: Filter | None) -> Filter | None:
        return by_sides(self.connection, where)

    def _document(self, record: ImageRecord, embedding: Embedding) -> Body:
        return document(record, self.packed(embedding))

    def packed(self, embedding: Embedding) -> str | list[float]:
        """As the server takes it."""
        if self.connection.packs():
            return helpers.pack_dense_vector(np.ascontiguousarray(embedding))
        numbers: list[float] = embedding.tolist()
        return numbers


def _askable(ids: Iterable[str]) -> list[str]:
    """Each id once, without what the server takes for a mistake: ids also come out of addresses that people typed."""
    return [id_ for id_ in dict.fromkeys(ids) if 0 < len(id_) <= 512 and id_.isascii()]
