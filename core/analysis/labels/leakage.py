"""Pictures that are in two splits of a dataset: what a model was trained on, it cannot be judged by."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

from core.cache import LRUCache
from core.images.describe import Split
from core.index.filters import AnyOf, Filter
from core.index.index import Index
from core.index.records import ImageRecord

type Level = Literal["listed", "bytes", "picture", "alike"]

LEVELS: tuple[Level, ...] = get_args(Level.__value__)

WORDS: dict[Level, str] = {
    "listed": "Listed in both",
    "bytes": "Same file",
    "picture": "Same picture",
    "alike": "Look-alikes",
}

SURE: tuple[Level, ...] = ("listed", "bytes", "picture")
"""Of these it is known that they are the same; look-alikes may be two of a series."""

MAX_PAIRS = 20_000
"""Of each level."""

_SPLITS: tuple[Split, ...] = ("train", "val", "test")


@dataclass(frozen=True, slots=True)
class Alike:
    """One of a group of duplicates."""

    record: ImageRecord
    cosine: float
    how: str
    """What it is beside the first of the group: `mirrored`."""


@dataclass(frozen=True, slots=True)
class Leak:
    level: Level
    one: ImageRecord
    other: ImageRecord
    cosine: float
    how: str

    @property
    def key(self) -> tuple[str, str]:
        return self.one.id, self.other.id


type Groups = Callable[[Level], Iterable[Sequence[Alike]]]


class Leakage:
    """
    Args:
        groups: The groups of duplicates of a level, as they were found.
        stamp: Another one whenever others were; None where nobody has looked for them.
    """

    def __init__(self, index: Index, groups: Groups, stamp: Callable[[], object]) -> None:
        self._index, self._groups, self._stamp = index, groups, stamp
        self._found: LRUCache[list[Leak]] = LRUCache(len(LEVELS) * 2, "leaks")

    @property
    def is_known(self) -> bool:
        """Whether duplicates were looked for; if not, only what is listed in both is told."""
        return self._stamp() is not None

    def pairs(self, level: Level) -> list[Leak]:
        """The most alike first."""
        stamp = self._index.revision() if level == "listed" else self._stamp()
        if stamp is None:
            return []
        return self._found.get((level, stamp), lambda: self._pairs(level))

    def counts(self) -> dict[str, int]:
        return {level: len(self.pairs(level)) for level in LEVELS}

    def _pairs(self, level: Level) -> list[Leak]:
        """Without those that are closer still."""
        if level == "listed":
            return list(self._listed())
        closer = {leak.key for one in LEVELS[1 : LEVELS.index(level)] for leak in self.pairs(one)}
        found = {leak.key: leak for group in self._groups(level) for leak in between(level, group)}
        pairs = [leak for key, leak in found.items() if key not in closer]
        return sorted(pairs, key=lambda leak: (-leak.cosine, leak.one.path, leak.other.path))[:MAX_PAIRS]

    def _listed(self) -> Iterator[Leak]:
        met: set[str] = set()
        for some in combinations(_SPLITS, 2):
            where = Filter(tuple(AnyOf("split", (split,)) for split in some))
            for record in self._index.browse(where, "name", 0, 1_000):
                if record.id not in met:
                    met.add(record.id)
                    yield Leak("listed", record, record, 1.0, "")


def between(level: Level, group: Sequence[Alike]) -> Iterator[Leak]:
    """What is in one split of what is in another: each picture once, beside the first of those it is the same as."""
    placed = sorted((one for one in group if one.record.splits), key=lambda one: _place(one.record))
    for at, one in enumerate(placed):
        earlier = (other for other in placed[:at] if not set(other.record.splits) & set(one.record.splits))
        if (first := next(earlier, None)) is not None:
            yield Leak(level, first.record, one.record, min(first.cosine, one.cosine), one.how or first.how)


def _place(record: ImageRecord) -> int:
    return min(_SPLITS.index(split) for split in record.splits)
