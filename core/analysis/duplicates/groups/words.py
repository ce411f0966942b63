"""What a picture is beside another that shows the same, in words."""

import numpy as np

from core.analysis.duplicates.pictures.matrices import Matrix, orientation_of, overlap
from core.index.records import ImageRecord

_TURNED: dict[tuple[bool, ...], str] = {
    (False, False, False): "",
    (False, True, False): "mirrored",
    (False, False, True): "mirrored top to bottom",
    (False, True, True): "turned by 180°",
    (True, False, True): "turned by 90°",
    (True, True, False): "turned by 270°",
    (True, False, False): "turned by 90° and mirrored",
    (True, True, True): "turned by 270° and mirrored",
}
_WHOLE = 0.965  # of a picture's area: what is missing is rounding
_SIZES = ((0.45, 0.55, "half the size"), (0.23, 0.27, "a quarter of the size"), (1.9, 2.1, "twice the size"))


def how(keeper: ImageRecord, other: ImageRecord, matrix: Matrix) -> str:
    """
    Args:
        matrix: From the other to the keeper, in shares of width and height.
    """
    covered, inside = overlap(matrix)
    turned = _TURNED[tuple(orientation_of(matrix, (keeper.width, keeper.height), (other.width, other.height)))]
    told = [turned, _part(covered, inside), _size(keeper, other, matrix, covered, inside)]
    if keeper.format != other.format:
        told.append(f"{other.format} instead of {keeper.format}")
    return ", ".join(filter(None, told)) or "another file of it"


def _part(covered: float, inside: float) -> str:
    if covered < _WHOLE <= inside:
        return f"cropped to {covered:.0%}".replace("%", " %")
    if inside < _WHOLE <= covered:
        return f"framed: {1 - inside:.0%} around it".replace("%", " %")
    if inside < _WHOLE:
        return f"{inside:.0%} of it in common".replace("%", " %")
    return ""


def _size(keeper: ImageRecord, other: ImageRecord, matrix: Matrix, covered: float, inside: float) -> str:
    """By the length of a side, of the part that they have in common."""
    area = abs(float(np.linalg.det(matrix[:, :2])))
    ratio = (other.pixels / max(1, keeper.pixels) / max(1e-9, area)) ** 0.5
    for low, high, words in _SIZES:
        if low <= ratio <= high:
            return words
    if ratio < 0.95 or ratio > 1.05:
        return f"{ratio:.0%} of the size".replace("%", " %")
    return "" if covered < _WHOLE or inside < _WHOLE or keeper.format != other.format else "saved again"
