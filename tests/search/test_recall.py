"""The recall lens: what is measured, what follows from it in words, and what is not measured."""

from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace
from typing import NoReturn

import numpy as np
import pytest

from core.errors import InvalidQuery, MeasurementBusy, ModelUnavailable
from core.index.effort import Effort, Neighbour
from core.index.filters import Filter
from core.index.lance import few
from core.search.query import Query, Search, Words
from core.search.recall import measure as measuring
from core.search.recall.lens import RecallLens
from core.search.recall.measure import Probe, measure, recall
from core.search.recall.report import Report, Row, plain
from core.search.recall.verdict import share, time, verdict
from core.services import Services
from core.vectors import unit
from tests.colours import COLOURS
from tests.index.conftest import ENGINES, STAMP, opener, records

NEAREST = [Neighbour("a", 0.9), Neighbour("b", 0.8), Neighbour("c", 0.7), Neighbour("d", 0.7)]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], 0.0),
        (NEAREST, 1.0),
        (NEAREST[:2], 0.5),
        ([Neighbour("x", 0.6), *NEAREST[:3]], 0.75),
        ([*NEAREST[:3], Neighbour("e", 0.7)], 1.0),  # a copy of the last
        ([*NEAREST[:3], Neighbour("e", 0.7000011)], 1.0),  # but for rounding
        ([*NEAREST[:3], Neighbour("e", 0.69)], 0.75),
        ([*NEAREST, Neighbour("e", 0.7)], 1.0),
        ([Neighbour("a", float("nan")), Neighbour("e", float("nan"))], 0.25),
    ],
)
def test_recall_is_the_share_of_the_nearest_that_are_found(found, expected):
    assert recall(found, NEAREST) == expected


def test_where_nothing_is_near_nothing_is_missed():
    assert recall([], []) == 1.0


def row(breadth: int | None, value: float, seconds: float, used: bool = False, oversampling: float = 3.0) -> Row:
    effort = Effort(breadth, oversampling) if breadth else None
    return Row(effort, used, value, value, 0, seconds, seconds, {"words": value})


def report(*rows: Row, k: int = 10, of: str = "candidates") -> Report:
    names = ("num_candidates", "oversample")
    return Report("elasticsearch", "images", k, {"words": 20}, 100_000, of, names, 0.026, rows)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            [row(100, 0.993, 0.002), row(500, 0.9921, 0.004, used=True)],
            "Finds 99.2 % of the true nearest 10 in 4.0 ms; looking at 100 candidates instead of 500 would do "
            "(99.3 % in 2.0 ms).",
        ),
        (
            [row(100, 0.8, 0.002), row(500, 0.9921, 0.012, used=True), row(1_000, 1.0, 0.02)],
            "Finds 99.2 % of the true nearest 10 in 12 ms, with no more effort than it takes.",
        ),
        (
            [row(100, 0.5, 0.002, used=True), row(2_000, 0.9999, 1.2)],
            "Finds 50 % of the true nearest 10 in 2.0 ms; looking at 2,000 candidates instead of 100 would find more "
            "(99.9 % in 1.2 s).",
        ),
        (
            [row(500, 0.995, 0.003, oversampling=2.0), row(500, 1.0, 0.004, used=True)],
            "Finds 100 % of the true nearest 10 in 4.0 ms; oversampling by 2 instead of 3 would do (99.5 % in 3.0 ms).",
        ),
        (
            [row(500, 0.97, 0.004, used=True)],
            "Finds 97 % of the true nearest 10 in 4.0 ms. None of the settings tried reaches 99 %.",
        ),
        ([row(None, 1.0, 0.001, used=True)], "Compares each of 100,000 pictures in 1.0 ms, so that nothing is missed."),
        ([], "There is nothing to search: no pictures meet these conditions."),
    ],
)
def test_what_follows_is_said_in_words(rows, words):
    assert verdict(report(*rows)) == words


