"""Collections about one subject: told from others, and from searches for something else or for the subject itself."""

import numpy as np
import pytest

from core.search.compose import Kind, Part
from core.search.options import Band, MinMatch
from core.search.relevance.bands import above_chance, assess, chance_threshold
from core.search.relevance.scores import learn
from core.search.relevance.theme import learn_theme
from core.vectors import unit
from tests.search.spaces import Space, composed, picture, words

SUBJECT = 20  # concepts of 200 are of one subject
BIRD, SPARROW, OAK = range(3)


@pytest.fixture(scope="module")
def space():
    """Twenty of its concepts lie around a direction that they have in common."""
    space = Space()
    common = space.directions(1)
    space.concepts[:SUBJECT] = unit(space.concepts[:SUBJECT] + 1.2 * common)
    space.common = common[0]  # type: ignore[attr-defined]
    return space


@pytest.fixture(scope="module")
def asked(space):
    """The subject, something of it, and something else."""
    return [space.common, unit(space.directions(1)[0] + 1.2 * space.common), space.directions(1)[0]]


def pictures_of(space, concepts, each):
    return np.concatenate([space.pictures(each, space.concepts[at]) for at in concepts])


@pytest.fixture(scope="module")
def themed(space):
    return pictures_of(space, range(SUBJECT), 5)


@pytest.fixture(scope="module")
def various(space):
    return pictures_of(space, range(0, 200, 2), 1)


def of_kind(space, pictures, query):
    return learn(space.concepts, pictures).of_kind(query, above_chance(len(pictures)))


def test_only_what_is_of_the_subject_of_a_collection_is_of_its_kind(space, themed, various, asked):
    assert of_kind(space, themed, words((1, asked[SPARROW])))
    assert not of_kind(space, themed, words((1, asked[OAK])))
    for text in asked:
        assert not of_kind(space, various, words((1, text)))


def test_the_subject_itself_is_told_from_what_is_of_it(space, asked):
    of_one_thing = space.pictures(100, 3 * space.common)
    assert not of_kind(space, of_one_thing, words((1, asked[BIRD])))


def test_what_is_turned_away_from_is_not_searched_for(space, themed, asked):
    assert of_kind(space, themed, words((1, asked[SPARROW]), (-0.5, asked[OAK])))
    assert not of_kind(space, themed, words((1, asked[OAK]), (-0.5, asked[SPARROW])))
    assert not of_kind(space, themed, words((-0.5, asked[SPARROW])))


def test_it_is_told_of_words_alone(space, themed, asked):
    assert not of_kind(space, themed, picture(themed[0]))
    both = composed(Part(Kind.WORDS, 1.0, asked[SPARROW]), Part(Kind.PICTURE, 1.0, themed[0]))
    assert not of_kind(space, themed, both)


def test_what_all_vectors_have_in_common_tells_nothing(space, themed, various, asked):
    def moved(rows, *further):
        return unit(np.column_stack([rows, *(np.full(len(rows), value) for value in further)]))

    query = words((1, moved(asked[SPARROW][None], 1.0, 2.0)[0]))
    for pictures, is_of_it in ((themed, True), (various, False)):
        calibration = learn(moved(space.concepts, 1.0, 2.0), moved(pictures, 0.7, 0.0))
        assert calibration.of_kind(query, above_chance(len(pictures))) is is_of_it


@pytest.mark.parametrize("count", [1, 2, 29])
def test_a_few_pictures_are_no_collection_about_a_subject(space, asked, count):
    assert not of_kind(space, space.pictures(count, space.common), words((1, asked[SPARROW])))


def test_shares_are_of_what_fits_best():
    fits = np.zeros((30, 10))
    fits[:, :5] = 1.0
    theme = learn_theme(np.eye(10), fits)
    assert theme.shares.tolist() == [0.2] * 5 + [0.0] * 5
    assert not theme.includes(np.eye(10)[0])  # one concept in ten is near: a fifth
    assert theme.shares.sum() == pytest.approx(1)


def test_of_its_kind_it_takes_more_to_be_strong_and_less_is_not_known_to_be_more_than_weak():
    borders = [chance_threshold(expected, 100) for expected in (0.0001, 0.01, 0.1, 1.0)]
    values = np.array([border + 0.01 for border in borders] + [0.0] * 5)
    plain, told = (assess(values, 100, MinMatch.WEAK, of_kind=of_kind) for of_kind in (False, True))
    assert list(plain.bands[:4]) == [Band.STRONG, Band.STRONG, Band.LIKELY, Band.WEAK]
    assert list(told.bands[:4]) == [Band.STRONG, Band.WEAK, Band.WEAK, Band.WEAK]
    assert (plain.of_kind, told.of_kind) == (False, True)
    assert told.no_match is plain.no_match is False
    assert all(one <= other for one, other in zip(told.strengths, plain.strengths, strict=True))


@pytest.mark.parametrize("values", [[0.0, 0.0], [9.0, 0.0], []])
def test_where_nothing_is_weak_there_is_nothing_to_say(values):
    assert not assess(np.array(values), 100, MinMatch.AUTO, of_kind=True).of_kind
