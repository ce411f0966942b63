"""All pairs of contents of a version that are the same picture or look alike, kept by their content hashes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from core.analysis.kept import Kept
from core.analysis.neighbours.graph import Neighbours

if TYPE_CHECKING:  # which needs OpenCV: no page waits for it
    from core.analysis.duplicates.pictures.looking import Verified


@dataclass(frozen=True, slots=True)
class Pairs:
    """Of n pairs, arrays of shape `(n,)` unless it is said otherwise."""

    first: NDArray[np.int32]
    """Places of contents; likewise the next, the larger one."""
    second: NDArray[np.int32]
    same: NDArray[np.bool_]
    """Whether both are the same picture."""
    cosine: NDArray[np.float32]
    matrix: NDArray[np.float32]
    """From the second to the first, of those that are the same: an array of shape `(n, 2, 3)`."""
    cover: NDArray[np.float32]
    """The share of the first that the second covers, and of the second that lies in the first: shape `(n, 2)`."""
    shown: NDArray[np.float32]
    """The share of the first, and of the second, that is not a frame around the other: shape `(n, 2)`."""
    correlation: NDArray[np.float32]
    checked: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.first)

    @classmethod
    def none(cls) -> Self:
        shapes = {"matrix": (0, 2, 3), "cover": (0, 2), "shown": (0, 2)}
        kinds = {"first": np.int32, "second": np.int32, "same": np.bool_, "checked": np.bool_}
        return cls(
            **{one.name: np.zeros(shapes.get(one.name, 0), kinds.get(one.name, np.float32)) for one in fields(cls)}
        )

    def at(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> "Pairs":
        return Pairs(**{one.name: getattr(self, one.name)[places] for one in fields(self)})

    def with_more(self, others: Iterable["Pairs"]) -> "Pairs":
        """Sorted, each once; of doubles the first stays."""
        parts = [self, *others]
        joined = Pairs(
            **{one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(self)}
        )
        keys = joined.first.astype(np.int64) << 32 | joined.second
        return joined.at(np.unique(keys, return_index=True)[1])

    def moved(self, places: NDArray[np.int64]) -> "Pairs":
        """With contents in other places; without the pairs of those whose place is -1."""
        there = (places[self.first] >= 0) & (places[self.second] >= 0)
        kept = self.at(there)
        first, second = places[kept.first].astype(np.int32), places[kept.second].astype(np.int32)
        own = {one.name: getattr(kept, one.name) for one in fields(kept)}
        return Pairs(**{**own, "first": first, "second": second})  # both ascend, so that the smaller stays the smaller


def same_pairs(found: "Sequence[tuple[int, int, Verified]]", cosines: NDArray[np.float32]) -> Pairs:
    """
    Args:
        found: Places of the first and the second, and how they lie.
        cosines: An array of shape `(n,)`.
    """
    if not found:
        return Pairs.none()
    aligned = [one.aligned for _, _, one in found]
    return Pairs(
        np.array([first for first, _, _ in found], np.int32),
        np.array([second for _, second, _ in found], np.int32),
        np.ones(len(found), np.bool_),
        np.asarray(cosines, np.float32),
        np.array([one.matrix for one in aligned], np.float32),
        np.array([(one.first, one.second) for one in aligned], np.float32),
        np.array([(one.first_shown, one.second_shown) for _, _, one in found], np.float32),
        np.array([one.correlation for one in aligned], np.float32),
        np.array([one.checked for _, _, one in found], np.bool_),
    )


def alike_pairs(first: NDArray[np.int64], second: NDArray[np.int64], cosines: NDArray[np.float32]) -> Pairs:
    count = len(first)
    return Pairs(
        first.astype(np.int32),
        second.astype(np.int32),
        np.zeros(count, np.bool_),
        np.asarray(cosines, np.float32),
        np.tile(np.eye(2, 3, dtype=np.float32), (count, 1, 1)),
        np.zeros((count, 2), np.float32),
        np.ones((count, 2), np.float32),
        np.zeros(count, np.float32),
        np.ones(count, np.bool_),
    )


def nearest_pairs(graph: Neighbours, floor: float) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """The pairs of the graph from a cosine on, each once, the smaller place first."""
    rows, columns = np.nonzero((graph.indices >= 0) & (graph.cosines >= floor))
    others, cosines = graph.indices[rows, columns].astype(np.int64), graph.cosines[rows, columns]
    first, second = np.minimum(rows, others), np.maximum(rows, others)
    _, once = np.unique(first << 32 | second, return_index=True)
    return first[once], second[once], cosines[once]


def cosines_of(graph: Neighbours, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float32]:
    parts = [
        np.einsum("ij,ij->i", graph.read(first[start:stop]), graph.read(second[start:stop]))
        for start, stop in _chunks(len(first))
    ]
    return np.asarray(np.round(np.concatenate([np.empty(0, np.float32), *parts]), 5), np.float32)


def _chunks(count: int, size: int = 4_096) -> Iterator[tuple[int, int]]:
    return ((start, min(count, start + size)) for start in range(0, count, size))


def load(kept: Kept) -> Pairs | None:
    table = kept.load("pairs")
    if table is None or set(table) != {one.name for one in fields(Pairs)}:
        return None
    return Pairs(**table)


def save(kept: Kept, pairs: Pairs) -> None:
    kept.save("pairs", {one.name: getattr(pairs, one.name) for one in fields(pairs)})
