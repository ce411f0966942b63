"""What analyses find out is kept with the records on each engine, found, counted, and written only where it differs."""

from dataclasses import replace

import numpy as np
import pytest

from core.index.filters import AnyOf, Filter
from core.index.records import FINDINGS
from tests.index.conftest import STAMP

NASTY = ("a,b", 'quoted "text"', "O'Hara", "line\nbreak", "ÀÉ", "x" * 4000, "\udce9")


@pytest.fixture
def filled(index, make_records):
    """The index with 20 records of which nothing was found out, these, and their embeddings."""
    records, embeddings = make_records(20)
    records = [replace(record, **dict.fromkeys(FINDINGS.values(), ())) for record in records]
    index.prepare(STAMP)
    index.upsert(records, embeddings)
    return index, records, embeddings


def ids_of(records) -> list[str]:
    return [record.id for record in records]


def test_each_kind_is_found_and_counted(filled):
    index, records, embeddings = filled
    for finding, field in FINDINGS.items():
        value = f"of {finding}"
        assert index.mark(finding, {one.id: [value, "other"] for one in records[:5]}) == 5
        found = index.search(embeddings[0], 20, Filter((AnyOf(finding, (value,)),)))
        assert {hit.record.id for hit in found} == {*ids_of(records[:5])}
        assert {getattr(hit.record, field) for hit in found} == {(value, "other")}
        assert index.facets(None, [finding]) == {finding: {value: 5, "other": 5}}
        assert index.count(Filter((AnyOf(finding, (value,), excluded=True),))) == 15
    np.testing.assert_allclose(index.embeddings(ids_of(records)), embeddings, atol=1e-6)
    assert [replace(one, **dict.fromkeys(FINDINGS.values(), ())) for one in index.get(ids_of(records))] == records


def test_only_what_differs_is_written(filled):
    index, records, _ = filled
    wanted = {one.id: ["blurred"] for one in records[:3]} | {"f" * 32: ["blurred"]}
    assert index.mark("quality", wanted) == 3
    revision = index.revision()
    assert index.mark("quality", wanted) == 0
    assert index.mark("quality", {}) == 0
    assert index.revision() == revision
    assert index.mark("quality", {**wanted, records[0].id: [], records[4].id: ["dark"]}) == 2
    assert index.facets(None, ["quality"]) == {"quality": {"blurred": 2, "dark": 1}}


@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
def test_whatever_it_is_called(filled, value):
    index, records, _ = filled
    assert index.mark("cluster", {records[0].id: [value]}) == 1
    assert index.get([records[0].id])[0].clusters == (value,)
    assert index.count(Filter((AnyOf("cluster", (value,)),))) == 1


def test_contents_name_every_record_once(filled):
    index, records, _ = filled
    found = [pair for batch in index.contents() for pair in zip(*batch, strict=True)]
    assert sorted(found) == sorted((record.id, record.content_hash) for record in records)


def test_there_are_none_in_an_index_that_is_not_there(index):
    assert list(index.contents()) == []
    assert index.mark("class", {"0" * 32: ["x"]}) == 0
