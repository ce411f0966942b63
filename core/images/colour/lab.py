"""Colours as eyes tell them apart."""

import numpy as np
from numpy.typing import NDArray

_LEVELS = np.arange(256) / 255
# sRGB to linear light, and that to CIE XYZ in shares of the white D65 (IEC 61966-2-1).
_LINEAR = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4)
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_XYZ /= _XYZ.sum(axis=1, keepdims=True)


def lab(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """CIELAB (CIE 15:2018) of sRGB colours, an array of shape `(..., 3)`: L* from 0 to 100, a*, b*."""
    x, y, z = np.moveaxis(_root(_LINEAR[rgb] @ _XYZ.T), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def lightness(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """L* alone, of shape `(...)`."""
    return 116 * _root(_LINEAR[rgb] @ _XYZ[1]) - 16


def _root(light: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(light > (6 / 29) ** 3, np.cbrt(light), light / (3 * (6 / 29) ** 2) + 4 / 29)
