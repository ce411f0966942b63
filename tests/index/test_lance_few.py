"""Rows that are few are searched in memory from the second time on: the same answers."""

from dataclasses import replace

import numpy as np
import pytest

from core.index.filters import AnyOf, Between, Filter
from core.index.index import ModelStamp
from core.index.lance import few
from core.index.lance.engine import LanceIndex

STAMP = ModelStamp("clip/ViT-B-16", 16)
ROW = 4 * STAMP.dims  # bytes
FILTERS = [
    None,
    Filter((Between("size", 100, 160),)),
    Filter((AnyOf("label", ("cat",)),)),
    Filter((Between("size", 7, 8),)),
]
SOME = FILTERS[1]


@pytest.fixture
def filled(tmp_path, make_records):
    records, embeddings = make_records(400, STAMP.dims, 0)
    embeddings[120:150] = embeddings[120]  # copies
    index = LanceIndex(tmp_path / "index", "images")
    index.prepare(STAMP)
    index.upsert(records, embeddings)
    return index, records, embeddings


@pytest.fixture
def read(monkeypatch):
    """The conditions that rows were read into memory for."""
    conditions = []
    original = few.read_rows

    async def noting(table, condition):
        conditions.append(condition)
        return await original(table, condition)

    monkeypatch.setattr(few, "read_rows", noting)
    return conditions


@pytest.mark.parametrize("where", FILTERS)
@pytest.mark.parametrize("k", [0, 1, 10, 60, 1_000])
def test_the_second_answer_is_the_first(filled, read, where, k):
    index, _, embeddings = filled
    for query in (embeddings[120], -embeddings[3], embeddings[50] + embeddings[51]):
        index.upsert(*[one[:1] for one in filled[1:]])  # another version: nothing is kept of it
        first, again, third = (index.search_and_counts(query, k, [where], embeddings=True) for _ in range(3))
        assert first == again == third
        assert len(first[0]) == min(k, first[1][0])
        for one, other in zip(first[0], third[0], strict=True):
            np.testing.assert_array_equal(one.embedding, other.embedding)
    assert bool(read) == (k > 0)


def test_it_is_read_once(filled, read):
    index, _, embeddings = filled
    for at in range(5):
        index.search(embeddings[at], 10, SOME)
    assert len(read) == 1


def test_what_changes_is_seen(filled, read):
    index, records, embeddings = filled
    for _ in range(2):
        assert index.search(embeddings[110], 1, SOME)[0].record == records[110]
    changed = replace(records[110], name="new.jpg")
    index.upsert([changed], -embeddings[110:111])
    for _ in range(3):
        hits, (count,) = index.search_and_counts(-embeddings[110], 1, [SOME])
        assert [hit.record for hit in hits] == [changed]
        assert count == 60
    index.delete([changed.id])
    for _ in range(3):
        hits, (count,) = index.search_and_counts(-embeddings[110], 60, [SOME])
        assert changed not in [hit.record for hit in hits]
        assert count == len(hits) == 59
    assert len(read) == 3


@pytest.mark.parametrize(("most", "times"), [(60 * ROW - 1, 0), (60 * ROW, 1)])
def test_of_many_nothing_is_kept(filled, read, monkeypatch, most, times):
    monkeypatch.setattr(few, "MAX_BYTES", most)
    index, _, embeddings = filled
    for _ in range(3):
        assert len(index.search(embeddings[0], 100, SOME)) == 60
    assert len(read) == times


def test_the_more_there_is_to_read_the_later_it_is(filled, read, monkeypatch):
    monkeypatch.setattr(few, "EACH", 30 * ROW)
    index, _, embeddings = filled
    for times in range(1, 6):
        assert len(index.search(embeddings[0], 100, SOME)) == 60
        assert len(read) == (times >= 4)


def test_what_nobody_searches_makes_room(filled, read, monkeypatch):
    monkeypatch.setattr(few, "MAX_BYTES", 100 * ROW)
    monkeypatch.setattr(few, "IDLE", 6)
    index, _, embeddings = filled
    wheres = [Filter((Between("size", low, low + 40),)) for low in (0, 50, 100)]
    for _ in range(5):  # in turn: two have room, and nothing is read again and again
        for where in wheres:
            assert len(index.search(embeddings[0], 100, where)) == 40
    assert len(read) == 2
    for _ in range(7):
        assert len(index.search(embeddings[0], 100, wheres[2])) == 40
    assert len(read) == 3


def test_copies_tie_wherever_they_stand():
    vectors = np.random.default_rng(3).normal(size=(1_003, 512)).astype(np.float32)
    copies = [0, 7, 500, 1_001, 1_002]
    vectors[copies] = vectors[0]
    ids = few.pa.table({"record": [str(at) for at in range(len(vectors))]})  # type: ignore[attr-defined]
    rows = few.FewRows(ids, vectors, np.linalg.norm(vectors, axis=1))
    for seed in range(50):
        query = vectors[0] + np.random.default_rng(seed).normal(size=512).astype(np.float32) / 2
        found, scores = rows.nearest(query, 2)
        assert {str(at) for at in copies} <= {*found["record"].to_pylist()}
        assert (
            len(
                {
                    score
                    for record, score in zip(found["record"].to_pylist(), scores, strict=True)
                    if int(record) in copies
                }
            )
            == 1
        )
