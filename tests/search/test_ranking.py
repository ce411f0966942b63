"""From hits to results: what is a match, what is shown as one, in which order, and what is counted."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from core.index.records import Hit
from core.search.options import Band, Collapse, MinMatch, Options, Sort
from core.search.ranking.rank import rank
from core.search.results import Judgement
from core.vectors import unit
from tests.records import a_record

BANDS = (Band.STRONG, Band.STRONG, Band.LIKELY, Band.WEAK, Band.WEAK, Band.WEAK)


@pytest.fixture
def hits():
    """Six, each a tenth worse than the one before, no two alike; record i has i bytes and was taken on day i, the
    first on no day."""
    days = [None, *(datetime(2020, 1, 1) + timedelta(days=day) for day in range(5))]
    records = [a_record(f"{at}.jpg", size=at, taken_at=day) for at, day in enumerate(days)]
    rows = unit(np.eye(6, 8))
    return [Hit(record, 0.9 - at / 10, rows[at]) for at, record in enumerate(records)]


def judgement(min_match: int, no_match: bool = False) -> Judgement:
    bands = [band if at < min_match and band is not Band.NONE else Band.NONE for at, band in enumerate(BANDS)]
    return Judgement(bands, [1.0, 1.0, 0.7, 0.4, 0.1, 0.0], no_match)


def places(ranking, hits):
    return [next(at for at, hit in enumerate(hits) if hit.record == result.record) for result in ranking.results]


def test_what_is_in_any_band_but_none_matches(hits):
    ranking = rank(hits, judgement(4), Options(), 0.9)
    assert [result.matches for result in ranking.results] == [True] * 4 + [False] * 2
    assert (ranking.matched, ranking.no_match) == (4, False)
    assert ranking.bands == {Band.STRONG: 2, Band.LIKELY: 1, Band.WEAK: 1, Band.NONE: 2}


def test_without_a_judgement_it_is_not_known_what_matches(hits):
    ranking = rank(hits, None, Options(diversity=1.0), 0.9)
    assert ranking.matched is None
    assert {(result.band, result.matches) for result in ranking.results} == {(None, None)}
    assert ranking.bands == {}
    assert places(ranking, hits) == [0, 1, 2, 3, 4, 5]
    assert sum(ranking.facets["folder"].values()) == 6
    assert places(rank(hits, None, Options(sort=Sort.LARGEST), 0.9), hits) == [5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize("min_match", MinMatch)
@pytest.mark.parametrize("diversity", [0.0, 0.5, 1.0])
def test_nothing_that_does_not_match_comes_before_what_does(hits, min_match, diversity):
    for matched in range(7):
        ranking = rank(hits, judgement(matched), Options(min_match=min_match, diversity=diversity), 0.9)
        assert [result.matches for result in ranking.results] == [True] * matched + [False] * (6 - matched)


def test_where_no_line_is_drawn_all_are_sorted(hits):
    assert places(rank(hits, judgement(3), Options(min_match=MinMatch.ALL, sort=Sort.LARGEST), 0.9), hits) == [
        5,
        4,
        3,
        2,
        1,
        0,
    ]


@pytest.mark.parametrize(
    ("sort", "first"),
    [(Sort.LARGEST, [2, 1, 0]), (Sort.SMALLEST, [0, 1, 2]), (Sort.NEWEST, [2, 1, 0]), (Sort.OLDEST, [1, 2, 0])],
)
def test_only_matches_are_sorted(hits, sort, first):
    assert places(rank(hits, judgement(3), Options(sort=sort), 0.9), hits) == [*first, 3, 4, 5]


def test_a_stack_is_where_its_best_is_and_counts_once(hits):
    copies = [replace(hits[4].record, content_hash=hits[1].record.content_hash)]
    again = [*hits[:4], Hit(copies[0], hits[4].score, hits[4].embedding), hits[5]]
    ranking = rank(again, judgement(5), Options(collapse=Collapse.BYTES), 0.9)
    assert [result.count for result in ranking.results] == [1, 2, 1, 1, 1]
    assert ranking.results[1].others == (again[4],)
    assert (ranking.matched, ranking.collapsed) == (4, 1)


def test_what_is_shown_as_one_counts_once_for_each_value(hits):
    copy = replace(hits[1].record, path="/elsewhere/copy.png", content_hash=hits[0].record.content_hash, format="PNG")
    twin = replace(hits[2].record, path="/pictures/twin.jpg", content_hash=hits[0].record.content_hash)
    stacked = [hits[0], Hit(copy, 0.85, hits[0].embedding), Hit(twin, 0.8, hits[0].embedding), *hits[3:]]
    ranking = rank(stacked, judgement(3), Options(collapse=Collapse.BYTES), 0.9)
    assert ranking.matched == 1
    assert ranking.facets["format"] == {"JPEG": 1, "PNG": 1}
    assert ranking.facets["folder"] == {"/elsewhere": 1, "/pictures": 1}


def test_facets_are_of_the_matches_and_of_all_where_there_are_none(hits):
    assert sum(rank(hits, judgement(3), Options(), 0.9).facets["folder"].values()) == 3
    assert sum(rank(hits, judgement(0, no_match=True), Options(), 0.9).facets["folder"].values()) == 6


def test_variety_keeps_the_best_first(hits):
    near = [*hits[:2], Hit(hits[2].record, 0.7, unit(hits[1].embedding + 0.3 * hits[2].embedding)), *hits[3:]]
    order = places(rank(near, judgement(6), Options(collapse=Collapse.OFF, diversity=0.9), 0.99), near)
    assert order[0] == 0
    assert order.index(3) < order.index(2)
    assert sorted(order) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(("min_match", "count", "covered"), [(3, 6, True), (3, 7, False), (6, 5, True), (6, 7, False)])
def test_what_a_list_covers(hits, min_match, count, covered):
    assert rank(hits, judgement(min_match), Options(), 0.9).covers(count) is covered
