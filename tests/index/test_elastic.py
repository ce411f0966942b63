"""What is particular to Elasticsearch; what both engines owe is in test_contract.py."""

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import numpy as np
import orjson
import pytest
from elastic_transport import ApiResponseMeta, BaseNode, HttpHeaders
from elasticsearch import ConnectionError, ConnectionTimeout, Elasticsearch, SSLError, helpers
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ImageSearchError, IndexUnavailable, InvalidEmbedding, ModelMismatch, StorageFull
from core.images.describe import Box
from core.index.elastic import access, engine, mapping, swapping
from core.index.elastic import bulk as bulk_module
from core.index.elastic import client as client_module
from core.index.elastic.engine import ElasticIndex
from core.index.elastic.freshness import Freshness
from core.index.elastic.mapping import Storage
from core.index.elastic.query import queries, requests
from core.index.elastic.query.conditions import filter_clauses
from core.index.elastic.rows import document, hit_of, record_of
from core.index.filters import AnyOf, Between, Filter, InFolder, NameContains
from core.index.index import ModelStamp
from core.index.records import Hit, ImageRecord, record_id
from core.index.versions import Vectors
from core.search.query import Query, Search, Words
from core.search.relevance.calibrator import Calibrations
from core.search.searcher import Searcher
from core.vectors import Embeddings, unit
from tests.colours import ColourEmbedder
from tests.material import NO_SERVER

RED = ModelStamp("clip/red", 8)
BLUE = ModelStamp("clip/blue", 8)
GREEN = ModelStamp("clip/green", 4, preprocessing=2)


def record(path: str, **changes: Any) -> ImageRecord:
    values: dict[str, Any] = {
        "id": record_id(path),
        "path": path,
        "name": Path(path).name,
        "content_hash": "0" * 64,
        "size": 1000,
        "mtime_ns": 1_700_000_000_123_456_789,
        "width": 640,
        "height": 480,
        "format": "PNG",
    }
    return ImageRecord(**values | changes)


def pictures(n: int, folder: str = "/pictures") -> list[ImageRecord]:
    return [record(f"{folder}/{i}.png", content_hash=f"{i:064x}") for i in range(n)]


def vectors(n: int, dims: int = 8, seed: int = 0) -> Embeddings:
    return unit(np.random.default_rng(seed).normal(size=(n, dims)))


# --- with a server ---------------------------------------------------------------------------------------------------


@pytest.fixture
def urls() -> list[str]:
    if not os.environ.get("ELASTICSEARCH_URL"):
        pytest.skip(NO_SERVER)
    return os.environ["ELASTICSEARCH_URL"].split(",")


@pytest.fixture
def server(urls: list[str]) -> Iterator[Elasticsearch]:
    with Elasticsearch(urls, request_timeout=60) as client:
        yield client


@pytest.fixture
def name(server: Elasticsearch) -> Iterator[str]:
    name = f"test-{uuid4().hex}"
    yield name
    for concrete in server.indices.get(index=f"{name}*", expand_wildcards="all").body:
        server.indices.delete(index=concrete)


@pytest.fixture
def handle(urls: list[str], name: str) -> Iterator[Callable[[], ElasticIndex]]:
    """Makes handles of one index."""
    made: list[ElasticIndex] = []

    def make() -> ElasticIndex:
        made.append(ElasticIndex(urls, name))
        return made[-1]

    yield make
    for index in made:
        index.close()


