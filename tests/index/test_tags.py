"""Tags are given and taken away on each engine, and kept clean."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import InvalidTags
from core.index import tags as tags_module
from core.index.filters import AnyOf, Filter
from core.index.tags import MAX_TAG, MAX_TAGS, change_tags, cleaned, merged
from tests.index.conftest import STAMP


@pytest.fixture
def filled(index, make_records):
    """The index with 20 records without tags, these, and their embeddings."""
    records, embeddings = make_records(20)
    records = [replace(record, tags=()) for record in records]
    index.prepare(STAMP)
    index.upsert(records, embeddings)
    return index, records, embeddings


def ids_of(records) -> list[str]:
    return [record.id for record in records]


def test_tags_are_added_and_found(filled):
    index, records, embeddings = filled
    assert change_tags(index, ids_of(records[:5]), add=["sea", "Anna"]) == 5
    tagged = [replace(record, tags=("Anna", "sea")) for record in records[:5]]
    assert index.get(ids_of(records)) == [*tagged, *records[5:]]
    assert {hit.record for hit in index.search(embeddings[0], 20, Filter((AnyOf("tag", ("sea",)),)))} == set(tagged)
    assert index.facets(None, ["tag"]) == {"tag": {"Anna": 5, "sea": 5}}
    np.testing.assert_allclose(index.embeddings(ids_of(records)), embeddings, atol=1e-6)


def test_tags_are_taken_away_in_whatever_case(filled):
    index, records, _ = filled
    change_tags(index, ids_of(records), add=["Straße", "sea"])
    assert change_tags(index, ids_of(records[:3]), remove=["STRASSE", "not there"]) == 3
    assert [record.tags for record in index.get(ids_of(records[:4]))] == [("sea",)] * 3 + [("Straße", "sea")]


def test_doing_it_again_changes_nothing(filled):
    index, records, _ = filled
    for expected in (20, 0):
        assert change_tags(index, ids_of(records), add=["Sea"], remove=["gone"]) == expected
    revision = index.revision()
    assert change_tags(index, ids_of(records), add=[" SEA "]) == 0
    assert change_tags(index, ids_of(records)) == 0
    assert index.revision() == revision
    assert index.facets(None, ["tag"]) == {"tag": {"Sea": 20}}


def test_one_that_is_both_added_and_removed_is_gone(filled):
    index, records, _ = filled
    change_tags(index, ids_of(records[:1]), add=["a", "b"])
    assert change_tags(index, ids_of(records[:2]), add=["A", "c"], remove=["a"]) == 2
    assert [record.tags for record in index.get(ids_of(records[:2]))] == [("b", "c"), ("c",)]


def test_ids_that_are_not_there_are_passed_over(filled, monkeypatch):
    monkeypatch.setattr(tags_module, "CHUNK", 3)
    index, records, _ = filled
    asked = [*ids_of(records[:7]), "0" * 32, "", "' OR '1'='1", records[0].id]
    assert change_tags(index, asked, add=["a"]) == 7
    assert change_tags(index, [], add=["a"]) == 0
    assert index.count() == 20


def test_a_record_that_vanishes_meanwhile_stays_away(filled, monkeypatch):
    index, records, _ = filled
    retag = index.retag

    def delete_and_retag(tags):
        index.delete([records[0].id])
        return retag(tags)

    monkeypatch.setattr(index, "retag", delete_and_retag)
    assert change_tags(index, ids_of(records), add=["a"]) == 19
    assert index.count() == 19


def test_too_many_of_one_record_are_refused(filled):
    index, records, _ = filled
    full = tuple(f"{i:02d}" for i in range(MAX_TAGS))
    assert change_tags(index, ids_of(records[:1]), add=full) == 1
    with pytest.raises(InvalidTags, match=str(MAX_TAGS + 1)):
        change_tags(index, ids_of(records), add=["one more"])
    assert index.facets(None, ["tag"]) == {"tag": dict.fromkeys(full, 1)}
    assert change_tags(index, ids_of(records[:1]), add=["one more"], remove=["00"]) == 1
    with pytest.raises(InvalidTags, match=str(MAX_TAGS)):
        change_tags(index, ids_of(records), add=[*full, "one more"])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ([" by  the\tsea\n"], ["by the sea"]),
        (["a\0b\x1b[31m"], ["a b [31m"]),
        (["\ud800", "", "  ", "\u200b", "\x7f"], []),
        (["e\u0301", "é", "É"], ["é"]),
        (["Sea", "sea", "SEA"], ["Sea"]),
        (["👨\u200d👩\u200d👧", "日本", "it's 100%"], ["it's 100%", "日本", "👨\u200d👩\u200d👧"]),
        (["x" * MAX_TAG], ["x" * MAX_TAG]),
    ],
)
def test_tags_are_cleaned(typed, kept):
    assert cleaned(typed) == kept


def test_a_long_tag_is_refused_by_its_beginning():
    with pytest.raises(InvalidTags, match=r"xxx….*65 characters") as refused:
        cleaned(["fine", "x" * (MAX_TAG + 1)])
    assert str(MAX_TAG) in refused.value.remedy


def test_of_several_spellings_the_first_stays():
    assert merged(("b", "A"), ["a", "c"], ()) == ("A", "b", "c")
