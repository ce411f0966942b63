"""Pictures whose perceptual hashes are nearly the same, in whichever of the eight ways one may be turned or mirrored.

The hash is the signs of cosine coefficients: to mirror the picture changes the signs of every second column, to turn it
upside down those of every second row, and to exchange its axes exchanges rows and columns. So one stored hash gives
those of all eight orientations. Near ones are found by locality-sensitive hashing (Indyk and Motwani, "Approximate
nearest neighbors", 1998): pictures that agree in all of some bits, chosen at random, in one of several choices. That
takes n log n; the bits of a choice grow with log n, so that as many meet by chance however many pictures there are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.images.phash import Hashes, packed

SIDE = 16
TABLES = 24
"""Choices of bits. Of pictures that differ in 20 of 255 bits 99 % meet in one of them, in 28 bits 89 % (100,000
pictures); a thousand copies made in the ways promised differ in 1 to 10 in the median, and in 28 at most."""

NEAR = 44
"""Bits in which pictures may differ that are then compared pixel by pixel."""

SURE = 31
"""Bits in which pictures may differ that cannot be compared: no thumbnail is left."""

_SPARE = 4  # bits of a choice, beyond the logarithm of the number of pictures
_FULL = 48  # pictures that agree in a choice: more are compared with so many of them only

type Bits = NDArray[np.bool_]
"""Of n hashes, an array of shape `(n, 16, 16)`."""


class Orientation(NamedTuple):
    """How a picture is turned: first its axes are exchanged, then it is mirrored, then turned upside down."""

    exchanged: bool = False
    mirrored: bool = False
    flipped: bool = False

    @property
    def inverse(self) -> "Orientation":
        if self.exchanged:
            return Orientation(True, self.flipped, self.mirrored)
        return self

    @property
    def code(self) -> int:
        return 4 * self.exchanged + 2 * self.mirrored + self.flipped


ORIENTATIONS = tuple(Orientation(bool(code & 4), bool(code & 2), bool(code & 1)) for code in range(8))
"""By their codes; the first leaves a picture as it is."""


@dataclass(frozen=True, slots=True)
class Near:
    """Pairs of pictures with near hashes: arrays of shape `(n,)`."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    """The larger number of the two."""
    orientation: NDArray[np.uint8]
    """The code of the orientation that makes the second look like the first."""
    differing: NDArray[np.int64]
    """Bits, of 255."""


def oriented(hashes: Hashes, orientation: Orientation) -> Hashes:
    """The hashes of the pictures in another orientation, shape `(n, 4)`."""
    bits = _bits(hashes)
    if orientation.exchanged:
        bits = bits.transpose(0, 2, 1).copy()
    odd = np.arange(SIDE) % 2 == 1
    if orientation.mirrored:
        bits[:, :, odd] ^= True
    if orientation.flipped:
        bits[:, odd, :] ^= True
    return np.packbits(bits.reshape(-1, SIDE * SIDE), axis=1).view(np.uint64).reshape(-1, 4)


def near_pairs(hashes: Hashes, new: NDArray[np.bool_] | None = None, most: int = NEAR) -> Iterator[Near]:
    """All pairs that meet, in parts; those of one part may come again in another.

    Args:
        hashes: Of n pictures, zeros for those without one.
        new: Which are new: pairs of others are left out. None: all are.
    """
    some = np.flatnonzero(hashes.any(axis=1))
    if len(some) < 2:
        return
    own, wanted = hashes[some], np.ones(len(some), np.bool_) if new is None else new[some]
    plain = _bits(own).reshape(-1, SIDE * SIDE)
    turned = [oriented(own, one) for one in ORIENTATIONS]
    for chosen in _choices(len(some)):
        yield _met(some, own, turned, _keys(plain, chosen), chosen, wanted, most)


class HashTable:
    """Hashes, ordered so that those near to another are found without comparing it with all.

    Args:
        hashes: Of n pictures, zeros for those without one.
    """

    def __init__(self, hashes: Hashes) -> None:
        self._some = np.flatnonzero(hashes.any(axis=1))
        self._hashes = hashes[self._some]
        plain = _bits(self._hashes).reshape(-1, SIDE * SIDE)
        self._choices = _choices(len(self._some))
        self._tables = [_ranked(_keys(plain, chosen)) for chosen in self._choices]

    def near(self, one: Hashes, most: int) -> list[tuple[int, int, int]]:
        """Of a picture that is none of these, shape `(1, 4)`: the places of those that are near, the code of the
        orientation that makes them look like it, and the bits that differ."""
        if not len(self._some) or not one.any():
            return []
        found: dict[int, tuple[int, int]] = {}
        for orientation in ORIENTATIONS:
            turned = oriented(one, orientation)
            bits = _bits(turned).reshape(1, -1)
            met = [
                self._met(table, int(_keys(bits, chosen)[0]))
                for table, chosen in zip(self._tables, self._choices, strict=True)
            ]
            places = np.unique(np.concatenate(met))
            differing = _differing(self._hashes[places], turned)
            for place, distance in zip(places.tolist(), differing.tolist(), strict=True):
                if distance <= most and distance < found.get(place, (0, most + 1))[1]:
                    found[place] = orientation.inverse.code, distance
        return [(int(self._some[place]), code, distance) for place, (code, distance) in found.items()]

    @staticmethod
    def _met(table: tuple[NDArray[np.int64], NDArray[np.int64]], key: int) -> NDArray[np.int64]:
        order, ranked = table
        low = int(np.searchsorted(ranked, key, "left"))
        return order[low : min(low + _FULL, int(np.searchsorted(ranked, key, "right")))]


def coarse_bits(hashes: Hashes) -> NDArray[np.uint64]:
    """Those of the 8 × 8 lowest frequencies, as one number for each of n pictures: an array of shape `(n,)`."""
    bits = _bits(hashes)[:, : SIDE // 2, : SIDE // 2].reshape(-1, SIDE * SIDE // 4)
    return np.packbits(bits, axis=1).view(np.uint64).ravel()


def nearest_orientation(first: Hashes, second: Hashes) -> tuple[int, int]:
    """Of two pictures: the code of the orientation in which the second is most like the first, and in how many bits
    they differ then; 255 where one has no hash."""
    if not first.any() or not second.any():
        return 0, 255
    differing = [int(_differing(first, oriented(second, one))[0]) for one in ORIENTATIONS]
    code = int(np.argmin(differing))
    return code, differing[code]


def hashes_of(texts: Sequence[str]) -> Hashes:
    return packed(texts) if texts else np.empty((0, 4), np.uint64)


def _choices(count: int) -> list[NDArray[np.int64]]:
    """The bits of each table, for so many pictures."""
    rng = np.random.default_rng(15)
    width = min(40, max(12, int(np.ceil(np.log2(max(2, count)))) + _SPARE))
    return [rng.choice(np.arange(1, SIDE * SIDE), width, replace=False) for _ in range(TABLES)]


def _ranked(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    order = np.argsort(keys, kind="stable")
    return order, keys[order]


def _bits(hashes: Hashes) -> Bits:
    raw = np.ascontiguousarray(hashes).view(np.uint8).reshape(-1, SIDE * SIDE // 8)
    return np.unpackbits(raw, axis=1).astype(np.bool_).reshape(-1, SIDE, SIDE)


def _keys(bits: NDArray[np.bool_], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(bits[:, chosen] @ (1 << np.arange(len(chosen), dtype=np.int64)))


def _met(
    some: NDArray[np.int64],
    hashes: Hashes,
    turned: Sequence[Hashes],
    plain: NDArray[np.int64],
    chosen: NDArray[np.int64],
    wanted: NDArray[np.bool_],
    most: int,
) -> Near:
    order, ranked = _ranked(plain)
    parts = []
    for code, others in enumerate(turned):
        keys = _keys(_bits(others).reshape(-1, SIDE * SIDE), chosen)
        low, high = np.searchsorted(ranked, keys, "left"), np.searchsorted(ranked, keys, "right")
        counts = np.minimum(high - low, _FULL)
        second = np.repeat(np.arange(len(keys)), counts)
        offsets = np.arange(len(second)) - np.repeat(np.cumsum(counts) - counts, counts)
        first = order[np.repeat(low, counts) + offsets]
        kept = (first != second) & (wanted[first] | wanted[second])
        first, second = first[kept], second[kept]
        differing = _differing(hashes[first], others[second])
        near = differing <= most
        parts.append((first[near], second[near], np.full(int(near.sum()), code, np.uint8), differing[near]))
    first, second, codes, differing = (np.concatenate(part) for part in zip(*parts, strict=True))
    swapped = first > second
    inverse = np.array([one.inverse.code for one in ORIENTATIONS], np.uint8)
    codes = np.where(swapped, inverse[codes], codes)
    first, second = np.where(swapped, second, first), np.where(swapped, first, second)
    return Near(some[first], some[second], codes, differing)


def _differing(left: Hashes, right: Hashes) -> NDArray[np.int64]:
    return np.asarray(np.bitwise_count(left ^ right).sum(axis=1), np.int64)
