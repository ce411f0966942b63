"""What scores mean, learned without labels: the same whatever the model adds to all of its vectors."""

import numpy as np
import pytest

from core.search.compose import Kind, Part
from core.search.relevance.scores import learn
from core.vectors import unit
from tests.search.spaces import Space, composed, picture, words


@pytest.fixture
def space():
    return Space()


@pytest.fixture
def sample(space):
    return space.pictures(400)


@pytest.fixture
def calibration(space, sample):
    return learn(space.concepts, sample)


@pytest.fixture
def asked(space):
    """What texts say that are no everyday concepts."""
    return space.directions(20)


def apart(rows, *further):
    """With further coordinates that all have in common, as models keep pictures and texts apart."""
    return unit(np.column_stack([rows, *(np.full(len(rows), value) for value in further)]))


def test_unrelated_pictures_score_about_normal_deviates(calibration, space, asked):
    unrelated = space.pictures(500)
    strengths = np.array([calibration.strengths(words((1, text)), unrelated) for text in asked])
    assert abs(strengths.mean()) < 0.1
    assert 0.9 < strengths.std() < 1.1


def test_pictures_of_what_is_asked_for_stand_above(calibration, space, asked):
    for text in asked:
        assert calibration.strengths(words((1, text)), space.pictures(20, text)).min() > 3


def test_a_picture_that_clearly_shows_something_else_falls_behind(calibration, space, asked):
    plain = space.pictures(200)
    shows_else = unit(plain + space.concepts[0])
    beside = shows_else @ asked[0] - (plain @ asked[0]) / np.sqrt(2)
    strengths = calibration.strengths(words((1, asked[0])), shows_else)
    assert np.abs(beside).mean() < 0.1  # as near to the words as it was
    assert strengths.mean() < calibration.strengths(words((1, asked[0])), plain).mean() - 1


@pytest.mark.parametrize("kinds", [(Kind.WORDS,), (Kind.PICTURE,), (Kind.WORDS, Kind.PICTURE)])
def test_what_all_vectors_have_in_common_changes_nothing(space, sample, asked, kinds):
    found = space.pictures(30)
    plain_parts = {Kind.WORDS: asked[0], Kind.PICTURE: space.pictures(1)[0]}
    moved_parts = {
        Kind.WORDS: apart(plain_parts[Kind.WORDS][None], 1.0, 2.0)[0],
        Kind.PICTURE: apart(plain_parts[Kind.PICTURE][None], 0.7, 0.0)[0],
    }
    plain = learn(space.concepts, sample)
    moved = learn(apart(space.concepts, 1.0, 2.0), apart(sample, 0.7, 0.0))
    before = plain.strengths(composed(*(Part(kind, 1.0, plain_parts[kind]) for kind in kinds)), found)
    after = moved.strengths(composed(*(Part(kind, 1.0, moved_parts[kind]) for kind in kinds)), apart(found, 0.7, 0.0))
    assert np.allclose(before, after, atol=1e-3)


def test_neither_the_order_of_pictures_nor_that_of_concepts_matters(space, sample, calibration, asked):
    again = learn(space.concepts[::-1], sample[::-1])
    found = space.pictures(10)
    query = words((1, asked[0]))
    assert np.allclose(calibration.strengths(query, found), again.strengths(query, found), atol=1e-6)


def test_a_longer_list_is_measured_as_a_shorter_one(calibration, space, asked):
    found = space.pictures(50)
    query = words((1, asked[0]))
    assert np.allclose(calibration.strengths(query, found)[:7], calibration.strengths(query, found[:7]))


def test_weights_count_beside_one_another_only(calibration, space, asked):
    found = space.pictures(10, asked[0])
    once, twice = (calibration.strengths(words((weight, asked[0])), found) for weight in (1, 2))
    assert np.allclose(once, twice)


def test_several_words_want_all_of_them(calibration, space, asked):
    query = words((1, asked[0]), (1, asked[1]))
    both, one = (calibration.strengths(query, space.pictures(30, *shown)).mean() for shown in (asked[:2], asked[:1]))
    assert both > one > 2


def test_words_to_turn_away_from(calibration, space, asked):
    query = words((1, asked[0]), (-1, asked[1]))
    without, with_it = (calibration.strengths(query, space.pictures(30, *shown)) for shown in (asked[:1], asked[:2]))
    assert without.mean() > 3
    assert with_it.mean() < 2


