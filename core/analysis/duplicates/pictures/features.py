"""What a picture is recognised by where it was cut or stands within another: small patches around corners.

ORB (Rublee and others, "ORB: an efficient alternative to SIFT or SURF", ICCV 2011), as OpenCV has it: 256 bits for
each patch, the same when the picture is turned, smaller or brighter; not when it is mirrored.
"""

from functools import cache
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.images.thumbnails import SIDE

SMALL = SIDE // 2
"""Pixels of the longer side of the pictures that patches are looked for in at first."""

COUNT = 112
"""Patches of a picture that are kept."""

MANY = 400
"""Patches of a picture that is looked at again, in full."""

_SCALE, _LEVELS = 2**0.5, 4
_FINE_SCALE, _FINE_LEVELS = 1.25, 7
_EDGE, _PATCH, _FAST = 12, 31, 10
_FEW = 3.0  # grey levels: what varies less has no corners but those of compression

type Grey = NDArray[np.uint8]
"""A picture in shades of grey, an array of shape `(height, width)`."""


class Patches(NamedTuple):
    points: NDArray[np.float32]
    """Of n patches, their centres in pixels, x and y: an array of shape `(n, 2)`."""
    bits: NDArray[np.uint8]
    """What they look like, an array of shape `(n, 32)`."""


NONE = Patches(np.empty((0, 2), np.float32), np.empty((0, 32), np.uint8))


def open_grey(thumbnail: bytes, half: bool = True) -> Grey | None:
    """A thumbnail in shades of grey, at half its size or in full; None where it is damaged."""
    data = np.frombuffer(thumbnail, np.uint8)
    mode = cv2.IMREAD_REDUCED_GRAYSCALE_2 if half else cv2.IMREAD_GRAYSCALE
    try:
        image = cv2.imdecode(data, mode | cv2.IMREAD_IGNORE_ORIENTATION) if len(data) else None
    except cv2.error:
        return None
    return None if image is None or min(image.shape[:2]) < 1 else np.asarray(image, np.uint8)


def patches(image: Grey, many: bool = False) -> Patches:
    """Those around the strongest corners, spread over the picture's scales."""
    if min(image.shape) < 2 * _EDGE + 2 or float(image.std()) < _FEW:
        return NONE
    points, bits = _detector(many).detectAndCompute(image, None)
    if bits is None or not len(points):
        return NONE
    return Patches(np.array([point.pt for point in points], np.float32), np.asarray(bits, np.uint8))


@cache
def _settings() -> None:
    cv2.setNumThreads(1)  # pictures are looked at side by side


def _detector(many: bool) -> Any:
    """One for each call: they are not safe between threads."""
    _settings()
    scale, levels, count = (_FINE_SCALE, _FINE_LEVELS, MANY) if many else (_SCALE, _LEVELS, COUNT)
    return cv2.ORB.create(count, scale, levels, _EDGE, 0, 2, cv2.ORB_HARRIS_SCORE, _PATCH, _FAST)
