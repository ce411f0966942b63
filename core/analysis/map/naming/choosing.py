"""What clusters are called: by the concepts that set them apart, by a label or folder that nearly all of them share, or
by a number. Each name once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.search.relevance.concepts import Bank

type NamedBy = Literal["label", "concepts", "folder", "number", "person"]

MAX_NAME = 100  # characters

_TOLD = 5  # concepts of a cluster
_CLEAR = 2.0  # deviations above the mean of all concepts: less says nothing
_SHARED = 0.6  # of the pictures of a cluster have the label
_OFTENER = 2.0  # times as many as elsewhere
_FOLDER_SHARED, _FOLDER_OFTENER = 0.8, 3.0


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    by: NamedBy
    concepts: tuple[str, ...] = ()
    """What sets it apart, most of all first, as far as it is known."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a cluster."""

    size: int
    mean: NDArray[np.float64]
    """Of the embeddings of its pictures, shape `(dims,)`."""
    labels: Mapping[str, int]
    """How many of its pictures have which label."""
    folders: Mapping[str, int]
    """How many lie in a folder that is called so."""


@dataclass(frozen=True, slots=True)
class All:
    """What is known of all pictures, to compare with."""

    size: int
    mean: NDArray[np.float64]
    labels: Mapping[str, int]
    folders: Mapping[str, int]


def names(clusters: Sequence[Known], whole: All, bank: Bank | None, taken: Sequence[str] = ()) -> list[Name]:
    """The names of clusters, in their order.

    Args:
        bank: None where the model has not read the everyday concepts.
        taken: Names that are not to be given.
    """
    apart = [_set_apart(cluster, whole, bank) for cluster in clusters]
    used = {name.casefold() for name in taken}
    found: dict[int, Name] = {}
    # Who is most clearly of something is called so; others of it get a second word.
    for place in sorted(range(len(clusters)), key=lambda place: (-_clearness(apart[place]), place)):
        concepts = tuple(concept for concept, _ in apart[place])
        candidates = _candidates(clusters[place], whole, concepts)
        name, by = next(one for one in candidates if one[0].casefold() not in used)
        used.add(name.casefold())
        found[place] = Name(name, by, concepts)
    return [found[place] for place in range(len(clusters))]


def _clearness(concepts: Sequence[tuple[str, float]]) -> float:
    return concepts[0][1] if concepts else 0.0


def _set_apart(cluster: Known, whole: All, bank: Bank | None) -> list[tuple[str, float]]:
    """The concepts that these pictures are nearer to than the others are, and by how many deviations."""
    others = whole.size - cluster.size
    if bank is None or others < 1 or not cluster.size:
        return []
    concepts, rows = bank
    rest = (whole.mean * whole.size - cluster.mean * cluster.size) / others
    # What all texts have in common is taken away: it says which model it is, not what is shown.
    nearer = (rows - rows.mean(axis=0)) @ (cluster.mean - rest)
    above = (nearer - nearer.mean()) / max(float(nearer.std()), 1e-9)
    best = np.argsort(-above, kind="stable")[:_TOLD]
    return [(concepts[place], float(above[place])) for place in best if above[place] >= _CLEAR]


def _candidates(cluster: Known, whole: All, concepts: Sequence[str]) -> Iterator[tuple[str, NamedBy]]:
    label = _telling(cluster.labels, cluster.size, whole.labels, whole.size, _SHARED, _OFTENER)
    if label:
        yield label, "label"
    for count in (1, 2, 3):
        for several in combinations(concepts, count):
            if count == 1 and several[0] != concepts[0]:
                break  # the first or, with it, another: one alone that is not the first would mislead
            if several[0] == concepts[0]:
                yield _joined(several), "concepts"
    folder = _telling(cluster.folders, cluster.size, whole.folders, whole.size, _FOLDER_SHARED, _FOLDER_OFTENER)
    if folder:
        yield folder, "folder"
    if label:
        yield from ((_joined((label, concept)), "label") for concept in concepts if concept != label)
    first = label or (concepts[0] if concepts else folder or "Cluster")
    by: NamedBy = "label" if label else "concepts" if concepts else "folder" if folder else "number"
    number = 1 if first == "Cluster" else 2
    while True:
        yield f"{first} {number}", by
        number += 1


def _joined(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def _telling(
    here: Mapping[str, int], size: int, all_: Mapping[str, int], total: int, shared: float, oftener: float
) -> str:
    """The value that most of these have and few others do; empty where there is none."""
    others, least = max(1, total - size), shared * size
    often = {value: count for value, count in here.items() if count >= least and shown(value)}
    telling = [
        (count, value)
        for value, count in often.items()
        if count / max(1, size) >= oftener * (all_.get(value, 0) - count) / others
    ]
    return shown(max(telling)[1]) if telling else ""


def shown(name: str) -> str:
    """A name as it can be shown and typed: nothing invisible, not too long."""
    cleaned = " ".join("".join(letter if letter.isprintable() else " " for letter in name[: 4 * MAX_NAME]).split())
    return cleaned if len(cleaned) <= MAX_NAME else f"{cleaned[: MAX_NAME - 1].rstrip()}…"
