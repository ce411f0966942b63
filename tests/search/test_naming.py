"""Names that say what is searched for: which do, and where such pictures stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.index.records import Hit
from core.search.options import Band, MinMatch
from core.search.query import Picture, Query, Words
from core.search.relevance.naming import Sought, sought, with_named
from core.search.results import Judgement
from tests.records import a_record


def query(*texts, away=()):
    return Query((*(Words(text) for text in texts), *(Words(text, -0.5) for text in away)))


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["astronaut"], "astronaut.png"),
        (["an Astronaut"], "IMG_ASTRONAUT-2.JPG"),
        (["lighthouse"], "cape.lighthouse.2019.webp"),
        (["old lighthouse"], "LighthouseOld.jpg"),
        (["harbours"], "harbour_03.tif"),
        (["harbour"], "two harbours.tif"),
        (["glass"], "glass.png"),
        (["a photo of a tram"], "tram7.heic"),
        (["beach", "sunset"], "sunset at the beach.png"),
        (["Übersee"], "u\u0308bersee 1.jpg"),
        (["маяк"], "Маяк.jpg"),
        (["owl"], "owl"),
    ],
)
def test_names_that_say_so(texts, name):
    assert sought(query(*texts)).says(name)


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["art"], "party.jpg"),
        (["old lighthouse"], "lighthouse.png"),
        (["jpg"], "cat.jpg"),
        (["glas"], "glass.png"),
        (["cat"], "cathedral.png"),
        (["beach", "sunset"], "beach.png"),
    ],
)
def test_names_that_do_not(texts, name):
    assert not sought(query(*texts)).says(name)


def test_what_is_turned_away_from_is_not_to_be_in_the_name():
    names = sought(query("lion", away=["sea lion"]))
    assert names.says("lion.jpg")
    assert not names.says("sea-lion.jpg")
    assert not sought(query("lion", away=["sea"])).says("lion_by_the_sea.jpg")


@pytest.mark.parametrize(
    "nameless",
    [
        query("a picture of the"),
        query("2024"),
        query("a man who walks a small brown dog through heavy rain"),
        Query((Words("dog", -1.0),)),
        Query((Words("dog"),), (Picture("0" * 64),)),
        Query((Words("dog"),), more=("0" * 64,)),
        Query(pictures=(Picture("0" * 64),)),
    ],
)
def test_what_no_name_says(nameless):
    assert sought(nameless) is None


def test_the_index_is_asked_for_what_all_such_names_contain():
    assert [condition.folded for condition in Sought(frozenset({"dog", "hot"})).conditions] == ["dog", "hot"]


HITS = [Hit(a_record(f"{at}.jpg"), 1 - at / 10) for at in range(8)]
BANDS = [Band.STRONG, Band.LIKELY, Band.WEAK, Band.WEAK, Band.NONE, Band.NONE]


def judgement(bands, no_match=False):
    return Judgement(list(bands), [1 - at / len(bands) for at in range(len(bands))], no_match)


def placed(bands, named, min_match=MinMatch.AUTO, no_match=False):
    hits, judged = with_named(HITS[: len(bands)], judgement(bands, no_match), [HITS[at] for at in named], min_match)
    return [HITS.index(hit) for hit in hits], judged


def test_what_is_named_so_is_likely_and_stands_behind_what_shows_it():
    order, judged = placed(BANDS, [1, 3, 5, 7])
    assert order == [0, 1, 3, 5, 7, 2, 4]
    assert judged.bands == [Band.STRONG, *[Band.LIKELY] * 4, Band.WEAK, Band.NONE]
    assert list(judged.by_name) == [2, 3, 4]
    assert judged.strengths[2:5] == [0.5, 1 - 5 / 6, 0.0]  # the pictures' own; nothing is known of one far away


def test_where_nothing_matches_by_itself_what_is_named_so_does():
    order, judged = placed([Band.NONE] * 4, [2], no_match=True)
    assert order == [2, 0, 1, 3]
    assert (judged.bands, judged.no_match, judged.matched) == ([Band.LIKELY, *[Band.NONE] * 3], False, 1)


@pytest.mark.parametrize(("named", "min_match"), [([], MinMatch.AUTO), ([0, 1], MinMatch.AUTO), ([4], MinMatch.STRONG)])
def test_where_names_change_nothing(named, min_match):
    before = judgement(BANDS)
    hits, judged = with_named(HITS[:6], before, [HITS[at] for at in named], min_match)
    assert hits == HITS[:6]
    assert judged is before


@given(st.lists(st.sampled_from(Band), max_size=6).map(sorted), st.sets(st.integers(0, 7)))
def test_no_better_band_after_a_worse_and_nothing_twice(bands, named):
    bands = sorted(bands, key=list(Band).index)
    order, judged = placed(bands, sorted(named), no_match=not bands or bands[0] is Band.NONE)
    assert sorted(order) == sorted({*range(len(bands)), *named})
    places = [list(Band).index(band) for band in judged.bands]
    assert places == sorted(places)
    assert len(judged.strengths) == len(judged.bands) == len(order)
    assert judged.no_match == (judged.matched == 0)
