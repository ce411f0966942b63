"""Which pairs of pictures are worth looking at, and what comes of it."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import batched

import numpy as np
from numpy.typing import NDArray

from core.analysis.duplicates.pictures.hashes import ORIENTATIONS, coarse_bits, near_pairs, oriented
from core.analysis.duplicates.pictures.looking import Hint, Looking, Verified
from core.analysis.duplicates.pictures.signatures import Signatures
from core.analysis.duplicates.pictures.votes import LEAST, MANY, voted_pairs
from core.analysis.neighbours.graph import Neighbours
from core.images.phash import Hashes

type Hints = dict[tuple[int, int], Hint]
"""By the places of two contents, the smaller first."""

_CUT = 17
"""Of 63 coarse bits, in which the crop of a picture differs at most from it, in whichever orientation; of different
pictures half differ in more than 25 in the nearest of the eight."""

_NEAREST = 2  # neighbours of each content that are looked at whatever their cosines
_FEW = 20_000  # pairs of each kind that are looked at in any case
_MIRRORED = 20_000  # pairs that are compared with a mirror image too: half as long again
_THOROUGH = 2_000  # the likeliest pairs of each kind, which are looked at closely where a glance does not tell
_THREADS, _AT_ONCE = 2, 32


@dataclass(frozen=True, slots=True)
class Voted:
    """Pairs whose patches agree."""

    hints: Hints
    """Those with votes enough, as many as there is time for."""
    pairs: NDArray[np.int64]
    """All with any vote, ascending: the smaller place times the number of contents, and the larger."""


def by_hash(
    hashes: Hashes, insides: tuple[NDArray[np.int64], Hashes], new: NDArray[np.bool_]
) -> Iterator[Hints | None]:
    """Yields None while it works, and the candidates last.

    Args:
        insides: As `Signatures.insides`.
    """
    found: Hints = {}
    count = len(hashes)
    owners = np.concatenate([np.arange(count), insides[0]])
    for near in near_pairs(np.concatenate([hashes, insides[1]]), new[owners]):
        columns = near.first.tolist(), near.second.tolist(), near.orientation.tolist(), near.differing.tolist()
        for first, second, code, differing in zip(*columns, strict=True):
            pair = int(owners[first]), int(owners[second])
            if max(first, second) >= count:  # one lies within the other, or both have a frame: nobody knows where
                if pair[0] != pair[1]:
                    found.setdefault((min(pair), max(pair)), Hint(thorough=True))
                continue
            known = found.get(pair)
            if known is None or differing < known.differing:
                found[pair] = Hint(code, differing, thorough=True)
        yield None
    yield found


def by_votes(signatures: Signatures, digests: Sequence[bytes], new: NDArray[np.bool_]) -> Iterator[Voted | None]:
    """Likewise; the pairs with most votes, as many as there is time for."""
    for pairs in voted_pairs(signatures, digests, new):
        if pairs is None:
            yield None
            continue
        first, second, votes = pairs
        enough = np.flatnonzero(votes >= LEAST)
        best = enough[np.lexsort((second[enough], first[enough], -votes[enough]))][: budget(int(new.sum()))]
        columns = first[best].tolist(), second[best].tolist(), votes[best].tolist()
        hints: Hints = {}
        for rank, (one, other, count) in enumerate(zip(*columns, strict=True)):
            hints[one, other] = Hint(thorough=count >= MANY or rank < _THOROUGH)
        yield Voted(hints, first * len(digests) + second)


def by_likeness(
    hashes: Hashes, graph: Neighbours, new: NDArray[np.bool_], threshold: float, voted: NDArray[np.int64]
) -> Hints:
    """Of pairs whose embeddings are near: those that look alike, those whose hashes agree roughly too or any of whose
    patches do, and the two nearest of each, as many as there is time for.

    Args:
        graph: Its rows are the contents.
        voted: As in `Voted`.
    """
    one, ranks = np.nonzero(graph.indices >= 0)
    other, cosines = graph.indices[one, ranks].astype(np.int64), graph.cosines[one, ranks]
    kept = new[one] | new[other]
    first, second = np.minimum(one, other)[kept], np.maximum(one, other)[kept]
    cosines, nearest = cosines[kept], ranks[kept] < _NEAREST
    rough = _roughly(hashes, first, second)
    alike, agreeing = cosines >= threshold, np.isin(first * len(hashes) + second, voted)
    order = np.lexsort((second, first, -cosines))
    most = budget(int(new.sum()))
    chosen = np.concatenate(
        [
            order[nearest[order]][:most],
            order[(alike | (rough <= _CUT))[order]][: 2 * most],
            order[agreeing[order]][:most],
        ]
    )
    likely = order[(nearest | alike)[order]]
    mirrored = set(likely[:_MIRRORED].tolist())
    thorough = {*likely[:_THOROUGH].tolist(), *order[agreeing[order]][:_THOROUGH].tolist()}
    found: Hints = {}
    for at in chosen.tolist():
        hint = Hint(thorough=bool(rough[at] <= _CUT) or at in thorough, mirrored=at in mirrored)
        pair = int(first[at]), int(second[at])
        found[pair] = _both(found[pair], hint) if pair in found else hint
    return found


def budget(count: int) -> int:
    """Pairs of one kind that are looked at, of so many new contents."""
    return max(_FEW, count)


def joined(*several: Mapping[tuple[int, int], Hint]) -> Hints:
    """All of them, each once."""
    found: Hints = {}
    for hints in several:
        for pair, hint in hints.items():
            known = found.get(pair)
            found[pair] = _both(known, hint) if known else hint
    return found


def _both(one: Hint, other: Hint) -> Hint:
    return replace(one, thorough=one.thorough or other.thorough, mirrored=one.mirrored or other.mirrored)


def looked_at(
    hints: Hints, digests: Sequence[bytes], signatures: Signatures, looking: Looking
) -> Iterator[tuple[int, list[tuple[int, int, Verified]]]]:
    """How many pairs were looked at so far, and those of them that are the same since it was last said."""

    def look(pair: tuple[int, int]) -> tuple[int, int, Verified] | None:
        one, other = digests[pair[0]], digests[pair[1]]
        own = signatures.patches(one), signatures.patches(other)
        known = own if signatures.seen(one) and signatures.seen(other) else None
        found = looking.verify(one.hex(), other.hex(), hints[pair], known)
        return None if found is None else (*pair, found)

    done = 0
    with ThreadPoolExecutor(_THREADS, "duplicates") as pool:
        for pairs in batched(sorted(hints), _AT_ONCE):
            found = [one for one in pool.map(look, pairs) if one]
            done += len(pairs)
            yield done, found


def _roughly(hashes: Hashes, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """In how many coarse bits the hashes of pairs differ, in the nearest of the eight orientations."""
    best, own = np.full(len(first), 64, np.int64), coarse_bits(hashes)[first]
    for orientation in ORIENTATIONS:
        others = coarse_bits(oriented(hashes, orientation))[second]
        np.minimum(best, np.bitwise_count(own ^ others), out=best, casting="unsafe")
    known = np.asarray(hashes.any(axis=1), np.bool_)
    return np.where(known[first] & known[second], best, 64)
