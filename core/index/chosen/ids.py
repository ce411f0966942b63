"""Sets of record ids, up to all of a large index: small, hashed once, and asked as a whole."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import batched
from typing import Any

import numpy as np
from numpy.typing import NDArray

HEX = 32
"""Characters of an id."""

type Digits = NDArray[np.bytes_]
"""Ids as their hexadecimal digits, shape `(n,)` of `S32`."""


class IdSet:
    """Some ids, each once. Two of the same ids are equal, and cost the same to compare however many they are.

    Args:
        ids: Hexadecimal; what is not as long as an id is left out.
    """

    def __init__(self, ids: Iterable[str]) -> None:
        self.digits: Digits = np.unique(_digits(ids))

    @classmethod
    def of(cls, digits: Digits) -> "IdSet":
        """Those with these digits, in any order, perhaps several times."""
        found = cls(())
        found.digits = np.unique(digits)
        return found

    @classmethod
    def from_bytes(cls, data: bytes | memoryview) -> "IdSet":
        """What `to_bytes` gave."""
        return cls.of(to_digits(np.frombuffer(data, np.uint8).reshape(-1, HEX // 2)))

    def to_bytes(self) -> bytes:
        """16 bytes for each."""
        return to_rows(self.digits).tobytes()

    @cached_property
    def digest(self) -> bytes:
        return hashlib.blake2b(self.digits.tobytes(), digest_size=16).digest()

    def joined(self, between: str) -> str:
        """All as one text."""
        return between.encode().join(self.digits.tolist()).decode()

    def __len__(self) -> int:
        return len(self.digits)

    def __contains__(self, id_: object) -> bool:
        return isinstance(id_, str) and bool(self.among(_digits([id_])).any())

    def __iter__(self) -> Iterator[str]:
        return (digits.decode() for digits in self.digits.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdSet) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __or__(self, other: "IdSet") -> "IdSet":
        return IdSet.of(np.concatenate([self.digits, other.digits]))

    def __and__(self, other: "IdSet") -> "IdSet":
        return IdSet.of(self.digits[other.among(self.digits)])

    def __sub__(self, other: "IdSet") -> "IdSet":
        return IdSet.of(self.digits[~other.among(self.digits)])

    def __repr__(self) -> str:
        return f"IdSet({len(self):,} ids)"

    def among(self, digits: Digits) -> NDArray[np.bool_]:
        """Which of these ids are in it."""
        if not len(self.digits):
            return np.zeros(len(digits), np.bool_)
        places = np.minimum(np.searchsorted(self.digits, digits), len(self.digits) - 1)
        return np.asarray(self.digits[places] == digits)

    def parts(self, count: int) -> Iterator[Sequence[str]]:
        """So many at a time."""
        return batched(self, count)


def union(sets: Sequence[IdSet]) -> IdSet:
    if len(sets) == 1:
        return sets[0]
    return IdSet.of(np.concatenate([IdSet(()).digits, *(one.digits for one in sets)]))


def to_rows(digits: Digits) -> NDArray[np.uint8]:
    """Ids as bytes, shape `(n, 16)`."""
    codes = digits.view(np.uint8).reshape(-1, HEX).astype(np.int16)
    values = np.where(codes >= ord("a"), codes - ord("a") + 10, codes - ord("0"))
    return np.asarray(values[:, 0::2] * 16 + values[:, 1::2], np.uint8)


def to_digits(rows: NDArray[np.uint8]) -> Digits:
    """What `to_rows` made of them."""
    letters: NDArray[Any] = np.frombuffer(b"0123456789abcdef", np.uint8)
    codes = np.empty((len(rows), HEX), np.uint8)
    codes[:, 0::2], codes[:, 1::2] = letters[rows >> 4], letters[rows & 15]
    return codes.view(f"S{HEX}").ravel()


def _digits(ids: Iterable[str]) -> Digits:
    return np.array([id_.encode() for id_ in ids if len(id_) == HEX and _is_hex(id_)], f"S{HEX}")


def _is_hex(text: str) -> bool:
    return not text.strip("0123456789abcdef")
