"""What two sides differ in: concepts, values of facets, and pictures that the other side has nothing like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analysis.compare.evidence import (
    FEWEST,
    Evidence,
    chance_of_mmd,
    chances_of_shares,
    compare_ranks,
    corrected,
    evidence,
    groups,
    once,
    told_apart,
)
from core.analysis.compare.sides import Rows
from core.index.index import Counts
from core.search.relevance.bands import above_chance
from core.search.relevance.concepts import CONCEPTS
from core.search.relevance.scores import Calibration, learn, learn_duplicate_threshold
from core.vectors import Embeddings

FACETS = ("label", "tag", "class", "year", "camera", "format", "shape", "colour", "quality")
"""Of which the values are compared."""

_CONCEPTS, _VALUES, _PICTURES = 12, 16, 12
_TOLD_OF = 0.1  # of the way from a guess to certainty: what is sure may yet be of no interest
_UNLIKE = 0.9  # two pictures that show a difference are not to be the same scene twice

type Named = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the sides differ at all."""

    evidence: Evidence
    chance: float | None
    """How likely as much is where there is no difference."""
    told_apart: float | None
    """How often a classifier says rightly which side a picture is of, from 0.5 to 1."""
    witnesses: tuple[int, int]
    """How many pictures of each side it is told by, look-alikes counted once."""


@dataclass(frozen=True, slots=True)
class ConceptDifference:
    """A concept that one side shows more than the other."""

    concept: str
    second: bool
    """Whether it is the second side."""
    shares: tuple[float, float]
    """Which share of either side's pictures show it."""
    higher: float
    """How often a picture of the side that has more of it comes closer to it than one of the other."""
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ValueDifference:
    """A value of a facet that is more frequent on one side."""

    facet: str
    value: str
    counts: tuple[int, int]
    shares: tuple[float, float]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Overlap:
    """What both sides have."""

    same: int
    """Files with the same bytes."""
    alike: tuple[float, float]
    """Which share of either side's pictures has the same picture, or one that looks alike, on the other side."""


@dataclass(frozen=True, slots=True)
class Unlike:
    """Pictures of one side, furthest from the other: content hashes, with the cosine of what is nearest there."""

    pictures: tuple[tuple[str, float], ...]


def verdict(first: Rows, second: Rows) -> Verdict:
    """Whether two sides differ, by all that the model sees; look-alikes within a side count once."""
    rows, side, group = _together(first, second)
    witnesses = int((~side).sum()), int(side.sum())
    if min(witnesses) < FEWEST:
        return Verdict(Evidence.FEW, None, None, witnesses)
    chance = chance_of_mmd(rows, side)
    return Verdict(evidence(chance), chance, told_apart(rows, side, group), witnesses)


def concepts(first: Rows, second: Rows, bank: Embeddings) -> list[ConceptDifference]:
    """The largest differences of either side, those of the first side first.

    Args:
        bank: Embeddings of the everyday concepts, shape `(m, dims)`.
    """
    rows, side, _ = _together(first, second)
    if min(int(side.sum()), int((~side).sum())) < FEWEST:
        return []
    # One scale for both: else each would be told by what is usual on its side.
    strengths = _calibration(bank, rows).strengths_of_texts(bank, rows)
    ranks = compare_ranks(strengths[~side], strengths[side])
    shown = strengths >= above_chance(len(rows))
    shares = shown[~side].mean(axis=0), shown[side].mean(axis=0)
    found = [
        ConceptDifference(
            CONCEPTS[at],
            bool(ranks.higher[at] > 0.5),
            (float(shares[0][at]), float(shares[1][at])),
            float(max(ranks.higher[at], 1 - ranks.higher[at])),
            ranks.evidence[at],
        )
        for at in range(len(bank))
        if ranks.evidence[at] is not Evidence.NONE
        and abs(ranks.higher[at] - 0.5) >= _TOLD_OF / 2
        and _is_shown_more(shares[0][at], shares[1][at], ranks.higher[at] > 0.5)
    ]
    found.sort(key=lambda one: (-abs(one.shares[1] - one.shares[0]), -one.higher))
    return [one for second_ in (False, True) for one in [it for it in found if it.second is second_][:_CONCEPTS]]


def _is_shown_more(first: float, second: float, is_second: bool) -> bool:
    """Whether the side that comes closer to a concept is also the one that clearly shows it more often."""
    return second > first if is_second else first > second


def values(first: Counts, second: Counts, totals: tuple[int, int]) -> list[ValueDifference]:
    """Values that one side has more of, the largest difference of shares first.

    Args:
        first: Of each facet, how many pictures have which value.
        totals: How many pictures there are on either side.
    """
    if min(totals) < FEWEST:
        return []
    pairs = [
        (facet, value, (first.get(facet, {}).get(value, 0), second.get(facet, {}).get(value, 0)))
        for facet in FACETS
        for value in {**first.get(facet, {}), **second.get(facet, {})}
    ]
    sure = corrected(chances_of_shares([counts for _, _, counts in pairs], totals))
    found = [
        ValueDifference(facet, value, counts, (counts[0] / totals[0], counts[1] / totals[1]), word)
        for (facet, value, counts), word in zip(pairs, sure, strict=True)
        if word is not Evidence.NONE
    ]
    return sorted(found, key=lambda one: -abs(one.shares[1] - one.shares[0]))[:_VALUES]


def overlap(first: Rows, second: Rows) -> tuple[Overlap, Unlike, Unlike]:
    """What both sides have, and what either has that the other has nothing like."""
    same = len(first.contents & second.contents)
    if not first.sampled or not second.sampled:
        return Overlap(same, (0.0, 0.0)), Unlike(()), Unlike(())
    cosines = first.embeddings @ second.embeddings.T
    alike = _alike(np.concatenate([first.embeddings, second.embeddings]))
    nearest = cosines.max(axis=1), cosines.max(axis=0)
    shares = float((nearest[0] >= alike).mean()), float((nearest[1] >= alike).mean())
    return Overlap(same, shares), _furthest(first, nearest[0], alike), _furthest(second, nearest[1], alike)


def _furthest(rows: Rows, nearest: NDArray[np.float32], alike: float) -> Unlike:
    chosen: list[int] = []
    for at in np.argsort(nearest, kind="stable").tolist():
        if len(chosen) == _PICTURES or nearest[at] >= alike:
            break
        if not chosen or float((rows.embeddings[chosen] @ rows.embeddings[at]).max()) < _UNLIKE:
            chosen.append(at)
    return Unlike(tuple((rows.sampled[at], float(nearest[at])) for at in chosen))


def _together(first: Rows, second: Rows) -> tuple[Embeddings, NDArray[np.bool_], NDArray[np.int32]]:
    """Both sides, look-alikes within each left out: rows, which are of the second, and which are alike across them."""
    sides = [rows.embeddings for rows in (first, second) if len(rows.sampled)]
    if not sides:
        return np.empty((0, 0), np.float32), np.empty(0, np.bool_), np.empty(0, np.int32)
    rows = np.concatenate(sides)
    side = np.arange(len(rows)) >= len(first.sampled)
    group = groups(rows, _alike(rows))
    kept = once(group, side)
    return rows[kept], side[kept], np.unique(group[kept], return_inverse=True)[1].astype(np.int32).ravel()


def _alike(rows: Embeddings) -> float:
    return learn_duplicate_threshold(rows)


def _calibration(bank: Embeddings, rows: Embeddings) -> Calibration:
    return learn(bank, rows)


def differing(found: Sequence[ConceptDifference], second: bool) -> list[ConceptDifference]:
    """Those that one side shows more."""
    return [one for one in found if one.second is second]
