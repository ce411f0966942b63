"""A map as it is shown: where each picture stands, and which clusters there are."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.analysis.map.naming.choosing import NamedBy
from core.index.chosen.ids import Digits, to_digits
from core.index.filters import AnyOf
from core.search.language.conditions import write_condition

METHOD = "t-SNE"

type Box = tuple[float, float, float, float]
"""Left, low, right, high."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A typical picture of a cluster."""

    id: str
    content_hash: str
    point: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """Pictures that stand close together."""

    number: int
    """From 1, within one version of the map."""
    name: str
    named_by: NamedBy
    own_name: str
    """What it is called where nobody has called it otherwise."""
    own_by: NamedBy
    concepts: tuple[str, ...]
    """What sets it apart, most of all first."""
    size: int
    """Pictures in it, those of the clusters within it too."""
    level: int
    """0 is the coarsest."""
    parent: int
    """The number of the cluster that it lies in; 0: none."""
    x: float
    """Where its name stands: where its pictures are densest; likewise y."""
    y: float
    radius: float
    """Half of its pictures are within so much of that place."""
    bounds: Box
    covers: tuple[Cover, ...]
    """Up to six, the most typical first."""

    @property
    def filter(self) -> str:
        """As it is typed into the search bar."""
        return write_condition(AnyOf("cluster", (self.name,)))


@dataclass(frozen=True, slots=True)
class Quality:
    """How much of who is near to whom is kept in the plane, measured on a sample."""

    trustworthiness: float | None
    """From 0 to 1: how little stands together that is not alike (Venna and Kaski 2001)."""
    kept: float | None
    """Of the 15 nearest pictures so many are among the 15 nearest points."""
    sample: int


@dataclass(frozen=True)
class Map:
    """One version of it. A point number means something within one version only."""

    version: str
    layout: str
    """Another one where everything was laid out anew: within one, nobody has moved."""
    made_at: float
    """Seconds since the epoch."""
    ids: NDArray[np.uint8]
    """Of the records, ascending, so that the first of them are spread like all: shape `(n, 16)`."""
    row: NDArray[np.int32]
    """Of each record its content, shape `(n,)`."""
    contents: NDArray[np.uint8]
    """Content hashes, ascending, shape `(c, 32)`."""
    places: NDArray[np.float64]
    """Of contents, shape `(c, 2)`; the longer side goes from about -1 to 1."""
    points: NDArray[np.float32]
    """Of records, shape `(n, 2)`."""
    levels: NDArray[np.int32]
    """Of contents, the number of the cluster at each level; 0: none. Shape `(levels, c)`, the coarsest first."""
    clusters: tuple[Cluster, ...]
    """By level, the largest first."""
    quality: Quality
    vectors_of: str = ""
    """Which model made the embeddings that it was laid out by."""
    has_concepts: bool = False
    """Whether the everyday concepts were there to name clusters by."""

    @property
    def size(self) -> int:
        return len(self.ids)

    @cached_property
    def digits(self) -> Digits:
        """The ids as texts, ascending."""
        return to_digits(self.ids)

    @cached_property
    def finest(self) -> NDArray[np.uint32]:
        """Of each point the cluster of the finest level that it is in; 0: none."""
        found = np.zeros(len(self.contents), np.int32)
        for level in self.levels:
            found = np.where(level > 0, level, found)
        return found[self.row].astype(np.uint32)

    @cached_property
    def bounds(self) -> Box:
        if not self.size:
            return (-1.0, -1.0, 1.0, 1.0)
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))

    def numbers_of(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """The point numbers of records, -1 of those that have none."""
        asked = np.array([id_.encode("ascii", "replace") for id_ in ids], "S32")
        if not self.size or not len(asked):
            return np.full(len(asked), -1, np.int64)
        found = np.minimum(np.searchsorted(self.digits, asked), self.size - 1)
        return np.where(self.digits[found] == asked, found, -1)

    def cluster(self, number: int) -> Cluster | None:
        return next((one for one in self.clusters if one.number == number), None)

    def members(self, number: int) -> NDArray[np.bool_]:
        """Which points are in a cluster."""
        return np.asarray((self.levels == number).any(axis=0)[self.row])

    def hash_of(self, content: int) -> str:
        return bytes(self.contents[content]).hex()

    def names_of(self) -> dict[int, str]:
        return {one.number: one.name for one in self.clusters}


def cluster_to_plain(cluster: Cluster) -> dict[str, Any]:
    return asdict(cluster)


def cluster_of(plain: Mapping[str, Any]) -> Cluster:
    """What `cluster_to_plain` gave, as JSON brings it."""
    covers = tuple(Cover(**cover) for cover in plain["covers"])
    left, low, right, high = plain["bounds"]
    told = {**plain, "covers": covers, "concepts": tuple(plain["concepts"]), "bounds": (left, low, right, high)}
    return Cluster(**told)
