"""Why a picture was found: the concepts that it and the query share, and no others."""

import numpy as np
import pytest

from core.errors import ModelUnavailable, NotIndexed
from core.search.compose import Composed, Kind, Part
from core.search.explain.concepts import Concept, Explainer, shared_concepts
from core.search.query import Query, Words
from core.vectors import unit
from tests.colours import COLOURS
from tests.records import a_record

CONCEPTS = tuple(COLOURS)
NO_MEAN = np.zeros(4)


@pytest.fixture
def bank(embedder):
    return CONCEPTS, embedder.embed_texts(CONCEPTS)


def composed(*parts):
    total = np.sum([part.weight * part.embedding for part in parts], axis=0)
    return Composed(unit(total), parts)


def words(embedder, text, weight=1.0):
    return Part(Kind.WORDS, weight, embedder.embed_texts([text])[0])


def picture(embedder, colour):
    return embedder.embed_texts([colour])[0]  # one space


def named(found):
    return [one.concept for one in found]


@pytest.mark.parametrize("colour", ["red", "blue", "yellow", "cyan"])
def test_what_both_are_comes_first_and_weighs_most(embedder, bank, colour):
    found = shared_concepts(composed(words(embedder, colour)), picture(embedder, colour), NO_MEAN, bank)  # type: ignore[arg-type]
    assert found[0] == Concept(colour, pytest.approx(1.0))  # type: ignore[arg-type]
    weights = [one.weight for one in found]
    assert weights == sorted(weights, reverse=True)
    assert all(0 < weight <= 1 for weight in weights)


def test_what_only_one_of_them_is_is_no_reason(embedder, bank):
    found = shared_concepts(composed(words(embedder, "red")), picture(embedder, "magenta"), NO_MEAN, bank)  # type: ignore[arg-type]
    assert not {"blue", "cyan", "green", "yellow"} & set(named(found))
    assert shared_concepts(composed(words(embedder, "red")), picture(embedder, "cyan"), NO_MEAN, bank) == []  # type: ignore[arg-type]


def test_a_picture_as_query(embedder, bank):
    query = composed(Part(Kind.PICTURE, 1.0, picture(embedder, "green")))
    assert named(shared_concepts(query, picture(embedder, "green"), NO_MEAN, bank))[0] == "green"  # type: ignore[arg-type]


def test_what_is_turned_away_from_is_no_reason(embedder, bank):
    yellow = picture(embedder, "yellow")
    both = composed(words(embedder, "red"), words(embedder, "yellow"))
    without = composed(words(embedder, "red"), words(embedder, "yellow", -1.0))
    assert "yellow" in named(shared_concepts(both, yellow, NO_MEAN, bank))  # type: ignore[arg-type]
    assert "yellow" not in named(shared_concepts(without, yellow, NO_MEAN, bank))  # type: ignore[arg-type]


def test_how_loud_a_query_is_makes_no_difference(embedder, bank):
    quiet, loud = (
        shared_concepts(composed(words(embedder, "red", weight)), picture(embedder, "red"), NO_MEAN, bank)  # type: ignore[arg-type]
        for weight in (0.1, 2.0)
    )
    assert quiet == [Concept(one.concept, pytest.approx(one.weight)) for one in loud]  # type: ignore[arg-type]


def test_what_all_pictures_have_in_common_is_no_reason(embedder, bank):
    """As models do that keep texts and pictures apart: every picture has a share of the same direction."""
    gap = 3 * picture(embedder, "blue")
    shifted = unit(picture(embedder, "red") + gap)
    mean = unit(picture(embedder, "white") + gap)
    query = composed(words(embedder, "red"))
    assert named(shared_concepts(query, shifted, mean, bank))[0] == "red"


def test_a_bank_of_nothing_but_the_same(embedder):
    bank = ("red",) * 3, embedder.embed_texts(["red"] * 3)
    assert shared_concepts(composed(words(embedder, "red")), picture(embedder, "red"), NO_MEAN, bank) == []  # type: ignore[arg-type]


class FakeIndex:
    def __init__(self, embedder):
        self.record = a_record("red.png")
        self.rows = embedder.embed_texts(["red", "green", "blue"])
        self.sampled = 0

    def by_content(self, hashes):
        known = {self.record.content_hash: (self.record, self.rows[0])}
        return {digest: known[digest] for digest in hashes if digest in known}

    def sample(self, count):
        self.sampled += 1
        return self.rows[:count]

    def revision(self):
        return "1"


class TestExplainer:
    @pytest.fixture
    def index(self, embedder):
        return FakeIndex(embedder)

    @pytest.fixture
    def explainer(self, index, embedder, bank):
        return Explainer(index, lambda query: composed(words(embedder, query.text)), lambda: bank)

    def test_explains_pictures_of_the_index(self, explainer, index):
        for _ in range(2):
            assert named(explainer.explain(Query((Words("red"),)), index.record.content_hash))[0] == "red"
        assert index.sampled == 1  # as long as it does not change

    def test_a_picture_that_is_not_there(self, explainer):
        with pytest.raises(NotIndexed, match="no longer in the index"):
            explainer.explain(Query((Words("red"),)), "0" * 64)

    def test_while_the_concepts_are_read(self, index, embedder):
        explainer = Explainer(index, lambda query: composed(words(embedder, query.text)), lambda: None)
        with pytest.raises(ModelUnavailable, match="not ready yet"):
            explainer.explain(Query((Words("red"),)), index.record.content_hash)
