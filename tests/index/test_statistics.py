"""How an index is doing, on each engine, whatever is wrong with it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from elastic_transport import ApiResponseMeta, BaseNode, HttpHeaders
from elastic_transport._node._base import NodeApiResponse

from core.index.elastic import client as client_module
from core.index.elastic.engine import ElasticIndex
from core.index.lance.engine import LanceIndex
from core.index.statistics import folder_size
from tests.index.conftest import STAMP

type Serve = Callable[..., ElasticIndex]
COUNTS = {
    "primaries": {"segments": {"count": 7}},
    "total": {
        "store": {"size_in_bytes": 5_000_000},
        "dense_vector": {
            "off_heap": {"total_vec_size_bytes": 900, "total_veq_size_bytes": 300, "total_vex_size_bytes": 20}
        },
    },
}
SETTINGS = {"images-000001": {"number_of_shards": 2, "number_of_replicas": 1}}
DISK = {"nodes": {"a": {"fs": {"total": {"available_in_bytes": 8 << 30}}}}}


def test_a_healthy_index(filled):
    index, made, _ = filled
    found = index.statistics()
    assert found.count == len(made)
    assert found.disk > 10_000
    assert found.pieces >= 1
    assert found.free > 0
    assert found.message
    if index.engine == "lancedb":
        assert (found.health, found.remedy, found.shards) == ("green", "", None)
    else:  # one node has no place for copies
        assert found.health in ("green", "yellow")
        assert (found.shards, found.nodes) == (1, 1)
        assert found.replicas is not None


def test_one_that_nobody_has_made(index):
    found = index.statistics()
    assert (found.health, found.count, found.disk) == ("green", 0, 0)
    index.prepare(STAMP)
    assert index.statistics().count == 0


def test_what_is_kept_in_memory_counts(filled):
    index, _, embeddings = filled
    if index.engine == "lancedb":
        for _ in range(5):
            index.search(embeddings[0], 10)
        assert index.statistics().memory >= embeddings.nbytes


def test_what_the_engine_keeps_counts_too(tmp_path: Path, make_records):
    made, embeddings = make_records(3_000)
    index = LanceIndex(tmp_path, "images")
    index.prepare(STAMP)
    index.upsert(made, embeddings)
    index.start_afresh()
    before = index.statistics().memory
    index.get([one.id for one in made[:5]])  # by the tree of the ids
    assert 0 <= before < index.statistics().memory
    index.start_afresh()
    assert index.statistics().memory <= before


def test_a_damaged_table_is_told_and_not_raised(tmp_path: Path, make_records):
    index = LanceIndex(tmp_path, "images")
    index.prepare(STAMP)
    index.upsert(*make_records(20))
    for file in (tmp_path / "images.lance").rglob("*.manifest"):
        file.write_bytes(b"nonsense")
    found = LanceIndex(tmp_path, "images").statistics()
    assert found.health == "unreachable"
    assert found.message
    assert found.remedy


@pytest.mark.parametrize(
    ("patch", "says"),
    [
        (("core.index.lance.query.statistics.INDEXED_FROM", 10), "are not in the vector index yet"),
        (("core.index.statistics.LITTLE_SPACE", 1 << 62), "are free on its disk"),
    ],
)
def test_what_should_be_done_is_said(tmp_path: Path, make_records, monkeypatch, patch, says):
    index = LanceIndex(tmp_path, "images")
    index.prepare(STAMP)
    index.upsert(*make_records(20))
    monkeypatch.setattr("core.index.lance.query.statistics.MAX_UNINDEXED", 5)
    monkeypatch.setattr(*patch)
    found = index.statistics()
    assert found.health == "yellow"
    assert says in found.message
    assert found.remedy


def test_the_size_of_a_folder(tmp_path: Path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "one").write_bytes(b"12345")
    (tmp_path / "two").write_bytes(b"123")
    (tmp_path / "link").symlink_to(tmp_path)
    assert 8 <= folder_size(tmp_path) < 8 + 4096
    assert folder_size(tmp_path / "nowhere") == 0


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """An index on a server that answers as it is told: the state, shards without a node, and what else."""

    def serve_(status: str, unassigned: int = 0, disk: Any = DISK, counts: Any = COUNTS) -> ElasticIndex:
        health = {
            "status": status,
            "unassigned_shards": unassigned,
            "active_primary_shards": 2,
            "number_of_data_nodes": 3,
            "indices": SETTINGS,
        }
        answers = {
            "/_count": {"count": 1_200},
            "/_cluster/health": health,
            "/_stats": {"_all": counts},
            "/_nodes": disk,
        }

        class Answering(BaseNode):
            def perform_request(self, method: str, target: str, *_: Any, **__: Any) -> NodeApiResponse:
                answer = next(answer for path, answer in answers.items() if path in target)
                code = answer if isinstance(answer, int) else 200
                headers = {"content-type": "application/json", "x-elastic-product": "Elasticsearch"}
                meta = ApiResponseMeta(code, "1.1", HttpHeaders(headers), 0.0, self.config)
                return NodeApiResponse(meta, json.dumps({} if code != 200 else answer).encode())

            def close(self) -> None:
                """Nothing is open."""

        monkeypatch.setattr(client_module, "NODE_CLASS", Answering)
        return ElasticIndex(["http://search.example:9200"], "images")

    return serve_


def test_a_healthy_cluster(serve: Serve):
    found = serve("green").statistics()
    assert (found.health, found.message, found.remedy) == ("green", "All is well.", "")
    assert (found.count, found.disk, found.memory, found.pieces) == (1_200, 5_000_000, 320, 7)
    assert (found.shards, found.replicas, found.nodes, found.free) == (2, 1, 3, 8 << 30)


def test_copies_without_a_node(serve: Serve):
    found = serve("yellow", 2).statistics()
    assert found.health == "yellow"
    assert found.message.startswith("2 copies of its shards have no node")
    assert "number_of_replicas" in found.remedy


def test_missing_shards(serve: Serve):
    found = serve("red", 1).statistics()
    assert found.health == "red"
    assert "1 shard of it cannot be reached" in found.message
    assert found.count == 1_200  # what is known is told all the same


@pytest.mark.parametrize("disk", [403, {"nodes": {}}])
def test_a_key_that_may_not_ask_for_the_disk(serve: Serve, disk: Any):
    found = serve("green", disk=disk).statistics()
    assert (found.health, found.free) == ("green", None)


def test_a_server_that_does_not_tell_what_its_vectors_take(serve: Serve):
    assert serve("green", counts={"primaries": {}, "total": {}}).statistics().memory is None


def test_a_server_that_is_away():
    found = ElasticIndex(["http://127.0.0.1:9"], "images").statistics()
    assert (found.health, found.count) == ("unreachable", None)
    assert "127.0.0.1:9 does not answer" in found.message
    assert "Start the server" in found.remedy
