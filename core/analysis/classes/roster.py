"""All records of an index by id and content, as arrays: what is known of them stands in the same order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.index.index import Index

_ID, _CONTENT = 16, 32  # bytes

type Keys = NDArray[np.uint8]
type Places = NDArray[np.intp]


@dataclass(frozen=True)
class Roster:
    ids: Keys
    """Ascending, shape `(n, 16)`."""
    contents: Keys
    """Of each, shape `(n, 32)`."""

    @classmethod
    def of(cls, index: Index) -> "Roster":
        found = [pair for ids, contents in index.contents() for pair in zip(ids, contents, strict=True)]
        found.sort()
        ids, contents = (_bytes((pair[at] for pair in found), size) for at, size in ((0, _ID), (1, _CONTENT)))
        return cls(ids, contents)

    def __len__(self) -> int:
        return len(self.ids)

    def texts(self, places: Iterable[int]) -> list[str]:
        """The ids at these places."""
        return [self.ids[place].tobytes().hex() for place in places]

    def digests(self, places: Iterable[int]) -> list[str]:
        """The content hashes at these places."""
        return [self.contents[place].tobytes().hex() for place in places]

    def places_in(self, other: "Roster") -> Places:
        """Where each of these records is in another roster with the same content; -1 where it is not."""
        at = np.searchsorted(other._id_keys, self._id_keys)
        at[at == len(other)] = 0
        if not len(other):
            return np.full(len(self), -1, np.intp)
        same = (other.ids[at] == self.ids).all(axis=1) & (other.contents[at] == self.contents).all(axis=1)
        return np.where(same, at, -1)

    def with_content(self, digests: Sequence[str]) -> list[Places]:
        """The places of the records that have each of these contents."""
        wanted = _keys(_bytes(digests, _CONTENT))
        order, ordered = self._by_content
        first, last = np.searchsorted(ordered, wanted, "left"), np.searchsorted(ordered, wanted, "right")
        return [order[start:stop] for start, stop in zip(first, last, strict=True)]

    @cached_property
    def firsts(self) -> Places:
        """The places of records of which no other with the same content comes before, ascending."""
        order, ordered = self._by_content
        return np.sort(order[np.concatenate([[True], ordered[1:] != ordered[:-1]])]) if len(order) else order

    @cached_property
    def _id_keys(self) -> NDArray[np.bytes_]:
        return _keys(self.ids)

    @cached_property
    def _by_content(self) -> tuple[Places, NDArray[np.bytes_]]:
        keys = _keys(self.contents)
        order = np.argsort(keys, kind="stable")
        return order, keys[order]


def _bytes(texts: Iterable[str], size: int) -> Keys:
    return np.frombuffer(bytes.fromhex("".join(texts)), np.uint8).reshape(-1, size)


def _keys(rows: Keys) -> NDArray[np.bytes_]:
    """Texts that sort as the bytes do: NumPy takes zeros at the end of bytes for none."""
    kind = f"S{2 * rows.shape[1]}"
    return np.frombuffer(rows.tobytes().hex().encode(), kind) if len(rows) else np.empty(0, kind)
