"""Bands, the cut and the verdict: always the top of the list, and never another one for a longer list."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.search.options import Band, MinMatch
from core.search.relevance.bands import assess, chance_threshold, matches, monotone

BEST_FIRST = list(Band)

strengths = st.lists(st.floats(-5, 8), max_size=300).map(np.array)
sizes = st.integers(1, 100_000)


@given(strengths, sizes, st.sampled_from(MinMatch))
def test_no_better_after_a_worse(values, searched, min_match):
    judged = assess(values, searched, min_match)
    places = [BEST_FIRST.index(band) for band in judged.bands]
    assert places == sorted(places)
    assert list(judged.strengths) == sorted(judged.strengths, reverse=True)
    assert all(0 <= share <= 1 for share in judged.strengths)
    assert len(judged.bands) == len(judged.strengths) == len(values)
    assert judged.matched == sum(band is not Band.NONE for band in judged.bands)


@given(strengths, sizes, st.sampled_from([MinMatch.AUTO, MinMatch.WEAK, MinMatch.ALL]))
def test_nothing_is_said_to_match_only_where_something_does(values, searched, min_match):
    judged = assess(values, searched, min_match)
    assert (judged.matched == 0) == judged.no_match
    assert judged.matched >= assess(values, searched, MinMatch.STRONG).matched


@given(strengths, sizes, st.sampled_from(MinMatch))
def test_whether_anything_matches_does_not_depend_on_the_cut(values, searched, min_match):
    assert assess(values, searched, min_match).no_match == assess(values, searched, MinMatch.AUTO).no_match


def test_many_that_are_each_what_chance_brings_are_no_matches():
    together = np.array([*np.full(40, 2.0), *np.zeros(60)])
    assert matches(together, 100)
    assert chance_threshold(1.0, 100) > 2.0
    assert assess(together, 100, MinMatch.AUTO).no_match


@given(strengths, sizes)
def test_a_likely_one_at_the_top_is_a_match(values, searched):
    judged = assess(values, searched, MinMatch.AUTO)
    if judged.bands and judged.bands[0] in (Band.STRONG, Band.LIKELY):
        assert not judged.no_match


@given(strengths, sizes, sizes)
def test_among_more_pictures_the_same_is_worth_no_more(values, one, other):
    fewer, more = (assess(values, size, MinMatch.AUTO) for size in sorted((one, other)))
    assert all(BEST_FIRST.index(a) <= BEST_FIRST.index(b) for a, b in zip(fewer.bands, more.bands, strict=True))


@pytest.mark.parametrize("length", [200, 1000])
def test_a_longer_list_begins_as_the_shorter(length):
    falling = np.linspace(6, -3, 1500) + np.random.default_rng(0).standard_normal(1500)
    short, long = (assess(falling[:end], 5000, MinMatch.AUTO) for end in (length, 1500))
    assert list(long.bands[:length]) == list(short.bands)
    assert list(long.strengths[:length]) == list(short.strengths)
    assert long.no_match == short.no_match


@pytest.mark.parametrize(
    ("min_match", "count"),
    [(MinMatch.STRONG, 2), (MinMatch.LIKELY, 3), (MinMatch.WEAK, 4), (MinMatch.ALL, 4), (MinMatch.AUTO, 3)],
)
def test_where_the_matches_end(min_match, count):
    borders = [chance_threshold(expected, 100) for expected in (0.01, 0.1, 1.0)]
    values = np.array([borders[0] + 0.1, borders[0], borders[1], borders[2], 0.0, -1.0])
    judged = assess(values, 100, min_match)
    bands = [Band.STRONG, Band.STRONG, Band.LIKELY, Band.WEAK, Band.NONE, Band.NONE]
    assert list(judged.bands) == [*bands[:count], *[Band.NONE] * (6 - count)]
    assert (judged.matched, judged.no_match) == (count, False)


def test_beside_much_better_ones_weak_ones_are_no_matches():
    assert (
        assess(np.array([9.0, 8.5, 4.5, 3.0, 0.0]), 100, MinMatch.AUTO).matched == 3
    )  # two at the top, and a strong one
    assert assess(np.array([3.1, 2.9, 2.5, 2.4, 0.0]), 100, MinMatch.AUTO).matched == 4


def test_one_alone_or_many_together_match():
    unrelated = np.zeros(60)
    assert not matches(unrelated, 100)
    assert matches(np.array([3.5, *unrelated]), 100)
    assert not matches(np.array([2.0, *unrelated]), 100)
    assert matches(np.array([*np.full(40, 2.0), *unrelated]), 100)


@pytest.mark.parametrize("searched", [20, 100, 1000])
def test_chance_alone_matches_seldom(searched):
    draws = -np.sort(-np.random.default_rng(1).standard_normal((400, searched)))
    assert 0.1 < np.mean([matches(draw, searched) for draw in draws]) < 0.25


def test_the_picture_that_was_searched_with_does_not_say_where_the_others_end():
    values = np.array([np.inf, 4.0, 3.5, 3.0, 0.5])
    judged = assess(values, 100, MinMatch.AUTO)
    assert judged.matched == 1 + assess(values[1:], 100, MinMatch.AUTO).matched == 4
    assert judged.strengths[0] == 1.0
    alone = assess(np.array([np.inf, 0.5, 0.1]), 100, MinMatch.AUTO)
    assert (alone.matched, alone.no_match) == (1, False)


@pytest.mark.parametrize("min_match", MinMatch)
def test_of_no_pictures_nothing_matches(min_match):
    judged = assess(np.array([]), 0, min_match)
    assert (judged.bands, judged.strengths, judged.matched, judged.no_match) == ([], [], 0, True)


def test_what_falls_is_left_as_it_is_and_the_rest_evened_out():
    assert monotone(np.array([3.0, 2.0, 1.0])).tolist() == [3, 2, 1]
    assert monotone(np.array([2.0, 4.0, 1.0])).tolist() == [3, 3, 1]


@given(strengths, sizes, st.sampled_from(MinMatch), st.integers(0, 300))
def test_what_the_model_is_not_sure_of_is_weak_at_best(values, searched, min_match, sure):
    judged = assess(values, searched, min_match, np.arange(len(values)) < sure)
    assert {*judged.bands[sure:]} <= {Band.WEAK, Band.NONE}
    plain = assess(values, searched, min_match)
    assert all(BEST_FIRST.index(a) >= BEST_FIRST.index(b) for a, b in zip(judged.bands, plain.bands, strict=True))
    assert judged.no_match == plain.no_match
