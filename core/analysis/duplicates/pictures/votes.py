"""Pictures that have patches in common, wherever these lie in each: crops, screenshots, pictures within pictures.

Each patch votes for the pictures with a patch that agrees with it in all of some bits, chosen at random, as for hashes.
What very many pictures have is no sign of anything, and does not vote (stop words: Sivic and Zisserman, "Video Google",
ICCV 2003). The bits of a choice grow with the logarithm of the number of patches, so that the votes by chance of each
picture stay as few: in all that takes n log n.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from core.analysis.duplicates.pictures.features import Patches
from core.analysis.duplicates.pictures.signatures import Signatures

TABLES = 6
LEAST = 3
"""Votes, of all tables, that make a pair worth looking at. Fewer do where something else speaks for it too."""

MANY = 8
"""Votes that chance does not bring."""

_SPARE = 15  # bits of a choice, beyond the logarithm of the number of pictures
_TWICE = 2  # votes of the few tables that are held in memory
_COMMON = 24  # patches that agree: beyond, they say nothing
_WAITING = 8_000_000  # votes that are counted at once

type Voted = dict[int, int]


def voted_pairs(
    signatures: Signatures, digests: Sequence[bytes], new: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]] | None]:
    """Pairs of places with any votes, the smaller first, and their votes: yields None while it works, them last.

    Args:
        new: Which of them are new: pairs of others are left out.
    """
    count = len(digests)
    rng = np.random.default_rng(15)
    tally = _Tally()
    for _ in range(TABLES):
        chosen = rng.choice(256, _width(count), replace=False)
        owners, keys = [np.empty(0, np.int32)], [np.empty(0, np.uint32)]
        for owner, bits in signatures.words(digests):
            owners.append(owner)
            keys.append(_keys(bits, chosen))
            yield None
        for pairs in _meeting(np.concatenate(owners), np.concatenate(keys), new, count):
            tally.add(pairs)
            yield None
    pairs, votes = tally.pairs()
    yield pairs // max(1, count), pairs % max(1, count), votes


class _Tally:
    """Counts how often pairs were named, each as one number."""

    def __init__(self) -> None:
        self._pairs, self._counts = np.empty(0, np.int64), np.empty(0, np.int64)
        self._waiting: list[NDArray[np.int64]] = []

    def add(self, pairs: NDArray[np.int64]) -> None:
        self._waiting.append(pairs)
        if sum(map(len, self._waiting)) > _WAITING:
            self._count()

    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Those that were named, ascending, and how often."""
        self._count()
        return self._pairs, self._counts

    def _count(self) -> None:
        found, counts = np.unique(np.concatenate([np.empty(0, np.int64), *self._waiting]), return_counts=True)
        self._waiting = []
        every, places = np.unique(np.concatenate([self._pairs, found]), return_inverse=True)
        totals = np.bincount(places, np.concatenate([self._counts, counts]), len(every))
        self._pairs, self._counts = every, totals.astype(np.int64)


class VoteTable:
    """The patches of pictures, ordered so that those of another picture find those that agree with them."""

    _TABLES = 2  # in memory: 16 bytes for each patch

    def __init__(self, signatures: Signatures, digests: Sequence[bytes]) -> None:
        rng, width = np.random.default_rng(15), _width(len(digests))
        self._choices = [rng.choice(256, width, replace=False) for _ in range(self._TABLES)]
        self._tables = []
        for chosen in self._choices:
            owners, keys = [np.empty(0, np.int32)], [np.empty(0, np.uint32)]
            for owner, bits in signatures.words(digests):
                owners.append(owner)
                keys.append(_keys(bits, chosen))
            joined = np.concatenate(keys)
            order = np.argsort(joined, kind="stable")
            self._tables.append((joined[order], np.concatenate(owners)[order]))

    def votes(self, own: Patches) -> dict[int, int]:
        """The pictures with votes enough, by their places."""
        votes: dict[int, int] = {}
        for chosen, (ranked, owners) in zip(self._choices, self._tables, strict=True):
            keys = np.unique(_keys(own.bits, chosen))
            low, high = np.searchsorted(ranked, keys, "left"), np.searchsorted(ranked, keys, "right")
            for start, stop in zip(low.tolist(), high.tolist(), strict=True):
                for place in set(owners[start:stop].tolist()) if 0 < stop - start <= _COMMON else ():
                    votes[place] = votes.get(place, 0) + 1
        return {place: number for place, number in votes.items() if number >= _TWICE}


def _width(count: int) -> int:
    """Bits of a choice, for so many pictures."""
    return int(np.clip(round(_SPARE + np.log2(max(2, count))), 20, 32))


def _keys(bits: NDArray[np.uint8], chosen: NDArray[np.int64]) -> NDArray[np.uint32]:
    keys = np.zeros(len(bits), np.uint32)
    for place, bit in enumerate(chosen.tolist()):
        keys |= ((bits[:, bit >> 3] >> np.uint8(7 - (bit & 7))) & np.uint8(1)).astype(np.uint32) << np.uint32(place)
    return keys


def _meeting(
    owners: NDArray[np.int32], keys: NDArray[np.uint32], new: NDArray[np.bool_], count: int
) -> Iterator[NDArray[np.int64]]:
    """The pairs of owners whose patches have one key, as one number each, in parts."""
    order = np.argsort(keys, kind="stable")
    ranked, ranked_owners = keys[order], owners[order].astype(np.int64)
    begins = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]) if len(ranked) else np.empty(0, np.int64)
    sizes = np.diff(np.r_[begins, len(ranked)])
    usable = (sizes > 1) & (sizes <= _COMMON)
    for distance in range(1, _COMMON):
        of = usable & (sizes > distance)
        if not of.any():
            return
        reach = sizes[of] - distance
        place = np.repeat(begins[of] - (np.cumsum(reach) - reach), reach) + np.arange(reach.sum())
        one, other = ranked_owners[place], ranked_owners[place + distance]
        first, second = np.minimum(one, other), np.maximum(one, other)
        kept = (first != second) & (new[first] | new[second])
        yield first[kept] * count + second[kept]
