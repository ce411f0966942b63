"""From strengths to words: which hits are matches, and how good they are.

A match is a hit whose band is not `none`. There is no other definition: docs/decisions/0009-match-strength.md.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from core.search.options import Band, MinMatch
from core.search.results import Judgement

# How many unrelated pictures are to be expected, among all that were searched, that match as well as the worst of a
# band. These constants are chosen by measurement: docs/decisions/0009-match-strength.md.
_EXPECTED = {Band.STRONG: 0.01, Band.LIKELY: 0.1, Band.WEAK: 1.0}
_APART = 0.0001  # instead of what is strong and likely, where all that chance tells from is of another kind
_NOTHING = 0.2
_SHARE = 0.7  # of the best strength: what is weaker is no match beside it
_MOST = 10_000  # of more pictures than these nobody has measured what chance brings
_WINDOWS = (200, 1_000, 4_000)
_NORMAL = NormalDist()


def assess(
    strengths: NDArray[np.float64],
    searched: int,
    min_match: MinMatch,
    sure: NDArray[np.bool_] | None = None,
    *,
    of_kind: bool = False,
) -> Judgement:
    """
    Args:
        strengths: Of the best hits, in the order of their scores, shape `(n,)`, as `Calibration.strengths` gives them.
            A longer list is judged as the shorter ones that it begins with, where these end at 200, 1,000 or 4,000.
        searched: How many pictures they are the best of.
        sure: Which of them the model is sure of, shape `(n,)`; None: of all. From the first on that it is not, bands
            are weak at best.
        of_kind: Whether most of the collection is of the kind that is searched for, as `Calibration.of_kind` says:
            then what sets pictures apart from others is less than what shows that they are the very thing.
    """
    falling = monotone(strengths)
    expected = _EXPECTED | dict.fromkeys((Band.STRONG, Band.LIKELY), _APART) if of_kind else _EXPECTED
    begins = {band: chance_threshold(share, searched) for band, share in expected.items()}
    counts = {band: int((falling >= start).sum()) for band, start in begins.items()}
    if sure is not None and not sure.all():
        unsure = int(sure.argmin())
        counts |= {band: min(counts[band], unsure) for band in (Band.STRONG, Band.LIKELY)}
    no_match = not (counts[Band.WEAK] and matches(strengths, searched))
    end = 0 if no_match else _end(falling, counts, min_match)
    bands: list[Band] = []
    for band, count in counts.items():
        bands += [band] * (min(count, end) - len(bands))
    bands += [Band.NONE] * (len(falling) - len(bands))
    shares = np.clip(falling / begins[Band.STRONG], 0.0, 1.0)
    return Judgement(bands, [float(share) for share in shares], no_match, of_kind and Band.WEAK in bands)


def above_chance(searched: int) -> float:
    """The strength from which a picture is a strong match, where not all are of one kind."""
    return chance_threshold(_EXPECTED[Band.STRONG], searched)


def chance_threshold(expected: float, searched: int) -> float:
    """The strength that so many of as many unrelated pictures reach by chance: strengths are normal deviates."""
    return _reached_by(min(0.5, expected / max(1, min(searched, _MOST))))


@lru_cache(1_024)
def _reached_by(share: float) -> float:
    return -_NORMAL.inv_cdf(share)


def matches(strengths: NDArray[np.float64], searched: int) -> bool:
    """Whether the best one is, or the best few together are, better than chance would bring (Benjamini and Hochberg,
    1995): for some k, the k best reach what at most a fifth of k unrelated pictures are expected to reach.
    """
    best = np.sort(strengths[: _WINDOWS[0]])[::-1]
    return any(one >= chance_threshold(_NOTHING * k, searched) for k, one in enumerate(best, 1))


def monotone(strengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Midway between the least strength so far and the greatest yet to come: so what is shown as a match is the top of
    the list, without a hole. Window by window, for a longer list must begin as a shorter one does.
    """
    falling = np.empty(len(strengths))
    highest = np.inf
    for window in _windows(len(strengths)):
        ahead = np.maximum.accumulate(strengths[window][::-1])[::-1]
        behind = np.minimum.accumulate(strengths[window])
        falling[window] = np.minimum(highest, (ahead + behind) / 2)
        highest = falling[window][-1]
    return falling


def _windows(count: int) -> Iterator[slice]:
    edges = [0, *(edge for edge in _WINDOWS if edge < count), count]
    return (slice(start, stop) for start, stop in pairwise(edges) if stop > start)


def _end(falling: NDArray[np.float64], counts: dict[Band, int], min_match: MinMatch) -> int:
    """Where the matches end."""
    if min_match is MinMatch.ALL:
        return counts[Band.WEAK]
    if min_match is not MinMatch.AUTO:
        return counts[Band(min_match.value)]
    others = falling[np.isfinite(falling)]  # the query's own picture does not say where the others end
    best = others[0] if len(others) else np.inf
    beside_it = min(int((falling >= _SHARE * best).sum()), counts[Band.WEAK])
    return max(1, counts[Band.STRONG], beside_it)
