"""Maps from one picture to another, in shares of their width and height: plain arithmetic, for those who need no
pictures."""

import numpy as np
from numpy.typing import NDArray

from core.analysis.duplicates.pictures.hashes import ORIENTATIONS, Orientation

type Matrix = NDArray[np.float64]
"""An affine map in the plane, an array of shape `(2, 3)`."""

_LEAST = 1e-9


def unit_matrix(orientation: Orientation) -> Matrix:
    """From places in a picture to those in the oriented one, in shares of width and height."""
    matrix = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]] if orientation.exchanged else [[1.0, 0, 0], [0, 1.0, 0]])
    if orientation.mirrored:
        matrix[0] = [-matrix[0, 0], -matrix[0, 1], 1.0]
    if orientation.flipped:
        matrix[1] = [-matrix[1, 0], -matrix[1, 1], 1.0]
    return matrix


def orientation_of(matrix: Matrix, first: tuple[int, int], second: tuple[int, int]) -> Orientation:
    """The one of the eight that is nearest.

    Args:
        matrix: From shares of the second to shares of the first.
        first: Its width and height, likewise of the second.
    """
    linear = np.diag(first) @ matrix[:, :2] @ np.diag([1 / second[0], 1 / second[1]])
    linear = linear / max(_LEAST, float(np.sqrt(abs(np.linalg.det(linear)))))
    offs = [float(np.abs(linear - unit_matrix(one)[:, :2]).max()) for one in ORIENTATIONS]
    return ORIENTATIONS[int(np.argmin(offs))]


def inverted(matrix: Matrix) -> Matrix:
    return np.asarray(np.linalg.inv(square(matrix))[:2], np.float64)


def chained(outer: Matrix, inner: Matrix) -> Matrix:
    """The one after the other: first the inner."""
    both: Matrix = (square(outer) @ square(inner))[:2]
    return both


def overlap(matrix: Matrix) -> tuple[float, float]:
    """The share of the first picture that the second covers, and that of the second that lies in the first."""
    area = abs(float(np.linalg.det(matrix[:, :2])))
    if area < _LEAST:
        return 0.0, 0.0
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    common = _area(_clipped(corners @ matrix[:, :2].T + matrix[:, 2]))
    return min(1.0, common), min(1.0, common / area)


def _clipped(polygon: NDArray[np.float64]) -> NDArray[np.float64]:
    """What of a convex polygon lies in the unit square (Sutherland and Hodgman, 1974)."""
    for axis, sign, bound in ((0, 1, 0.0), (0, -1, -1.0), (1, 1, 0.0), (1, -1, -1.0)):
        kept: list[NDArray[np.float64]] = []
        for start, end in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
            before, after = sign * start[axis] - bound, sign * end[axis] - bound
            if before >= 0:
                kept.append(start)
            if (before >= 0) != (after >= 0):
                kept.append(start + (end - start) * before / (before - after))
        if not kept:
            return np.empty((0, 2))
        polygon = np.array(kept)
    return polygon


def _area(polygon: NDArray[np.float64]) -> float:
    after = np.roll(polygon, -1, axis=0)
    return abs(float((polygon[:, 0] * after[:, 1] - polygon[:, 1] * after[:, 0]).sum())) / 2


def square(matrix: Matrix) -> Matrix:
    """To multiply with."""
    return np.vstack([matrix, [0.0, 0.0, 1.0]])
