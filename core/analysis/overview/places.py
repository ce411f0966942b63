"""Where pictures were taken, as dots on a map: each stands for those within a cell of a grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analysis.overview.facts import Facts

_ACROSS = 48  # cells that the longer side of what is shown has
_LEAST = 0.002  # degrees: two hundred metres
_MAX_DOTS = 1_500


@dataclass(frozen=True, slots=True)
class Dot:
    """Pictures that were taken near one another."""

    cell: str
    """By which it is asked for again."""
    latitude: float
    """Of their middle, in degrees, as is `longitude`."""
    longitude: float
    count: int


@dataclass(frozen=True, slots=True)
class Places:
    located: int
    """Pictures of which it is known where they were taken."""
    dots: tuple[Dot, ...]
    """The largest first."""
    size: float
    """Degrees of a cell."""


def places_of(facts: Facts) -> Places:
    at = facts.places[facts.located]
    if not len(at):
        return Places(0, (), 0.0)
    size = cell_size(at)
    cells = np.floor(at / size).astype(np.int64)
    unique, inverse, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    inverse = inverse.ravel()
    middles = [np.bincount(inverse, at[:, axis]) / counts for axis in (0, 1)]
    order = np.argsort(-counts, kind="stable")[:_MAX_DOTS]
    dots = (
        Dot(
            f"{unique[place][0]}:{unique[place][1]}",
            round(float(middles[0][place]), 5),
            round(float(middles[1][place]), 5),
            int(counts[place]),
        )
        for place in order
    )
    return Places(len(at), tuple(dots), size)


def within(facts: Facts, cell: str, size: float) -> NDArray[np.bool_]:
    """Which records lie in a cell."""
    row, _, column = cell.partition(":")
    wanted = np.array([int(row), int(column)])
    with np.errstate(invalid="ignore"):
        return np.asarray((np.floor(facts.places / size) == wanted).all(axis=1))


def cell_size(at: NDArray[np.float64]) -> float:
    """A round number of degrees, by how far apart they lie."""
    span = float(np.ptp(at, axis=0).max())
    wanted = max(span / _ACROSS, _LEAST)
    power = 10.0 ** np.floor(np.log10(wanted))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= wanted * (1 - 1e-9)))
