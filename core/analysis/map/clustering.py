"""The clusters of a map: numbered, described and named."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.analysis.map import describing
from core.analysis.map.model import Cluster, Cover, Map
from core.analysis.map.naming import choosing
from core.analysis.map.naming.given import Given, matched
from core.analysis.neighbours.graph import Neighbours
from core.index.index import Index
from core.index.records import names_on
from core.search.relevance.concepts import Bank

type Levels = NDArray[np.int32]
"""Of contents, the number of the cluster at each level; 0: none. Shape `(levels, c)`, the coarsest first."""

_FIELDS = ("label", "folder")


def numbered(levels: Sequence[NDArray[np.int32]], count: int) -> Levels:
    """Groups as clusters, whose numbers go from 1 through all levels, the largest first in each.

    Args:
        levels: Groups from 0, -1: none; shape `(c,)` each.
    """
    found, first = np.zeros((len(levels), count), np.int32), 1
    for place, groups in enumerate(levels):
        sizes = np.bincount(groups[groups >= 0])
        order = np.argsort(-sizes, kind="stable")
        numbers = np.zeros(len(sizes) + 1, np.int32)  # the last for -1
        numbers[order] = np.arange(first, first + len(sizes))
        found[place] = numbers[groups]
        first += len(sizes)
    return found


def parents(levels: Levels) -> dict[int, int]:
    """The cluster that each lies in; 0: none. Each lies in one of the level above as a whole."""
    found: dict[int, int] = {}
    for place, numbers in enumerate(levels):
        present, first = np.unique(numbers, return_index=True)
        above = levels[place - 1][first] if place else np.zeros(len(present), np.int32)
        found |= {int(number): int(upper) for number, upper in zip(present, above, strict=True) if number}
    return found


def clusters_of(
    made: Map, graph: Neighbours, index: Index, bank: Bank | None, given: Sequence[Given]
) -> tuple[Cluster, ...]:
    """The clusters of a map whose levels are known. Those that it has keep their own names, unless these are numbers.

    Args:
        given: What people call clusters, the last first.
    """
    sizes = np.bincount(made.levels[:, made.row].ravel())
    if not sizes[1:].any():
        return ()
    middles = describing.middles(graph.vectors, list(made.levels), len(sizes) - 1)
    own = _own_names(made, middles, _told(index, made, len(sizes)), bank, sizes)
    called = with_names(own, {number: one.name for number, one in matched(given, made.contents, made.levels).items()})
    above, first, found = parents(made.levels), _first(made.row, len(made.contents)), list[Cluster]()
    for place, level in enumerate(made.levels):
        typical = describing.typicality(graph.vectors, level, middles.of)
        for number, members in _members(level):
            about = _Told(number, place, above[number], int(sizes[number]), own[number], called[number])
            covers = describing.covers(graph.vectors, members, typical)
            shown = tuple(_cover(made, content, int(first[content])) for content in covers)
            points = made.points[level[made.row] == number].astype(np.float64)
            found.append(_cluster(about, points, shown))
    return tuple(sorted(found, key=lambda one: (one.level, -one.size, one.number)))


def with_names(own: Mapping[int, choosing.Name], given: Mapping[int, str]) -> dict[int, choosing.Name]:
    """What each is called: as people call it, else by its own name; no two alike."""
    used, called = set[str](), dict[int, choosing.Name]()
    for number, name in (*given.items(), *((n, one.name) for n, one in own.items() if n not in given)):
        by = "person" if number in given else own[number].by
        free = unused(name, used)
        used.add(free.casefold())
        called[number] = replace(own[number], name=free, by=by)
    return called


def unused(name: str, used: Iterable[str]) -> str:
    """The name, with a number where another has it."""
    taken, number, free = set(used), 1, name
    while free.casefold() in taken:
        number += 1
        free = f"{name[: choosing.MAX_NAME - 5].rstrip()} {number}"
    return free


@dataclass(frozen=True, slots=True)
class _Told:
    number: int
    level: int
    parent: int
    size: int
    own: choosing.Name
    called: choosing.Name


def _cluster(about: _Told, places: NDArray[np.float64], covers: tuple[Cover, ...]) -> Cluster:
    x, y = describing.densest(places)
    return Cluster(
        number=about.number,
        name=about.called.name,
        named_by=about.called.by,
        own_name=about.own.name,
        own_by=about.own.by,
        concepts=about.own.concepts,
        size=about.size,
        level=about.level,
        parent=about.parent,
        x=x,
        y=y,
        radius=describing.reach(places, x, y),
        bounds=describing.box(places),
        covers=covers,
    )


def _cover(made: Map, content: int, point: int) -> Cover:
    return Cover(made.digits[point].decode(), made.hash_of(content), point)


def _first(row: NDArray[np.int32], count: int) -> NDArray[np.int64]:
    """Of each content the first point."""
    first = np.zeros(count, np.int64)
    first[row[::-1]] = np.arange(len(row))[::-1]
    return first


def _members(level: NDArray[np.int32]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """The contents of each cluster of a level."""
    order = np.argsort(level, kind="stable")
    numbers, begins = np.unique(level[order], return_index=True)
    for number, members in zip(numbers.tolist(), np.split(order, begins[1:]), strict=True):
        if number:
            yield number, members


def _own_names(
    made: Map,
    middles: describing.Middles,
    told: Mapping[str, Sequence[Counter[str]]],
    bank: Bank | None,
    sizes: NDArray[np.int64],
) -> dict[int, choosing.Name]:
    """What each is called by itself, those named before as before."""
    before = [one for one in made.clusters if one.own_by != "number" and one.number < len(sizes) and sizes[one.number]]
    own = {one.number: choosing.Name(one.own_name, one.own_by, one.concepts) for one in before}
    new = [number for number in np.flatnonzero(sizes).tolist() if number and number not in own]
    labels, folders = told["label"], told["folder"]
    whole = choosing.All(made.size, middles.whole, labels[0], folders[0])
    known = [choosing.Known(int(sizes[one]), middles.of[one], labels[one], folders[one]) for one in new]
    found = choosing.names(known, whole, bank, [one.name for one in own.values()])
    return {**own, **dict(zip(new, found, strict=True))}


def _told(index: Index, made: Map, count: int) -> dict[str, list[Counter[str]]]:
    """How many of the pictures of each cluster, by its number, have which label, and lie in a folder that is called
    so; of all pictures where the number is 0."""
    found = {field: [Counter[str]() for _ in range(count)] for field in _FIELDS}
    for ids, values in index.values(_FIELDS):
        points = made.numbers_of(ids)
        clusters = made.levels[:, made.row[np.maximum(points, 0)]].T.tolist()
        for place, point in enumerate(points.tolist()):
            if point >= 0:
                for field in _FIELDS:
                    texts = _said(field, values[field][place])
                    for number in {0, *clusters[place]}:
                        found[field][number].update(texts)
    return found


def _said(field: str, texts: Any) -> Iterable[str]:
    return texts if field == "label" else [name for path in texts for name in names_on(path)[-1:]]
