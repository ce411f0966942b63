"""How a picture looks, in a few numbers: its colours, its brightness, its sharpness, and a hash of what it shows."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.images.colour.lab import lab, lightness
from core.images.describe import Colour
from core.images.phash import perceptual_hash

_SIDE = 256  # pixels of the longer side that fine detail is measured at
_TINY = 64  # likewise colours and brightness
# A box filter down to one and a half times the size before the last one. Of the filters and gaps tried on photographs
# decoded at a half and a quarter, this changed the sharpness least: by 3 % at most.
_SHRINK_FIRST = 1.5

_MAX_COLOURS = 5
_SHADES = 128  # that are told apart before they are merged
_MIN_SHARE = 0.03
# Distances in CIELAB, where 2.3 is just noticed (Mahy, Van Eycken and Oosterlinck 1994). A colour is found where the
# most shades lie within the first, and is given all within the second: with one distance for both, what was left around
# a colour was in two of five pictures of COCO128 found as another.
_CORE, _REACH = 12.0, 20.0


class Look(NamedTuple):
    """The part of a `Description` that the pixels say, under the same names."""

    colours: tuple[Colour, ...]
    brightness: float
    sharpness: float
    phash: str


def look_at(image: Image.Image) -> Look:
    """Of an upright RGB picture, nearly the same at whatever scale it was decoded.

    Takes 2.5 ms for 1008 × 756 pixels, as which a photograph of 12 megapixels is decoded at ingest, more than half of
    it to shrink them; 9 ms for all 12 megapixels.
    """
    small = _resized(image, _SIDE)
    tiny = _resized(small, _TINY)
    return Look(_colours(tiny), _brightness(tiny), _sharpness(small), perceptual_hash(tiny))


def _resized(image: Image.Image, side: int) -> Image.Image:
    """With a longer side of so many pixels; one that was smaller has no finer detail than before."""
    scale = side / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    filter_ = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    return image.resize(size, filter_, reducing_gap=_SHRINK_FIRST)


def _colours(image: Image.Image) -> tuple[Colour, ...]:
    """Again and again the shade with most of the picture near it, and all around it taken away with it."""
    reduced = image.quantize(_SHADES, Image.Quantize.FASTOCTREE)
    shares = np.bincount(np.asarray(reduced).ravel()) / (image.width * image.height)
    shades = np.array(reduced.getpalette(), np.uint8).reshape(-1, 3)[: len(shares)]
    distances = _distances(lab(shades))
    near = (distances < _CORE).astype(np.float64)  # once: of truth values it would be done anew with each product
    colours: list[Colour] = []
    for _ in range(_MAX_COLOURS):
        taken = distances[(near @ shares).argmax()] < _REACH
        share = float(shares[taken].sum())
        if colours and share < _MIN_SHARE:
            break
        red, green, blue = np.average(shades[taken], axis=0, weights=shares[taken]).round().astype(int)
        colours.append(Colour(f"#{red:02x}{green:02x}{blue:02x}", round(share, 4)))
        shares[taken] = 0
    return tuple(sorted(colours, key=lambda colour: -colour.share))


def _distances(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Between n colours of shape `(n, 3)`, an array of shape `(n, n)`."""
    lengths = (colours**2).sum(axis=1)
    squares: NDArray[np.float64] = lengths[:, None] + lengths - 2 * colours @ colours.T
    return squares.clip(0) ** 0.5


def _brightness(image: Image.Image) -> float:
    """The mean of L* in CIELAB, over 100."""
    return round(float(lightness(np.asarray(image)).mean()) / 100, 4)


def _sharpness(image: Image.Image) -> float:
    """Standard deviation of the Laplacian of the luma (ITU-R BT.601), which runs from 0 to 1.

    Its square is the variance of the Laplacian, the measure of focus of Pech-Pacheco and others, "Diatom autofocusing
    in brightfield microscopy" (ICPR 2000). Half of COCO128 lies between 0.12 and 0.22.
    """
    luma = np.pad(np.asarray(image.convert("L"), np.float32), 1, mode="edge")
    laplacian = luma[:-2, 1:-1] + luma[2:, 1:-1]
    laplacian += luma[1:-1, :-2]
    laplacian += luma[1:-1, 2:]
    laplacian -= 4 * luma[1:-1, 1:-1]  # whole numbers so far
    return round(float(laplacian.std()) / 255, 4)
