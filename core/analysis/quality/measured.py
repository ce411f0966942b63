"""What was measured, by the content of the pictures, and which records were given their flags."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.analysis.kept import Kept
from core.analysis.quality.flags import EDITION, FLAGS, Table
from core.analysis.quality.measures import Measures

_MEASURED, _MARKED = "measured", "marked"

type Keys = NDArray[np.void]
"""Ids or content hashes as their bytes, shape `(n,)`."""

_ID, _CONTENT = np.dtype("V16"), np.dtype("V32")


def ids_of(texts: Iterable[str]) -> Keys:
    return _keys(texts, _ID)


def contents_of(texts: Iterable[str]) -> Keys:
    return _keys(texts, _CONTENT)


def text_of(key: np.void) -> str:
    return key.tobytes().hex()


def _keys(texts: Iterable[str], kind: np.dtype[np.void]) -> Keys:
    return np.frombuffer(bytes.fromhex("".join(texts)), kind)


@dataclass
class Measured:
    """Measures by content hash. Not shared between threads."""

    contents: Keys = field(default_factory=lambda: np.empty(0, _CONTENT))
    table: Table = field(default_factory=lambda: np.empty((0, len(Measures._fields)), np.float32))
    _places: dict[bytes, int] = field(default_factory=dict)

    @classmethod
    def read(cls, kept: Kept) -> "Measured | None":
        """None where there are none, or such of another edition."""
        found = kept.load(_MEASURED)
        if not found or int(found.get("edition", -1)) != EDITION or found["table"].shape[1] != len(Measures._fields):
            return None
        return cls(found["contents"].view(_CONTENT).ravel(), found["table"])

    def write(self, kept: Kept) -> None:
        bytes_ = self.contents.view(np.uint8).reshape(-1, _CONTENT.itemsize)
        kept.save(_MEASURED, {"contents": bytes_, "table": self.table, "edition": np.array(EDITION)})

    def add(self, measures: Mapping[str, Measures]) -> None:
        """Of pictures that were not measured before, by their content hashes."""
        if measures:
            self.contents = np.concatenate([self.contents, contents_of(measures)])
            self.table = np.concatenate([self.table, np.array(list(measures.values()), np.float32)])

    def places(self, contents: Keys) -> NDArray[np.int64]:
        """Where these are in the table, -1 for those that were not measured."""
        if len(self._places) != len(self.contents):
            self._places = {key.tobytes(): at for at, key in enumerate(self.contents)}
        return np.fromiter((self._places.get(key.tobytes(), -1) for key in contents), np.int64, len(contents))


@dataclass
class Marked:
    """Which records have their flags, and for which content they were given."""

    ids: Keys = field(default_factory=lambda: np.empty(0, _ID))
    contents: Keys = field(default_factory=lambda: np.empty(0, _CONTENT))

    @classmethod
    def read(cls, kept: Kept) -> "Marked":
        found = kept.load(_MARKED)
        if not found or int(found.get("edition", -1)) != EDITION:
            return cls()
        return cls(found["ids"].view(_ID).ravel(), found["contents"].view(_CONTENT).ravel())

    def write(self, kept: Kept) -> None:
        arrays = {
            "ids": self.ids.view(np.uint8).reshape(-1, 16),
            "contents": self.contents.view(np.uint8).reshape(-1, 32),
        }
        kept.save(_MARKED, {**arrays, "edition": np.array(EDITION)})

    def by_id(self) -> dict[bytes, bytes]:
        return {id_.tobytes(): content.tobytes() for id_, content in zip(self.ids, self.contents, strict=True)}


def worst(measured: Measured, marked: Marked, count: int) -> dict[str, list[tuple[str, float]]]:
    """By flag, the ids of records that are worst by its measure, the worst first, with the measure; of copies one."""
    first: dict[bytes, np.void] = {}
    for id_, content in zip(marked.ids, marked.contents, strict=True):
        first.setdefault(content.tobytes(), id_)
    found: dict[str, list[tuple[str, float]]] = {}
    for flag in FLAGS:
        values, ranking = flag.values(measured.table), found.setdefault(flag.key, [])
        for at in flag.order(measured.table):
            if (id_ := first.get(measured.contents[at].tobytes())) is not None:
                ranking.append((text_of(id_), float(values[at])))
                if len(ranking) >= count:
                    break
    return found
