"""The results of a search on the map: which points they are, and where the search itself would stand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analysis.map.model import Map
from core.index.index import MAX_K
from core.index.records import Hit
from core.search.results import Result, Results

MOST = MAX_K
"""Results that are lit."""

_DECIDING = 50  # of the best, by which the search is placed
_UNJUDGED = 200  # results that are lit while it is not known which match

SAID = "Placed where its best results are, weighted by their scores."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a search would stand."""

    x: float
    y: float
    spread: float
    """Half of the weight of its results is within so much of it: where this is large it stands for little."""


@dataclass(frozen=True, slots=True)
class Lit:
    points: NDArray[np.uint32]
    """The best first."""
    scores: NDArray[np.float32]
    """Of these; not a number where nothing was searched for."""
    strengths: NDArray[np.float32]
    """From 0 to 1, where a match is strong; not a number where it is not judged."""
    place: Place | None
    matched: int
    """Results that match, those that have no place on the map too."""


def lit(made: Map, results: Results) -> Lit:
    """Those that match, each with what is shown as one with it."""
    matching = [result for result in results.results if result.matches]
    if not results.judged:
        matching = list(results.results[:_UNJUDGED])
    shown = [(hit, result) for result in matching for hit in (result.hit, *result.others)]
    points = made.numbers_of([hit.record.id for hit, _ in shown])
    there = points >= 0
    scores = np.array([_score(hit, results.scored) for hit, _ in shown], np.float32)
    strengths = np.array([_strength(result) for _, result in shown], np.float32)
    place = _placed(made, points[there], scores[there]) if results.scored else None
    return Lit(points[there].astype(np.uint32), scores[there], strengths[there], place, len(shown))


def chosen(made: Map, ids: Sequence[str]) -> Lit:
    """Records that a filter lets through."""
    found = made.numbers_of(ids)
    points = found[found >= 0].astype(np.uint32)
    nothing = np.full(len(points), np.nan, np.float32)
    return Lit(points, nothing, nothing, None, len(ids))


def _score(hit: Hit, scored: bool) -> float:
    return float(hit.score) if scored else np.nan


def _strength(result: Result) -> float:
    return np.nan if result.strength is None else float(result.strength)


def _placed(made: Map, points: NDArray[np.int64], scores: NDArray[np.float32]) -> Place | None:
    if not len(points):
        return None
    best, score = points[:_DECIDING], scores[:_DECIDING].astype(np.float64)
    at = made.points[best].astype(np.float64)
    weights = (score - score.min() + 0.1 * (np.ptp(score) or 1.0)) ** 2
    weights /= weights.sum()
    # Around the result that the others are nearest to: the mean of two groups would be in neither.
    apart = np.linalg.norm(at[:, None] - at[None], axis=2)
    centre = int((np.minimum(apart, np.median(apart)) @ weights).argmin())
    away = apart[centre]
    near = away <= 2.0 * _median(away, weights) + 1e-9
    x, y = (at[near] * weights[near, None]).sum(axis=0) / weights[near].sum()
    return Place(float(x), float(y), float(_median(np.hypot(at[:, 0] - x, at[:, 1] - y), weights)))


def _median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(weights[order]), 0.5)])
