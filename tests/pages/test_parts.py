"""A search as chips, and what comes back from a browser."""

import pytest

from core.errors import InvalidQuery
from core.index.filters import AnyOf, Between, Filter
from core.search.options import Options, Sort
from core.search.query import Picture, Query, Region, Search, Words
from core.ui.chips import to_parts, with_parts
from core.ui.components.query import FilterTerm, Less, More, QueryImage, QueryWords
from core.ui.components.query.query import as_json

RED, BLUE = "a" * 64, "b" * 64
SEARCH = Search(
    Query((Words("beach", 2.0), Words("people", -1.0)), (Picture(RED, 0.5, Region(0, 0, 0.5, 1)),), (BLUE,), (RED,)),
    Filter((AnyOf("label", ("cat", "dog")), Between("width", 1000))),
    Options(sort=Sort.NAME),
)


def chips(search):
    return [as_json(part) for part in to_parts(search, lambda digest: digest[:1])]


def test_each_part_is_a_chip():
    assert to_parts(SEARCH, lambda digest: digest[:1]) == [
        QueryWords("beach", 2.0),
        QueryWords("people", -1.0),
        QueryImage(RED, "a", 0.5, Region(0, 0, 0.5, 1)),
        More(BLUE, "b"),
        Less(RED, "a"),
        FilterTerm("label:cat,dog"),
        FilterTerm("width:>=1000"),
    ]


def test_chips_come_back_as_the_search():
    assert with_parts(SEARCH, None, chips(SEARCH)) == SEARCH


def test_of_a_typed_text_words_and_filter_replace_those_of_the_chips():
    changed = with_parts(SEARCH, "forest folder:raw", chips(SEARCH))
    assert changed.query.words == (Words("forest"),)
    assert changed.where == Filter((AnyOf("folder", ("raw",)),))
    assert (changed.query.pictures, changed.query.more) == (SEARCH.query.pictures, SEARCH.query.more)
    assert changed.options == SEARCH.options


@pytest.mark.parametrize(
    "part",
    [
        None,
        [],
        {"kind": "words"},
        {"kind": "words", "text": " \x00", "weight": 1},
        {"kind": "words", "text": "x", "weight": "1"},
        {"kind": "image", "id": "../passwd", "weight": 1},
        {"kind": "image", "id": RED},
        {"kind": "more", "id": 7},
        {"kind": "less"},
        {"kind": "script", "text": "x"},
    ],
)
def test_what_no_bar_sends_is_left_out(part):
    assert with_parts(Search(), None, [part]) == Search()


def test_weights_and_regions_are_kept_within_their_bounds():
    sent = [
        {"kind": "words", "text": "x", "weight": 99},
        {"kind": "image", "id": RED, "weight": -7, "region": [-1, 0, 2, 1]},
        {"kind": "image", "id": BLUE, "weight": 1, "region": ["a"]},
    ]
    query = with_parts(Search(), None, sent).query
    assert query.words == (Words("x", 2.0),)
    assert query.pictures == (Picture(RED, -1.0, Region(0, 0, 1, 1)), Picture(BLUE))


def test_a_text_that_cannot_be_read_is_refused():
    with pytest.raises(InvalidQuery, match="width:wide"):
        with_parts(Search(), "width:wide", [])
