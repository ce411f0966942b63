"""Records in an order, some at random, and the sign that something has changed, on each engine."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from core.index.filters import AnyOf, Between, Filter, NameContains, meets
from core.index.index import Index, Order
from core.index.records import ImageRecord, storable
from tests.index.conftest import STAMP
from tests.nodes import wait_until

ORDERS: dict[Order | None, Callable[[ImageRecord], tuple]] = {
    "newest": lambda r: (r.taken_at is None, r.taken_at and datetime.max - r.taken_at),
    "oldest": lambda r: (r.taken_at is None, r.taken_at),
    "largest": lambda r: (-r.size,),
    "smallest": lambda r: (r.size,),
    "name": lambda r: (storable(r.name_folded),),
    None: lambda r: (),
}


def fill(index, make_records):
    """Puts in 300 records, of which many are equally large, old and named; returns the index and these."""
    records, embeddings = make_records(300)
    names = ("b.jpg", "B.jpg", "a.JPG", "Ä.png", "z\udcff.png", "z😀.png", "é", "")
    days = [None, datetime(2020, 1, 1), datetime(1950, 5, 5, 5), datetime(1, 1, 1), datetime(2020, 1, 1, 0, 0, 0, 1)]
    records = [
        replace(record, name=names[i % len(names)], taken_at=days[i % len(days)], size=i % 7)
        for i, record in enumerate(records)
    ]
    index.prepare(STAMP)
    index.upsert(records, embeddings)
    return index, records, embeddings


@pytest.fixture
def filled(index, make_records):
    return fill(index, make_records)


@pytest.fixture(scope="module")
def unchanged(empty_big_index, make_records):
    """The same for all tests, which change nothing."""
    return fill(empty_big_index, make_records)


class TestBrowse:
    @pytest.mark.parametrize("order", ORDERS)
    @pytest.mark.parametrize("where", [None, Filter((AnyOf("label", ("cat",)), Between("width", 120)))], ids=str)
    def test_in_order_and_equals_by_id(self, unchanged, order, where):
        index, records, _ = unchanged
        expected = sorted((r for r in records if meets(r, where)), key=lambda r: (*ORDERS[order](r), r.id))
        assert index.browse(where, order, limit=300) == expected
        assert index.browse(where, order, offset=5, limit=10) == expected[5:15]
        assert index.browse(where, order, offset=len(expected) - 3, limit=10) == expected[-3:]
        assert index.browse(where, order, offset=len(expected)) == []
        assert index.browse(where, order, offset=10**6, limit=10) == []

    @pytest.mark.parametrize("order", ORDERS)
    def test_pages_give_all_once(self, unchanged, order):
        index, records, _ = unchanged
        pages = [index.browse(None, order, offset, 37) for offset in range(0, 300, 37)]
        assert [r for page in pages for r in page] == index.browse(None, order, limit=1000)
        assert {r.id for page in pages for r in page} == {r.id for r in records}

    def test_a_hundred_where_nothing_is_said(self, unchanged):
        index, records, _ = unchanged
        assert index.browse() == sorted(records, key=lambda record: record.id)[:100]
        assert index.browse(limit=0) == []

    def test_follows_the_changes(self, filled):
        index, records, embeddings = filled
        first, second = index.browse(order="largest", limit=2)
        index.upsert([replace(records[0], size=10**12)], embeddings[:1])
        assert index.browse(order="largest", limit=1)[0].id == records[0].id
        index.delete([records[0].id, first.id])
        assert index.browse(order="largest", limit=1) == [second]


class TestSample:
    def test_embeddings_of_different_records(self, unchanged):
        index, _, embeddings = unchanged
        found = index.sample(40)
        assert (found.shape, found.dtype) == ((40, 32), np.float32)
        nearest = np.argmax(found @ embeddings.T, axis=1)
        np.testing.assert_allclose(found, embeddings[nearest], atol=1e-6)
        assert len(set(nearest)) == 40

    def test_all_where_there_are_fewer(self, unchanged):
        index, _, embeddings = unchanged
        found = index.sample(1000)
        assert found.shape == embeddings.shape
        np.testing.assert_allclose(sorted(found[:, 0]), sorted(embeddings[:, 0]), atol=1e-6)
        assert index.sample(0).shape == (0, 32)

    def test_the_same_again(self, filled, open_index):
        index, _records, _embeddings = filled
        found = index.sample(20)
        np.testing.assert_array_equal(index.sample(20), found)
        np.testing.assert_array_equal(open_index().sample(20), found)

    def test_of_no_folder_more_than_chance_would_give(self, unchanged):
        index, _records, embeddings = unchanged
        nearest = np.argmax(index.sample(150) @ embeddings.T, axis=1)
        halves = np.bincount(nearest // 150, minlength=2)  # in the order in which they were stored
        assert min(halves) > 50


def agreed(*handles: Index) -> str:
    """What all say: a server may refresh by itself between two of them, which is another revision."""
    said: set[str] = set()

    def agree() -> bool:
        said.clear()
        said.update(handle.revision() for handle in handles)
        return len(said) == 1

    wait_until(agree, 10, "all handles say the same")
    return said.pop()


class TestRevision:
    def test_stays_while_nothing_changes(self, filled, open_index):
        index, _, embeddings = filled
        before = index.revision()
        index.search(embeddings[0], 5)
        index.prepare(STAMP)
        assert index.revision() == open_index().revision() == before

    def test_is_another_after_every_change(self, filled, open_index):
        index, records, embeddings = filled
        other = open_index()
        seen = [agreed(index, other)]
        for change in (
            lambda: index.upsert([replace(records[0], width=5)], embeddings[:1]),
            lambda: other.upsert([replace(records[1], tags=("new",))], embeddings[1:2]),
            lambda: other.delete([records[2].id]),
            lambda: index.upsert(records[2:3], embeddings[2:3]),
        ):
            change()
            seen.append(agreed(index, other))
        assert len(set(seen)) == len(seen)

    def test_what_is_read_after_it_is_no_older(self, filled, open_index):
        index, records, embeddings = filled
        other = open_index()
        for step in range(3):
            before = index.revision()
            other.upsert([replace(records[0], name=f"step {step}")], -embeddings[:1])
            assert index.revision() != before
            assert index.search(-embeddings[0], 1)[0].record.name == f"step {step}"
            assert index.browse(Filter((NameContains("step"),)))[0].name == f"step {step}"

    def test_of_an_index_made_anew_is_another(self, filled):
        index, records, _ = filled
        before = index.revision()
        index.delete([record.id for record in records])
        index.prepare(replace(STAMP, preprocessing=2))
        assert index.revision() not in (before, "")
