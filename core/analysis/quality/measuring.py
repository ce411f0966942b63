"""How pictures are measured: at one small size, whatever their own is."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import sobel, uniform_filter1d

from core.analysis.quality.measures import Measures, shape_of

SIDE = 256
"""Pixels of the longer side at which pictures are measured."""

_NEAR = 12  # of 255, by which a channel may be off and the colour still looks the same on a screen
_SPAN = 5  # pixels that a picture is blurred over again: of 5, 7 and 11 that which told most, by benchmarks.quality
_TILES = 3  # along each side: a sharp face before a blurred garden is a sharp picture
_FEW_EDGES = 0.25  # of the mean of all parts: what has fewer edges has nothing to be sharp in
_NO_EDGES = 0.05  # of those in both directions: stripes tell nothing along themselves
_GREY_SHARE = 99.0  # percent of the pixels

type Plane = NDArray[np.float32]


def measure(image: Image.Image, width: int, height: int) -> Measures:
    """
    Args:
        image: Upright, RGB, at whatever scale it was decoded.
        width: Of the picture itself, in pixels, as is `height`.
    """
    small = image.convert("RGB")
    small.thumbnail((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=1.5)
    pixels = np.asarray(small)
    light = brightness(pixels)
    darkest, brightest = np.quantile(light, (0.05, 0.99))
    return Measures(
        float(darkest),
        float(brightest),
        _entropy(light),
        blur(light),
        _chroma(pixels),
        _plain(pixels),
        *shape_of(width, height),
    )


def brightness(pixels: NDArray[np.uint8]) -> Plane:
    """Of RGB pixels of shape `(h, w, 3)`, as it is perceived, from 0 to 1: the HSP model (Finley 2006), by which
    CleanVision goes too."""
    squares = np.square(pixels, dtype=np.float32)
    return np.asarray(np.sqrt(squares @ np.array((0.241, 0.691, 0.068), np.float32)) / 255)


def blur(light: Plane) -> float:
    """How little a picture changes where it is blurred again (Crete, Dolmiere, Ladret and Nicolas 2007, "The blur
    effect: perception and estimation with a new no-reference perceptual blur metric"), in the sharpest of nine parts.

    Contrast and brightness have no say. 0 where there is nothing that could be sharp.

    Args:
        light: Brightness, shape `(h, w)`.
    """
    kept, all_ = (np.zeros((2, _TILES, _TILES)) for _ in range(2))
    for axis in (0, 1):
        again = uniform_filter1d(light, _SPAN, axis)
        edges, left = (np.abs(sobel(plane, axis)) for plane in (light, again))
        all_[axis] = _by_tile(edges)
        kept[axis] = _by_tile(np.minimum(edges, left))
    both = all_.sum(axis=0)
    shares = np.where(all_ > np.maximum(_NO_EDGES * both, 1e-9), kept / np.maximum(all_, 1e-9), 0.0)
    # A part is as blurred as in one of the two directions: a shaken camera blurs one alone.
    found = shares.max(axis=0)[both >= max(_FEW_EDGES * float(both.mean()), 1e-9)]
    return float(found.min()) if len(found) else 0.0


def _by_tile(plane: Plane) -> NDArray[np.float64]:
    """Sums of the parts, shape `(3, 3)`."""
    rows, columns = (np.linspace(0, side, _TILES, endpoint=False).astype(int) for side in plane.shape)
    return np.add.reduceat(np.add.reduceat(plane, rows, 0, np.float64), columns, 1)


def _entropy(light: Plane) -> float:
    counts = np.bincount((light * 255).astype(np.uint8).ravel(), minlength=256)
    shares = counts[counts > 0] / light.size
    return float(-(shares * np.log2(shares)).sum())


def _chroma(pixels: NDArray[np.uint8]) -> float:
    return float(np.percentile(np.ptp(pixels, axis=2), _GREY_SHARE)) / 255


def _plain(pixels: NDArray[np.uint8]) -> float:
    """Around the median colour, which the commonest is where it covers half."""
    flat = pixels.reshape(-1, 3)
    middle = np.median(flat, axis=0)
    return float((np.abs(flat - middle) <= _NEAR).all(axis=1).mean())
