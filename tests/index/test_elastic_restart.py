"""A handle on a server that stops and comes back."""

import pytest

from core.errors import IndexUnavailable
from core.index.elastic.engine import ElasticIndex
from tests.index.conftest import STAMP
from tests.nodes import Node


@pytest.mark.elasticsearch
@pytest.mark.timeout(280)
def test_a_handle_outlives_a_restart_of_the_server(node: Node, make_records) -> None:
    records, embeddings = make_records(60)
    index = ElasticIndex([node.url], "restarted")
    index.prepare(STAMP)
    index.upsert(records[:50], embeddings[:50])
    assert index.count() == 50
    node.stop()
    for read in (index.count, index.model, lambda: index.search(embeddings[0], 3)):
        with pytest.raises(IndexUnavailable, match=f"{node.url} does not answer") as gone:
            read()
        assert gone.value.remedy == "Start the server or correct ELASTICSEARCH_URL."
    node.start()
    assert index.count() == 50
    assert index.search(embeddings[0], 1)[0].record == records[0]
    index.upsert(records, embeddings)
    assert index.count() == 60
    index.drop()
    index.close()
