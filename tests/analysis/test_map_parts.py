"""What a map is made with: arrays in one answer, shapes drawn by hand, sets of ids, places of who is new."""

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from core.analysis.map.clustering import numbered, parents, unused
from core.analysis.map.container import packed, unpacked
from core.analysis.map.layout import grouping, laying
from core.analysis.map.layout.placing import placed, spread_copies
from core.analysis.map.shapes import in_box, in_shape
from core.index.chosen.ids import IdSet, to_digits, to_rows, union
from core.index.records import record_id

IDS = [record_id(f"/pictures/{number}.jpg") for number in range(50)]
STAR = np.array([[0, 3], [1, -2], [-2.5, 1], [2.5, 1], [-1, -2]], float)  # whose middle is outside, by the rule
SQUARE = np.array([[0, 0], [2, 0], [2, 2], [0, 2]], float)


def crossings(x: float, y: float, corners: np.ndarray) -> bool:
    """The even-odd rule as textbooks have it."""
    inside, last = False, corners[-1]
    for corner in corners:
        if (corner[1] > y) != (last[1] > y):
            inside ^= x > corner[0] + (y - corner[1]) / (last[1] - corner[1]) * (last[0] - corner[0])
        last = corner
    return inside


def test_arrays_come_back_and_lie_where_a_browser_can_read_them():
    arrays: dict[str, Any] = {
        "xy": np.arange(6, dtype=np.float32).reshape(3, 2),
        "category": np.array([1, 2, 255], np.uint8),
        "points": np.array([7], np.uint32),
        "none": np.empty((0, 2), np.float32),
    }
    data = packed({"version": "é", "bounds": (0.0, 1.0)}, arrays)
    about, found = unpacked(data)
    assert about == {"version": "é", "bounds": [0.0, 1.0]}
    assert {name: array.tolist() for name, array in found.items()} == {
        name: array.tolist() for name, array in arrays.items()
    }
    header = int.from_bytes(data[4:8], "little")
    offsets = [one["offset"] for one in json.loads(data[8 : 8 + header])["arrays"]]
    assert all(at % 8 == 0 for at in [8 + header, len(data), *offsets])


@pytest.mark.parametrize("data", [b"", b"ISM2\0\0\0\0", b"GIF89a.."])
def test_nothing_else_is_taken_for_arrays(data):
    with pytest.raises(ValueError, match="container"):
        unpacked(data)


@pytest.mark.parametrize("corners", [STAR, SQUARE, SQUARE[::-1], STAR[:2], np.repeat(SQUARE, 3, axis=0)])
def test_what_is_inside_a_shape_is_what_the_rule_says(corners):
    places = np.random.default_rng(0).uniform(-3, 4, (2_000, 2)).astype(np.float32)
    places = np.concatenate([places, corners.astype(np.float32), np.array([[1, 0], [1, 2], [0, 1]], np.float32)])
    wanted = [len(corners) > 2 and crossings(float(x), float(y), corners) for x, y in places]
    assert in_shape(places, corners).tolist() == wanted


def test_a_shape_of_many_corners():
    angles = np.linspace(0, 2 * np.pi, 10_000, endpoint=False)
    places = np.random.default_rng(1).uniform(-1.5, 1.5, (20_000, 2)).astype(np.float32)
    circle = in_shape(places, np.stack([np.cos(angles), np.sin(angles)], axis=1))
    radius = np.hypot(*places.astype(float).T)
    assert (circle == (radius < 1))[np.abs(radius - 1) > 1e-5].all()


def test_the_edges_of_a_box_belong_to_it():
    places = np.array([[0, 0], [1, 1], [0.5, 1.0001], [-0.1, 0]], np.float32)
    for box in ((0, 0, 1, 1), (1, 1, 0, 0), (0, 1, 1, 0)):
        assert in_box(places, box).tolist() == [True, True, False, False]


def test_sets_of_ids():
    some, others = IdSet([*IDS[:30], IDS[0]]), IdSet(IDS[20:])
    assert (len(some), sorted(some)) == (30, sorted(IDS[:30]))
    assert set(some & others) == {*IDS[20:30]}
    assert set(some - others) == {*IDS[:20]}
    assert set(union([some, others])) == set(some | others) == {*IDS}
    assert IDS[3] in some
    assert IDS[40] not in some
    assert "x" not in some
    assert 3 not in some
    assert IdSet.from_bytes(some.to_bytes()) == some != others
    assert hash(IdSet(IDS[:30])) == hash(some)
    assert (len(IdSet([])), list(IdSet(["x", "g" * 32, "A" * 32, "0" * 31]))) == (0, [])


def test_digits_and_bytes_of_ids():
    rows = to_rows(IdSet(IDS).digits)
    assert rows.shape == (50, 16)
    assert [row.tobytes().hex() for row in rows] == sorted(IDS)
    assert to_digits(rows).tolist() == IdSet(IDS).digits.tolist()


def test_who_is_new_stands_among_those_most_like_it_and_nobody_moves():
    places = np.array([[0, 0], [0.1, 0], [5, 5], [5.1, 5], [9, 9], [9, 9], [9, 9]], float)
    known = np.array([True] * 4 + [False] * 3)
    neighbours = np.array([[1, -1], [0, -1], [3, -1], [2, -1], [0, 2], [4, -1], [-1, -1]], np.int32)
    cosines = np.full((7, 2), 0.9, np.float32)
    cosines[4] = 0.9, 0.6
    found = placed(places, known, neighbours, cosines)
    assert (found[:4] == places[:4]).all()
    assert np.linalg.norm(found[4]) < 0.1  # by the more alike, not between the two
    assert (found[5] == found[4]).all()  # by way of another new one
    assert np.isfinite(found).all()


