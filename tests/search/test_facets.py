"""Counting what a search can be narrowed to: also what else could be chosen where something is."""

from datetime import datetime

import pytest

from core.index.filters import AnyOf, Between, Either, Filter, InFolder, NameContains
from core.search.ranking.facets import with_choices

COUNTS = {"label": {"cat": 3, "sofa": 2}, "folder": {"/a": 3}, "year": {"2024": 3}}
WIDER = {"label": {"dog": 9, "cat": 3, "sofa": 4}, "folder": {"/a": 5, "/b": 7}, "year": {"2023": 6, "2024": 3}}
CAT, DOG = AnyOf("label", ("cat",)), AnyOf("label", ("dog",))
YEAR = Between("taken", datetime(2024, 1, 1), datetime(2025, 1, 1))


def counted(*conditions):
    """The facets, and the filters that were counted with."""
    asked = []

    def count(where):
        asked.append(where)
        return WIDER

    return with_choices(COUNTS, Filter(conditions), count), asked


def test_nothing_is_counted_again_where_nothing_is_chosen():
    assert counted(NameContains("x"), Between("width", 100)) == (COUNTS, [])


@pytest.mark.parametrize(
    ("facet", "condition"),
    [("label", CAT), ("label", AnyOf("label", ("cow",), excluded=True)), ("folder", InFolder("/a")), ("year", YEAR)],
)
def test_a_facet_is_counted_without_its_own_choice(facet, condition):
    facets, asked = counted(NameContains("x"), condition)
    assert asked == [Filter((NameContains("x"),))]
    assert facets[facet] == WIDER[facet]
    assert {name: values for name, values in facets.items() if name != facet} == {
        name: values for name, values in COUNTS.items() if name != facet
    }


def test_the_choices_of_others_stay():
    _, asked = counted(CAT, YEAR)
    assert asked == [Filter((YEAR,)), Filter((CAT,))]


def test_what_must_all_be_there_narrows():
    assert counted(CAT, DOG) == (COUNTS, [])


def test_a_value_counts_no_less_than_with_the_filter():
    """Which looks deeper."""
    facets = with_choices({"label": {"cat": 300}}, Filter((CAT,)), lambda _: {"label": {"dog": 20, "cat": 12}})
    assert list(facets["label"].items()) == [("cat", 300), ("dog", 20)]


def test_alternatives_choose_in_a_facet_that_all_of_them_choose_in():
    folders = Either((Filter.within("/a"), Filter((AnyOf("folder", ("b",)),))))
    assert counted(folders, YEAR)[1] == [Filter((YEAR,)), Filter((folders,))]
    assert counted(Either((Filter((CAT,)), Filter((YEAR,))))) == (COUNTS, [])
