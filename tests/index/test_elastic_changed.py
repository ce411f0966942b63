"""What somebody does on the server to an index of the app: put right, or told with the request that mends it, which is
then sent here as it stands. Nothing of it is called an empty index, and nobody is asked to give up the pictures."""

import json
import os
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from core.errors import ImageSearchError, IndexUnavailable, StorageFull
from core.index.elastic import bulk, mapping
from core.index.elastic.connection import Connection
from core.index.elastic.engine import ElasticIndex
from tests.index.test_elastic import BLUE, RED, pictures, vectors
from tests.material import NO_SERVER

pytestmark = pytest.mark.elasticsearch

type Open = Callable[[], ElasticIndex]

PICTURES, VECTORS = pictures(20), vectors(20)


@pytest.fixture(scope="module")
def server() -> Iterator[Elasticsearch]:
    if not os.environ.get("ELASTICSEARCH_URL"):
        pytest.skip(NO_SERVER)
    with Elasticsearch(os.environ["ELASTICSEARCH_URL"].split(","), request_timeout=60) as client:
        yield client


@pytest.fixture
def name(server: Elasticsearch) -> Iterator[str]:
    name = f"test-{uuid4().hex}"
    yield name
    blocks = {f"index.blocks.{block}": None for block in ("read_only", "read_only_allow_delete", "metadata")}
    server.indices.put_settings(index=f"{name}*", settings=blocks, expand_wildcards="all")
    for concrete in server.indices.get(index=f"{name}*", expand_wildcards="all").body:
        server.indices.delete(index=concrete)


@pytest.fixture
def handle(server: Elasticsearch, name: str) -> Iterator[Open]:
    made: list[ElasticIndex] = []

    def make() -> ElasticIndex:
        made.append(ElasticIndex(os.environ["ELASTICSEARCH_URL"].split(","), name))
        return made[-1]

    yield make
    for index in made:
        index.close()


@pytest.fixture
def index(handle: Open, monkeypatch: pytest.MonkeyPatch) -> ElasticIndex:
    """With 20 pictures."""
    monkeypatch.setattr(bulk, "PAUSES", (0.0, 0.0))
    index = handle()
    index.prepare(RED)
    index.upsert(PICTURES, VECTORS)
    assert index.count() == 20
    return index


ACTIONS: dict[str, Callable[[ElasticIndex], Any]] = {
    "count": lambda index: index.count(),
    "model": lambda index: index.model(),
    "search": lambda index: [hit.record.id for hit in index.search(VECTORS[3], 1)],
    "records": lambda index: sum(map(len, index.records())),
    "claim": lambda index: index.prepare(RED),
    "upsert": lambda index: index.upsert(PICTURES[:1], VECTORS[:1]),
    "delete": lambda index: index.delete(["not there"]),
}
READS = {"count": 20, "model": RED, "search": [PICTURES[3].id], "records": 20}


def assert_works(index: ElasticIndex) -> None:
    for what, act in ACTIONS.items():
        if what in READS:
            assert act(index) == READS[what], what
        else:
            act(index)
    assert index.count() == 20


def told(index: ElasticIndex, *unharmed: str) -> ImageSearchError:
    """What all that cannot be done says: the same."""
    errors = []
    for what, act in ACTIONS.items():
        if what in unharmed:
            if what in READS:
                assert act(index) == READS[what], what
            continue
        with pytest.raises((IndexUnavailable, StorageFull)) as caught:
            act(index)
        errors.append(caught.value)
    assert len({str(error) for error in errors}) == 1
    assert not re.search(r"choose another|delete it|exception", str(errors[0]), re.IGNORECASE)
    return errors[0]


def mend(server: Elasticsearch, remedy: str) -> None:
    """Sends the requests of a remedy."""
    requests = re.findall(r"(PUT|POST) (/\S+?)(?: (\{.*?\}))?(?=$|, then|\. |;)", remedy)
    assert requests, remedy
    for method, path, body in requests:
        answer = server.perform_request(
            method,
            path,
            headers={"content-type": "application/json", "accept": "application/json"},
            body=json.loads(body) if body else None,
        )
        assert answer.meta.status == 200
    server.cluster.health(wait_for_status="yellow")


