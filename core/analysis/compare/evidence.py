"""How sure a difference is: tests that take for granted no shape of what is measured, and words for what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from core.vectors import Embeddings

PERMUTATIONS = 999
FEWEST = 6
"""Pictures of a side, look-alikes counted once: with fewer there are too few ways to mix them up."""

_FOLDS = 5
_SHRINKAGE = 0.1  # of the covariances towards even ones: there are often fewer pictures than dimensions
_SEED = 7
_BLOCK = 1_024

type Values = NDArray[np.float64]


class Evidence(StrEnum):
    """How sure it is that two sides differ."""

    STRONG = "strong"
    """Chance alone would bring as much once in a thousand times."""
    CLEAR = "clear"
    """Once in a hundred."""
    WEAK = "weak"
    """Once in twenty."""
    NONE = "none"
    """As chance brings it."""
    FEW = "few"
    """There are too few pictures to tell."""

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    Evidence.STRONG: "strong evidence",
    Evidence.CLEAR: "clear evidence",
    Evidence.WEAK: "weak evidence",
    Evidence.NONE: "no difference to be seen",
    Evidence.FEW: "too few pictures to tell",
}
_BOUNDS = ((0.001, Evidence.STRONG), (0.01, Evidence.CLEAR), (0.05, Evidence.WEAK))


def evidence(chance: float) -> Evidence:
    """
    Args:
        chance: How likely as large a difference is where there is none.
    """
    return next((word for bound, word in _BOUNDS if chance <= bound + 1e-12), Evidence.NONE)


def groups(rows: Embeddings, alike: float) -> NDArray[np.int32]:
    """Which pictures are the same or look alike, shape `(n,)`: bursts and copies are no independent witnesses.

    Args:
        rows: Unit rows of shape `(n, dims)`.
        alike: The cosine from which two are alike.
    """
    pairs = [
        np.argwhere(rows[start : start + _BLOCK] @ rows.T >= alike) + np.array([start, 0])
        for start in range(0, len(rows), _BLOCK)
    ]
    found = np.concatenate([np.empty((0, 2), np.int64), *pairs])
    graph = csr_array((np.ones(len(found), np.bool_), (found[:, 0], found[:, 1])), shape=(len(rows), len(rows)))
    return np.asarray(connected_components(graph, directed=False)[1], np.int32)


def once(group: NDArray[np.int32], side: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The first of each group on each side: where the rest is left out, look-alikes count once."""
    _, first = np.unique(np.column_stack([group, side]), axis=0, return_index=True)
    return np.sort(first)


def chance_of_mmd(rows: Embeddings, side: NDArray[np.bool_], permutations: int = PERMUTATIONS) -> float:
    """How likely two samples of one distribution differ as much: the maximum mean discrepancy (Gretton, Borgwardt,
    Rasch, Schölkopf and Smola 2012, "A kernel two-sample test"), its null by permutation of the sides.

    Args:
        rows: Unit rows of shape `(n, dims)`.
        side: Which of them are on the second side.
    """
    distances = np.clip(2 - 2 * (rows @ rows.T), 0, None)
    scale = float(np.median(distances[~np.eye(len(rows), dtype=bool)])) or 1.0
    kernel = np.exp(-distances / scale)
    np.fill_diagonal(kernel, 0.0)
    rng = np.random.default_rng(_SEED)
    sides = np.column_stack([side, *(rng.permutation(side) for _ in range(permutations))]).astype(np.float32)
    found = _mmd(kernel, sides)
    return float((1 + (found[1:] >= found[0] - 1e-12).sum()) / (1 + permutations))


def _mmd(kernel: NDArray[np.float32], sides: NDArray[np.float32]) -> Values:
    """Of m ways to divide n pictures, shape `(n, m)`: the unbiased estimate of each, shape `(m,)`."""
    second = float(sides[:, 0].sum())
    first = len(sides) - second
    towards = kernel @ sides
    within_second = np.einsum("nm,nm->m", sides, towards, dtype=np.float64)
    across = towards.sum(axis=0, dtype=np.float64) - within_second
    within_first = float(kernel.sum(dtype=np.float64)) - 2 * across - within_second
    return np.asarray(
        within_first / (first * (first - 1)) + within_second / (second * (second - 1)) - 2 * across / (first * second)
    )


