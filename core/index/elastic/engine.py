"""The index on an Elasticsearch server or cluster."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from functools import cached_property
from itertools import batched
from pathlib import Path
from typing import Any

import numpy as np
from elasticsearch import ConnectionTimeout, Elasticsearch, helpers

from core.errors import ImageSearchError, IndexUnavailable
from core.index.effort import EXACT_SECONDS, Effort, Efforts, Neighbour
from core.index.elastic import alias, bulk
from core.index.elastic.connection import Connection
from core.index.elastic.errors import IndexMissing
from core.index.elastic.freshness import freshness
from core.index.elastic.history.versions import ElasticVersions
from core.index.elastic.mapping import Body, Layout, made_by
from core.index.elastic.pixels import by_sides
from core.index.elastic.query import field_values, measuring, paging, queries, requests, statistics
from core.index.elastic.query.facets import facets
from core.index.elastic.rows import FINGERPRINT, document, fingerprint_of, record_of
from core.index.filters import Filter
from core.index.index import FACETS, MAX_K, ModelStamp, Order, Totals, Values
from core.index.records import FINDINGS, Finding, Fingerprint, Hit, ImageRecord, storable
from core.index.statistics import Statistics, unreachable
from core.index.versions import Overtaken
from core.vectors import Embedding, Embeddings, check_embeddings

LAYOUT_SECONDS = 1.0
"""For how long it is believed that nobody has put another index under the name."""

_ATTEMPTS = 3  # of what is read of one version, where another comes into use
_CONFLICTS = 3  # how often an update is tried again that another one came before
ROWS = 1000
"""Of one request, where no vectors are asked for."""


class ElasticIndex:
    """Keeps `Index`. Constructing sends nothing.

    What this process wrote is refreshed once, before its next read, and never by the writing itself. What others wrote
    is seen when the server has refreshed by itself, at most a second later: no read makes it do so sooner. A read sends
    one request beside its own at most.

    A search or another read of an unreachable server fails within seconds. Writing waits for a server that restarts.

    Args:
        urls: Addresses of the server, or of several nodes of one cluster; may hold `user:password@`.
        name: The alias under which the rows stand; the index behind it is `{name}-000001`.
        api_key: In its encoded form.
        cloud_id: Instead of the addresses.
        ca_certs: File with the certificate of the server's CA.
    """

    engine = "elasticsearch"

    def __init__(
        self,
        urls: Sequence[str],
        name: str,
        *,
        api_key: str | None = None,
        cloud_id: str | None = None,
        ca_certs: Path | None = None,
    ) -> None:
        self.name = name
        self.connection = Connection(urls, name, api_key, cloud_id, ca_certs)
        self.location = self.connection.address
        self._freshness = freshness(self.location, name)
        self._claimed: ModelStamp | None = None
        self._layout: Layout | None = None
        self._candidates = queries.MAX_CANDIDATES
        self._looked = (-1, 0.0)  # `Freshness.layouts` when the layout was looked up, and when that was

    @cached_property
    def versions(self) -> ElasticVersions:
        return ElasticVersions(self)

    def version(self, concrete: str) -> "ElasticIndex":
        """One of the indices with this name, as an index of its own, whatever stands under the alias."""
        other = copy(self)
        other.__dict__.pop("versions", None)
        other.name = concrete
        other.connection = self.connection.at(concrete)
        other._freshness = freshness(self.location, concrete)
        other._claimed = other._layout = None
        other._looked = (-1, 0.0)
        return other

    def consistent[T](self, action: Callable[[], T]) -> T:
        if self.connection.pinned or self.connection.fixed:
            return action()
        for left in reversed(range(_ATTEMPTS)):
            if (layout := self._look()) is None:
                return action()
            try:
                with self.connection.pin(layout):
                    return action()
            except Overtaken:
                self._layout = None
                if not left:
                    raise IndexUnavailable(f"The versions of {self.name} keep changing.", "Try again.") from None
        raise AssertionError

    @property
    def is_current(self) -> bool:
        pinned = self.connection.pinned
        if (concrete := pinned.concrete if pinned else self.connection.fixed) is None:
            return True
        with self.connection.translate_errors():
            layout = alias.find(self.connection.search_client, self.connection.name)
        return layout is not None and layout.concrete == concrete

    def model(self) -> ModelStamp | None:
        layout = self._look(at_once=True)
        return layout.stamp if layout and queries.count(self.connection) else None

    def prepare(self, stamp: ModelStamp) -> None:
        with self.connection.translate_errors():
            alias.make_ready(self.connection.write_client, self.name, stamp, self.connection.packs())
        self._claimed = stamp
        self._freshness.note_layout()

    def upsert(self, records: Sequence[ImageRecord], embeddings: Embeddings) -> None:
        with self.connection.translate_errors():
            layout = self._find()
            if layout is None:
                raise IndexMissing(
                    f"There is no index {self.name} in Elasticsearch at {self.location}.", "Start the indexing again."
                )
            if self._claimed not in (None, layout.stamp):
                raise alias.mismatch(self.name, layout.stamp, self._claimed)
            check_embeddings(embeddings, layout.stamp.dims)
            bulk.insist(lambda: alias.bring_up_to_date(self.connection.write_client, layout))
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
                self.connection, embedding, min(k, MAX_K), self._exact(where), embeddings, self._candidates
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
            return queries.nearest_and_counts(
                self.connection, embedding, min(k, MAX_K), exact, embeddings, self._candidates
            )

        return self.consistent(ask)

    def _can_answer(self, embedding: Embedding) -> bool:
        """False for queries of any model where nothing is there to be found.

        Raises:
            InvalidEmbedding: the embedding is not one of the index's model.
        """
        dims = self._dims()
        nobodys = False
        if embedding.size != dims:  # others may have made and filled it since it was looked at
            if self.connection.pinned and not self.is_current:
                raise Overtaken
            nobodys = not self.count()
            dims = embedding.size if nobodys else self._dims()
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
        return np.stack([found[id_] for id_ in ids]) if ids else np.empty((0, self._dims()), np.float32)

    def by_content(self, content_hashes: Sequence[str]) -> dict[str, tuple[ImageRecord, Embedding]]:
        return self.consistent(lambda: self._by_content(content_hashes))

    def _by_content(self, content_hashes: Sequence[str]) -> dict[str, tuple[ImageRecord, Embedding]]:
        if not content_hashes or self._look() is None:
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
        if (at := self._as_it_is()) is None:
            return
        for hits in paging.pages(at, by_sides(at, where), queries.VECTORS):
            if read := self._read(at, hits):
                records, rows = zip(*read, strict=True)
                yield list(records), np.stack(rows)

    def records(self, where: Filter | None = None) -> Iterator[list[ImageRecord]]:
        if (at := self._as_it_is()) is None:
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
            if not values or (layout := self._find()) is None:
                return 0
            bulk.insist(lambda: alias.bring_up_to_date(self.connection.write_client, layout))
            how = {"_op_type": "update", "retry_on_conflict": _CONFLICTS}
            return self.send(
                [{**how, "_id": id_, "doc": {field: list(map(storable, values[id_]))}} for id_ in _askable(values)]
            )

    def contents(self) -> Iterator[tuple[list[str], list[str]]]:
        if (at := self._as_it_is()) is None:
            return
        for hits in paging.pages(at, None, MAX_K, docvalue_fields=["content_hash"], source=False):
            yield [hit["_id"] for hit in hits], [hit["fields"]["content_hash"][0] for hit in hits]

    def values(
        self, fields: Sequence[str], where: Filter | None = None
    ) -> Iterator[tuple[list[str], dict[str, Values]]]:
        if (at := self._as_it_is()) is None:
            return
        source = {"source_includes": field_values.needed(fields)} if fields else {"source": False}
        for hits in paging.pages(at, by_sides(at, where), MAX_K, **source):
            yield field_values.read(hits, fields)

    def delete(self, ids: Sequence[str]) -> int:
        with self.connection.translate_errors():
            if not ids or self._find() is None:
                return 0
            return self.send([{"_op_type": "delete", "_id": id_} for id_ in _askable(ids)])

    def count(self, where: Filter | None = None) -> int:
        return queries.count(self.connection, self._exact(where)) if self._look(at_once=True) else 0

    def totals(self, where: Filter | None = None) -> Totals:
        return queries.totals(self.connection, self._exact(where)) if self._look(at_once=True) else Totals(0, 0)

    def facets(self, where: Filter | None = None, fields: Sequence[str] = FACETS) -> dict[str, dict[str, int]]:
        if self._look(at_once=True) is None:
            return {field: {} for field in fields}
        return facets(self.connection, self._exact(where), fields)

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
            return np.stack(rows) if rows else np.empty((0, self._dims()), np.float32)

        return self.consistent(ask)

    def revision(self) -> str:
        if self._freshness.is_due:
            self._look()  # refreshing is a change, too
        return queries.changes(self._confirm())

    def optimize(self) -> None:
        self._look()

    def statistics(self) -> Statistics:
        try:
            if self._freshness.is_due:
                self.refresh()
            return statistics.of_index(self.connection)
        except ImageSearchError as error:
            return unreachable(error)

    def efforts(self, k: int, where: Filter | None = None) -> Efforts:
        self._confirm()  # which tells in how many segments is searched
        return measuring.efforts(self._candidates, max(1, min(k, MAX_K)))

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
            alias.remove(self.connection.write_client, self.name)
        self.note_layout()

    def note_layout(self) -> None:
        """Another index stands under the name, or none."""
        self._freshness.note_layout()

    def close(self) -> None:
        """Close the connections; they open again when the index is used again."""
        self.connection.close()

    def _look(self, *, at_once: bool = False) -> Layout | None:
        """What stands under the name, after everything that this process has written was made visible."""
        due = self._freshness.is_due
        if (pinned := self.connection.pinned) is not None:
            if due:
                self.refresh()
            return pinned
        layouts, now = self._freshness.layouts, time.monotonic()
        seen, looked = self._looked
        late = now - looked > LAYOUT_SECONDS
        # What is due is refreshed, which tells, too, whether nothing stands under the name any more.
        if late and not due and not at_once and self._layout is not None:
            self._confirm()
        if self._layout is None or seen != layouts or (at_once and not due):
            self._layout = self._found()
            self._looked = layouts, now
        if due and self._layout is not None:
            with suppress(IndexMissing):
                self.refresh()
                return self._layout
            self._layout = self._found()
        return self._layout

    def _confirm(self) -> queries.Answer:
        """The server's statistics, by which another index is noticed that stands under the name by now."""
        layouts, now = self._freshness.layouts, time.monotonic()
        found = queries.stats(self.connection)
        if self.connection.pinned:
            pass
        elif self._layout is not None and queries.stands_for(found) == {self._layout.uuid}:
            self._looked = layouts, now
        else:
            self._layout = None
        self._candidates = queries.candidates(found)
        return found

    def _found(self) -> Layout | None:
        with self.connection.translate_errors():
            return self._find_by(self.connection.search_client)

    def _find_by(self, client: Elasticsearch) -> Layout | None:
        fixed = self.connection.fixed
        return alias.describe(client, fixed) if fixed else alias.find(client, self.name)

    def refresh(self) -> None:
        """Make visible what was written until now."""
        with self.connection.translate_errors():
            self._freshness.refresh(self._refresh_all_parts)

    def _refresh_all_parts(self) -> None:
        try:
            self.connection.search_client.indices.refresh(index=self.name)
        except ConnectionTimeout:  # it waits for all parts
            alias.check_parts(self.connection.search_client, self.name, self.location)
            raise

    def _find(self) -> Layout | None:
        """The layout for writing: waits for a server that is away, and makes nothing visible."""
        layouts, now = self._freshness.layouts, time.monotonic()
        self._layout = bulk.insist(lambda: self._find_by(self.connection.write_client))
        self._looked = layouts, now
        return self._layout

    def _as_it_is(self) -> Connection | None:
        """To what stands under the name now, whatever does later; None where nothing does. For reading bit by bit."""
        layout = self._look(at_once=True)
        return None if layout is None else self.connection.at(layout.concrete)

    def _read(self, at: Connection, hits: Sequence[queries.Answer]) -> list[tuple[ImageRecord, Embedding]]:
        found = queries.vectors(at, hits)
        return [(record_of(hit["_source"]), found[hit["_id"]]) for hit in hits if hit["_id"] in found]

    def _by_id(self, ids: Sequence[str], at_most: int, **body: Any) -> dict[str, queries.Answer]:
        asked = _askable(ids)
        return queries.by_id(self.connection, asked, at_most, **body) if asked and self._look() else {}

    def _ordered(
        self, where: Filter | None, order: Order | None, offset: int, limit: int, at_most: int, **body: Any
    ) -> Iterator[list[queries.Answer]]:
        if self._look() is not None:
            yield from paging.ordered(self.connection, self._exact(where), order, offset, limit, at_most, **body)

    def _exact(self, where: Filter | None) -> Filter | None:
        return by_sides(self.connection, where)

    def send(self, operations: list[Body], stamp: ModelStamp | None = None) -> int:
        """Carry out operations; returns how many rows there were before.

        Args:
            stamp: Of the model that made what is sent.

        Raises:
            ModelMismatch: another index has come under the name meanwhile, of another model.
        """
        fixed = self.connection.fixed
        target = alias.kept_as(fixed) if fixed else self.name
        written: set[str] = set()
        try:
            named = [{**operation, "_index": target} for operation in operations]
            return bulk.send(self.connection.write_client, named, self.location, target, written)
        except bulk.OtherModel:
            self.note_layout()
            layout = self._find()
            if layout is None or stamp is None:
                raise IndexUnavailable(f"Another index is called {self.name} now.", "Try again.") from None
            raise alias.mismatch(self.name, layout.stamp, stamp) from None
        finally:
            if self._layout is not None and written - {self._layout.concrete}:
                self._layout = None  # another has come under the name meanwhile
            self._freshness.note_writing()

    def _document(self, record: ImageRecord, embedding: Embedding) -> Body:
        return document(record, self.packed(embedding))

    def packed(self, embedding: Embedding) -> str | list[float]:
        """As the server takes it."""
        if self.connection.packs():
            return helpers.pack_dense_vector(np.ascontiguousarray(embedding))
        numbers: list[float] = embedding.tolist()
        return numbers

    def _dims(self) -> int:
        layout = self._look()
        return layout.stamp.dims if layout else 0


def _askable(ids: Iterable[str]) -> list[str]:
    """Each id once, without what the server takes for a mistake: ids also come out of addresses that people typed."""
    return [id_ for id_ in dict.fromkeys(ids) if 0 < len(id_) <= 512 and id_.isascii()]
