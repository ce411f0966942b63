"""From hits to results: what is shown as one, what counts as a match, and in which order."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from core.index.index import Counts
from core.index.records import Hit, ImageRecord
from core.search.options import Band, MinMatch, Options, Sort
from core.search.ranking import facets
from core.search.ranking.collapse import group_duplicates
from core.search.ranking.diversity import mmr
from core.search.results import Judgement, Result

ALIKE = 0.95
"""The cosine from which pictures are alike, until something better is learned."""

_EPOCH = datetime(1970, 1, 1)
_VARIED = 200  # results whose order diversity changes: further ones would change it again with each page

_ORDERS: dict[Sort, Callable[[ImageRecord], Any]] = {
    Sort.NEWEST: lambda record: (record.taken_at is None, -_seconds(record)),
    Sort.OLDEST: lambda record: (record.taken_at is None, _seconds(record)),
    Sort.LARGEST: lambda record: -record.size,
    Sort.SMALLEST: lambda record: record.size,
    Sort.NAME: lambda record: record.name.casefold(),
}


@dataclass(frozen=True, slots=True)
class Ranking:
    """All results among the hits looked at."""

    results: Sequence[Result]
    matched: int | None
    """How many match; None where that is not known."""
    no_match: bool
    of_kind: bool
    """Whether of those that are weak no more is known than that they are of this kind."""
    duplicate_threshold: float
    facets: Counts
    """The facets of the matches; of all hits where there are none. Those shown as one count once for each value."""
    seconds: float = 0.0

    @property
    def bands(self) -> Mapping[Band, int]:
        return Counter(result.band for result in self.results if result.band is not None)

    @property
    def collapsed(self) -> int:
        return sum(len(result.others) for result in self.results)

    def covers(self, count: int) -> bool:
        """Whether the first `count` results are among these, and so is the end of the matches, as far as it is near."""
        known = len(self.results)
        return known >= count and (self.matched is None or self.matched < known or count <= self.matched)


def rank(
    hits: Sequence[Hit], judgement: Judgement | None, options: Options, duplicate_threshold: float, k: int | None = None
) -> Ranking:
    """
    Args:
        hits: Best first, with their embeddings.
        judgement: None where nothing is known of what scores mean.
        duplicate_threshold: The cosine from which two pictures are alike.
        k: How many of the best are put into another order than theirs; None: all matches. Diversity chooses among all.
    """
    results = [
        _result(hits, stack, judgement) for stack in group_duplicates(hits, options.collapse, duplicate_threshold)
    ]
    matched = sum(result.matches is True for result in results) if judgement or not hits else None
    counted = results[:matched] or results
    return Ranking(
        _ordered(results, matched, options, k),
        matched,
        judgement.no_match if judgement else False,
        judgement.of_kind if judgement else False,
        duplicate_threshold,
        facets.count_stacks([hit.record for hit in (result.hit, *result.others)] for result in counted),
    )


def _result(hits: Sequence[Hit], stack: Sequence[int], judgement: Judgement | None) -> Result:
    leader, *others = stack
    rest = tuple(hits[other] for other in others)
    if judgement is None:
        return Result(hits[leader], None, None, None, others=rest)
    strength, band = judgement.strengths[leader], judgement.bands[leader]
    return Result(hits[leader], strength, band, band is not Band.NONE, leader in judgement.by_name, rest)


def _ordered(results: Sequence[Result], matched: int | None, options: Options, k: int | None) -> Sequence[Result]:
    """All of them; what does not match, and what is beyond the best `k` where these are sorted, stays as it is. Where
    no line is drawn below the matches, or it is not known yet, all are sorted; diversity is for matches only."""
    if options.sort is not Sort.BEST:
        above = len(results) if matched is None or options.min_match is MinMatch.ALL else matched
        order, count = _ORDERS[options.sort], min(above, k or above)
        return [*sorted(results[:count], key=lambda result: order(result.record)), *results[count:]]
    if not options.diversity or matched is None or matched < 2:
        return results
    head = results[: min(matched, _VARIED)]
    scores = np.array([result.hit.score for result in head])
    embeddings = np.stack([result.hit.embedding for result in head if result.hit.embedding is not None])
    varied = [head[position] for position in mmr(scores, embeddings, options.diversity)]
    return [*varied, *results[len(head) :]]


def _seconds(record: ImageRecord) -> float:
    return (record.taken_at - _EPOCH).total_seconds() if record.taken_at else 0.0
