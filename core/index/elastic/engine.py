"""The index on an Elasticsearch server or cluster."""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import batched
from pathlib import Path
from typing import Any

import numpy as np
from elasticsearch import ConnectionTimeout, helpers

from core.errors import ImageSearchError
from core.index.effort import EXACT_SECONDS, Effort, Efforts, Neighbour
from core.index.elastic import alias, bulk, switching
from core.index.elastic.connection import Connection
from core.index.elastic.errors import IndexMissing
from core.index.elastic.freshness import freshness
from core.index.elastic.mapping import Body
from core.index.elastic.pixels import by_sides
from core.index.elastic.query import measuring, paging, queries, requests, statistics
from core.index.elastic.query.facets import facets
from core.index.elastic.rows import FINGERPRINT, document, fingerprint_of, record_of
from core.index.filters import Filter
from core.index.index import FACETS, MAX_K, ModelStamp, Order, Replacements, Totals
from core.index.records import Fingerprint, Hit, ImageRecord, storable
from core.index.statistics import Statistics, unreachable
from core.vectors import Embedding, Embeddings, check_embeddings

LAYOUT_SECONDS = 1.0
"""For how long it is believed that nobody has put another index under the name."""

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
        self._layout: alias.Layout | None = None
        self._candidates = queries.MAX_CANDIDATES
        self._looked = (-1, 0.0)  # `Freshness.layouts` when the layout was looked up, and when that was

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
            self._send([{"_op_type": "index", "_id": id_, **self._document(*last[id_])} for id_ in last])

    def search(
        self, embedding: Embedding, k: int, where: Filter | None = None, *, embeddings: bool = False
    ) -> list[Hit]:
        if not self._can_answer(embedding) or k < 1:
            return []
        return queries.nearest(
            self.connection, embedding, min(k, MAX_K), self._exact(where), embeddings, self._candidates
        )

    def search_and_count(
        self, embedding: Embedding, k: int, where: Filter | None = None, *, embeddings: bool = False
    ) -> tuple[list[Hit], int]:
        if not self._can_answer(embedding):
            return [], 0
        if k < 1:
            return [], self.count(where)
        return queries.nearest_and_count(
            self.connection, embedding, min(k, MAX_K), self._exact(where), embeddings, self._candidates
        )

    def _can_answer(self, embedding: Embedding) -> bool:
        """False for queries of any model where nothing is there to be found.

        Raises:
            InvalidEmbedding: the embedding is not one of the index's model.
        """
        dims = self._dims()
        nobodys = False
        if embedding.size != dims:  # others may have made and filled it since it was looked at
            nobodys = not self.count()
            dims = embedding.size if nobodys else self._dims()
        check_embeddings(embedding[np.newaxis], dims)
        return not nobodys

    def get(self, ids: Sequence[str]) -> list[ImageRecord]:
        rows = self._by_id(ids, ROWS, **queries.WITHOUT_VECTORS)
        found = {id_: record_of(hit["_source"]) for id_, hit in rows.items()}
        return [found[id_] for id_ in ids if id_ in found]

    def embeddings(self, ids: Sequence[str]) -> Embeddings:
        rows = self._by_id(ids, queries.VECTORS, **queries.VECTORS_ALONE)
        found = queries.vectors(self.connection, list(rows.values()))
        return np.stack([found[id_] for id_ in ids]) if ids else np.empty((0, self._dims()), np.float32)

    def by_content(self, content_hashes: Sequence[str]) -> dict[str, tuple[ImageRecord, Embedding]]:
        if not content_hashes or self._look() is None:
            return {}
        found: dict[str, tuple[ImageRecord, Embedding]] = {}
        for chunk in batched(dict.fromkeys(content_hashes), queries.VECTORS):
            hits = queries.hits(self.connection, **requests.first_of_each(chunk))
            found |= {record.content_hash: (record, embedding) for record, embedding in self._read(hits)}
        return found

    def fingerprints(self, ids: Sequence[str]) -> dict[str, Fingerprint]:
        found = self._by_id(ids, ROWS, source_includes=FINGERPRINT)
        return {id_: fingerprint_of(hit["_source"]) for id_, hit in found.items()}

    def scan(self, where: Filter | None = None) -> Iterator[tuple[list[ImageRecord], Embeddings]]:
        for hits in self._pages(where, queries.VECTORS):
            if read := self._read(hits):
                records, rows = zip(*read, strict=True)
                yield list(records), np.stack(rows)

    def records(self, where: Filter | None = None) -> Iterator[list[ImageRecord]]:
        for hits in self._pages(where, ROWS, **queries.WITHOUT_VECTORS):
            yield [record_of(hit["_source"]) for hit in hits]

    def retag(self, tags: Mapping[str, Sequence[str]]) -> int:
        with self.connection.translate_errors():
            if not tags or (layout := self._find()) is None:
                return 0
            bulk.insist(lambda: alias.bring_up_to_date(self.connection.write_client, layout))
            how = {"_op_type": "update", "retry_on_conflict": _CONFLICTS}
            return self._send(
                [{**how, "_id": id_, "doc": {"tags": list(map(storable, tags[id_]))}} for id_ in _askable(tags)]
            )

    def switch(self, stamp: ModelStamp, replacements: Replacements, without: Collection[str] = ()) -> list[str]:
        while (layout := self._look(at_once=True)) is not None:
            self._refresh()
            if missing := switching.lacking(self.connection, replacements, without):
                return missing
            with self.connection.translate_errors():
                alias.bring_up_to_date(self.connection.write_client, layout)
                if self._switch(layout, stamp, replacements, without):
                    self._claimed = stamp
                    self._freshness.note_layout()
                    break
        return []

    def _switch(
        self, layout: alias.Layout, stamp: ModelStamp, replacements: Replacements, without: Collection[str]
    ) -> bool:
        """False where a row has come meanwhile that has no replacement: then nothing was changed."""
        client, packs = self.connection.write_client, self.connection.packs()
        successor = alias.begin_successor(client, self.name, layout, stamp, packs)
        copying = switching.Copying(
            self.connection, replacements, without, partial(self._send_to, successor), self._packed
        )
        seen, now = "", self._all_seen()
        while seen != now:  # until nobody has written while it was copied
            seen = now
            if not copying():
                alias.drop_successor(client, successor)
                return False
            now = self._all_seen()
        alias.finish_successor(client, self.name, layout, successor, stamp)
        return True

    def delete(self, ids: Sequence[str]) -> int:
        with self.connection.translate_errors():
            if not ids or self._find() is None:
                return 0
            return self._send([{"_op_type": "delete", "_id": id_} for id_ in _askable(ids)])

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
        pages = self._ordered(where, order, offset, limit, ROWS, **queries.WITHOUT_VECTORS)
        return [record_of(hit["_source"]) for hits in pages for hit in hits]

    def sample(self, count: int) -> Embeddings:
        # Ids are hashes: the first of them are as good as random.
        pages = self._ordered(None, None, 0, count, queries.VECTORS, **queries.VECTORS_ALONE)
        rows = [row for hits in pages for row in queries.vectors(self.connection, hits).values()]
        return np.stack(rows) if rows else np.empty((0, self._dims()), np.float32)

    def revision(self) -> str:
        if self._freshness.is_due:
            self._look()  # refreshing is a change, too
        return queries.changes(self._confirm())

    def optimize(self) -> None:
        self._look()

    def statistics(self) -> Statistics:
        try:
            if self._freshness.is_due:
                self._refresh()
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
        """Delete the index with all its rows; nothing where there is none."""
        with self.connection.translate_errors():
            alias.remove(self.connection.write_client, self.name)
        self._freshness.note_layout()

    def close(self) -> None:
        """Close the connections; they open again when the index is used again."""
        self.connection.close()

    def _all_seen(self) -> str:
        """What tells whether anybody has written meanwhile, after everything that was written was made visible."""
        self._refresh()
        return queries.changes(queries.stats(self.connection), visible=False)

    def _look(self, *, at_once: bool = False) -> alias.Layout | None:
        """What stands under the name, after everything that this process has written was made visible."""
        layouts, now = self._freshness.layouts, time.monotonic()
        seen, looked = self._looked
        due = self._freshness.is_due
        late = now - looked > LAYOUT_SECONDS
        # What is due is refreshed, which tells, too, whether nothing stands under the name any more.
        if late and not due and not at_once and self._layout is not None:
            self._confirm()
        if self._layout is None or seen != layouts or (at_once and not due):
            self._layout = self._found()
            self._looked = layouts, now
        if due and self._layout is not None:
            with suppress(IndexMissing):
                self._refresh()
                return self._layout
            self._layout = self._found()
        return self._layout

    def _confirm(self) -> queries.Answer:
        """The server's statistics, by which another index is noticed that stands under the name by now."""
        layouts, now = self._freshness.layouts, time.monotonic()
        found = queries.stats(self.connection)
        if self._layout is not None and queries.stands_for(found) == {self._layout.uuid}:
            self._looked = layouts, now
        else:
            self._layout = None
        self._candidates = queries.candidates(found)
        return found

    def _found(self) -> alias.Layout | None:
        with self.connection.translate_errors():
            return alias.find(self.connection.search_client, self.name)

    def _refresh(self) -> None:
        with self.connection.translate_errors():
            self._freshness.refresh(self._refresh_all_parts)

    def _refresh_all_parts(self) -> None:
        try:
            self.connection.search_client.indices.refresh(index=self.name)
        except ConnectionTimeout:  # it waits for all parts
            alias.check_parts(self.connection.search_client, self.name, self.location)
            raise

    def _find(self) -> alias.Layout | None:
        """The layout for writing: waits for a server that is away, and makes nothing visible."""
        layouts, now = self._freshness.layouts, time.monotonic()
        self._layout = bulk.insist(lambda: alias.find(self.connection.write_client, self.name))
        self._looked = layouts, now
        return self._layout

    def _read(self, hits: Sequence[queries.Answer]) -> list[tuple[ImageRecord, Embedding]]:
        found = queries.vectors(self.connection, hits)
        return [(record_of(hit["_source"]), found[hit["_id"]]) for hit in hits if hit["_id"] in found]

    def _by_id(self, ids: Sequence[str], at_most: int, **body: Any) -> dict[str, queries.Answer]:
        asked = _askable(ids)
        return queries.by_id(self.connection, asked, at_most, **body) if asked and self._look() else {}

    def _pages(self, where: Filter | None, at_most: int, **body: Any) -> Iterator[list[queries.Answer]]:
        if self._look(at_once=True) is not None:
            yield from paging.pages(self.connection, self._exact(where), at_most, **body)

    def _ordered(
        self, where: Filter | None, order: Order | None, offset: int, limit: int, at_most: int, **body: Any
    ) -> Iterator[list[queries.Answer]]:
        if self._look() is not None:
            yield from paging.ordered(self.connection, self._exact(where), order, offset, limit, at_most, **body)

    def _exact(self, where: Filter | None) -> Filter | None:
        return by_sides(self.connection, where)

    def _send(self, operations: list[Body]) -> int:
        try:
            named = [{**operation, "_index": self.name} for operation in operations]
            return bulk.send(self.connection.write_client, named, self.location, self.name)
        finally:
            self._freshness.note_writing()

    def _send_to(self, concrete: str, operations: list[Body]) -> int:
        """Into an index that has no alias yet."""
        named = [{**operation, "_index": concrete} for operation in operations]
        return bulk.send(self.connection.write_client, named, self.location, concrete, by_alias=False)

    def _document(self, record: ImageRecord, embedding: Embedding) -> Body:
        return document(record, self._packed(embedding))

    def _packed(self, embedding: Embedding) -> str | list[float]:
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