@pytest.fixture
def index(handle: Callable[[], ElasticIndex]) -> ElasticIndex:
    index = handle()
    index.prepare(RED)
    return index


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between attempts."""
    monkeypatch.setattr(bulk_module, "PAUSES", (0.0,) * 4)


def concrete_indices(server: Elasticsearch, name: str) -> list[str]:
    return sorted(server.indices.get(index=f"{name}*", expand_wildcards="all").body)


@pytest.mark.elasticsearch
def test_the_index_stands_behind_an_alias_with_a_strict_mapping(
    server: Elasticsearch, index: ElasticIndex, name: str
) -> None:
    made = server.indices.get(index=name).body
    assert list(made) == [f"{name}-000001"]
    (described,) = made.values()
    assert described["aliases"] == {name: {"is_write_index": True}}
    assert described["settings"]["index"]["mapping"] == {"exclude_source_vectors": "false"}
    assert described["settings"]["index"]["dense_vector"] == {"hnsw_filter_heuristic": "fanout"}
    assert described["settings"]["index"]["merge"]["policy"] == {"floor_segment": "64mb", "segments_per_tier": "4"}
    mappings = described["mappings"]
    assert mappings["dynamic"] == "strict"
    assert mappings["_meta"] == {"model_id": "clip/red", "dims": 8, "preprocessing": 1}
    embedding = mappings["properties"].pop("embedding")
    assert (embedding["type"], embedding["dims"], embedding["similarity"]) == ("dense_vector", 8, "cosine")
    assert embedding["index_options"]["type"] == "int8_hnsw"
    assert {field: described["type"] for field, described in mappings["properties"].items()} == {
        mapping.made_by(ModelStamp("clip/red", 8)): "boolean",
        "id": "keyword",
        "path": "keyword",
        "name": "keyword",
        "folder": "keyword",
        "content_hash": "keyword",
        "format": "keyword",
        "size": "long",
        "pixels": "long",
        "mtime_ns": "long",
        "width": "integer",
        "height": "integer",
        "frames": "integer",
        "taken_at": "date",
        "taken_us": "long",
        "annotated_ns": "long",
        "described": "integer",
        "labels": "keyword",
        "tags": "keyword",
        "splits": "keyword",
        "quality": "keyword",
        "clusters": "keyword",
        "classes": "keyword",
        "duplicates": "keyword",
        "shape": "keyword",
        "colour_names": "keyword",
        "folder_names": "keyword",
        "name_folded": "keyword",
        "camera": "keyword",
        "lens": "keyword",
        "orientation": "integer",
        "brightness": "double",
        "sharpness": "double",
        "boxes": "object",
        "colours": "object",
        "gps": "object",
        "phash": "object",
    }
    assert {mappings["properties"][field].get("enabled") for field in ("boxes", "colours", "gps", "phash")} == {False}


@pytest.mark.elasticsearch
@pytest.mark.parametrize("before", [None, BLUE], ids=["nothing there", "another model's, empty"])
def test_many_claims_at_once_make_one_index(
    server: Elasticsearch, handle: Callable[[], ElasticIndex], name: str, before: ModelStamp | None
) -> None:
    if before:
        handle().prepare(before)
    indices = [handle() for _ in range(6)]
    together = threading.Barrier(len(indices))

    def prepare(index: ElasticIndex) -> None:
        together.wait()
        index.prepare(RED)

    with ThreadPoolExecutor(len(indices)) as threads:
        list(threads.map(prepare, indices))
    assert concrete_indices(server, name) == [f"{name}-00000{2 if before else 1}"]
    indices[0].upsert(pictures(1), vectors(1))
    assert indices[1].model() == RED


@pytest.mark.elasticsearch
def test_an_empty_index_of_another_model_is_replaced(
    server: Elasticsearch, index: ElasticIndex, handle: Callable[[], ElasticIndex], name: str
) -> None:
    handle().prepare(GREEN)
    assert concrete_indices(server, name) == [f"{name}-000002"]
    assert index.model() is None
    with pytest.raises(ModelMismatch, match=r"clip/green.*clip/red"):
        index.upsert(pictures(1), vectors(1))
    index.prepare(GREEN)
    index.upsert(pictures(1), vectors(1, dims=4))
    assert index.model() == GREEN


@pytest.mark.elasticsearch
def test_what_a_killed_claim_left_is_passed_over(
    server: Elasticsearch, index: ElasticIndex, handle: Callable[[], ElasticIndex], name: str
) -> None:
    server.indices.create(index=f"{name}-000002", **mapping.index_body(GREEN, packs=True))
    handle().prepare(BLUE)
    assert list(server.indices.get(index=name).body) == [f"{name}-000003"]


@pytest.mark.elasticsearch
def test_rows_of_another_model_are_kept(index: ElasticIndex, handle: Callable[[], ElasticIndex]) -> None:
    index.upsert(pictures(3), vectors(3))
    with pytest.raises(ModelMismatch, match=r"clip/red \(8 dimensions.*clip/green \(4 dimensions") as refused:
        handle().prepare(GREEN)
    assert "IMAGE_SEARCH_MODEL=clip/red" in refused.value.remedy
    assert "python -m core reembed" in refused.value.remedy
    assert index.count() == 3


@pytest.mark.elasticsearch
@pytest.mark.parametrize("which", ["index", "alias", "concrete"])
def test_what_others_made_is_left_alone(
    server: Elasticsearch, handle: Callable[[], ElasticIndex], name: str, which: str
) -> None:
    if which == "alias":
        server.indices.create(index=f"{name}-logs", aliases={name: {}})
    else:
        server.indices.create(index=name if which == "index" else f"{name}-000001")
    before = concrete_indices(server, name)
    index = handle()
    with pytest.raises(IndexUnavailable, match="not made by this app") as refused:
        index.prepare(RED)
    assert refused.value.remedy == "Choose another IMAGE_SEARCH_INDEX."
    if which != "concrete":
        with pytest.raises(IndexUnavailable, match="not made by this app"):
            index.count()
        with pytest.raises(IndexUnavailable, match="not made by this app"):
            index.drop()
    assert concrete_indices(server, name) == before


@pytest.mark.elasticsearch
def test_writing_does_not_make_an_index(handle: Callable[[], ElasticIndex], server: Elasticsearch, name: str) -> None:
    index = handle()
    with pytest.raises(IndexUnavailable, match=name):
        index.upsert(pictures(1), vectors(1))
    assert index.delete(["a"]) == 0
    assert concrete_indices(server, name) == []


@pytest.mark.elasticsearch
def test_the_filter_holds_before_the_nearest_are_looked_for(index: ElasticIndex) -> None:
    query = unit(np.ones(8))
    near, far = unit(query + vectors(600) / 10), unit(-query + vectors(3, seed=1) / 10)
    index.upsert(pictures(600, "/near") + pictures(3, "/far"), np.vstack([near, far]))
    hits = index.search(query, 5, Filter.within("/far"))
    assert {hit.record.folder for hit in hits} == {"/far"}
    assert len(hits) == 3
    assert [hit.score for hit in hits] == pytest.approx(np.sort(far @ query)[::-1], abs=1e-5)


@pytest.mark.elasticsearch
def test_equal_scores_come_in_the_order_of_their_ids(index: ElasticIndex) -> None:
    same = vectors(1)
    index.upsert(pictures(200), np.repeat(same, 200, axis=0))
    hits = index.search(same[0], 7)
    assert [hit.record.id for hit in hits] == sorted(picture.id for picture in pictures(200))[:7]


@pytest.mark.elasticsearch
def test_dates_are_exact_to_the_microsecond(index: ElasticIndex) -> None:
    moments = [datetime.min, datetime(1969, 12, 31, 23, 59, 59, 999_999), datetime(2024, 5, 1, 12, 0, 0, 250_001)]
    rows = [record(f"/{i}.png", taken_at=moment) for i, moment in enumerate([*moments, datetime.max])]
    index.upsert([*rows, record("/unknown.png")], vectors(5))
    assert index.get([row.id for row in rows]) == rows
    for row in rows[1:3]:
        assert row.taken_at is not None
        after = row.taken_at + timedelta(microseconds=1)
        assert index.count(Filter((Between("taken", row.taken_at, after),))) == 1
        since, later = (index.count(Filter((Between("taken", moment),))) for moment in (row.taken_at, after))
        assert later == since - 1


@pytest.mark.elasticsearch
def test_names_longer_than_a_term_may_be_are_kept(index: ElasticIndex) -> None:
    long = record("/" + "é/" * 2000 + "x.png", name="ü" * 40_000)
    index.upsert([long], vectors(1))
    assert index.get([long.id]) == [long]
    assert index.count(Filter.within("/é/é")) == 1


@pytest.mark.elasticsearch
def test_vectors_as_numbers_and_packed_are_the_same(
    index: ElasticIndex, handle: Callable[[], ElasticIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    older = handle()
    records, embeddings = pictures(4), vectors(4)
    index.upsert(records[:2], embeddings[:2])
    assert index.connection.packs()
    monkeypatch.setattr(older.connection, "packs", lambda: False)
    older.upsert(records[2:], embeddings[2:])
    np.testing.assert_allclose(older.embeddings([record.id for record in records]), embeddings, atol=1e-6)


@pytest.mark.elasticsearch
def test_rows_that_others_copied_have_numbers_only(server: Elasticsearch, index: ElasticIndex, name: str) -> None:
    rows, embeddings = pictures(5), vectors(5)
    index.upsert(rows[:4], embeddings[:4])
    copy = {"_op_type": "index", "_index": name, "_id": rows[4].id, **document(rows[4], embeddings[4].tolist())}
    assert helpers.bulk(server, [copy], refresh=True)[0] == 1
    np.testing.assert_allclose(index.embeddings([row.id for row in rows]), embeddings, atol=1e-6)
    hits = index.search(embeddings[4], 5, embeddings=True)
    assert hits[0].record == rows[4]
    expected = [embeddings[rows.index(hit.record)] for hit in hits]
    np.testing.assert_allclose([hit.embedding for hit in hits], expected, atol=1e-6)  # type: ignore[arg-type]


@pytest.mark.elasticsearch
@pytest.mark.parametrize(
    ("offset", "limit"), [(0, 25), (0, 100), (30, 5), (39, 1), (40, 30), (75, 50), (100, 5), (10**6, 5)]
)
def test_pages_beyond_what_the_server_counts_to(
    monkeypatch: pytest.MonkeyPatch, index: ElasticIndex, offset: int, limit: int
) -> None:
    monkeypatch.setattr(requests, "MAX_HITS", 40)
    monkeypatch.setattr(engine, "ROWS", 15)
    rows = [
        record(f"/{i}.png", size=i % 3, taken_at=datetime(2020, 1, 1 + i % 4) if i % 4 else None) for i in range(100)
    ]
    index.upsert(rows, vectors(100))
    for order, key in (
        ("smallest", lambda row: (row.size, row.id)),
        ("oldest", lambda row: (row.taken_at or datetime.max, row.id)),
    ):
        assert index.browse(None, order, offset, limit) == sorted(rows, key=key)[offset : offset + limit]  # type: ignore[arg-type]


@pytest.mark.elasticsearch
def test_ids_that_nothing_can_have_are_not_there(index: ElasticIndex) -> None:
    index.upsert(pictures(1), vectors(1))
    odd = ["", "x" * 600, "é", "\ud800", "*", 'a"b']
    assert index.get([*odd, pictures(1)[0].id]) == pictures(1)
    assert index.delete(odd) == 0
    with pytest.raises(KeyError):
        index.embeddings(["*"])


# --- reads and writes ------------------------------------------------------------------------------------------------


class Recorded(client_module.QuickConnectNode):
    """Writes down what is sent, and breaks as many of the coming requests as it is told."""

    sent: list[str]
    breaks: Callable[[str], str | None]

    def perform_request(self, method: str, target: str, *args: Any, **kwargs: Any) -> Any:
        self.sent.append(f"{method} {target}")
        how = self.breaks(target)
        if how == "before":
            raise ConnectionError("broken on the way there")
        answer = super().perform_request(method, target, *args, **kwargs)
        if how == "after":
            raise ConnectionTimeout("broken on the way back")
        return answer


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> type[Recorded]:
    class Node(Recorded):
        sent = []  # noqa: RUF012 - one for each test
        breaks = staticmethod(lambda target: None)

    monkeypatch.setattr(client_module, "NODE_CLASS", Node)
    return Node


@pytest.mark.elasticsearch
def test_writing_refreshes_nothing_and_the_next_read_once(
    recorded: type[Recorded], handle: Callable[[], ElasticIndex]
) -> None:
    index, other = handle(), handle()
    index.prepare(RED)
    rows, embeddings = pictures(5), vectors(5)
    recorded.sent.clear()
    for row, embedding in zip(rows, embeddings, strict=True):
        index.upsert([row], embedding[np.newaxis])
    assert sum("_bulk" in request for request in recorded.sent) == 5
    assert not any("_refresh" in request for request in recorded.sent)
    for expected in range(5):
        assert index.search(embeddings[expected], 1)[0].record == rows[expected]
        assert other.search(embeddings[expected], 1)[0].record == rows[expected]  # of the same process
    assert sum("_refresh" in request for request in recorded.sent) == 1
    index.delete([rows[0].id])
    assert index.search(embeddings[0], 1)[0].record != rows[0]
    assert sum("_refresh" in request for request in recorded.sent) == 2


@pytest.fixture
def elsewhere(handle: Callable[[], ElasticIndex], monkeypatch: pytest.MonkeyPatch) -> Callable[[], ElasticIndex]:
    """Opens handles that know as little of one another's writing as those of two processes."""

    def make() -> ElasticIndex:
        for module in (access, engine):
            monkeypatch.setattr(module, "freshness", lambda *_: Freshness())
        return handle()

    return make


