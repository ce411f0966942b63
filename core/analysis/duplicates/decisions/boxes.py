"""Labels of a copy, as they lie in the picture that is kept."""

from collections.abc import Iterable, Sequence

import numpy as np

from core.analysis.duplicates.pictures.matrices import Matrix
from core.images.describe import Box

_SEEN = 0.3  # of a box lies in the picture, at least
_SAME = 0.5  # of two boxes' area is common: they are one
_DECIMALS = 6


def moved(boxes: Iterable[Box], matrix: Matrix) -> list[Box]:
    """Those of another picture, as far as they lie in this one.

    Args:
        matrix: From the other to this one, in shares of width and height.
    """
    return [found for box in boxes if (found := _moved(box, matrix))]


def lacking(boxes: Sequence[Box], others: Iterable[Box]) -> list[Box]:
    """Those of the others that are not among the boxes: of the same label and at about the same place."""
    found: list[Box] = []
    for other in others:
        if not any(one.label == other.label and _common(one, other) >= _SAME for one in (*boxes, *found)):
            found.append(other)
    return found


def _moved(box: Box, matrix: Matrix) -> Box | None:
    corners = np.array([[x, y] for x in (box.left, box.left + box.width) for y in (box.top, box.top + box.height)])
    places = corners @ matrix[:, :2].T + matrix[:, 2]
    (left, top), (right, bottom) = places.min(axis=0), places.max(axis=0)
    area = (right - left) * (bottom - top)
    left, top, right, bottom = np.clip([left, top, right, bottom], 0.0, 1.0).tolist()
    if area <= 0 or (right - left) * (bottom - top) < _SEEN * area:
        return None
    sides = (round(side, _DECIMALS) for side in (left, top, right - left, bottom - top))
    return Box(box.label, *sides)


def _common(one: Box, other: Box) -> float:
    """Intersection over union."""
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    common = max(0.0, width) * max(0.0, height)
    total = one.width * one.height + other.width * other.height - common
    return common / total if total > 0 else float(one == other)