@pytest.mark.parametrize(("value", "words"), [(1.0, "100 %"), (0.9999, "99.9 %"), (0.99, "99 %"), (0.0, "0 %")])
def test_only_what_is_whole_is_a_hundred_percent(value, words):
    assert share(value) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.0004, "0.4 ms"), (0.00996, "10 ms"), (0.9996, "1.0 s"), (12.34, "12.3 s")]
)
def test_times_are_said_as_people_read_them(seconds, words):
    assert time(seconds) == words


def test_the_cheapest_is_the_least_that_reaches_the_target():
    found = report(row(50, 0.98, 0.001), row(100, 0.99, 0.002), row(500, 1.0, 0.004, used=True))
    assert found.cheapest == found.rows[1]
    told = plain(found, "Good.")
    assert told["cheapest"]["parameters"] == {"num_candidates": 100, "oversample": 3.0}
    assert (told["used"]["p50_ms"], told["target"], told["verdict"]) == (4.0, 0.99, "Good.")


@pytest.fixture(scope="module", params=ENGINES)
def indexed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """An index that is searched by its vector index, its rows, and queries unlike them; on LanceDB one of its four
    partitions is looked through."""
    rows_of = {"lancedb": 12_000, "elasticsearch": 2_000}
    with pytest.MonkeyPatch.context() as patch, opener(request.param, tmp_path_factory.mktemp("recall")) as open_:
        for module in ("queries", "measuring"):
            patch.setattr(f"core.index.lance.query.{module}.probes", lambda rows, matching=None: 1)
        patch.setattr(few, "MAX_BYTES", 0)
        index = open_()
        made, rows = records(rows_of[request.param])
        index.prepare(STAMP)
        index.upsert(made, rows)
        index.optimize()
        yield index, made, rows, unit(np.random.default_rng(3).standard_normal((12, STAMP.dims)))


def test_it_measures_what_brute_force_says(indexed):
    index, made, rows, queries = indexed
    found = measure(index, [Probe("vectors", query) for query in queries], 10)
    expected = []
    for query in queries:
        best = {made[at].id for at in np.argsort(-(rows.astype(np.float64) @ query))[:10]}
        expected.append(len(best & {hit.record.id for hit in index.search(query, 10)}) / 10)
    assert found.used is not None
    assert found.used.recall == pytest.approx(np.mean(expected))
    assert found.used.lowest == pytest.approx(min(expected))
    assert found.searched == len(made)
    assert found.queries == {"vectors": 12}
    assert max(row.recall for row in found.rows) > 0.97
    assert all(0 < row.p50 <= row.p95 for row in found.rows)
    if index.engine == "lancedb":  # one of four partitions is too few
        assert found.used.recall < 0.9
        assert found.cheapest is not None
        assert found.cheapest.effort > found.used.effort


def test_it_equals_what_the_benchmark_says(indexed, monkeypatch):
    """The same rows and queries: the table of `benchmarks.search` and the lens have the same recall."""
    search = pytest.importorskip("benchmarks.search")
    index, made, rows, queries = indexed
    monkeypatch.setattr(search, "queries", lambda: {"texts": queries})
    runs = search.compare({"engine": index}, made, rows, None)
    used = measure(index, [Probe("texts", query) for query in queries], search.K).used
    assert used is not None
    assert float(np.mean(runs["engine"].recalls["texts"])) == pytest.approx(used.recall)
    assert min(runs["engine"].recalls["texts"]) == pytest.approx(used.lowest)


def test_what_there_is_no_time_for_is_left_out_and_said(indexed, monkeypatch):
    index, _, _, queries = indexed
    now = iter(range(0, 10_000, 20))
    clock = SimpleNamespace(monotonic=lambda: float(next(now)), perf_counter=perf_counter)
    monkeypatch.setattr(measuring, "time", clock)
    monkeypatch.setattr(index, "search_exactly", lambda embeddings, *_: [[] for _ in embeddings])
    found = measure(index, [Probe("vectors", query) for query in queries], 10, seconds=100.0)
    assert sum(found.queries.values()) < len(queries)
    assert "Time was up: measured with " in found.notes[0]


