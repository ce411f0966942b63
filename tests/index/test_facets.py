"""How many records have which value, on each engine."""

import os
from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest

from core.images.describe import Box
from core.index import index as index_module
from core.index.elastic.query import facets as elastic_facets
from core.index.filters import AnyOf, Between, Filter, InFolder, meets, texts_of
from core.index.index import FACETS, MAX_VALUES, by_frequency
from core.index.records import ImageRecord
from tests.index.conftest import STAMP

LABELS = [
    "it's", '"', "\\", "\\'", "a", "A", "a b", " a", "a ", "a,b", "]", "['a']", "%", "_", "*", "?", "$1", "--", "é",
    "e\u0301", "日本", "😀", "NULL", "null", "\0", "\n", "x" * 3000, os.fsdecode(b"\xe9"), "\ud800",
]  # fmt: skip


def counted(records: list[ImageRecord]) -> dict[str, dict[str, int]]:
    """What must come out."""
    values: dict[str, list[str]] = {}
    for facet in FACETS:
        if facet != "year":
            values[facet] = [text for record in records for text in texts_of(record, facet)]  # type: ignore[arg-type]
    values["folder"] = [record.folder for record in records]
    values["year"] = [str(record.taken_at.year) for record in records if record.taken_at]
    return {facet: by_frequency(Counter(values[facet])) for facet in FACETS}


def in_order(counts: dict[str, dict[str, int]]) -> dict[str, list[tuple[str, int]]]:
    return {facet: list(values.items()) for facet, values in counts.items()}


@pytest.mark.parametrize(
    "where",
    [
        None,
        Filter(),
        Filter.within("/pictures/3"),
        Filter((AnyOf("label", ("cat",)), Between("size", 20))),
        Filter((InFolder("/elsewhere"),)),
    ],
    ids=str,
)
def test_all_are_counted_the_most_frequent_first(stocked, where):
    index, records, _ = stocked
    expected = counted([record for record in records if meets(record, where)])
    assert in_order(index.facets(where)) == in_order(expected)
    assert in_order(index.facets(where, ["year", "tag"])) == in_order({f: expected[f] for f in ("year", "tag")})
    assert index.facets(where, []) == {}


def test_a_label_is_counted_once_a_record(stocked):
    index, records, _ = stocked
    assert sum(index.facets(None, ["label"])["label"].values()) < sum(len(record.boxes) for record in records)


def test_what_is_gone_is_not_counted(filled):
    index, records, embeddings = filled
    renamed = [replace(r, boxes=tuple(box._replace(label="one") for box in r.boxes), tags=()) for r in records]
    index.upsert(renamed[1:], embeddings[1:])
    index.delete([records[0].id])
    assert index.facets(None, ["label", "tag"]) == {
        "label": {"one": sum(bool(r.boxes) for r in records[1:])},
        "tag": {},
    }


def test_a_label_is_a_value_and_no_syntax(index, make_records):
    drawn, embeddings = make_records(len(LABELS) + 1)
    records = [replace(r, boxes=(Box(name, 0, 0, 1, 1),)) for r, name in zip(drawn, [*LABELS, ""], strict=True)]
    index.prepare(STAMP)
    index.upsert(records, embeddings)
    assert index.facets(None, ["label"]) == {"label": dict.fromkeys(LABELS, 1)}


def test_years_of_all_times(index, make_records):
    years = [1, 999, 1900, 1969, 1970, 9999]
    drawn, embeddings = make_records(len(years))
    index.prepare(STAMP)
    index.upsert(
        [replace(r, taken_at=datetime(year, 12, 31, 23, 59, 59, 999999)) for r, year in zip(drawn, years, strict=True)],
        embeddings,
    )
    assert index.facets(None, ["year"]) == {"year": {str(year): 1 for year in years}}


def test_of_very_many_values_the_most_frequent(index, make_records):
    records, embeddings = make_records(1)
    tags = [f"{i:04d}" for i in range(2 * MAX_VALUES)]
    index.prepare(STAMP)
    batch = [replace(records[0], id=f"{i:032x}", tags=tuple(tags[: len(tags) // (i + 1)])) for i in range(3)]
    index.upsert(batch, embeddings.repeat(3, axis=0))
    found = index.facets(None, ["tag"])["tag"]
    assert len(found) == MAX_VALUES
    assert list(found)[: len(tags) // 2] == tags[: len(tags) // 2]
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_the_most_frequent_stand_first_and_equals_by_name(monkeypatch):
    monkeypatch.setattr(index_module, "MAX_VALUES", 2)
    counts = {"b": 1, "c": 2, "a": 1}
    assert list(by_frequency(counts)) == ["c", "a", "b"]
    assert list(index_module.most_frequent(counts)) == ["c", "a"]


def test_of_very_many_a_part_is_counted(stocked, monkeypatch):
    """As many of all as there are, about; the same each time; and few are counted all the same."""
    index, records, _ = stocked
    if index.engine != "elasticsearch":
        assert index.estimated_from is None
        return
    monkeypatch.setattr(elastic_facets, "ESTIMATED_FROM", len(records) // 2)
    monkeypatch.setattr(elastic_facets, "SAMPLED", len(records) // 4)
    assert index.count() == len(records)  # as whoever shows them has found out before
    drawn = index.facets(None, ["format", "year"])
    assert drawn == index.facets(None, ["format", "year"])
    exact = counted(records)["format"]
    assert drawn["format"] != exact
    assert 0.5 < sum(drawn["format"].values()) / len(records) < 1.6
    assert next(iter(drawn["format"])) == "JPEG"
    few = Filter((AnyOf("format", ("PNG",)),))
    assert index.facets(few, ["year"])["year"] == counted([one for one in records if meets(one, few)])["year"]


def test_an_estimate_has_two_digits():
    rounded = elastic_facets.rounded
    assert [rounded(count) for count in (0, 7, 99, 100, 104, 12_345_678)] == [0, 7, 99, 100, 100, 12_000_000]
