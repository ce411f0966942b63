"""What grey windows do not tell of two pictures that agree: their colours, and what is around the common part."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.analysis.duplicates.pictures.alignment import Aligned
from core.analysis.duplicates.pictures.features import Grey
from core.analysis.duplicates.pictures.matrices import Matrix

type Coloured = NDArray[np.uint8]
"""A small picture in colour, an array of shape `(height, width, 3)`: blue, green, red."""

_SIDE = 48  # pixels of the square that colours are compared in
# Chroma in CIELAB from which a colour is vivid, and the cosine between two hues below which they are different ones;
# docs/decisions/0008. A copy is brighter or grey; it is not blue instead of red.
_VIVID, _OTHER_HUE = 20.0, 0.5
_OTHERS = 0.2  # of what is vivid in both
_LEAST = 0.02  # of the common area is vivid in both, else there is nothing to tell by

_STRUCTURE = 3.0  # grey levels of deviation
_EMPTY = 0.6  # as much of the surroundings has structure as of the picture, at most: a frame, a window, a margin
_AROUND = 0.04  # of the area lies around, at least


def open_coloured(thumbnail: bytes) -> Coloured | None:
    data = np.frombuffer(thumbnail, np.uint8)
    try:
        image = cv2.imdecode(data, cv2.IMREAD_REDUCED_COLOR_4 | cv2.IMREAD_IGNORE_ORIENTATION) if len(data) else None
    except cv2.error:
        return None
    return None if image is None else np.asarray(image, np.uint8)


def same_colours(first: Coloured, second: Coloured, matrix: Matrix) -> bool:
    """Whether what is vivid in both has the same hues.

    Args:
        matrix: From shares of the second to shares of the first.
    """
    laid = _laid_in_square(first, np.linalg.inv(np.vstack([matrix, [0.0, 0.0, 1.0]]))[:2])
    plain = _laid_in_square(second, np.eye(2, 3))
    common = (laid[1] > 0) & (plain[1] > 0)
    hues = [_chroma(image) for image in (laid[0], plain[0])]
    lengths = [np.linalg.norm(hue, axis=2) for hue in hues]
    vivid = common & (lengths[0] >= _VIVID) & (lengths[1] >= _VIVID)
    if vivid.sum() < max(4.0, _LEAST * common.sum()):
        return True
    cosines = (hues[0] * hues[1]).sum(axis=2)[vivid] / (lengths[0] * lengths[1])[vivid]
    return bool((cosines < _OTHER_HUE).mean() <= _OTHERS)


def framed_share(image: Grey, other: Grey, aligned: Aligned) -> float:
    """The share of the first picture that the second takes up, where the rest is only a frame, a margin or a window; 1
    where it is not, or there is no rest."""
    if aligned.first > 1 - _AROUND:
        return 1.0
    inside = _mask(image, aligned.matrix)
    side = max(5, round(min(image.shape) / 12) | 1)
    grey = image.astype(np.float32)
    deviation = np.sqrt(np.maximum(cv2.blur(grey * grey, (side, side)) - cv2.blur(grey, (side, side)) ** 2, 0))
    kernel = np.ones((side, side), np.uint8)
    within, around = cv2.erode(inside, kernel) > 0, cv2.dilate(inside, kernel) == 0
    if within.sum() < 16 or around.sum() < _AROUND / 4 * image.size:
        return aligned.first if _is_even(image, inside) else 1.0
    shares = [float((deviation[part] >= _STRUCTURE).mean()) for part in (within, around)]
    return aligned.first if shares[1] <= _EMPTY * shares[0] else 1.0


def _is_even(image: Grey, inside: Grey) -> bool:
    """Whether the little that lies around is of one shade: a thin border."""
    around = image[cv2.dilate(inside, np.ones((3, 3), np.uint8)) == 0]
    return len(around) > 16 and float(around.std()) < 2 * _STRUCTURE


def _mask(image: Grey, matrix: Matrix) -> Grey:
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]) @ matrix[:, :2].T + matrix[:, 2]
    mask = np.zeros(image.shape, np.uint8)
    places = np.round(corners * (image.shape[1], image.shape[0])).clip(-10_000, 10_000).astype(np.int32)
    cv2.fillConvexPoly(mask, places, 255)
    return mask


def _laid_in_square(image: Coloured, matrix: Matrix) -> tuple[Coloured, Grey]:
    """The picture in a small square, and where it is: its shares go through the matrix first."""
    height, width = image.shape[:2]
    to_square = np.array([[_SIDE, 0, -0.5], [0, _SIDE, -0.5], [0, 0, 1.0]])
    from_pixels = np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1.0]])
    whole = (to_square @ np.vstack([matrix, [0.0, 0.0, 1.0]]) @ from_pixels)[:2]
    laid = cv2.warpAffine(image, whole, (_SIDE, _SIDE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    ones = np.full(image.shape[:2], 255, np.uint8)
    mask = cv2.warpAffine(ones, whole, (_SIDE, _SIDE), flags=cv2.INTER_NEAREST)
    return np.asarray(laid, np.uint8), np.asarray(mask, np.uint8)


def _chroma(image: Coloured) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)[:, :, 1:], np.float32)