@pytest.fixture
def lens(services: Services, picture: Callable[..., Path], tmp_path: Path) -> RecallLens:
    for name in COLOURS:
        picture(f"{name}.png")
    for _ in services.ingest([tmp_path / "pictures"]):
        pass
    return services.recall


def unasked(*_: object) -> NoReturn:
    raise AssertionError


def words(*texts: str) -> Sequence[Search]:
    return [Search(Query((Words(text),))) for text in texts]


def test_few_pictures_are_all_compared(lens):
    found = lens.of_searches(words("red", "blue"), k=3)
    assert [one.effort for one in found.rows] == [None]
    assert (found.used.recall, found.cheapest, found.queries) == (1.0, None, {"words": 2})
    assert verdict(found).startswith("Compares each of 10 pictures in ")


def test_a_sample_is_of_words_and_pictures(lens):
    found = lens.of_sample(k=3, count=9)
    assert found.queries == {"words": 5, "pictures": 4}
    assert found.used.kinds == {"words": 1.0, "pictures": 1.0}


def test_without_a_model_a_sample_is_of_pictures_alone_and_says_so(lens, services):
    def missing() -> NoReturn:
        raise ModelUnavailable("It is gone.", "Get it.")

    found = RecallLens(services.index, unasked, missing, lambda where: where).of_sample(count=4)
    assert found.queries == {"pictures": 4}
    assert "It is gone." in found.notes[0]


def test_vectors_of_any_length_are_queries(lens):
    found = lens.of_vectors([[4.0, 0.0, 0.0, 0.4], [0.0, 2.0, 0.0, 0.2]], k=2)
    assert found.queries == {"vectors": 2}
    assert found.used.recall == 1.0


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda lens: lens.of_searches([]), "nothing to search for"),
        (lambda lens: lens.of_searches(words(" ")), "nothing to search for"),
        (lambda lens: lens.of_searches(words("red"), k=0), "0 nearest"),
        (lambda lens: lens.of_searches(words("red"), k=1_001), "1,001 nearest"),
        (lambda lens: lens.of_searches(words(*["red"] * 201)), "201 queries"),
        (lambda lens: lens.of_searches([*words("red"), Search(where=Filter.within("/a"))]), "different conditions"),
        (lambda lens: lens.of_sample(count=0), "0 queries"),
        (lambda lens: lens.of_vectors([]), "same length"),
        (lambda lens: lens.of_vectors([[1.0], [1.0, 2.0]]), "same length"),
        (lambda lens: lens.of_vectors([[1.0, 2.0]]), "4 dimensions"),
        (lambda lens: lens.of_vectors([[0.0] * 4]), "length zero"),
        (lambda lens: lens.of_vectors([[float("inf")] * 4]), "not finite"),
    ],
)
def test_what_cannot_be_measured_is_said(lens, ask, sentence):
    with pytest.raises(InvalidQuery, match=sentence) as caught:
        ask(lens)
    assert caught.value.remedy


def test_one_measurement_at_a_time(lens, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("core.search.recall.lens.measure", lambda *_: lens.of_sample())
        with pytest.raises(MeasurementBusy, match="Another measurement"):
            lens.of_sample()
    assert lens.of_sample(count=2).rows  # it is free again


def test_nothing_indexed_needs_no_model(services):
    found = services.recall.of_searches(words("red"))
    assert (found.rows, found.searched) == ([], 0)
    assert services.recall.of_sample().rows == []
    assert verdict(found) == "There is nothing to search: no pictures meet these conditions."


def test_conditions_that_nothing_meets(lens):
    found = lens.of_searches([Search(Query((Words("red"),)), Filter.within("/nowhere"))])
    assert (found.rows, found.searched) == ([], 0)