def told_apart(rows: Embeddings, side: NDArray[np.bool_], group: NDArray[np.int32]) -> float | None:
    """How often a classifier says rightly which side a picture that it has not seen is of, from 0.5 (a guess) to 1: the
    classifier two-sample test (Lopez-Paz and Oquab 2017) with a linear discriminant, the mean accuracy of both sides.

    Look-alikes are in one fold, so that none is known from its twin. None where there are too few.
    """
    folds = np.random.default_rng(_SEED).permutation(int(group.max()) + 1)[group] % _FOLDS
    right = np.zeros(len(rows), np.bool_)
    for fold in range(_FOLDS):
        held = folds == fold
        if not held.any():
            continue
        learned = side[~held]
        if min(learned.sum(), (~learned).sum()) < 2:
            return None
        right[held] = _discriminant(rows[~held], learned)(rows[held]) == side[held]
    return max(0.5, float((right[side].mean() + right[~side].mean()) / 2))


class _Discriminant:
    """A linear discriminant with covariances shrunk towards even ones."""

    def __init__(self, rows: Embeddings, side: NDArray[np.bool_]) -> None:
        means = rows[~side].mean(axis=0), rows[side].mean(axis=0)
        apart = np.where(side[:, None], rows - means[1], rows - means[0]).astype(np.float64)
        covariance = apart.T @ apart / len(rows)
        even = np.trace(covariance) / len(covariance) or 1.0
        shrunk = (1 - _SHRINKAGE) * covariance + _SHRINKAGE * even * np.eye(len(covariance))
        self._direction = np.linalg.solve(shrunk, (means[1] - means[0]).astype(np.float64))
        self._middle = float((means[0] + means[1]) / 2 @ self._direction)

    def __call__(self, rows: Embeddings) -> NDArray[np.bool_]:
        return np.asarray(rows @ self._direction > self._middle)


_discriminant = _Discriminant


@dataclass(frozen=True, slots=True)
class Ranks:
    """How m quantities compare between two sides, each an array of shape `(m,)`."""

    higher: Values
    """How often one of the second side is above one of the first, from 0 to 1: 0.5 where there is no difference."""
    evidence: tuple[Evidence, ...]
    """Corrected for how many quantities there are."""


def compare_ranks(first: Values, second: Values) -> Ranks:
    """The rank test of Mann and Whitney for each quantity, corrected for many tests (Benjamini and Hochberg 1995).

    Args:
        first: Of n pictures, shape `(n, m)`.
        second: Of others, likewise.
    """
    found = stats.mannwhitneyu(second, first, axis=0, method="asymptotic")
    higher = np.asarray(found.statistic) / (len(first) * len(second))
    return Ranks(higher, corrected(np.nan_to_num(found.pvalue, nan=1.0)))


def corrected(chances: Values) -> tuple[Evidence, ...]:
    """The evidence of each of many tests, corrected for how many there are."""
    if not len(chances):
        return ()
    return tuple(map(evidence, stats.false_discovery_control(np.clip(chances, 0, 1)).tolist()))


def chances_of_shares(counts: Sequence[tuple[int, int]], totals: tuple[int, int]) -> Values:
    """How likely as different shares are where there is no difference, for each value of a facet: Fisher's exact test
    where a cell is small, else the chi-squared test.

    Args:
        counts: How many pictures of either side have a value.
        totals: How many there are on either side.
    """
    return np.array([_chance_of_share(first, second, *totals) for first, second in counts], np.float64)


def _chance_of_share(first: int, second: int, of_first: int, of_second: int) -> float:
    table = np.array([[first, of_first - first], [second, of_second - second]])
    if (table < 0).any() or not table.sum(axis=0).all() or not table.sum(axis=1).all():
        return 1.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    if expected.min() < 5:
        return float(stats.fisher_exact(table).pvalue)
    return float(stats.chi2_contingency(table).pvalue)
