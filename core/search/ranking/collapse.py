"""Pictures that are the same, or nearly so, shown as one."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from core.images.colour.lab import lab
from core.images.phash import Hashes, coarse, coarse_distances, distances, packed
from core.index.records import Hit
from core.search.options import Collapse

type Duplicates = Callable[[slice, slice], NDArray[np.bool_]]
"""Which of some pictures are duplicates of which of others."""

# Bits of the perceptual hash in which copies of the same picture differ at most. 31 of 256 is what PDQ recommends:
# copies were seen to differ in 28, pages of different text in no fewer than 56. The coarse ones are looked at first.
_SAME, _SAME_COARSE = 31, 10
# A crop differs in about as many coarse bits as the first, what is unlike in more than the second: between the two,
# less and less is allowed of the distance of embeddings, from this many times what is allowed without the hash.
_CROPPED, _UNLIKE, _LENIENCE = 10, 22, 3.5
# The hash knows nothing of colours. Pictures whose colours are vivid and of other hues are different ones: chroma in
# CIELAB, and the cosine of the angle between two hues. A copy is brighter or smaller; it is not blue instead of red.
_VIVID, _OTHER_HUE = 20.0, 0.5
_ROUNDING = 1e-6
BLOCK = 128
"""Hits that are compared at once, with all before them."""


def group_duplicates(
    hits: Sequence[Hit], collapse: Collapse, duplicate_threshold: float, block: int = BLOCK
) -> list[list[int]]:
    """Which hits are shown as one: their positions, each stack led by its best, the stacks in the order of these.

    A hit joins the first stack whose leader it is a duplicate of, so that a longer list of hits begins with the same
    stacks in the same order. Takes one core 1 ms for 200 hits, 15 ms for 1,000, a second for 10,000.

    Args:
        hits: Best first; with their embeddings where `collapse` is `ALIKE`.
        duplicate_threshold: The cosine from which two pictures are alike. Where the perceptual hash shows that one may
            be cut out of the other, somewhat less is enough.
        block: Hits that are compared at once.
    """
    if collapse is Collapse.OFF:
        return [[position] for position in range(len(hits))]
    same_bytes: dict[str, list[int]] = {}
    for position, hit in enumerate(hits):
        same_bytes.setdefault(hit.record.content_hash, []).append(position)
    groups = list(same_bytes.values())
    if collapse is Collapse.BYTES:
        return groups
    firsts = [hits[group[0]] for group in groups]
    found: dict[int, list[int]] = {}
    leaders = _leaders(len(firsts), _rule(firsts, collapse, duplicate_threshold), block)
    for leader, group in zip(leaders, groups, strict=True):
        found.setdefault(leader, []).extend(group)
    return [sorted(stack) for stack in found.values()]


def _leaders(count: int, duplicates: Duplicates, block: int) -> Iterator[int]:
    """For each position that of the first leader it is a duplicate of; its own where it leads."""
    leads = np.zeros(count, np.bool_)
    for start in range(0, count, block):
        stop = min(start + block, count)
        same = duplicates(slice(start, stop), slice(stop))
        same = np.tril(same, start - 1)  # with those before it
        for position, repeats in enumerate(np.any(same, axis=1), start):
            earlier = same[position - start] & leads[:stop] if repeats else None
            first = int(earlier.argmax()) if earlier is not None and earlier.any() else position
            leads[position] = first == position
            yield first


def _rule(hits: Sequence[Hit], collapse: Collapse, duplicate_threshold: float) -> Duplicates:
    hashes = packed([hit.record.phash for hit in hits])
    signs = coarse(hashes)
    tints = _tints(hits)
    embeddings = [hit.embedding for hit in hits if hit.embedding is not None] if collapse is Collapse.ALIKE else []
    rows = np.stack(embeddings) if embeddings else None

    def duplicates(some: slice, others: slice) -> NDArray[np.bool_]:
        differing = coarse_distances(signs[some], signs[others])
        same = _same_picture(differing, hashes[some], hashes[others])
        if rows is not None:
            same |= _look_alike(rows[some] @ rows[others].T, differing, duplicate_threshold)
        return same & ~_of_other_hues(tints[some], tints[others])

    return duplicates


def _same_picture(differing: NDArray[np.float32], some: Hashes, others: Hashes) -> NDArray[np.bool_]:
    """By their hashes, which are compared in full where they differ in few coarse bits."""
    same: NDArray[np.bool_] = differing <= _SAME_COARSE
    left, right = np.nonzero(same)
    same[left, right] = distances(some[left], others[right]) <= _SAME
    return same


def _tints(hits: Sequence[Hit]) -> NDArray[np.float64]:
    """The mean a* and b* of what is coloured in each picture, shape `(n, 2)`; zeros where that is not vivid: nothing
    is, or hues of all kinds are."""
    tints = np.zeros((len(hits), 2))
    found = [(place, colour) for place, hit in enumerate(hits) for colour in hit.record.colours]
    if not found:
        return tints
    rgb = np.frombuffer(bytes.fromhex("".join(colour.rgb[1:] for _, colour in found)), np.uint8).reshape(-1, 3)
    places, shares, chroma = [place for place, _ in found], np.array([one.share for _, one in found]), lab(rgb)[:, 1:]
    shares = shares * (np.linalg.norm(chroma, axis=1) >= _VIVID)
    np.add.at(tints, places, shares[:, None] * chroma)
    totals = np.bincount(places, shares, len(hits))
    tints /= np.where(totals > 0, totals, 1)[:, None]
    tints[np.linalg.norm(tints, axis=1) < _VIVID] = 0
    return tints


def _of_other_hues(some: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    lengths = np.linalg.norm(some, axis=1)[:, None] * np.linalg.norm(others, axis=1)
    other: NDArray[np.bool_] = (some @ others.T < _OTHER_HUE * lengths) & (lengths > 0)
    return other


def _look_alike(
    cosines: NDArray[np.float32], differing: NDArray[np.float32], duplicate_threshold: float
) -> NDArray[np.bool_]:
    """By their embeddings, and by how far the coarse bits of their hashes differ."""
    slope = (_LENIENCE - 1) / (_UNLIKE - _CROPPED)
    lenience = np.clip(1 + slope * (_UNLIKE - differing), 1, _LENIENCE)
    near: NDArray[np.bool_] = cosines >= 1 - (1 - duplicate_threshold) * lenience - _ROUNDING
    return near
