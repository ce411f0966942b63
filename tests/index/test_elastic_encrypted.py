"""Several ways to Elasticsearch that are encrypted and want a key: one is lost; and what is wrong is told."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from benchmarks.encrypted import OPENSSL, Authority, Front, authority, fronts
from core.errors import IndexUnavailable
from core.index.elastic.engine import ElasticIndex
from core.index.index import ModelStamp
from tests.material import NO_SERVER, needs_nginx
from tests.records import a_record

pytestmark = [
    pytest.mark.elasticsearch,
    needs_nginx,
    pytest.mark.skipif(OPENSSL is None, reason="no openssl on this machine"),
]

KEY = "c2VhcmNoOnNlY3JldC1vZi10ZXN0cw=="
VECTORS = np.eye(8, dtype=np.float32)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def ways(made: Authority) -> Iterator[list[Front]]:
    if not os.environ.get("ELASTICSEARCH_URL"):
        pytest.skip(NO_SERVER)
    with fronts(made, os.environ["ELASTICSEARCH_URL"].split(",")[0], KEY, 3) as several:
        yield several


def test_a_way_that_is_lost_is_done_without(made: Authority, ways: list[Front]):
    index = ElasticIndex([one.url for one in ways], f"test-{uuid4().hex}", api_key=KEY, ca_certs=made.certificate)
    try:
        index.prepare(ModelStamp("clip/test", 8))
        index.upsert([a_record("one.jpg")], VECTORS[:1])
        ways[0].end()
        index.upsert([a_record("two.jpg")], VECTORS[1:2])
        index.refresh()
        assert [hit.record.name for hit in index.search(VECTORS[1], 1)] == ["two.jpg"]
        assert index.count() == 2
        assert KEY not in index.location
    finally:
        index.drop()
        index.close()


def test_a_key_that_is_not_known_and_an_authority_that_is_not_trusted_are_told(
    made: Authority, ways: list[Front], tmp_path: Path
):
    other = authority(tmp_path)
    urls = [one.url for one in ways[1:]]
    with pytest.raises(IndexUnavailable) as refused:
        ElasticIndex(urls, "images", api_key="b3RoZXI6a2V5", ca_certs=made.certificate).count()
    assert "asks for a valid API key" in refused.value.message
    with pytest.raises(IndexUnavailable) as distrusted:
        ElasticIndex(urls, "images", api_key=KEY, ca_certs=other.certificate).count()
    assert "not signed by an authority trusted here" in distrusted.value.message
    assert "ELASTICSEARCH_CA_CERTS" in distrusted.value.remedy