@pytest.mark.parametrize("first", ACTIONS)
def test_an_alias_that_is_lost_is_put_back(
    server: Elasticsearch, index: ElasticIndex, handle: Open, name: str, first: str
) -> None:
    server.indices.delete_alias(index=f"{name}-000001", name=name)
    other = handle()
    ACTIONS[first](other)
    assert server.indices.get_alias(name=name).body[f"{name}-000001"]["aliases"][name] == {"is_write_index": True}
    assert_works(other)


def test_an_alias_that_is_lost_while_it_is_used(server: Elasticsearch, index: ElasticIndex, name: str) -> None:
    before = index.revision()
    server.indices.delete_alias(index=f"{name}-000001", name=name)
    index.upsert(PICTURES[:1], VECTORS[:1])
    server.indices.delete_alias(index=f"{name}-000001", name=name)
    assert index.count() == 20
    assert index.revision() != before
    assert_works(index)


def test_an_alias_lost_beside_what_a_killed_claim_left(server: Elasticsearch, index: ElasticIndex, name: str) -> None:
    """The one with pictures has it again."""
    server.indices.create(index=f"{name}-000002", **mapping.index_body(BLUE, packs=True))
    server.indices.create(index=f"{name}-logs", **mapping.index_body(BLUE, packs=True))
    unfinished = mapping.index_body(RED, packs=True)  # of a re-embedding that was killed
    unfinished["mappings"]["_meta"]["unfinished"] = True
    server.indices.create(index=f"{name}-000003", **unfinished)
    [row] = server.search(index=name, size=1).body["hits"]["hits"]
    server.index(index=f"{name}-000003", document=row["_source"], refresh=True)
    server.indices.delete_alias(index=f"{name}-000001", name=name)
    assert_works(index)


def test_an_alias_lost_by_one_of_several(server: Elasticsearch, index: ElasticIndex, name: str, handle: Open) -> None:
    server.indices.create(index=f"{name}-000002", **mapping.index_body(RED, packs=True))
    [row] = server.search(index=name, size=1).body["hits"]["hits"]
    server.index(index=f"{name}-000002", document=row["_source"], refresh=True)
    server.indices.delete_alias(index=f"{name}-000001", name=name)
    error = told(handle())
    assert "missing" in error.message
    assert f"{name}-000001 (20), {name}-000002 (1)" in error.message
    mend(server, error.remedy)
    assert_works(handle())


def test_an_alias_of_another_name(server: Elasticsearch, index: ElasticIndex, name: str) -> None:
    """Renamed with intent: it is not taken away from there, and not written over."""
    server.indices.delete_alias(index=f"{name}-000001", name=name)
    server.indices.put_alias(index=f"{name}-000001", name=f"{name}-archive")
    with pytest.raises(IndexUnavailable, match="no longer has the alias") as error:
        index.prepare(RED)
    mend(server, error.value.remedy)
    assert_works(index)


@pytest.mark.parametrize("taken", ["as an index", "as an alias"])
def test_something_else_has_the_name(
    server: Elasticsearch, index: ElasticIndex, handle: Open, name: str, taken: str
) -> None:
    """As a program makes it that writes to an alias which is gone."""
    server.indices.delete_alias(index=f"{name}-000001", name=name)
    other = name if taken == "as an index" else f"{name}-other"
    server.index(index=other, document={"note": "of others"}, refresh=True)
    if taken == "as an alias":
        server.indices.put_alias(index=other, name=name)
    error = told(handle())
    assert f"still in {name}-000001" in error.message
    mend(server, error.remedy)
    assert_works(handle())
    kept = server.search(index=f"{name}-moved" if taken == "as an index" else other)
    assert kept["hits"]["hits"][0]["_source"] == {"note": "of others"}


@pytest.mark.parametrize("what", ["another index of ours", "a foreign index"])
def test_an_alias_on_two_indices(
    server: Elasticsearch, index: ElasticIndex, handle: Open, name: str, what: str
) -> None:
    body = mapping.index_body(RED, packs=True) if what == "another index of ours" else {}
    server.indices.create(index=f"{name}-000000", aliases={name: {}}, **body)
    error = told(handle())
    assert f"{name}-000000, {name}-000001" in error.message
    mend(server, error.remedy)
    assert_works(index)


