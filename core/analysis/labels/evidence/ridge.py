"""A linear classifier of embeddings for all labels at once, and what it says of pictures that it has not seen.

Least squares with a penalty have a closed form, whose sums without one fold are those of all less those of the fold:
each picture is judged by a classifier that was made without it, at the cost of one solution for each fold.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analysis.labels.evidence.votes import Given, Probabilities
from core.vectors import Embeddings

FOLDS = 8

_PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""As shares of the mean of the squares that each dimension adds up to; the one that errs least is taken."""

_BLOCK = 8_192
_FREE = 1e-6  # the penalty of the constant

type Sums = NDArray[np.float64]


@dataclass(frozen=True)
class Ridge:
    """What was learned."""

    judged: Probabilities
    """How much each picture looks like each label by a classifier made without it, shape `(n, k)`; about 0 for no, 1
    for yes."""
    weights: NDArray[np.float32]
    """Of the classifier that is made with all of them, shape `(dims + 1, k)`: for other pictures."""

    def looks(self, rows: Embeddings) -> Probabilities:
        """The same of other pictures."""
        return _with_constant(rows) @ self.weights


def learn(rows: Embeddings, given: Given, folds: NDArray[np.intp]) -> Ridge:
    """
    Args:
        rows: Shape `(n, dims)`.
        given: Which labels each has, shape `(n, k)`.
        folds: The fold that each is in, shape `(n,)`.
    """
    sums = [_sums(rows[folds == fold], given[folds == fold]) for fold in range(FOLDS)]
    squares, products = (np.array([one[at] for one in sums]) for at in (0, 1))
    best: tuple[float, float, Probabilities] | None = None
    for penalty in _PENALTIES:
        judged = _judged(rows, folds, squares, products, penalty)
        error = float(((judged - given) ** 2).mean())
        if best is None or error < best[0]:
            best = error, penalty, judged
    assert best
    _, penalty, judged = best
    return Ridge(judged, _solved(squares.sum(axis=0), products.sum(axis=0), penalty))


def _judged(rows: Embeddings, folds: NDArray[np.intp], squares: Sums, products: Sums, penalty: float) -> Probabilities:
    judged = np.empty((len(rows), products.shape[-1]), np.float32)
    all_squares, all_products = squares.sum(axis=0), products.sum(axis=0)
    for fold in range(FOLDS):
        weights = _solved(all_squares - squares[fold], all_products - products[fold], penalty)
        judged[folds == fold] = _with_constant(rows[folds == fold]) @ weights
    return judged


def _solved(squares: Sums, products: Sums, penalty: float) -> NDArray[np.float32]:
    ridge = max(penalty * float(np.trace(squares)) / len(squares), _FREE) * np.eye(len(squares))
    ridge[-1, -1] = _FREE
    return np.linalg.solve(squares + ridge, products).astype(np.float32)


def _sums(rows: Embeddings, given: Given) -> tuple[Sums, Sums]:
    dims = rows.shape[1] + 1
    squares, products = np.zeros((dims, dims)), np.zeros((dims, given.shape[1]))
    for start in range(0, len(rows), _BLOCK):
        block = _with_constant(rows[start : start + _BLOCK])
        squares += block.T @ block
        products += block.T @ given[start : start + _BLOCK].astype(np.float32)
    return squares, products


def _with_constant(rows: Embeddings) -> Embeddings:
    return np.concatenate([rows, np.ones((len(rows), 1), np.float32)], axis=1)
