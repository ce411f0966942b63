"""How long recent searches took."""

import pytest

from core.search.latency import Latencies
from core.search.query import Query, Search, Words
from core.search.results import Timings


def test_none_yet():
    found = Latencies().recent()
    assert (found.count, found.since, found.parts) == (0, None, {})


def test_percentiles_of_the_whole_and_of_each_part():
    latencies = Latencies()
    for at in range(1, 101):
        latencies.note(at / 100, Timings(embedding=at / 1000, index=at / 500, ranking=0.0))
    found = latencies.recent()
    assert found.count == 100
    assert list(found.parts) == ["whole", "embedding", "index", "ranking"]
    assert found.parts["whole"].p50 == pytest.approx(0.505)
    assert found.parts["whole"].p99 == pytest.approx(0.9901)
    assert found.parts["index"].p95 == pytest.approx(0.1901)


def test_what_was_answered_from_memory_counts_as_a_whole_only():
    latencies = Latencies()
    latencies.note(0.1, Timings(0.05, 0.04))
    latencies.note(0.001, Timings(0.05, 0.04))
    found = latencies.recent()
    assert (found.count, found.remembered) == (2, 1)
    assert found.parts["index"].p99 == 0.04
    assert found.parts["whole"].p50 == pytest.approx(0.0505)


def test_the_last_ones_are_kept():
    latencies = Latencies(kept=3)
    for at in range(10):
        latencies.note(float(at), Timings(0.0, 0.0))
    assert latencies.recent().parts["whole"].p50 == 8.0


def test_searches_are_noted(services):
    for text in ("red", "red", "blue"):
        services.search(Search(Query((Words(text),))))
    assert services.latencies.recent().count == 3
