"""Groups of contents: of pairs that are joined at a level, with a guard against chains.

Pairs that touch make a component. But what looks like its neighbour need not look like its neighbour's neighbour, and a
collage holds pictures that have nothing to do with each other. So a group has one member, its *centre*, that all others
are a duplicate of: the largest of a component becomes one, takes what is directly its duplicate, and the rest begins
again. Groups do not depend on the order of anything.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.analysis.duplicates.pictures.matrices import Matrix, chained, inverted, overlap
from core.analysis.duplicates.scan.pairs import Pairs

type Apart = Callable[[int, int], bool]
"""Whether it was said of two contents that they are no duplicates."""

CENTRED = 0.6
"""Of the area of one of two pictures that are joined over others, as much lies within the other at least."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Some contents that belong together."""

    centre: int
    """The place of a content; likewise the others."""
    members: tuple[int, ...]
    """The centre first."""
    matrices: dict[int, Matrix] = field(default_factory=dict, compare=False)
    """From the picture to the centre, of those that are the same picture as it."""


def components(first: NDArray[np.integer], second: NDArray[np.integer]) -> list[NDArray[np.int64]]:
    """What pairs join, each ascending: by hooking and shortcutting (Shiloach and Vishkin, 1982)."""
    nodes, places = np.unique(np.concatenate([first, second]), return_inverse=True)
    one, other = places[: len(first)], places[len(first) :]
    labels = np.arange(len(nodes))
    while (labels[one] != labels[other]).any():
        left, right = labels[one], labels[other]
        np.minimum.at(labels, np.maximum(left, right), np.minimum(left, right))
        while (labels[labels] != labels).any():
            labels = labels[labels]
    order = np.argsort(labels, kind="stable")
    return (
        [np.asarray(nodes[part]) for part in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)]
        if len(nodes)
        else []
    )


def same_pictures(pairs: Pairs, pixels: NDArray[np.int64], apart: Apart) -> list[Cluster]:
    """The contents that are one picture.

    Args:
        pixels: Of each content, an array of shape `(n,)`.
    """
    edges = _edges(pairs.at(pairs.same))
    found = []
    for nodes in components(pairs.first[pairs.same], pairs.second[pairs.same]):
        left = sorted(nodes.tolist(), key=lambda node: (-pixels[node], node))
        while left:
            cluster = _around(left[0], set(left), edges, apart)
            if len(cluster.members) > 1:
                found.append(cluster)
            left = [node for node in left if node not in cluster.members]
    return found


def look_alikes(
    pairs: Pairs, threshold: float, same: Sequence[Cluster], pixels: NDArray[np.int64], apart: Apart
) -> list[Cluster]:
    """The contents that look alike, of which not all are one picture: what is one picture stays together."""
    of = np.arange(len(pixels))
    for cluster in same:
        of[list(cluster.members)] = cluster.centre
    by_centre = {cluster.centre: cluster for cluster in same}
    chosen = (pairs.cosine >= threshold) & (of[pairs.first] != of[pairs.second])
    first, second = of[pairs.first[chosen]], of[pairs.second[chosen]]
    near: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        if not _any_apart(by_centre, one, other, apart):
            near[one].add(other)
            near[other].add(one)
    found = []
    for nodes in components(first, second):
        left = set(nodes.tolist())
        while left:
            centre = max(left, key=lambda node: (len(near[node] & left), pixels[node], -node))
            own = [centre]
            for node in sorted(near[centre] & left, key=lambda node: (-pixels[node], node)):
                if not any(_any_apart(by_centre, node, other, apart) for other in own[1:]):
                    own.append(node)
            left -= set(own)
            if len(own) > 1:
                found.append(_widened(own, by_centre))
    return found


def _widened(own: Sequence[int], by_centre: dict[int, Cluster]) -> Cluster:
    members = [member for node in own for member in (by_centre[node].members if node in by_centre else (node,))]
    centre = by_centre.get(own[0])
    return Cluster(own[0], tuple(members), centre.matrices if centre else {own[0]: np.eye(2, 3)})


def _any_apart(by_centre: dict[int, Cluster], one: int, other: int, apart: Apart) -> bool:
    left = by_centre[one].members if one in by_centre else (one,)
    right = by_centre[other].members if other in by_centre else (other,)
    return any(apart(a, b) for a in left for b in right)


def _edges(pairs: Pairs) -> dict[int, list[tuple[int, Matrix]]]:
    """For each content its duplicates, and the map from these to it."""
    edges: defaultdict[int, list[tuple[int, Matrix]]] = defaultdict(list)
    for first, second, matrix in zip(pairs.first.tolist(), pairs.second.tolist(), pairs.matrix, strict=True):
        to_first = np.asarray(matrix, np.float64)
        edges[first].append((second, to_first))
        edges[second].append((first, inverted(to_first)))
    return edges


def _around(centre: int, left: set[int], edges: dict[int, list[tuple[int, Matrix]]], apart: Apart) -> Cluster:
    """What is the same picture as this one, directly or over others that are."""
    matrices = {centre: np.asarray(np.eye(2, 3))}
    waiting = deque([centre])
    while waiting:
        node = waiting.popleft()
        for other, matrix in sorted(edges[node], key=lambda edge: edge[0]):
            if other in matrices or other not in left or any(apart(other, member) for member in matrices):
                continue
            whole = chained(matrices[node], matrix)
            if node == centre or max(overlap(whole)) >= CENTRED:
                matrices[other] = whole
                waiting.append(other)
    return Cluster(centre, tuple(matrices), matrices)


def in_pairs[T](members: Sequence[T]) -> Iterator[tuple[T, T]]:
    return ((one, other) for at, one in enumerate(members) for other in members[at + 1 :])
