"""The square that a model looks at: short side to a given length, then the centre; or the whole picture squeezed."""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # words need no pictures
    from PIL import Image

LONGEST = 16
"""Pictures up to so many times as long as wide are shrunk whole, as torchvision does."""

_BICUBIC_REACH = 2
"""Pixels that Pillow's bicubic filter looks at on either side, in units of the larger of source and target pixel."""

_SPARE = 3
"""How many times the short side a picture decoded at a reduced scale must keep: shrunk from there, the model's input
differs by a tenth to half of a grey level in the mean from the one made of all pixels; from twice it, by one."""


def enough(short: int) -> int:
    """Pixels of the shorter side from which `centre_square` makes, but for rounding, the same as from all."""
    return _SPARE * short


def centre_square(image: "Image.Image", short: int, side: int) -> "Image.Image":
    """What torchvision's `Resize(short, BICUBIC)` and `CenterCrop(side)` make of an RGB picture.

    The same pixels, except in pictures more than 16 times as long as wide: their long side would become enormous
    (1 × 10,000 pixels: 224 × 2,240,000), so only what the centre crop sees is resampled, and rounding may differ.
    A picture that is a square of `side` already is returned as it is, so doing this twice changes nothing.

    Args:
        short: Pixels of the short side before the crop, at least `side`.
        side: Pixels of the result's sides.
    """
    if image.size == (side, side):
        return image
    from PIL import Image

    width, height = resized = _resized(image.size, short)
    left, top = round((width - side) / 2), round((height - side) / 2)
    window = (left, top, left + side, top + side)
    if max(resized) <= LONGEST * short:
        return image.resize(resized, Image.Resampling.BICUBIC).crop(window)
    return _resample(image, resized, window)


def squeezed(image: "Image.Image", side: int) -> "Image.Image":
    """What torchvision's `Resize((side, side), BILINEAR)` makes of an RGB picture: all of it, in other proportions."""
    if image.size == (side, side):
        return image
    from PIL import Image

    return image.resize((side, side), Image.Resampling.BILINEAR)


def _resized(size: tuple[int, int], short: int) -> tuple[int, int]:
    longer = int(short * max(size) / min(size))
    return (short, longer) if size[0] <= size[1] else (longer, short)


def _resample(image: "Image.Image", resized: tuple[int, int], window: tuple[int, int, int, int]) -> "Image.Image":
    """The pixels in `window` of the picture as it would be at the size `resized`."""
    from PIL import Image

    across = _span(image.width, resized[0], window[0], window[2])
    down = _span(image.height, resized[1], window[1], window[3])
    # Pillow keeps the box in single precision: cut to whole pixels first, so that its numbers stay small.
    part = image.crop((across[0], down[0], across[1], down[1]))
    box = (across[2], down[2], across[3], down[3])
    return part.resize((window[2] - window[0], window[3] - window[1]), Image.Resampling.BICUBIC, box=box)


def _span(source: int, target: int, start: int, stop: int) -> tuple[int, int, float, float]:
    """Along one axis: the source pixels to cut out, first and past the last, and the box within the cut."""
    scale = source / target
    margin = math.ceil(_BICUBIC_REACH * max(1.0, scale)) + 1
    first = max(0, math.floor(start * scale) - margin)
    last = min(source, math.ceil(stop * scale) + margin)
    return first, last, max(0.0, start * scale - first), min(stop * scale - first, last - first)
