"""Which labels keep company: a fork lies where there is a table, however small it is."""

import numpy as np

from core.analysis.labels.evidence.votes import Given, Probabilities

_SMOOTHING = 1.0


def company(given: Given) -> Probabilities:
    """How often pictures that share a label with this one have each other label, in the mean of its labels: shape
    `(n, k)`. A picture does not speak for itself.

    Args:
        given: Which labels each has, shape `(n, k)`.
    """
    labels = given.astype(np.float32)
    together = labels.T @ labels
    counts = np.diag(together).copy()
    np.fill_diagonal(together, 0)
    usual = base_rates(given)  # without the picture itself, or it would be told what it has
    shares = labels / (np.maximum(counts - 1, 0) + _SMOOTHING)  # of each label that the picture has, without itself
    others = shares.sum(axis=1, keepdims=True) - shares * labels
    seen = shares @ together - labels * others + _SMOOTHING * usual * others
    number = labels.sum(axis=1, keepdims=True)
    # A picture with a single label would give it away: others have company, this one would have none.
    return np.asarray(np.where(number > 1, seen / np.maximum(number - labels, 1), usual), np.float32)


def base_rates(given: Given) -> Probabilities:
    """How often each label is given to other pictures: shape `(n, k)`."""
    counts = given.sum(axis=0, dtype=np.float32)
    return np.asarray((counts - given + 0.5) / max(1, len(given)), np.float32)