def test_a_closed_index(server: Elasticsearch, index: ElasticIndex, handle: Open, name: str) -> None:
    server.indices.close(index=f"{name}-000001")
    error = told(handle(), "claim")
    assert "is closed. Its pictures are still in it." in error.message
    mend(server, error.remedy)
    assert_works(index)


def test_a_closed_index_without_its_alias(server: Elasticsearch, index: ElasticIndex, handle: Open, name: str) -> None:
    server.indices.delete_alias(index=f"{name}-000001", name=name)
    server.indices.close(index=f"{name}-000001")
    mend(server, told(handle(), "claim").remedy)
    assert_works(index)


@pytest.mark.parametrize(
    ("block", "words", "unharmed"),
    [
        ("write", "is blocked against writing", (*READS, "claim")),
        ("read_only", "is set to read-only", (*READS, "claim")),
        ("read", "is blocked against reading", ("claim", "upsert", "delete")),
        ("metadata", "is blocked against changes", ()),
        ("read_only_allow_delete", "no space left", (*READS, "claim")),
    ],
)
def test_a_blocked_index(
    server: Elasticsearch,
    index: ElasticIndex,
    handle: Open,
    name: str,
    block: str,
    words: str,
    unharmed: tuple[str, ...],
) -> None:
    server.indices.put_settings(index=f"{name}-000001", settings={f"index.blocks.{block}": True})
    error = told(handle(), *unharmed)
    assert isinstance(error, StorageFull) == (block == "read_only_allow_delete")
    assert words in error.message
    assert name in error.message
    mend(server, error.remedy)
    assert_works(index)


def test_an_index_under_the_name_of_the_alias(
    server: Elasticsearch, index: ElasticIndex, handle: Open, name: str
) -> None:
    """As a snapshot is put back, or rows are copied."""
    server.indices.put_settings(index=name, settings={"index.blocks.write": True})
    server.indices.clone(index=f"{name}-000001", target=f"{name}x", settings={"index.blocks.write": None})
    server.indices.delete(index=f"{name}-000001")
    server.indices.put_settings(index=f"{name}x", settings={"index.blocks.write": True})
    server.indices.clone(index=f"{name}x", target=name, settings={"index.blocks.write": None})
    server.indices.delete(index=f"{name}x")
    error = told(handle())
    assert "only an alias may have this name" in error.message
    mend(server, error.remedy)
    assert_works(index)


def test_a_mapping_without_its_stamp(server: Elasticsearch, index: ElasticIndex, handle: Open, name: str) -> None:
    server.indices.put_mapping(index=f"{name}-000001", meta={})
    error = told(handle())
    assert "which model" in error.message
    mend(server, error.remedy.replace("…", RED.model_id))
    assert_works(index)


def test_an_index_that_is_deleted_is_an_empty_one(server: Elasticsearch, index: ElasticIndex, name: str) -> None:
    """It may be meant so; an ingest that goes on says what has happened."""
    server.indices.delete(index=f"{name}-000001")
    assert index.count() == 0
    with pytest.raises(IndexUnavailable, match=f"There is no index {name}"):
        index.upsert(PICTURES[:1], VECTORS[:1])
    index.prepare(RED)
    index.upsert(PICTURES, VECTORS)
    assert_works(index)


def test_parts_that_are_not_there(
    server: Elasticsearch, handle: Open, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A red index: the nodes that hold its shards are away."""
    body = mapping.index_body(RED, packs=True)
    body["settings"]["index"] |= {"routing.allocation.include._name": "nobody", "number_of_replicas": 0}
    server.indices.create(index=f"{name}-000001", aliases={name: {}}, **body, wait_for_active_shards=0, timeout="1s")
    index = handle()
    quick = index.connection.search_client.options(request_timeout=2, max_retries=0)
    monkeypatch.setattr(Connection, "search_client", quick)
    with pytest.raises(IndexUnavailable, match=r"cannot reach all shards") as error:
        index.count()
    assert "GET /_cluster/health" in error.value.remedy