def test_what_is_turned_away_from_counts_as_far_as_it_is_shown(calibration, space, asked):
    shown = space.pictures(60, asked[0])
    plain = calibration.strengths(words((1, asked[0])), shown)
    near = unit(asked[0] + 0.8 * asked[1])  # something much alike, which these pictures do not show
    for away in (asked[2], near):
        turned = calibration.strengths(words((1, asked[0]), (-0.5, away)), shown)
        assert np.mean(plain - turned) < 0.5
        assert np.median(plain - turned) == 0
    both = space.pictures(30, asked[0], 1.5 * asked[1])
    fall = [
        np.mean(calibration.strengths(words((1, asked[0])), both) - calibration.strengths(query, both))
        for query in (words((1, asked[0]), (-weight, asked[1])) for weight in (0.1, 0.25, 0.5))
    ]
    assert 0 < fall[0] < fall[1] < fall[2]
    assert fall[2] > 4


def test_of_nothing_but_what_to_turn_away_from_no_picture_stands_above_chance(calibration, space, asked):
    assert calibration.strengths(words((-1, asked[0])), space.pictures(50)).max() <= 0


def test_a_picture_that_is_wanted_and_turned_away_from_has_a_strength(calibration, sample):
    query = composed(Part(Kind.PICTURE, 1.0, sample[0]), Part(Kind.PICTURE, -0.25, sample[1]))
    assert not np.isnan(calibration.strengths(query, sample)).any()
    assert not np.isnan(calibration.strengths(picture(sample[0], -1.0), sample)).any()


def test_a_concept_of_the_bank_competes_with_itself_only_where_it_is_strong(space, sample, calibration):
    shown, query = space.pictures(20, space.concepts[7]), words((1, space.concepts[7]))
    without = learn(np.delete(space.concepts, 7, axis=0), sample)
    assert np.abs(calibration.strengths(query, sample) - without.strengths(query, sample)).max() < 0.2
    assert calibration.strengths(query, shown).min() > 4


class TestPictures:
    def test_unrelated_ones_score_about_normal_deviates(self, calibration, space):
        unrelated, queries = space.pictures(300), space.pictures(10)
        strengths = np.array([calibration.strengths(picture(query), unrelated) for query in queries])
        assert abs(strengths.mean()) < 0.3
        assert 0.8 < strengths.std() < 1.3

    def test_those_that_show_the_same_stand_above(self, calibration, space, asked):
        one, *others = space.pictures(20, 2 * asked[0])
        assert calibration.strengths(picture(one), np.array(others)).min() > 3

    def test_the_picture_itself_is_beyond_measure_and_no_other_is(self, calibration, sample):
        strengths = calibration.strengths(picture(sample[3]), sample)
        assert np.flatnonzero(np.isinf(strengths)).tolist() == [3]

    def test_with_words_it_is_measured_as_the_others(self, calibration, sample, asked):
        query = composed(Part(Kind.WORDS, 1.0, asked[0]), Part(Kind.PICTURE, 1.0, sample[3]))
        assert np.isfinite(calibration.strengths(query, sample)).all()

    def test_words_and_picture_want_both(self, calibration, space, asked):
        query = composed(Part(Kind.WORDS, 1.0, asked[0]), Part(Kind.PICTURE, 1.0, space.pictures(1, 2 * asked[1])[0]))
        both, neither = (calibration.strengths(query, space.pictures(30, *shown)) for shown in (asked[:2], ()))
        assert both.mean() > 3
        assert 0.7 < neither.std() < 1.3


@pytest.mark.parametrize("count", [1, 2, 4, 5, 20])
def test_small_collections_give_numbers(space, asked, count):
    few = space.pictures(count)
    calibration = learn(space.concepts, few)
    query = composed(Part(Kind.WORDS, 1.0, asked[0]), Part(Kind.PICTURE, 1.0, space.pictures(1)[0]))
    for one in (words((1, asked[0])), picture(space.pictures(1)[0]), query):
        assert np.isfinite(calibration.strengths(one, few)).all()
    assert all(0 < spread < 1 for spread in calibration.spreads.values())


def test_a_collection_of_one_picture_over_and_over_gives_numbers(space, asked):
    same = np.repeat(space.pictures(1), 30, axis=0)
    calibration = learn(space.concepts, same)
    for query in (words((1, asked[0])), picture(space.pictures(1)[0])):
        assert np.isfinite(calibration.strengths(query, same)).all()


def test_every_picture_twice_changes_little(space, sample, calibration, asked):
    twice = learn(space.concepts, np.repeat(sample, 2, axis=0))
    query = words((1, asked[0]))
    assert np.allclose(calibration.strengths(query, sample), twice.strengths(query, sample), atol=0.2)


def test_words_scatter_less_where_the_model_keeps_texts_apart(space, sample):
    plain = learn(space.concepts, sample).spreads
    moved = learn(apart(space.concepts, 2.0), apart(sample, 0.0)).spreads
    assert plain[Kind.WORDS] == pytest.approx(plain[Kind.PICTURE], rel=0.2)
    assert moved[Kind.WORDS] == pytest.approx(plain[Kind.WORDS] / np.sqrt(5), rel=0.01)
    assert moved[Kind.PICTURE] == pytest.approx(plain[Kind.PICTURE], rel=0.01)
