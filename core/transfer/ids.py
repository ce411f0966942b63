"""Which records were seen, by their ids: 16 bytes for each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_BYTES = 16
_MERGE_AT = 65_536  # ids that wait to be sorted among the others


class Ids:
    """A set of ids of records, which are 32 hexadecimal digits."""

    def __init__(self) -> None:
        self._sorted = _packed([])
        self._new: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._sorted) + len(self._new)

    def has(self, ids: Sequence[str]) -> list[bool]:
        """Whether each was added.

        Raises:
            ValueError: one is no id.
        """
        packed = _packed(ids)
        found = np.zeros(len(packed), np.bool_)
        if len(self._sorted):
            places = np.minimum(np.searchsorted(self._sorted, packed), len(self._sorted) - 1)
            found = self._sorted[places] == packed
        return [bool(there) or bytes.fromhex(id_) in self._new for there, id_ in zip(found, ids, strict=True)]

    def add(self, ids: Sequence[str]) -> str | None:
        """Returns one that was there before, or is there twice; None where there is none; raises as `has`."""
        for id_, there in zip(ids, self.has(ids), strict=True):
            key = bytes.fromhex(id_)
            if there or key in self._new:
                return id_
            self._new.add(key)
        if len(self._new) >= _MERGE_AT:
            joined = np.concatenate([self._sorted, _packed([key.hex() for key in self._new])])
            joined.sort()
            self._sorted, self._new = joined, set()
        return None


def _packed(ids: Sequence[str]) -> NDArray[np.bytes_]:
    """An array of shape `(n,)`, of 16 bytes each."""
    raw = b"".join(map(bytes.fromhex, ids))
    if len(raw) != _BYTES * len(ids) or any(len(id_) != 2 * _BYTES for id_ in ids):
        raise ValueError("no id")
    return np.frombuffer(raw, f"S{_BYTES}")
