"""The index on an Elasticsearch server or cluster."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from itertools import batched
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from elasticsearch import ApiError, Elasticsearch, TransportError, helpers

from core.index.elastic import alias, bulk, requests
from core.index.elastic.client import IndexMissing, connect, location, worded
from core.index.records import MAX_K, Filter, Fingerprint, Hit, ImageRecord, ModelStamp
from core.vectors import Embedding, Embeddings, check_embeddings

_FRESH_SECONDS = 1.0
_IDS = 1000
_VECTORS = 500
_TIES = 4
_KEEP_ALIVE = "10m"
_PACKED_SINCE = (9, 3)

type _Answer = dict[str, Any]


class _Clients(NamedTuple):
    """Two ways of using the same connections."""

    patient: Elasticsearch
    quick: Elasticsearch
    """For what people wait for: tries each node, and none for long."""


class ElasticIndex:
    """Keeps `Index`. Constructing sends nothing.

    What this handle wrote is refreshed once, before its next read, and never by the writing itself. What others wrote
    is seen at once by `count`, `scan` and `model`, and by the other reads at most a second later.

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
        self.location = location(urls, cloud_id)
        self._connect = partial(connect, tuple(urls), api_key, cloud_id, ca_certs)
        self._retries = max(1, len(urls))
        self._lock = threading.Lock()
        self._connected: _Clients | None = None
        self._claimed: ModelStamp | None = None
        self._packs: bool | None = None
        self._layout: alias.Layout | None = None
        self._written = 0
        self._refreshed = (-1, 0.0)  # what was written before the last refresh, and when it was

    def model(self) -> ModelStamp | None:
        layout = self._look(at_once=True)
        return layout.stamp if layout and self._matches([]) else None

    def claim(self, stamp: ModelStamp) -> None:
        with self._worded():
            alias.make_ready(self._client, self.name, stamp)
        self._claimed = stamp
        self._note_writing()

    def upsert(self, records: Sequence[ImageRecord], embeddings: Embeddings) -> None:
        with self._worded():
            layout = bulk.insist(lambda: alias.find(self._client, self.name))
            if layout is None:
                raise IndexMissing(
                    f"There is no index {self.name} in Elasticsearch at {self.location}.", "Start the indexing again."
                )
            if self._claimed not in (None, layout.stamp):
                raise alias.mismatch(self.name, layout.stamp, self._claimed)
            check_embeddings(embeddings, layout.stamp.dims)
            last = {record.id: (record, row) for record, row in zip(records, embeddings, strict=True)}
            self._send([{"_op_type": "index", "_id": id_, **self._document(*last[id_])} for id_ in last])

    def search(self, embedding: Embedding, k: int, where: Filter | None = None) -> list[Hit]:
        dims = self._dims()
        nobodys = embedding.size != dims and not self._matches([])  # an empty index answers queries of any model
        check_embeddings(embedding[np.newaxis], embedding.size if nobodys else dims)
        if nobodys or k < 1:
            return []
        return self._nearest(embedding, min(k, MAX_K), requests.filter_clauses(where))

    def get(self, ids: Sequence[str]) -> list[ImageRecord]:
        found = {id_: requests.record_of(hit["_source"]) for id_, hit in self._by_id(ids, _IDS).items()}
        return [found[id_] for id_ in ids if id_ in found]

    def embeddings(self, ids: Sequence[str]) -> Embeddings:
        found = self._by_id(ids, _VECTORS, fields=["embedding"])
        missing = next((id_ for id_ in ids if id_ not in found), None)
        if missing is not None:
            raise KeyError(missing)
        rows = [requests.vector_of(found[id_]) for id_ in ids]
        return np.stack(rows) if rows else np.empty((0, self._dims()), np.float32)

    def by_content(self, content_hashes: Sequence[str]) -> dict[str, tuple[ImageRecord, Embedding]]:
        if not content_hashes or self._look() is None:
            return {}
        found: dict[str, tuple[ImageRecord, Embedding]] = {}
        for chunk in batched(dict.fromkeys(content_hashes), _VECTORS):
            for hit in self._hits(**requests.first_of_each(chunk)):
                record = requests.record_of(hit["_source"])
                found[record.content_hash] = record, requests.vector_of(hit)
        return found

    def fingerprints(self, ids: Sequence[str]) -> dict[str, Fingerprint]:
        return {
            id_: Fingerprint(hit["_source"]["size"], hit["_source"]["mtime_ns"])
            for id_, hit in self._by_id(ids, _IDS).items()
        }

    def scan(self, where: Filter | None = None) -> Iterator[tuple[list[ImageRecord], Embeddings]]:
        if self._look(at_once=True) is None:
            return
        query = requests.matching(requests.filter_clauses(where))
        with self._worded():
            pit = self._client.open_point_in_time(index=self.name, keep_alive=_KEEP_ALIVE)["id"]
        try:
            after = None
            while hits := self._page(query, pit, after):
                yield (
                    [requests.record_of(hit["_source"]) for hit in hits],
                    np.stack(list(map(requests.vector_of, hits))),
                )
                after = hits[-1]["sort"]
        finally:
            with suppress(ApiError, TransportError):  # it expires by itself
                self._quick.close_point_in_time(id=pit)

    def delete(self, ids: Sequence[str]) -> int:
        with self._worded():
            if not ids or bulk.insist(lambda: alias.find(self._client, self.name)) is None:
                return 0
            return self._send([{"_op_type": "delete", "_id": id_} for id_ in _askable(ids)])

    def count(self, where: Filter | None = None) -> int:
        return self._matches(requests.filter_clauses(where)) if self._look(at_once=True) else 0

    def settle(self) -> None:
        self._look(at_once=True)

    def drop(self) -> None:
        """Delete the index with all its rows; nothing where there is none."""
        with self._worded():
            alias.remove(self._client, self.name)
        self._note_writing()

    def close(self) -> None:
        """Close the connections; they open again when the index is used again."""
        with self._lock:
            clients, self._connected = self._connected, None
        if clients is not None:
            clients.patient.close()

    @property
    def _client(self) -> Elasticsearch:
        return self._clients().patient

    @property
    def _quick(self) -> Elasticsearch:
        return self._clients().quick

    def _clients(self) -> _Clients:
        with self._lock:
            if self._connected is None:
                patient = self._connect()
                # Made once: it would add half a millisecond to every search.
                quick = patient.options(max_retries=self._retries, retry_on_timeout=self._retries > 1)
                self._connected = _Clients(patient, quick)
            return self._connected

    def _worded(self) -> AbstractContextManager[None]:
        return worded(self.location, self.name)

    def _note_writing(self) -> None:
        with self._lock:
            self._written += 1

    def _look(self, *, at_once: bool = False) -> alias.Layout | None:
        """What stands under the name, after everything written so far was made visible."""
        covered, looked = self._refreshed
        written = self._written  # read before the refresh: it says nothing of what comes after
        if at_once or covered < written or time.monotonic() - looked > _FRESH_SECONDS:
            now = time.monotonic()
            with self._worded():
                self._layout = alias.find(self._quick, self.name)
                if self._layout is not None:
                    self._quick.indices.refresh(index=self.name)
            self._refreshed = written, now
        return self._layout

    def _hits(self, **body: Any) -> list[_Answer]:
        hits: list[_Answer] = self._answer(**body)["hits"]
        return hits

    def _answer(self, **body: Any) -> _Answer:
        try:
            with self._worded():
                answer = self._quick.search(index=self.name, allow_partial_search_results=False, **body)
        except IndexMissing:  # removed a moment ago
            return {"hits": [], "total": {"value": 0}}
        hits: _Answer = answer["hits"]
        return hits

    def _matches(self, clauses: list[requests.Body]) -> int:
        body: Mapping[str, Any] = {"query": requests.matching(clauses), "size": 0, "track_total_hits": True}
        return int(self._answer(**body)["total"]["value"])

    def _nearest(self, embedding: Embedding, k: int, clauses: list[requests.Body]) -> list[Hit]:
        """The best k, ties by id. The server cuts ties as they come: it is asked for more until the tie is whole."""
        asked = k + _TIES
        while True:
            hits = list(map(requests.hit_of, self._hits(**requests.nearest(embedding, asked, clauses))))
            whole = len(hits) < asked or hits[-1].score < hits[k - 1].score
            if whole or asked == requests.MOST_HITS:
                return sorted(hits, key=lambda hit: (-hit.score, hit.record.id))[:k]
            asked = min(requests.MOST_HITS, 4 * asked)

    def _by_id(self, ids: Sequence[str], at_most: int, **body: Any) -> dict[str, _Answer]:
        asked = _askable(ids)
        if not asked or self._look() is None:
            return {}
        return {
            hit["_id"]: hit
            for chunk in batched(asked, at_most)
            for hit in self._hits(query=requests.ids_query(chunk), size=at_most, sort="_doc", **body)
        }

    def _page(self, query: requests.Body, pit: str, after: list[Any] | None) -> list[_Answer]:
        with self._worded():
            answer = self._client.search(
                query=query,
                pit={"id": pit, "keep_alive": _KEEP_ALIVE},
                sort=[{"_shard_doc": "asc"}],
                search_after=after,
                size=_VECTORS,
                fields=[{"field": "embedding"}],
                track_total_hits=False,
                allow_partial_search_results=False,
            )
        hits: list[_Answer] = answer["hits"]["hits"]
        return hits

    def _send(self, operations: list[requests.Body]) -> int:
        try:
            return bulk.send(
                self._client, [{**operation, "_index": self.name} for operation in operations], self.location
            )
        finally:
            self._note_writing()

    def _document(self, record: ImageRecord, embedding: Embedding) -> requests.Body:
        vector = helpers.pack_dense_vector(np.ascontiguousarray(embedding)) if self._can_pack() else embedding.tolist()
        return requests.document(record, vector)

    def _can_pack(self) -> bool:
        """Whether the server takes packed vectors, four times as fast as numbers. Asked once."""
        if self._packs is None:
            try:
                version = str(self._client.info()["version"]["number"])
                self._packs = tuple(map(int, version.split(".")[:2])) >= _PACKED_SINCE
            except (ApiError, ValueError):  # a key need not have the right to ask
                self._packs = False
        return self._packs

    def _dims(self) -> int:
        layout = self._look()
        return layout.stamp.dims if layout else 0


def _askable(ids: Sequence[str]) -> list[str]:
    """Each id once, without what the server takes for a mistake: ids also come out of addresses that people typed."""
    return [id_ for id_ in dict.fromkeys(ids) if 0 < len(id_) <= 512 and id_.isascii()]
