"""Another model's embeddings in the place of those that are there: all in one step, on both engines."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import ModelMismatch
from core.index.index import ModelStamp
from core.index.tags import change_tags
from core.vectors import unit
from tests.index.conftest import STAMP

OTHER = ModelStamp("test/other", 8, 2)


class Made:
    """Embeddings by content hash: of another length, and told apart by where they point."""

    def __init__(self, hashes):
        self.known = {one: unit(np.random.default_rng(at).standard_normal(OTHER.dims)) for at, one in enumerate(hashes)}

    def __contains__(self, content_hash):
        return content_hash in self.known

    def rows(self, content_hashes):
        rows = [self.known[one] for one in content_hashes]
        return np.stack(rows) if rows else np.empty((0, OTHER.dims), np.float32)


@pytest.fixture
def made(filled):
    _, records, _ = filled
    return Made([record.content_hash for record in records])


def by_id(index):
    return {
        record.id: (record, row) for records, rows in index.scan() for record, row in zip(records, rows, strict=True)
    }


def test_every_record_stays_as_it_is_and_has_the_new_embedding(filled, made, open_index):
    index, records, _ = filled
    change_tags(index, [records[0].id], ["kept"])
    other = open_index()
    assert other.count() == 300
    before = {id_: record for id_, (record, _) in by_id(index).items()}
    revision = other.revision()
    assert index.switch(OTHER, made) == []
    for handle in (index, other):  # one that was open before, as of another process
        assert handle.model() == OTHER
        after = by_id(handle)
        assert {id_: record for id_, (record, _) in after.items()} == before
        for record, row in list(after.values())[::37]:
            np.testing.assert_allclose(row, made.known[record.content_hash], atol=1e-6)
        (hit,) = handle.search(made.known[records[7].content_hash], 1)
        assert (hit.record.id, hit.score) == (records[7].id, pytest.approx(1, abs=1e-3))
    assert other.revision() != revision
    assert index.facets()["label"] == other.facets()["label"]
    assert sum(index.facets()["label"].values()) > 100


def test_where_one_is_lacking_nothing_changes(filled, made):
    index, records, embeddings = filled
    lost = records[3].content_hash
    del made.known[lost]
    assert index.switch(OTHER, made) == [lost]
    assert (index.model(), index.count()) == (STAMP, 300)
    (hit,) = index.search(embeddings[5], 1)
    assert hit.record.id == records[5].id
    assert index.switch(OTHER, made, without={lost}) == []
    assert (index.model(), index.count()) == (OTHER, 299)
    assert index.get([records[3].id]) == []


def test_it_goes_on_as_an_index_of_the_other_model(filled, made, make_records):
    index, records, embeddings = filled
    index.switch(OTHER, made)
    with pytest.raises(ModelMismatch):
        index.prepare(STAMP)
    index.prepare(OTHER)
    more, _ = make_records(3, OTHER.dims, seed=9)
    index.upsert(more, make_records(3, OTHER.dims, seed=9)[1])
    assert index.count() == 303
    assert index.delete([records[0].id]) == 1
    index.switch(STAMP, _Same(records[1:], embeddings[1:], more))  # and back
    assert (index.model(), index.count()) == (STAMP, 302)


class _Same(Made):
    def __init__(self, records, embeddings, more):
        hashes = [record.content_hash for record in (*records, *more)]
        self.known = dict(zip(hashes, [*embeddings, *embeddings[: len(more)]], strict=True))

    def rows(self, content_hashes):
        return np.stack([self.known[one] for one in content_hashes])


def test_nothing_is_done_where_there_is_no_index(index):
    assert index.switch(OTHER, Made([])) == []
    assert index.model() is None
    index.retag({"0" * 32: ("tag",)})


def test_what_is_tagged_while_embeddings_are_switched_is_kept(filled, made):
    """Tags are written without the embeddings: those that were read before would belong to the other model."""
    index, records, _ = filled
    index.switch(OTHER, made)
    index.retag({records[4].id: ("late",), "f" * 32: ("nobody",)})
    record, row = by_id(index)[records[4].id]
    assert record == replace(records[4], tags=("late",))
    np.testing.assert_allclose(row, made.known[record.content_hash], atol=1e-6)
    index.retag({records[4].id: ()})
    assert index.get([records[4].id])[0].tags == ()
    assert index.count() == 300
