"""Pairs become groups without chains, in whatever order they come."""

import numpy as np
import pytest

from core.analysis.duplicates.groups.grouping import components, look_alikes, same_pictures
from core.analysis.duplicates.scan.pairs import Pairs, alike_pairs

WHOLE = np.array([[1.0, 0, 0], [0, 1, 0]])


def never(one, other):
    return False


def alike(*pairs: tuple[int, int, float]) -> Pairs:
    first, second, cosines = (np.array(column) for column in zip(*pairs, strict=True))
    return alike_pairs(first, second, cosines.astype(np.float32))


def same(*pairs: tuple[int, int, np.ndarray]) -> Pairs:
    found = alike(*((first, second, 1.0) for first, second, _ in pairs))
    matrices = np.array([matrix for *_, matrix in pairs], np.float32)
    own = {name: getattr(found, name) for name in Pairs.__dataclass_fields__}
    return Pairs(**{**own, "same": np.ones(len(found), np.bool_), "matrix": matrices})


def members(clusters):
    return sorted(sorted(cluster.members) for cluster in clusters)


def test_components():
    found = components(np.array([0, 5, 2, 8]), np.array([1, 6, 1, 9]))
    assert sorted(one.tolist() for one in found) == [[0, 1, 2], [5, 6], [8, 9]]
    assert components(np.array([], np.int64), np.array([], np.int64)) == []


def test_a_chain_of_look_alikes_is_broken():
    """Each is like the next, and the first not like the last."""
    pairs = alike(*((at, at + 1, 0.97) for at in range(6)))
    found = look_alikes(pairs, 0.95, [], np.ones(7, np.int64), never)
    assert max(len(cluster.members) for cluster in found) == 3
    for cluster in found:
        assert all(abs(cluster.centre - member) <= 1 for member in cluster.members)


def test_the_threshold_moves_without_another_scan():
    pairs = alike((0, 1, 0.99), (1, 2, 0.96), (0, 2, 0.96), (3, 4, 0.93))
    sizes = {t: members(look_alikes(pairs, t, [], np.ones(5, np.int64), never)) for t in (0.98, 0.95, 0.9, 0.999)}
    assert sizes == {0.98: [[0, 1]], 0.95: [[0, 1, 2]], 0.9: [[0, 1, 2], [3, 4]], 0.999: []}


def test_what_is_one_picture_stays_together():
    one = same_pictures(same((0, 1, WHOLE)), np.array([9, 4, 1, 1]), never)
    assert members(one) == [[0, 1]]
    found = look_alikes(alike((1, 2, 0.97), (0, 1, 0.99)), 0.95, one, np.array([9, 4, 1, 1]), never)
    assert members(found) == [[0, 1, 2]]


def test_the_centre_is_the_largest_and_knows_where_others_lie():
    half = np.array([[0.5, 0, 0.25], [0, 0.5, 0.25]])
    (cluster,) = same_pictures(same((0, 1, half), (1, 2, WHOLE)), np.array([100, 25, 25]), never)
    assert (cluster.centre, sorted(cluster.members)) == (0, [0, 1, 2])
    np.testing.assert_allclose(cluster.matrices[2], half)


def test_a_collage_does_not_join_what_is_in_it():
    """Contents 1 and 2 lie beside each other in 0, which is smaller than they are."""
    left, right = np.array([[0.5, 0, 0], [0, 1, 0]]), np.array([[0.5, 0, 0.5], [0, 1, 0]])
    pairs = same((0, 1, left), (0, 2, right))
    assert members(same_pictures(pairs, np.array([10, 90, 90]), never)) == [[0, 1]]
    assert members(same_pictures(pairs, np.array([99, 9, 9]), never)) == [[0, 1, 2]], "crops of a larger picture"


def test_what_was_said_to_be_different_is_not_joined():
    def apart(one, other):
        return {one, other} == {1, 2}

    pairs = same((0, 1, WHOLE), (0, 2, WHOLE), (1, 2, WHOLE))
    assert members(same_pictures(pairs, np.array([3, 2, 1]), apart)) == [[0, 1]]
    found = look_alikes(alike((0, 1, 0.99), (0, 2, 0.99)), 0.9, [], np.array([3, 2, 1]), apart)
    assert members(found) == [[0, 1]]


@pytest.mark.parametrize("seed", range(5))
def test_groups_do_not_depend_on_the_order_of_pairs(seed):
    rng = np.random.default_rng(seed)
    edges = sorted({(min(a, b), max(a, b)) for a, b in rng.integers(0, 60, (90, 2)).tolist() if a != b})
    pairs = alike(*((a, b, 0.99) for a, b in edges))
    pixels = rng.integers(0, 5, 60)
    shuffled = pairs.at(rng.permutation(len(pairs)))
    assert look_alikes(pairs, 0.9, [], pixels, never) == look_alikes(shuffled, 0.9, [], pixels, never)