def test_copies_stand_around_the_first_of_them():
    found = spread_copies(np.array([[0, 0], [1, 1]], np.float32), np.array([0, 1, 0, 0], np.int32), 0.01)
    assert (found[0] == 0).all()
    assert (found[1] == 1).all()
    assert len({tuple(row) for row in found.tolist()}) == 4
    assert np.abs(found[2:]).max() < 0.01


def test_neighbours_attract_each_other_alike():
    forces = laying.attraction(np.array([[1], [2], [1], [-1]], np.int32)).toarray()
    assert forces.sum() == pytest.approx(1.0)
    assert (forces == forces.T).all()
    assert forces[3].sum() == 0


def test_places_are_turned_onto_those_of_before():
    old = np.random.default_rng(2).normal(size=(40, 2))
    turn = np.array([[0, -1], [-1, 0]], float)  # mirrored, too
    how = laying.aligned(3 * old @ turn + [5, 1], old)
    np.testing.assert_allclose(laying.moved(3 * old @ turn + [5, 1], how), old, atol=1e-9)


@pytest.mark.parametrize("count", range(4))
def test_a_handful_of_pictures_has_places(count):
    places = laying.fitted(laying.in_a_row(count)) if count else laying.in_a_row(0)
    assert places.shape == (count, 2)
    assert len({tuple(row) for row in places.tolist()}) == count


def test_groups_of_groups():
    rng = np.random.default_rng(3)
    centres = [(0, 0), (0, 1), (8, 0), (8, 1), (16, 0), (16, 1)]
    places = np.concatenate([rng.normal(centre, 0.08, (150, 2)) for centre in centres])
    levels = grouping.nested(grouping.grouped(places))
    assert 6 <= levels[-1].max() + 1 <= 9
    for upper, lower in pairwise(levels):
        for group in range(lower.max() + 1):
            assert len(set(upper[lower == group])) == 1
    fine = levels[-1].reshape(6, 150)
    assert all(np.bincount(part[part >= 0]).max() > 75 for part in fine)
    assert len({int(np.bincount(part[part >= 0]).argmax()) for part in fine}) == 6


@pytest.mark.parametrize("count", [0, 1, 5, 12, 40])
def test_few_points_or_all_at_one_place_need_no_groups(count):
    for places in (np.zeros((count, 2)), np.random.default_rng(4).uniform(size=(count, 2))):
        for level in grouping.grouped(places):
            assert level.shape == (count,)


def test_who_is_surrounded_by_a_group_belongs_to_it():
    labels = np.array([0, 0, 0, 1, 1, 1, -1, -1, -1], np.int32)
    neighbours = np.array([[1, 2, -1]] * 6 + [[0, 1, 3], [0, 3, -1], [6, 0, 4]], np.int32)
    assert grouping.surrounded(labels, neighbours).tolist() == [0, 0, 0, 1, 1, 1, 0, -1, 0]


def test_clusters_are_numbered_through_all_levels():
    coarse = np.array([0, 0, 0, 1, 1, 1, 1, -1], np.int32)
    fine = np.array([1, 1, -1, 0, 0, 2, 2, -1], np.int32)
    levels = numbered([coarse, fine], 8)
    assert levels.tolist() == [[2, 2, 2, 1, 1, 1, 1, 0], [4, 4, 0, 3, 3, 5, 5, 0]]
    assert parents(levels) == {1: 0, 2: 0, 3: 1, 4: 2, 5: 1}
    assert numbered([], 3).shape == (0, 3)


def test_a_name_is_given_once():
    assert unused("Dog", {"cat"}) == "Dog"
    assert unused("Dog", {"dog", "dog 2"}) == "Dog 3"
    assert len(unused("x" * 100, {"x" * 100})) <= 100


def test_very_many_are_laid_out_by_way_of_some(tmp_path, monkeypatch):
    """Here a fifth of them, so that it takes a second."""
    from core.analysis.map.layout import coarse, process
    from core.analysis.neighbours.search import exactly
    from core.vectors import unit

    monkeypatch.setattr(coarse, "LARGEST", 120)
    rng = np.random.default_rng(5)
    rows = unit(np.repeat(np.eye(6, 16), 100, axis=0) + 0.1 * rng.standard_normal((600, 16)))
    _, near, cosines = exactly(np.arange(600), 600, lambda some: rows[some], 16)
    for name, array in ((process.NEIGHBOURS, near), (process.COSINES, cosines)):
        np.save(tmp_path / name, array)
    np.save(tmp_path / process.BEGIN, laying.beginning(laying.principal(rows.astype(np.float16))))
    process.work(tmp_path, lambda *_: None, 1)
    places, _ = process.results(tmp_path)
    assert places.shape == (600, 2)
    groups = places.reshape(6, 100, 2)
    middles = np.median(groups, axis=1)
    apart = np.linalg.norm(places[:, None] - middles[None], axis=2).argmin(axis=1)
    assert (apart == np.repeat(np.arange(6), 100)).mean() > 0.95
