"""Picking so many of many: covering, typical, balanced, by chance; the same again with the same seed."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.analysis.picks.balanced import balanced
from core.analysis.picks.covering import covering
from core.analysis.picks.diverse import distances, k_centre
from core.analysis.picks.picks import MAX_PICKS, How, Picks
from core.analysis.picks.typical import typical
from core.errors import InvalidQuery
from core.images.describe import Box
from core.index.filters import AnyOf, Filter
from core.index.index import ModelStamp
from core.search.query import Query, Search, Words
from core.search.results import Result
from core.vectors import unit
from tests.records import a_record


def rows(count, dims=16, seed=0):
    return unit(np.random.default_rng(seed).normal(size=(count, dims))).astype(np.float32)


def one_by_one(points, count, start):
    """Greedy k-centre as its definition has it."""
    picked = [start]
    while len(picked) < count:
        nearest = (1 - points @ points[picked].T).min(axis=1)
        nearest[picked] = -1
        picked.append(int(nearest.argmax()))
    return picked


@pytest.mark.parametrize(("count", "wanted"), [(1, 1), (50, 12), (3_000, 40)])
def test_the_lazy_way_picks_what_the_definition_does(count, wanted):
    points = rows(count)
    assert k_centre(points, wanted, 0).tolist() == one_by_one(points, wanted, 0)


def grouped(count, groups=30, dims=24):
    """Rows around middles, some groups larger than others."""
    rng = np.random.default_rng(2)
    own = np.sort(rng.integers(0, groups, count) * rng.integers(0, 2, count))
    return unit(rows(groups, dims)[own] + rng.normal(scale=0.12, size=(count, dims))).astype(np.float32)


@pytest.mark.parametrize("most", [6_000, 300])
def test_the_most_diverse_leave_nothing_far(most, monkeypatch):
    monkeypatch.setattr("core.analysis.picks.covering.MOST", most)
    points = grouped(600)
    picked = covering(points, 40)
    assert len(set(picked.tolist())) == 40
    reach = float(distances(points, picked).max())
    by_chance = [distances(points, np.random.default_rng(seed).permutation(600)[:40]).max() for seed in range(9)]
    assert reach <= 0.75 * np.mean(by_chance)
    assert reach <= distances(points, k_centre(points, 40, 0)).max()
    assert picked.tolist() == covering(points, 40).tolist()


@pytest.mark.parametrize(("count", "wanted"), [(0, 3), (1, 1), (3, 9), (40, 1), (40, 39)])
def test_few_are_covered(count, wanted):
    assert len(set(covering(rows(count), wanted).tolist())) == min(count, wanted)


def test_copies_are_picked_last():
    points = np.repeat(rows(5), 4, axis=0)
    assert {place // 4 for place in covering(points, 7)[:5].tolist()} == set(range(5))


def test_of_equal_pictures_the_others_come_last():
    points = np.repeat(rows(4), 3, axis=0)
    picked = k_centre(points, 12, 0)
    assert sorted(picked.tolist()) == list(range(12))
    assert len({place // 3 for place in picked[:4].tolist()}) == 4


def test_all_are_picked_where_there_are_fewer():
    assert sorted(k_centre(rows(3), 10, 1).tolist()) == [0, 1, 2]
    assert k_centre(np.empty((0, 4), np.float32), 3, 0).tolist() == []
    assert typical(rows(3), 10, 0).tolist() == [0, 1, 2]


def test_the_typical_are_in_the_middle_of_groups():
    middles = rows(4, seed=3)
    noise = np.random.default_rng(1).normal(scale=0.05, size=(4, 30, 16))
    points = unit(np.concatenate([middles[:, np.newaxis], middles[:, np.newaxis] + noise], axis=1).reshape(-1, 16))
    picked = typical(points.astype(np.float32), 4, seed=0)
    assert {place // 31 for place in picked.tolist()} == {0, 1, 2, 3}
    assert distances(points.astype(np.float32), picked).max() < 0.1


@pytest.mark.parametrize(
    ("kinds", "count", "expected"),
    [
        ([["a"]] * 5 + [["b"]] * 5, 4, {"a": 2, "b": 2}),
        ([["a"]] * 5 + [["b"]] * 5, 5, {"a": 3, "b": 2}),
        ([["a"]] * 9 + [["b"]], 6, {"a": 5, "b": 1}),
        ([["a", "b"]] * 4 + [["a"]] * 4, 4, {"a": 2, "b": 2}),
        ([[], ["a"], []], 3, {"a": 1}),
        ([[]] * 3, 3, {}),
    ],
)
def test_as_many_of_each(kinds, count, expected):
    picked = balanced(kinds, count)
    found = {kind: sum(one.kind == kind for one in picked) for kind in expected}
    assert found == expected
    assert len({one.place for one in picked}) == len(picked) == sum(expected.values())
    assert all(one.kind in kinds[one.place] for one in picked)


def test_those_of_one_kind_are_preferred():
    picked = balanced([["a", "b"], ["a"], ["b"]], 2)
    assert {one.place for one in picked} == {1, 2}


@pytest.fixture
def picks(services, embedder, index_of):
    return index_of(60)


@pytest.fixture
def index_of(services, embedder):
    def make(count):
        services.index.prepare(ModelStamp(embedder.model_id, 16, 1))
        labels = ("cat", "dog", "cow")
        records = [
            a_record(f"{at}.jpg", "/pictures/" + ("a" if at % 2 else "b"), boxes=(Box(labels[at % 3], 0, 0, 1, 1),))
            for at in range(count)
        ]
        records.append(replace(a_record("copy.jpg"), content_hash=records[0].content_hash))
        services.index.upsert(records, np.concatenate([rows(count), rows(count)[:1]]))
        return Picks(services.index, lambda search, limit: pytest.fail("nothing is searched"), lambda where: where)

    return make


@pytest.mark.parametrize("how", How)
def test_the_same_seed_picks_the_same(picks, how):
    first = picks.pick(Search(), 10, how, seed=7)
    assert picks.pick(Search(), 10, how, seed=7) == first
    assert len(set(first.ids)) == 10
    assert first.pool == 60  # of equal bytes only one
    if how is not How.DIVERSE:
        assert set(picks.pick(Search(), 10, how, seed=8).ids) != set(first.ids)


def test_a_filter_narrows_what_is_picked_from(picks, services):
    where = Filter((AnyOf("folder", ("a",)),))
    picked = picks.pick(Search(where=where), 100, How.RANDOM)
    assert picked.pool == 30
    assert {record.folder for record in services.index.get(list(picked.ids))} == {"/pictures/a"}
    assert picked.notes == ["There are only 30 pictures to pick."]


def test_balanced_by_label(picks):
    picked = picks.pick(Search(), 20, How.BALANCED)
    assert sorted(picked.counts.values()) == [6, 7, 7]
    assert len(picked.kinds) == 20


def test_the_diverse_reach_farther_than_those_by_chance(picks):
    diverse = picks.pick(Search(), 20, How.DIVERSE)
    by_chance = [picks.pick(Search(), 20, How.RANDOM, seed=seed).farthest for seed in range(5)]
    assert diverse.farthest < np.mean(by_chance)


def test_matches_of_a_search_are_picked_from(picks, services):
    records = services.index.browse()[:5]
    results = [replace(Result.of(record), matches=at < 3) for at, record in enumerate(records)]
    asked = []

    def find(search, limit):
        asked.append(search)
        return SimpleNamespace(results=results)

    search = Search(Query((Words("red"),)))
    picked = Picks(services.index, find, lambda where: where).pick(search, 10)
    assert set(picked.ids) == {record.id for record in records[:3]}
    assert asked == [search]


@pytest.mark.parametrize(("count", "seed"), [(0, 0), (MAX_PICKS + 1, 0), (3, -1), (3, 2**32)])
def test_numbers_out_of_range_are_refused(picks, count, seed):
    with pytest.raises(InvalidQuery):
        picks.pick(Search(), count, seed=seed)


def test_nothing_to_pick_from_is_said(picks):
    with pytest.raises(InvalidQuery, match="nothing to pick from"):
        picks.pick(Search(where=Filter((AnyOf("label", ("none",)),))), 3)
    with pytest.raises(InvalidQuery, match="No picture has a cluster"):
        picks.pick(Search(), 3, How.BALANCED, "cluster")
