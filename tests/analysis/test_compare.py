"""Two sides compared: tests that see what is there and nothing else, and the job that carries them out."""

from typing import cast

import numpy as np
import pytest

from core.analysis.compare import evidence as tests_of
from core.analysis.compare.differences import concepts, overlap, values, verdict
from core.analysis.compare.evidence import (
    Evidence,
    chance_of_mmd,
    chances_of_shares,
    compare_ranks,
    corrected,
    evidence,
    groups,
    once,
    told_apart,
)
from core.analysis.compare.sides import Rows, Side, key_of, read_side, rows_of
from core.analysis.compare.words import FEWEST, overlap_words, verdict_words
from core.errors import InvalidQuery
from core.index.filters import Filter
from core.index.index import Index
from core.search.relevance.concepts import CONCEPTS
from tests.records import a_record

DIMS = 24


def unit(rows):
    rows = np.asarray(rows, np.float32)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def drawn(count, seed, shift=0.0):
    """Unit rows around a common direction, shifted along one axis."""
    rows = np.random.default_rng(seed).standard_normal((count, DIMS))
    rows[:, 0] += 3 + shift
    rows[:, 1] += shift
    return unit(rows)


def side(embeddings, name="a"):
    hashes = tuple(f"{name}{at:063x}" for at in range(len(embeddings)))
    return Rows(len(embeddings), frozenset(map(bytes.fromhex, hashes)), hashes, embeddings)


@pytest.mark.parametrize(
    ("chance", "word"),
    [(0.001, "strong"), (0.0011, "clear"), (0.01, "clear"), (0.03, "weak"), (0.051, "none"), (1.0, "none")],
)
def test_words_of_evidence(chance, word):
    assert evidence(chance) == word


def test_two_samples_of_one_kind_do_not_differ():
    """Of twenty pairs of samples of one kind about one in twenty looks different by chance."""
    rows = [np.concatenate([drawn(40, 2 * seed), drawn(60, 2 * seed + 1)]) for seed in range(20)]
    side = np.arange(100) >= 40
    chances = [chance_of_mmd(one, side, 199) for one in rows]
    assert sum(chance <= 0.05 for chance in chances) <= 3
    assert 0.2 < np.mean(chances) < 0.8


@pytest.mark.parametrize(("shift", "least"), [(1.0, 0.6), (3.0, 0.85)])
def test_a_shift_is_seen_and_how_large_it_is(shift, least):
    told = verdict(side(drawn(150, 1)), side(drawn(200, 2, shift), "b"))
    assert told.evidence is Evidence.STRONG
    assert told.told_apart is not None
    assert told.told_apart >= least
    assert told.witnesses == (150, 200)


def test_a_split_of_one_collection_shows_no_difference():
    rows = drawn(300, 5)
    told = verdict(side(rows[::2]), side(rows[1::2], "b"))
    assert told.evidence is Evidence.NONE
    assert told.told_apart < 0.6


def test_bursts_are_no_witnesses():
    """Twenty copies of one picture on either side say as much as one."""
    burst = unit(drawn(1, 9).repeat(30, axis=0) + 1e-4 * np.random.default_rng(0).standard_normal((30, DIMS)))
    told = verdict(side(burst), side(drawn(50, 2), "b"))
    assert told.evidence is Evidence.FEW
    assert told.witnesses[0] == 1
    group = groups(np.concatenate([burst, drawn(3, 4)]), 0.99)
    assert len(set(group.tolist())) == 4
    assert once(group, np.array([False] * 20 + [True] * 13)).tolist() == [0, 20, 30, 31, 32]


def test_the_same_pictures_on_both_sides_do_not_differ():
    rows = drawn(80, 3)
    told = verdict(side(rows), side(rows, "b"))
    assert told.evidence is Evidence.NONE
    shared, *unlike = overlap(side(rows), side(rows))
    assert (shared.same, shared.alike) == (80, (1.0, 1.0))
    assert [one.pictures for one in unlike] == [(), ()]


@pytest.mark.parametrize("counts", [(0, 0), (0, 9), (1, 1), (3, 100), (5, 6)])
def test_of_few_pictures_nothing_is_said(counts):
    first, second = drawn(counts[0], 1), drawn(counts[1], 2, 5.0)
    told = verdict(side(first.reshape(-1, DIMS)), side(second.reshape(-1, DIMS), "b"))
    assert told.evidence is Evidence.FEW
    assert concepts(side(first.reshape(-1, DIMS)), side(second.reshape(-1, DIMS), "b"), drawn(len(CONCEPTS), 3)) == []
    assert tests_of.FEWEST == FEWEST


def test_a_classifier_cannot_tell_twins_of_the_training():
    """Look-alikes across the sides are in one fold: what is the same is guessed."""
    rows = drawn(60, 8)
    both = np.concatenate([rows, rows])
    found = told_apart(both, np.arange(120) >= 60, np.tile(np.arange(60, dtype=np.int32), 2))
    assert found is not None
    assert found < 0.6


def test_ranks_are_corrected_for_how_many_there_are():
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((80, 300)), rng.standard_normal((90, 300))
    second[:, 7] += 2
    first[:, 9] += 1
    ranks = compare_ranks(first, second)
    sure = [at for at, word in enumerate(ranks.evidence) if word is not Evidence.NONE]
    assert {7, 9} <= set(sure)
    assert len(sure) <= 4
    assert ranks.evidence[7] is Evidence.STRONG
    assert ranks.higher[7] > 0.85 > 0.5 > ranks.higher[9]
    assert corrected(np.array([])) == ()
    even = compare_ranks(np.zeros((9, 2)), np.zeros((9, 2)))
    assert set(even.evidence) == {Evidence.NONE}


