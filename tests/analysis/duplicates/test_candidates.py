"""Which pairs are worth looking at."""

import numpy as np

from core.analysis.duplicates.scan.candidates import by_hash, by_likeness
from core.analysis.neighbours.graph import Neighbours


def ring(count: int, reach: int) -> Neighbours:
    """Each row's neighbours are those after it."""
    indices = (np.arange(count)[:, None] + np.arange(1, reach + 1)) % count
    cosines = np.tile(np.linspace(0.6, 0.4, reach, dtype=np.float32), (count, 1))
    vectors = np.zeros((count, 4), np.float16)
    none = np.empty(0, "S32"), np.empty(0, np.int32)
    return Neighbours(np.zeros((count, 32), np.uint8), *none, indices.astype(np.int32), cosines, vectors, 1.0)


def test_a_far_neighbour_is_looked_at_where_a_single_patch_agrees():
    hashes, new = np.zeros((40, 4), np.uint64), np.ones(40, np.bool_)
    far, elsewhere = 3 * 40 + 9, 3 * 40 + 30  # the sixth neighbour of the third; none of its neighbours
    before = by_likeness(hashes, ring(40, 8), new, 0.9, np.empty(0, np.int64))
    after = by_likeness(hashes, ring(40, 8), new, 0.9, np.array([far, elsewhere]))
    assert set(after) - set(before) == {(3, 9)}
    assert after[3, 9].thorough


def test_what_lies_within_another_is_looked_at():
    hashes = np.random.default_rng(4).integers(0, 2**63, (40, 4), np.uint64)
    new = np.ones(40, np.bool_)
    insides = np.array([5, 9, 9]), hashes[[30, 2, 9]]  # one within the fifth; and what is within itself
    *_, found = by_hash(hashes, insides, new)
    assert {pair: hint.orientation for pair, hint in found.items()} == {(5, 30): None, (2, 9): None}
