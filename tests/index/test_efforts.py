"""Searches with another effort, and exact ones: what recall is measured with, on each engine."""

import numpy as np
import pytest

from core.errors import InvalidEmbedding, MeasurementRefused
from core.index import effort
from core.index.effort import Effort, Neighbour, choices
from core.index.filters import Between, Filter
from core.index.index import Index
from core.index.lance import few, upkeep
from core.index.records import ImageRecord
from core.vectors import Embeddings, unit
from tests.index.conftest import STAMP, records

SMALL = Filter((Between("size", high=150),))
NONE = Filter((Between("size", 10_000),))


@pytest.fixture(scope="module")
def built(empty_big_index: Index) -> Index:
    """A thousand rows with a vector index, on LanceDB of ten partitions, which no test changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upkeep, "INDEXED_FROM", 500)
        patch.setattr(upkeep, "PARTITION", 100)
        empty_big_index.prepare(STAMP)
        empty_big_index.upsert(*records(1_000))
        empty_big_index.optimize()
    return empty_big_index


@pytest.fixture
def indexed(built: Index, monkeypatch: pytest.MonkeyPatch) -> Index:
    """The same, of which nothing is kept in memory."""
    monkeypatch.setattr(upkeep, "PARTITION", 100)
    monkeypatch.setattr(few, "MAX_BYTES", 0)
    return built


def queries(count: int, seed: int = 9) -> Embeddings:
    return unit(np.random.default_rng(seed).standard_normal((count, STAMP.dims)))


def brute_force(
    made: list[ImageRecord], embeddings: Embeddings, query: Embeddings, k: int, where: Filter | None = None
) -> list[Neighbour]:
    chosen = [i for i, record in enumerate(made) if where is None or record.size < 150]
    scores = embeddings[chosen].astype(np.float64) @ query.astype(np.float64)
    found = [Neighbour(made[i].id, round(float(score), 6)) for i, score in zip(chosen, scores, strict=True)]
    return sorted(found, key=lambda one: (-one.score, one.id))[:k]


@pytest.mark.parametrize("k", [1, 10, 60, 1_000])
@pytest.mark.parametrize("where", [None, SMALL], ids=["all", "some"])
def test_an_exact_search_equals_brute_force(stocked, k, where):
    index, made, embeddings = stocked
    asked = queries(5)
    for found, query in zip(index.search_exactly(asked, k, where), asked, strict=True):
        expected = brute_force(made, embeddings, query, k, where)
        assert [one.id for one in found] == [one.id for one in expected]
        assert [one.score for one in found] == pytest.approx([one.score for one in expected], abs=2e-6)


def test_copies_tie_and_all_are_as_near(index, make_records):
    made, embeddings = make_records(40)
    embeddings[10:30] = embeddings[10]
    index.prepare(STAMP)
    index.upsert(made, embeddings)
    [found] = index.search_exactly(embeddings[10:11], 5)
    assert len({one.id for one in found} & {record.id for record in made[10:30]}) == 5
    assert [one.score for one in found] == pytest.approx([1.0] * 5, abs=2e-6)


def test_nothing_is_near_where_nothing_is(stocked):
    assert stocked[0].search_exactly(queries(2), 10, NONE) == [[], []]
    assert stocked[0].search_exactly(queries(2), 0) == [[], []]


def test_an_index_that_nobody_has_claimed_answers(index):
    assert index.search_exactly(queries(1), 10) == [[]]
    assert index.search_with(Effort(100, 3), queries(1)[0], 10) == []
    assert index.efforts(10).used is None or index.efforts(10).used in index.efforts(10).choices


def test_a_query_of_another_model_is_refused(stocked):
    with pytest.raises(InvalidEmbedding):
        stocked[0].search_exactly(np.ones((1, 7), np.float32), 10)
    with pytest.raises(InvalidEmbedding):
        stocked[0].search_with(Effort(100, 3), np.ones(7, np.float32), 10)


def test_too_many_rows_are_not_compared(stocked, monkeypatch):
    monkeypatch.setattr(effort, "EXACT_ROWS", 299)
    with pytest.raises(MeasurementRefused, match=r"300 pictures takes too long: at most 299") as caught:
        stocked[0].search_exactly(queries(1), 10)
    assert "condition" in caught.value.remedy
    assert len(stocked[0].search_exactly(queries(1), 10, SMALL)[0]) == 10


def test_an_exact_search_is_given_up_in_time(stocked):
    with pytest.raises(MeasurementRefused, match="longer than"):
        stocked[0].search_exactly(queries(9), 10, seconds=-1.0)


@pytest.mark.parametrize("k", [1, 10, 60, 200])
@pytest.mark.parametrize("where", [None, SMALL], ids=["all", "some"])
def test_every_effort_answers_and_the_greatest_finds_all(indexed, k, where):
    efforts, query = indexed.efforts(k, where), queries(1)[0]
    assert efforts.used in efforts.choices
    assert list(efforts.choices) == sorted(set(efforts.choices))
    assert len(efforts.choices) >= 4
    [exact] = indexed.search_exactly(query[None], k, where)
    for choice in efforts.choices:
        hits = indexed.search_with(choice, query, k, where)
        assert len(hits) <= len(exact)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        for hit in hits:  # scores are those of the vectors, whatever the vector index keeps of them
            assert hit.score <= exact[0].score + 2e-6
    widest = max(efforts.choices)
    assert [hit.record.id for hit in indexed.search_with(widest, query, k, where)] == [one.id for one in exact]


def test_the_effort_in_use_finds_what_a_search_finds(indexed):
    used = indexed.efforts(10).used
    assert used is not None
    for query in queries(10):
        found = [hit.record.id for hit in indexed.search_with(used, query, 10)]
        assert found == [hit.record.id for hit in indexed.search(query, 10)]


def test_what_the_engine_calls_it(indexed):
    efforts = indexed.efforts(10)
    names = {"lancedb": ("nprobes", "refine_factor"), "elasticsearch": ("num_candidates", "oversample")}
    assert efforts.parameters == names[indexed.engine]
    assert efforts.of == {"lancedb": "partitions", "elasticsearch": "candidates"}[indexed.engine]


def test_few_rows_have_no_vector_index_on_lancedb(stocked):
    if stocked[0].engine == "lancedb":
        assert stocked[0].efforts(10).choices == ()
        assert stocked[0].efforts(10).used is None


def test_rows_that_fit_into_memory_are_all_compared_on_lancedb(indexed, monkeypatch):
    if indexed.engine == "lancedb":
        monkeypatch.setattr(few, "MAX_BYTES", 1 << 20)
        assert indexed.efforts(10).used is None
        assert indexed.efforts(10).choices


def test_choices_differ_in_one_number():
    used = Effort(50, 3.0)
    assert choices(used, [10, 50], [1.0, 3.0]) == (Effort(10, 3.0), Effort(50, 1.0), used)
