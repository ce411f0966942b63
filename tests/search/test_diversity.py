"""spread_out: maximal marginal relevance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.search.ranking.diversity import mmr
from core.vectors import unit

# Three zebras that are all but equal, then a giraffe and a bus.
SCORES = np.array([0.31, 0.30, 0.29, 0.28, 0.24])
ZEBRAS_FIRST = unit(np.array([[1, 0.00, 0, 0], [1, 0.02, 0, 0], [1, 0, 0.02, 0], [0.2, 0, 1, 0], [0.2, 0, 0, 1]]))


def narrowed(embeddings):
    """As CLIP's are: all share a direction."""
    return unit(np.pad(embeddings, ((0, 0), (0, 1)), constant_values=1))


def test_none_keeps_the_order():
    assert mmr(SCORES, ZEBRAS_FIRST, 0) == [0, 1, 2, 3, 4]


def test_more_than_half_brings_what_differs_forward():
    assert mmr(SCORES, ZEBRAS_FIRST, 0.6) == [0, 3, 4, 1, 2]


def test_all_looks_at_the_differences_only():
    scores = np.array([0.9, 0.8, 0.7, 0.1])
    embeddings = unit(np.array([[1, 0], [1, 0.1], [1, 1], [0, 1]]))
    assert mmr(scores, embeddings, 1) == [0, 3, 2, 1]


def test_the_more_the_sooner_the_last_kind_is_seen():
    places = [mmr(SCORES, ZEBRAS_FIRST, diversity).index(4) for diversity in (0, 0.2, 0.4, 0.6, 0.8, 1)]
    assert places == sorted(places, reverse=True)
    assert places[0] > places[-1]


@pytest.mark.parametrize("diversity", [0.2, 0.5, 0.8])
def test_means_the_same_in_a_narrow_range(diversity):
    expected = mmr(SCORES, ZEBRAS_FIRST, diversity)
    assert mmr(0.2 + SCORES / 10, narrowed(ZEBRAS_FIRST), diversity) == expected


@pytest.mark.parametrize("diversity", [0, 0.5, 1])
def test_equal_pictures_stay_in_their_order(diversity):
    assert mmr(np.full(4, 0.3), unit(np.ones((4, 8))), diversity) == [0, 1, 2, 3]
    assert mmr(np.array([0.4, 0.3, 0.2]), unit(np.ones((3, 8))), diversity) == [0, 1, 2]


@given(st.integers(0, 40), st.floats(0, 1), st.integers(0, 1000))
def test_each_once_and_the_best_first(count, diversity, seed):
    rng = np.random.default_rng(seed)
    scores = np.sort(rng.normal(size=count))[::-1]
    embeddings = unit(rng.normal(size=(count, 8)))
    order = mmr(scores, embeddings, diversity)
    assert sorted(order) == list(range(count))
    assert order[:1] == [0][:count]
    assert order == mmr(scores, embeddings, diversity)