@pytest.mark.parametrize(
    ("counts", "totals", "word"),
    [
        ((50, 5), (100, 100), "strong"),
        ((0, 9), (10, 10), "strong"),
        ((5, 6), (100, 100), "none"),
        ((0, 0), (10, 10), "none"),
        ((10, 10), (10, 10), "none"),
        ((1, 0), (3, 3), "none"),
    ],
)
def test_shares(counts, totals, word):
    assert evidence(float(chances_of_shares([counts], totals)[0])) == word


def test_values_that_one_side_has_more_of():
    first, second = {"label": {"dog": 90, "cat": 10}}, {"label": {"dog": 20, "cat": 10, "bus": 30}, "year": {"2020": 1}}
    found = values(first, second, (100, 100))
    assert [(one.value, one.counts) for one in found] == [("dog", (90, 20)), ("bus", (0, 30))]
    assert all(one.evidence is Evidence.STRONG for one in found)


def test_concepts_that_one_side_shows_more():
    bank = unit(np.random.default_rng(1).standard_normal((len(CONCEPTS), DIMS)))
    rng = np.random.default_rng(2)
    plain = unit(rng.standard_normal((120, DIMS)))
    shown = unit(0.6 * unit(rng.standard_normal((120, DIMS))) + bank[5])
    found = concepts(side(plain), side(shown, "b"), bank)
    assert [(one.concept, one.second) for one in found if one.second][:1] == [(CONCEPTS[5], True)]
    top = next(one for one in found if one.concept == CONCEPTS[5])
    assert top.evidence is Evidence.STRONG
    assert top.shares[1] > 0.7 > 0.2 > top.shares[0]


def test_pictures_furthest_from_the_other_side():
    alone = unit([[-1.0] + [0.0] * (DIMS - 1)])
    first = side(np.concatenate([drawn(50, 1), alone]))
    shared, unlike, _ = overlap(first, side(drawn(80, 2), "b"))
    assert unlike.pictures[0][0] == first.sampled[50]
    assert unlike.pictures[0][1] < unlike.pictures[1][1]
    assert shared.same == 0


@pytest.mark.parametrize(
    ("text", "collection", "conditions"),
    [
        ("split:train", "", "split:train"),
        ("  collection:archive  label:dog ", "archive", "label:dog"),
        ("collection:archive", "archive", ""),
        ("", "", ""),
        ("label:dog -year:2020", "", "label:dog -taken:2020"),
    ],
)
def test_sides_are_read_and_written_again(text, collection, conditions):
    read = read_side(text)
    assert (read.collection, read.conditions) == (collection, conditions)
    assert read_side(read.text) == read


@pytest.mark.parametrize("text", ["dogs", "label:dog beach", "collection:A!", "label:"])
def test_what_is_no_side(text):
    with pytest.raises(InvalidQuery):
        read_side(text)


def test_keys_tell_sides_apart():
    assert key_of("a", "b") != key_of("b", "a")
    assert key_of("a", "b") == key_of(Side(Filter()).text or "a", "b")


class Scanned:
    """An index that is only read."""

    def __init__(self, count):
        self.records = [a_record(f"{at % (count - 5)}.jpg") for at in range(count)]
        self.rows = drawn(count, 1) * 2

    def scan(self, where=None):
        for start in range(0, len(self.records), 7):
            yield self.records[start : start + 7], self.rows[start : start + 7]


def test_a_side_is_sampled_evenly_and_of_copies_one():
    *steps, rows = rows_of(cast(Index, Scanned(100)), Filter(), 20)
    assert isinstance(rows, Rows)
    assert sum(step for step in steps if isinstance(step, int)) == rows.total == 100
    assert len(rows.contents) == 95
    assert len(rows.sampled) == len(rows.embeddings) == 20
    assert list(rows.sampled) == sorted(content.hex() for content in rows.contents)[:20]
    assert np.linalg.norm(rows.embeddings, axis=1) == pytest.approx(1, abs=1e-5)
    *_, again = rows_of(cast(Index, Scanned(100)), Filter(), 20)
    assert isinstance(again, Rows)
    assert again.sampled == rows.sampled


@pytest.mark.parametrize(
    ("verdict_", "said"),
    [
        (
            ("strong", 0.93, (50, 60)),
            "Strong evidence that the two sides differ. From a picture alone its side can be told"
            " 93 times in 100; a guess is right 50 times.",
        ),
        (
            ("none", 0.52, (50, 60)),
            "No difference to be seen. From a picture alone its side can be told 52 times in 100; a"
            " guess is right 50 times.",
        ),
        (
            ("few", None, (3, 1200)),
            "Too few pictures to tell: look-alikes counted once, there are 3 and 1,200, and it takes 6 on either side.",
        ),
    ],
)
def test_a_verdict_in_words(verdict_, said):
    word, told, witnesses = verdict_
    assert verdict_words({"evidence": word, "told_apart": told, "witnesses": witnesses}) == said


@pytest.mark.parametrize(
    ("same", "alike", "said"),
    [
        (0, (0, 0), "No file is on both sides, and nothing of one looks like anything of the other."),
        (1, (0, 0), "1 file is on both sides."),
        (
            1200,
            (0.5, 0.001),
            "1,200 files are on both sides. 50 % of the first side have a look-alike on the second,"
            " under 1 % of the second on the first.",
        ),
    ],
)
def test_what_both_have_in_words(same, alike, said):
    assert overlap_words({"same": same, "alike": alike}) == said