def until(holds: Callable[[], bool]) -> None:
    """Waits for what comes by itself."""
    for _ in range(200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


@pytest.mark.elasticsearch
def test_what_another_process_wrote_comes_by_itself(
    recorded: type[Recorded], index: ElasticIndex, elsewhere: Callable[[], ElasticIndex]
) -> None:
    other = elsewhere()
    index.upsert(pictures(1), vectors(1))
    assert other.count() == 1 or index.count() == 1
    recorded.sent.clear()
    index.upsert(pictures(2), vectors(2))
    until(lambda: other.count() == 2)
    index.upsert(pictures(3), vectors(3))
    until(lambda: len(other.search(vectors(1)[0], 5)) == 3)
    before = other.revision()
    index.upsert(pictures(4), vectors(4))
    assert other.revision() != before
    until(lambda: other.facets(None, ["format"]) == {"format": {"PNG": 4}})
    assert not any("_refresh" in request for request in recorded.sent)


@pytest.mark.elasticsearch
def test_what_was_kept_before_a_change_was_seen_is_not_kept_any_longer(
    server: Elasticsearch, name: str, index: ElasticIndex, elsewhere: Callable[[], ElasticIndex]
) -> None:
    """An answer that is given under a revision stays right as long as the revision stays."""
    other = elsewhere()
    index.upsert(pictures(1), vectors(1))
    index.count()
    server.indices.put_settings(index=name, settings={"refresh_interval": "-1"})
    index.upsert(pictures(2), vectors(2))
    written, kept = other.revision(), other.count()
    assert kept == 1
    server.indices.refresh(index=name)
    seen = other.revision()
    assert seen != written
    assert other.count() == 2
    assert other.revision() == seen


ONE_EXTRA: dict[str, Callable[[ElasticIndex], object]] = {
    "search": lambda index: index.search(vectors(1)[0], 3),
    "search and counts": lambda index: index.search_and_counts(vectors(1)[0], 3, [Filter.within("/a"), None]),
    "search, embeddings": lambda index: index.search(vectors(1)[0], 3, embeddings=True),
    "count": lambda index: index.count(),
    "count, filter": lambda index: index.count(Filter.within("/a")),
    "totals": lambda index: index.totals(),
    "facets": lambda index: index.facets(),
    "browse": lambda index: index.browse(),
    "get": lambda index: index.get([pictures(1)[0].id]),
    "model": lambda index: index.model(),
    "revision": lambda index: index.revision(),
}


@pytest.mark.elasticsearch
@pytest.mark.parametrize("method", ONE_EXTRA)
def test_a_read_sends_one_request_beside_its_own_at_most(
    recorded: type[Recorded], handle: Callable[[], ElasticIndex], monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(access, "LAYOUT_SECONDS", -1.0)  # as if it were long since the last
    index = handle()
    index.prepare(RED)
    for change in (lambda: index.upsert(pictures(3), vectors(3)), lambda: index.delete([pictures(3)[2].id])):
        change()
        for _ in range(3):
            recorded.sent.clear()
            ONE_EXTRA[method](index)
            assert 1 <= len(recorded.sent) <= 2, recorded.sent


@pytest.mark.elasticsearch
def test_after_the_revision_a_search_with_its_count_is_one_request(
    recorded: type[Recorded], index: ElasticIndex, handle: Callable[[], ElasticIndex]
) -> None:
    index.upsert(pictures(3), vectors(3))
    index.count()
    recorded.sent.clear()
    for _ in range(3):
        index.revision()
        hits, (count,) = index.search_and_counts(vectors(1)[0], 2, [None])
        assert ([hit.record.name for hit in hits][:1], count) == ([pictures(1)[0].name], 3)
    assert len(recorded.sent) == 6


@pytest.mark.elasticsearch
def test_a_whole_search_sends_one_request_beside_its_own(
    recorded: type[Recorded], handle: Callable[[], ElasticIndex]
) -> None:
    index, model = handle(), ColourEmbedder()
    index.prepare(ModelStamp(model.model_id, model.dims))
    index.upsert(pictures(3), vectors(3, model.dims))
    searcher = Searcher(index, lambda: model, lambda: None, lambda _: None, Calibrations(index))
    for words in ("red", "green", "blue"):
        recorded.sent.clear()
        results = searcher.search(Search(Query((Words(words),)), Filter((Between("size", 1),))))
        assert (len(results.results), results.searched) == (3, 3)
        assert len(recorded.sent) == (3 if words == "red" else 2)  # what was written is refreshed before the first


@pytest.mark.elasticsearch
def test_an_index_that_was_made_anew_is_noticed_by_the_revision(
    server: Elasticsearch, name: str, index: ElasticIndex, elsewhere: Callable[[], ElasticIndex]
) -> None:
    other = elsewhere()
    index.upsert(pictures(1), vectors(1))
    assert other.model() == RED or index.count() == 1
    before = other.revision()
    index.drop()
    index.prepare(BLUE)
    assert other.revision() != before
    assert other.search(np.ones(BLUE.dims, np.float32), 1) == []  # not of other dims than the index has


@pytest.mark.elasticsearch
@pytest.mark.parametrize("how", ["before", "after"])
def test_what_a_broken_connection_left_is_sent_again(
    recorded: type[Recorded], handle: Callable[[], ElasticIndex], at_once: None, how: str
) -> None:
    index = handle()
    index.prepare(RED)
    bulks = iter(range(1000))
    recorded.breaks = staticmethod(lambda target: how if "_bulk" in target and 1 <= next(bulks) <= 9 else None)
    n = bulk_module.CHUNK * 3
    rows, embeddings = pictures(n), vectors(n)
    index.upsert(rows, embeddings)
    assert next(bulks) > 10  # more often than the client repeats by itself
    assert index.count() == n
    assert set(index.fingerprints([row.id for row in rows])) == {row.id for row in rows}
    np.testing.assert_allclose(index.embeddings([rows[-1].id])[0], embeddings[-1], atol=1e-6)


@pytest.mark.elasticsearch
def test_a_server_that_stays_away_is_an_error_and_what_was_stored_stays(
    recorded: type[Recorded], handle: Callable[[], ElasticIndex], at_once: None
) -> None:
    index = handle()
    index.prepare(RED)
    bulks = iter(range(1000))
    recorded.breaks = staticmethod(lambda target: "before" if "_bulk" in target and next(bulks) else None)
    n = 2 * bulk_module.CHUNK  # in two requests, one of which arrives
    with pytest.raises(IndexUnavailable, match=index.location):
        index.upsert(pictures(n), vectors(n))
    assert index.count() == bulk_module.CHUNK


@pytest.mark.elasticsearch
def test_what_other_requests_have_brought_is_known_where_one_breaks(
    recorded: type[Recorded], handle: Callable[[], ElasticIndex], at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = handle()
    index.prepare(RED)
    rows = pictures(30)
    index.upsert(rows, vectors(30))
    monkeypatch.setattr(bulk_module, "CHUNK", 10)
    bulks = iter(range(1000))
    recorded.breaks = staticmethod(lambda target: "before" if "_bulk" in target and not next(bulks) else None)
    assert index.delete([row.id for row in rows]) == 30
    assert next(bulks) == 4  # of which one was sent again


@pytest.mark.elasticsearch
def test_a_full_disk_has_its_own_error(server: Elasticsearch, index: ElasticIndex, name: str) -> None:
    index.upsert(pictures(1), vectors(1))
    server.indices.put_settings(index=name, settings={"index.blocks.read_only_allow_delete": True})
    with pytest.raises(StorageFull, match=index.location):
        index.upsert(pictures(2), vectors(2))
    assert index.count() == 1
    server.indices.put_settings(index=name, settings={"index.blocks.read_only_allow_delete": None})
    index.upsert(pictures(2), vectors(2))
    assert index.count() == 2


@pytest.mark.elasticsearch
def test_rows_that_are_refused_are_counted_and_the_first_reason_is_told(index: ElasticIndex) -> None:
    rows = pictures(5)
    rows[1], rows[3] = record("/1.png", width=2**40), record("/3.png", height=2**40)
    with pytest.raises(IndexUnavailable, match=r"refuses 2 of the rows.*out of range") as refused:
        index.upsert(rows, vectors(5))
    assert index.location in refused.value.message
    assert index.count() == 3


@pytest.mark.elasticsearch
def test_closing_is_not_the_end(index: ElasticIndex) -> None:
    index.upsert(pictures(1), vectors(1))
    index.close()
    assert index.count() == 1


@pytest.mark.elasticsearch
def test_dropping_removes_the_index_and_may_be_repeated(server: Elasticsearch, index: ElasticIndex, name: str) -> None:
    index.upsert(pictures(2), vectors(2))
    index.drop()
    index.drop()
    assert concrete_indices(server, name) == []
    assert index.count() == 0
    assert index.search(vectors(1)[0], 3) == []
    assert index.model() is None


# --- without a server ------------------------------------------------------------------------------------------------


def free_url() -> str:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed.getsockname()[1]}"


READS: dict[str, Callable[[ElasticIndex], object]] = {
    "model": lambda index: index.model(),
    "search": lambda index: index.search(vectors(1)[0], 3),
    "get": lambda index: index.get(["a"]),
    "embeddings": lambda index: index.embeddings(["a"]),
    "by_content": lambda index: index.by_content(["a"]),
    "fingerprints": lambda index: index.fingerprints(["a"]),
    "scan": lambda index: list(index.scan()),
    "records": lambda index: list(index.records()),
    "count": lambda index: index.count(),
    "totals": lambda index: index.totals(),
    "facets": lambda index: index.facets(),
    "browse": lambda index: index.browse(),
    "sample": lambda index: index.sample(3),
    "revision": lambda index: index.revision(),
    "claim": lambda index: index.prepare(RED),
    "upsert": lambda index: index.upsert(pictures(1), vectors(1)),
    "delete": lambda index: index.delete(["a"]),
    "drop": lambda index: index.drop(),
}


@pytest.mark.parametrize("method", READS)
def test_a_server_that_is_not_there_is_named(method: str, at_once: None) -> None:
    url = free_url()
    index = ElasticIndex([url.replace("://", "://someone:secret@")], "images")
    with pytest.raises(IndexUnavailable) as gone:
        READS[method](index)
    assert gone.value.message == f"Elasticsearch at {url} does not answer."
    assert gone.value.remedy == "Start the server or correct ELASTICSEARCH_URL."
    index.close()


def test_connecting_is_given_up_long_before_an_answer_is(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def urlopen(self: object, *args: object, timeout: Any, **kwargs: object) -> None:
        asked.append(timeout)
        raise ConnectionRefusedError

    monkeypatch.setattr("urllib3.HTTPConnectionPool.urlopen", urlopen)
    with pytest.raises(IndexUnavailable):
        ElasticIndex(["http://localhost:9200"], "images").count()
    assert len(asked) == 2  # once more than once: a kept connection may have gone stale
    assert asked[0].connect_timeout == 2
    assert asked[0].read_timeout == 30


class Answer(NamedTuple):
    meta: ApiResponseMeta
    body: bytes


def answering(
    status: int, body: object, headers: dict[str, str] | None = None, product: str | None = "Elasticsearch"
) -> type[BaseNode]:
    """A node that always says the same."""
    text = body if isinstance(body, str) else json.dumps(body)
    signed = {"x-elastic-product": product} if product else {}
    kind = "text/html" if isinstance(body, str) else "application/json"

    class Answering(BaseNode):
        def perform_request(self, *args: Any, **kwargs: Any) -> Any:
            meta = ApiResponseMeta(
                node=self.config,
                duration=0.0,
                http_version="1.1",
                status=status,
                headers=HttpHeaders({"content-type": kind} | signed | (headers or {})),
            )
            return Answer(meta, text.encode())

        def close(self) -> None:
            pass

    return Answering


def raising(error: Exception) -> type[BaseNode]:
    class Raising(BaseNode):
        def perform_request(self, *args: Any, **kwargs: Any) -> Any:
            raise error

        def close(self) -> None:
            pass

    return Raising


def failure(kind: str, reason: str) -> dict[str, Any]:
    return {"error": {"type": kind, "reason": reason, "root_cause": [{"type": kind, "reason": reason}]}}


TROUBLES: dict[str, tuple[type[BaseNode], type[ImageSearchError], str, str]] = {
    "no key": (
        answering(401, failure("security_exception", "missing")),
        IndexUnavailable,
        "key",
        "ELASTICSEARCH_API_KEY",
    ),
    "a proxy's no": (answering(401, "Unauthorized", product=None), IndexUnavailable, "key", "ELASTICSEARCH_API_KEY"),
    "a weak key": (
        answering(403, failure("security_exception", "action is unauthorized")),
        IndexUnavailable,
        "action is unauthorized",
        "ELASTICSEARCH_API_KEY",
    ),
    "blocked": (
        answering(403, failure("cluster_block_exception", "index [i] blocked by: [FORBIDDEN/8/index write (api)];")),
        IndexUnavailable,
        "blocked against writing",
        'PUT /images/_settings {"index.blocks.write": null}',
    ),
    "full": (
        answering(
            403,
            failure("cluster_block_exception", "blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];"),
        ),
        StorageFull,
        "no space left",
        "Free or add disk space",
    ),
    "another product": (answering(200, {}, product=None), IndexUnavailable, "not Elasticsearch", "ELASTICSEARCH_URL"),
    "a web server": (
        answering(404, "<html>", product=None),
        IndexUnavailable,
        "not Elasticsearch",
        "ELASTICSEARCH_URL",
    ),
    "an old server": (
        answering(400, failure("media_type_header_exception", "Accept version must be 8 or 7")),
        IndexUnavailable,
        "not Elasticsearch 9",
        "ELASTICSEARCH_URL",
    ),
    "not JSON": (
        answering(200, "<html>", {"content-type": "application/json"}),
        IndexUnavailable,
        "does not answer as Elasticsearch does",
        "ELASTICSEARCH_URL",
    ),
    "overloaded": (
        answering(429, failure("circuit_breaking_exception", "Data too large")),
        IndexUnavailable,
        "Data too large",
        "Try again",
    ),
    "no shard": (
        answering(503, failure("no_shard_available_action_exception", "no shard")),
        IndexUnavailable,
        "status 503",
        "health of the cluster",
    ),
    "another failure": (
        answering(400, failure("parsing_exception", "odd")),
        IndexUnavailable,
        "odd",
        "index images on the server",
    ),
    "a proxy's password": (answering(407, "<html>", product=None), IndexUnavailable, "proxy", "ELASTICSEARCH_URL"),
    "a gateway": (answering(502, "<html>", product=None), IndexUnavailable, "in front of it", "Start the server"),
    "a gateway's no": (answering(504, "", product=None), IndexUnavailable, "status 504", "Start the server"),
    "a failure of its own": (answering(500, failure("npe", "odd")), IndexUnavailable, "status 500", "Try again"),
    "closed": (
        answering(400, failure("index_closed_exception", "closed")),
        IndexUnavailable,
        "is closed. Its pictures are still in it",
        "POST /images/_open",
    ),
    "the cluster blocked": (
        answering(403, failure("cluster_block_exception", "blocked by: [FORBIDDEN/6/cluster read-only (api)];")),
        IndexUnavailable,
        "whole cluster",
        'PUT /_cluster/settings {"persistent": {"cluster.blocks.read_only": null}}',
    ),
    "TLS": (
        raising(SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate")),
        IndexUnavailable,
        "not trusted: its certificate is not signed by an authority trusted here.",
        "ELASTICSEARCH_CA_CERTS",
    ),
    "TLS, another name": (
        raising(SSLError("certificate verify failed: Hostname mismatch, certificate is not valid for 'search'")),
        IndexUnavailable,
        "its certificate is for another name",
        "ELASTICSEARCH_URL",
    ),
    "TLS, too old": (
        raising(SSLError("certificate verify failed: certificate has expired")),
        IndexUnavailable,
        "its certificate has expired",
        "ELASTICSEARCH_CA_CERTS",
    ),
    "no TLS": (
        raising(SSLError("[SSL: WRONG_VERSION_NUMBER] wrong version number")),
        IndexUnavailable,
        "the server speaks http, not https",
        "ELASTICSEARCH_URL",
    ),
    "slow": (raising(ConnectionTimeout("slow")), IndexUnavailable, "in time", "ELASTICSEARCH_URL"),
}


@pytest.mark.parametrize("method", ["count", "upsert"])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_goes_wrong_is_worded(monkeypatch: pytest.MonkeyPatch, at_once: None, trouble: str, method: str) -> None:
    node_class, kind, message, remedy = TROUBLES[trouble]
    monkeypatch.setattr(client_module, "NODE_CLASS", node_class)
    with pytest.raises((IndexUnavailable, StorageFull)) as caught:
        READS[method](ElasticIndex(["https://someone:secret@search.example:9200"], "images"))
    assert type(caught.value) is kind
    assert "https://search.example:9200" in caught.value.message
    assert message in caught.value.message
    assert remedy in caught.value.remedy
    assert "secret" not in str(caught.value)


class Bulk(BaseNode):
    """Answers the lookup, and each bulk request with the next of the prepared statuses, one for each row."""

    answers: list[list[int]]
    sent: list[list[str]]

    def perform_request(self, method: str, target: str, body: bytes | None = None, *args: Any, **kw: Any) -> Any:
        answer: dict[str, Any] = {"version": {"number": "9.5.3"}}
        if "_bulk" in target:
            answer = self._bulk([json.loads(line) for line in (body or b"").splitlines()])
        elif "images" in target:
            described = {"aliases": {"images": {}}, "mappings": mapping.index_body(RED, packs=True)["mappings"]}
            answer = {"images-000001": described}
        headers = HttpHeaders({"content-type": "application/json", "x-elastic-product": "Elasticsearch"})
        return Answer(ApiResponseMeta(200, "1.1", headers, 0.0, self.config), json.dumps(answer).encode())

    def _bulk(self, lines: list[dict[str, Any]]) -> dict[str, Any]:
        ids = [line["index"]["_id"] for line in lines if "index" in line]
        self.sent.append(ids)
        trouble = failure("es_rejected_execution_exception", "queue is full")["error"]
        items = [
            {"index": {"_id": id_, "status": status, **({} if status == 201 else {"error": trouble})}}
            for id_, status in zip(ids, self.answers.pop(0), strict=False)
        ]
        return {"errors": True, "items": items}

    def close(self) -> None:
        pass


@pytest.fixture
def bulk(monkeypatch: pytest.MonkeyPatch, at_once: None) -> type[Bulk]:
    class Node(Bulk):
        answers = []  # noqa: RUF012
        sent = []  # noqa: RUF012

    monkeypatch.setattr(client_module, "NODE_CLASS", Node)
    return Node


def test_only_rows_that_were_put_off_are_sent_again(bulk: type[Bulk]) -> None:
    bulk.answers += [[201, 429, 201, 503], [429, 201], [201]]
    rows = pictures(4)
    ElasticIndex(["http://localhost:9200"], "images").upsert(rows, vectors(4))
    ids = [row.id for row in rows]
    assert bulk.sent == [ids, [ids[1], ids[3]], [ids[1]]]


def test_rows_that_got_no_answer_are_sent_again(bulk: type[Bulk]) -> None:
    bulk.answers += [[201], [201, 201]]
    rows = pictures(3)
    ElasticIndex(["http://localhost:9200"], "images").upsert(rows, vectors(3))
    assert bulk.sent[1] == [row.id for row in rows[1:]]


def test_putting_off_has_an_end(bulk: type[Bulk]) -> None:
    bulk.answers += [[429]] * 20
    with pytest.raises(IndexUnavailable, match="overloaded: queue is full"):
        ElasticIndex(["http://localhost:9200"], "images").upsert(pictures(1), vectors(1))
    assert len(bulk.sent) == 5


def test_the_last_of_one_id_wins_and_is_sent_alone(bulk: type[Bulk]) -> None:
    bulk.answers += [[201, 201]]
    first, second = pictures(2)
    ElasticIndex(["http://localhost:9200"], "images").upsert([first, second, first], vectors(3))
    assert bulk.sent == [[first.id, second.id]]


def test_nothing_is_sent_where_an_embedding_is_unusable(bulk: type[Bulk]) -> None:
    embeddings = vectors(3)
    embeddings[1] = 0
    with pytest.raises(InvalidEmbedding, match="length zero"):
        ElasticIndex(["http://localhost:9200"], "images").upsert(pictures(3), embeddings)
    assert bulk.sent == []


def test_constructing_opens_nothing(tmp_path: Path) -> None:
    missing = tmp_path / "no.pem"
    index = ElasticIndex(["https://localhost:9200"], "images", ca_certs=missing)
    assert (index.engine, index.name, index.location) == ("elasticsearch", "images", "https://localhost:9200")
    with pytest.raises(IndexUnavailable, match=r"no\.pem") as refused:
        index.count()
    assert refused.value.remedy == "Correct ELASTICSEARCH_CA_CERTS."


@pytest.mark.parametrize("url", ["http://localhost:port", "http://", "https://[::1"])
def test_an_address_that_is_none_is_an_error_when_used(url: str) -> None:
    with pytest.raises(IndexUnavailable, match="not a URL") as refused:
        ElasticIndex([url], "images").count()
    assert "ELASTICSEARCH_URL" in refused.value.remedy


def test_a_cloud_id_that_is_none_is_an_error_when_used() -> None:
    index = ElasticIndex([], "images", cloud_id="home:garbage")
    assert index.location == "Elastic Cloud home"
    with pytest.raises(IndexUnavailable, match="not a URL"):
        index.count()


@pytest.mark.parametrize(
    ("urls", "shown"),
    [
        (["http://a:1", "http://b:2"], "http://a:1, http://b:2"),
        (["https://u:p@ss@host:9200/path?key=p"], "https://host:9200/path"),
        (["https://token@host"], "https://host"),
    ],
)
def test_the_location_holds_no_secrets(urls: list[str], shown: str) -> None:
    assert ElasticIndex(urls, "images").location == shown


@pytest.mark.parametrize(
    ("url", "port"),
    [("http://localhost", 80), ("https://u:p@host/prefix", 443), ("http://[::1]", 80), ("http://h:9", 9)],
)
def test_an_address_without_port_means_the_usual_one(url: str, port: int) -> None:
    with client_module.connect([url, url], None, None, None) as client:
        (node,) = client.transport.node_pool.all()
        assert node.port == port


# --- what is sent ----------------------------------------------------------------------------------------------------


def test_the_search_asks_for_enough_candidates() -> None:
    query = np.array([1.0, 0.0], np.float32)
    assert requests.nearest(query, 60, []) == {
        "knn": {
            "field": "embedding",
            "query_vector": [1.0, 0.0],
            "k": 60,
            "num_candidates": 600,
            "rescore_vector": {"oversample": 3.0},
        },
        "size": 60,
    }
    assert requests.nearest(query, 5, [])["knn"]["num_candidates"] == 500
    assert requests.nearest(query, 5000, [])["knn"]["num_candidates"] == 10_000
    clauses = [{"term": {"format": "PNG"}}]
    assert requests.nearest(query, 5, clauses)["knn"]["filter"] == clauses


@pytest.mark.parametrize("quantisation", ["int8", "int4", "bbq", "none"])
def test_an_index_is_searched_as_closely_as_it_keeps_its_vectors(server, urls, quantisation) -> None:
    name = f"test-{uuid4().hex}"
    own = ElasticIndex(urls, name, storage=Storage(shards=2, replicas=0, quantisation=quantisation))
    own.prepare(ModelStamp("clip/red", 64))  # which a bit for each number takes at least
    try:
        found = server.indices.get(index=f"{name}-000001")[f"{name}-000001"]
        assert found["settings"]["index"]["number_of_shards"] == "2"
        assert found["settings"]["index"]["number_of_replicas"] == "0"
        assert mapping.quantisation_of(found["mappings"]) == quantisation
        later = ElasticIndex(urls, name)  # whose setting is another by now
        later.model()
        assert later.efforts(10).used.oversampling == requests.OVERSAMPLING[quantisation]
        rows = unit(np.random.default_rng(1).standard_normal((40, 64)).astype(np.float32))
        records = [record(f"/p/{at}.png") for at in range(40)]
        later.upsert(records, rows)
        assert [hit.record.id for hit in later.search(rows[7], 1)] == [records[7].id]
    finally:
        own.drop()
        own.close()


def test_a_node_that_cannot_be_reached_is_named_and_others_answer(server, urls, name) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{closed.getsockname()[1]}"
    own = ElasticIndex([*urls, gone], name)
    try:
        own.prepare(RED)
        assert own.count() == 0
        told = own.statistics()
        assert told.health == "yellow"
        assert gone in told.message
    finally:
        own.drop()
        own.close()


def test_a_single_node_lacks_nothing(server, urls) -> None:
    name = f"test-{uuid4().hex}"
    own = ElasticIndex(urls, name)
    own.prepare(RED)
    try:
        assert server.cluster.health(index=name, wait_for_status="green", timeout="20s")["status"] == "green"
    finally:
        own.drop()
        own.close()


def test_each_condition_of_a_filter_is_a_clause() -> None:
    assert filter_clauses(None) == filter_clauses(Filter()) == []
    where = Filter(
        (
            InFolder("/a b/\udcff"),
            AnyOf("format", ("PNG", "JPEG")),
            AnyOf("label", ("it's", "caf\udce9", "")),
            AnyOf("folder", (), excluded=True),
            Between("taken", datetime(1970, 1, 1, 0, 0, 1), datetime(1970, 1, 2)),
            Between("width", 0.5),
            Between("size", 3, 5),
            Between("height", float("inf")),
            NameContains("\\É*\udcff?"),
        )
    )
    assert filter_clauses(where) == [
        {
            "bool": {
                "should": [
                    {"term": {"folder": "/a b/\U0010ffff"}},
                    {"prefix": {"folder": "/a b/\U0010ffff/"}},
                ],
                "minimum_should_match": 1,
            }
        },
        {"terms": {"format": ["PNG", "JPEG"]}},
        {"terms": {"labels": ["it's", "caf\U0010ffe9"]}},
        {"bool": {"must_not": [{"terms": {"folder_names": []}}]}},
        {"range": {"taken_us": {"gte": 1_000_000, "lt": 86_400_000_000}}},
        {"range": {"width": {"gte": 1}}},
        {"range": {"size": {"gte": 3, "lt": 5}}},
        {"match_none": {}},
        {
            "bool": {
                "should": [
                    {"wildcard": {"name_folded": {"value": f"*\\\\{spelled}\\*\U0010ffff\\?*"}}}
                    for spelled in ("\u00e9", "e\u0301")  # as names are stored now, and as they were
                ],
                "minimum_should_match": 1,
            }
        },
    ]


@pytest.mark.parametrize(("folder", "own", "inside"), [("/a", "/a", "/a/"), ("/a/", "/a", "/a/"), ("/", "/", "/")])
def test_a_folder_is_itself_and_all_below(folder: str, own: str, inside: str) -> None:
    (clause,) = filter_clauses(Filter.within(folder))
    assert clause["bool"]["should"] == [{"term": {"folder": own}}, {"prefix": {"folder": inside}}]


def test_changes_are_those_of_the_primaries_and_what_each_copy_sees() -> None:
    def shard(number: int, primary: bool = True, refreshes: int = 1) -> dict[str, Any]:
        seen = {"external_total": refreshes}
        return {"routing": {"primary": primary}, "seq_no": {"max_seq_no": number}, "refresh": seen}

    def stats(*copies: dict[str, Any]) -> dict[str, Any]:
        return {"indices": {"images-000001": {"uuid": "a", "shards": {"0": list(copies), "1": [shard(3)]}}}}

    current = queries.changes(stats(shard(7), shard(6, primary=False)))
    assert current == queries.changes(stats(shard(5, primary=False), shard(7)))
    assert current != queries.changes(stats(shard(8), shard(6, primary=False)))
    assert current != queries.changes(stats(shard(7, refreshes=2), shard(6, primary=False)))
    assert current != queries.changes(stats(shard(7), shard(6, primary=False, refreshes=2)))
    assert queries.stands_for(stats(shard(7))) == {"a"}
    assert queries.changes({}) == ""


def test_among_more_rows_more_candidates_are_looked_for() -> None:
    def stats(*counts: int) -> dict[str, Any]:
        copies = [[{"docs": {"count": count}}] for count in counts]
        return {"indices": {"images-000001": {"uuid": "a", "shards": dict(enumerate(copies))}}}

    rows = ((0,), (250_000,), (300_000,), (1_000_000,), (10, 1_000_000), (100_000_000,))
    assert [queries.candidates(stats(*counts)) for counts in rows] == [500, 500, 600, 2_000, 2_000, 10_000]
    assert queries.candidates({}) == 500


@pytest.mark.elasticsearch
def test_the_rows_of_the_index_say_how_many_candidates(index: ElasticIndex) -> None:
    index.upsert(pictures(3), vectors(3))
    index.count()
    [shards] = [one["shards"] for one in index.confirm()["indices"].values()]
    assert [copy["docs"]["count"] for copies in shards.values() for copy in copies] == [3]


@pytest.mark.parametrize(
    ("score", "cosine"),
    [(1.0, 1.0), (0.5, 0.0), (0.0, -1.0), (1.0000001, 1.0), (0.75000001, 0.5), (0.74999998, 0.5)],
)
def test_scores_become_cosines(score: float, cosine: float) -> None:
    found = record("/a/1.jpg")
    row = document(found, [1.0])
    assert hit_of({"_source": row, "_score": score}) == Hit(found, cosine)


@pytest.mark.parametrize("meta", [{}, {"model_id": "m"}, {"model_id": 1, "dims": 8, "preprocessing": 1}])
def test_a_mapping_of_others_has_no_stamp(meta: dict[str, Any]) -> None:
    assert mapping.stamp_of({"_meta": meta}) is None
    assert mapping.stamp_of({}) is None
    assert mapping.stamp_of(mapping.index_body(GREEN, packs=True)["mappings"]) == GREEN


texts = st.text(st.characters(max_codepoint=0x10EFFF), max_size=20)  # lone surrogates too


@given(
    path=st.binary(min_size=1, max_size=30)
    .filter(lambda raw: b"\0" not in raw)
    .map(lambda raw: "/" + os.fsdecode(raw)),
    taken_at=st.none() | st.datetimes(),
    mtime_ns=st.integers(-(2**63) + 1, 2**63 - 1),
    frames=st.integers(1, 1000),
    camera=texts,
    labels=st.lists(texts, max_size=3),
)
def test_a_row_gives_back_its_record(
    path: str, taken_at: datetime | None, mtime_ns: int, frames: int, camera: str, labels: list[str]
) -> None:
    boxes = tuple(Box(label, 0.1, 0.2, 1 / 3, 1) for label in labels)
    original = record(path, taken_at=taken_at, mtime_ns=mtime_ns, frames=frames, camera=camera, boxes=boxes)
    row = document(original, [1.0])
    assert record_of(orjson.loads(orjson.dumps(row))) == original
    assert row["folder"].startswith("/")


@pytest.mark.parametrize("time", ["mtime_ns", "annotated_ns"])
def test_a_time_beyond_64_bits_is_the_latest_there_is(time: str) -> None:
    row = document(record("/a.png", **{time: 2**63}), [1.0])
    assert row[time] == getattr(record_of(row), time) == 2**63 - 1


def test_a_block_that_a_killed_swap_left_is_lifted_by_who_writes_next(
    server: Elasticsearch, index: ElasticIndex, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_module, "ABANDONED_SECONDS", 0.2)
    index.upsert([record("/a.jpg")], np.eye(1, 8, dtype=np.float32))
    swapping.block(server, f"{name}-000001")
    assert index.retag({record_id("/a.jpg"): ("late",)}) == 1
    assert index.get([record_id("/a.jpg")])[0].tags == ("late",)
    assert not swapping.is_blocked(server, name)
    assert swapping.RETIRING not in server.indices.get_mapping(index=name).body[f"{name}-000001"]["mappings"]["_meta"]


def test_who_writes_while_another_index_comes_under_the_name_waits_and_writes_to_that(
    server: Elasticsearch, index: ElasticIndex, name: str
) -> None:
    index.upsert([record("/a.jpg")], np.eye(1, 8, dtype=np.float32))
    number = index.versions.begin(RED)
    index.versions.update(number).step(Vectors(8))
    swapping.block(server, f"{name}-000001")
    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(index.upsert, [record("/b.jpg")], np.eye(1, 8, 1, dtype=np.float32))
        time.sleep(0.3)
        assert not written.done()
        swapping.put_in_place(server, name, f"{name}-000001", f"{name}-000002")
        written.result(30)
    assert sorted(one.path for some in index.records() for one in some) == ["/a.jpg", "/b.jpg"]
    assert index.versions.open(1).count() == 1
