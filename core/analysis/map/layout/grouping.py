"""Groups of points that stand closer together than what is around them: HDBSCAN, at several sizes.

Runs in the process that lays the map out, on the edges along which alone points can be neighbours (Delaunay) and those
to the nearest: comparing all pairs would take the square of their number.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

NONE = -1
"""The group of who is in none."""

DENSE = 5
"""Neighbours by which it is judged how close together points stand."""

ROUNDS = 10
MAJORITY = 0.5
"""Of the neighbours of a point must be in a group for it to belong there, too."""

_FEWEST = 5  # points of a group
_FACTORS = (1, 5, 25)  # from the size of the smallest groups to that of the next level
_FEWEST_GROUPS = 4  # of a level above another: fewer say little
_TOO_LARGE = 0.5  # of the points in one group: then what it consists of says more

type Labels = NDArray[np.int32]
"""The group of each point, from 0; `NONE`."""

type Places = NDArray[np.float64]


def smallest(count: int) -> int:
    """How many points a group has at least, of so many in all."""
    return max(_FEWEST, round(math.sqrt(count)))


def grouped(places: Places) -> list[Labels]:
    """The groups at each level, the coarsest first; each further level has more. None where there are too few points,
    or they do not stand in groups."""
    if len(places) < 2 * _FEWEST:
        return []
    edges, found = _edges(places), list[Labels]()
    for factor in _FACTORS:
        size = factor * smallest(len(places))
        if 2 * size > len(places):
            break
        labels = _groups(edges, size)
        groups = int(labels.max(initial=NONE)) + 1
        if groups < (_FEWEST_GROUPS if found else 1):
            break
        if not found or groups * 2 <= int(found[-1].max()) + 1:
            found.append(labels)
    return found[::-1]


def _groups(edges: Any, size: int) -> Labels:
    """Those that hold together over the widest range of distances; where one of them is most of all, the smallest."""
    labels = _hdbscan(edges, size, "eom")
    largest = np.bincount(labels[labels >= 0]).max(initial=0)
    return _hdbscan(edges, size, "leaf") if largest > _TOO_LARGE * len(labels) else labels


def nested(levels: Sequence[Labels]) -> list[Labels]:
    """The levels so that each group lies within one of the level above as a whole, or in none."""
    levels = [level.copy() for level in levels]
    for place in reversed(range(1, len(levels))):
        upper, lower = levels[place - 1], levels[place]
        inside = lower != NONE
        upper[inside] = _parents(upper, lower)[lower[inside]]
    return levels


def surrounded(
    labels: Labels, neighbours: NDArray[np.int32], known: NDArray[np.bool_] | None = None, rounds: int = ROUNDS
) -> Labels:
    """The groups with those points that are in none, and most of whose neighbours are in one.

    Args:
        neighbours: Shape `(n, k)`, the nearest of each; -1 where there are fewer.
        known: Of which it is known whether they are in one; others are to join, and do not count until they have. None:
            all.
    """
    labels, counts = labels.copy(), np.ones(len(labels), np.bool_) if known is None else known.copy()
    for _ in range(rounds):
        new = np.flatnonzero((labels == NONE) & (True if known is None else ~known))
        near = neighbours[new]
        there = (near >= 0) & counts[np.maximum(near, 0)]
        group, votes = _most_frequent(np.where(there, labels[np.maximum(near, 0)], NONE))
        joins = (group != NONE) & (votes > MAJORITY * there.sum(axis=1))
        if not joins.any():
            break
        labels[new[joins]] = group[joins]
        counts[new[joins]] = True
    return labels


def _most_frequent(values: Labels) -> tuple[Labels, NDArray[np.int64]]:
    """Of each row the value that it has most often, without `NONE`, and how often."""
    ordered = np.sort(values, axis=1)
    best, most = np.full(len(values), NONE, np.int32), np.zeros(len(values), np.int64)
    run = np.zeros(len(values), np.int64)
    for column in range(ordered.shape[1]):
        now = ordered[:, column]
        same = (now == ordered[:, column - 1]) if column else np.zeros(len(values), np.bool_)
        run = np.where(same, run + 1, 1)
        better = (run > most) & (now != NONE)
        best, most = np.where(better, now, best), np.where(better, run, most)
    return np.asarray(best, np.int32), most


def _parents(upper: Labels, lower: Labels) -> NDArray[np.int32]:
    """The group above in which most points of each group are."""
    count, groups = int(lower.max(initial=NONE)) + 1, int(upper.max(initial=NONE)) + 1
    inside = lower != NONE
    votes = np.zeros((count, groups + 1), np.int64)
    np.add.at(votes, (lower[inside], upper[inside]), 1)  # NONE is the last column
    best = votes.argmax(axis=1).astype(np.int32)
    return np.where(best == groups, NONE, best).astype(np.int32)


def _edges(places: Places) -> Any:
    """How far points are from their neighbours, a sparse symmetric matrix that joins all of them."""
    from scipy.sparse import coo_matrix
    from scipy.spatial import Delaunay, KDTree

    count, near = len(places), min(2 * DENSE, len(places) - 1)
    scale = float(np.ptp(places, axis=0).max()) or 1.0
    # What lies at one place has no triangles: apart by a hair.
    apart = places + np.random.default_rng(0).normal(0.0, 1e-9 * scale, places.shape)
    corners = Delaunay(apart).simplices
    sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    _, nearest = KDTree(apart).query(apart, near + 1, workers=-1)
    to_near = np.stack([np.repeat(np.arange(count), near), nearest[:, 1:].ravel()], axis=1)
    pairs = np.sort(np.concatenate([sides, to_near]), axis=1)
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    far = np.linalg.norm(apart[pairs[:, 0]] - apart[pairs[:, 1]], axis=1)
    both = (np.concatenate([far, far]), (pairs.T.ravel(), pairs[:, ::-1].T.ravel()))
    return coo_matrix(both, (count, count)).tocsr()


def _hdbscan(edges: Any, size: int, method: str) -> Labels:
    from sklearn.cluster import HDBSCAN

    model = HDBSCAN(
        min_cluster_size=size, min_samples=DENSE, metric="precomputed", cluster_selection_method=method, copy=True
    )
    return np.asarray(model.fit_predict(edges), np.int32)
