"""Grey of more than eight bits, scaled to what a page shows."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.images.colour.profiles import png_bits

_DEPTHS = (8, 10, 12, 14, 16)
"""Bits that sensors and formats give; the values of the smaller ones are kept in 16."""
_BITS_PER_SAMPLE, _PHOTOMETRIC, _MAX_SAMPLE_VALUE = 258, 262, 281  # TIFF 6.0, section 8
_WHITE_IS_ZERO = 0


def is_deep(image: Image.Image) -> bool:
    return image.mode.startswith(("I", "F"))


def eight_bits(image: Image.Image, data: bytes) -> tuple[Image.Image, bool]:
    """Grey of 16 or 32 bits or floats as L, or LA where a shade is transparent; and whether 16 bits were not taken as
    the whole scale.

    Of 16 bits white is the largest number that the file says it holds, or else that of as many bits as its numbers
    need: 255, 1023, 4095, 16,383 or 65,535. Where they were moved to the upper bits, as PNG wants it, it is the last.
    Other grey (32-bit integers beyond 0 to 255, floats) is stretched from its smallest finite value to its largest.

    Args:
        data: The file.
    """
    values, bits = np.asarray(image), 16
    # Pillow gives the integers of this format as 32 bits, scaled to 16.
    if not (values.dtype.kind in "iu" and (image.mode.startswith("I;16") or image.format == "PPM")):
        grey = _stretched(values)
    else:
        bits = 16 if image.format == "PPM" else _bits(image, values, data)
        grey = (values >> (bits - 8)).astype(np.uint8)
    inverted = _tag(image, _PHOTOMETRIC) == _WHITE_IS_ZERO and image.mode.startswith("I;16")
    if inverted:
        grey = 255 - grey
    made = Image.fromarray(grey)
    colour = image.info.get("transparency")
    if isinstance(colour, int):
        made.putalpha(Image.fromarray(np.where(values == colour, 0, 255).astype(np.uint8)))
    return made, bits < 16 or inverted


def _bits(image: Image.Image, values: NDArray[np.integer], data: bytes) -> int:
    highest = int(values.max())
    said, depth = _tag(image, _MAX_SAMPLE_VALUE) or 0, _tag(image, _BITS_PER_SAMPLE) or 16
    if image.format == "PNG" and (meant := png_bits(data)):
        said = (1 << meant) - 1
    if not said and depth < 16:
        said = (1 << depth) - 1
    if highest <= said:
        return _holding(said)
    return 16 if _is_moved(values) else _holding(highest)


def _holding(value: int) -> int:
    return next((bits for bits in _DEPTHS if value < 1 << bits), 16)


def _is_moved(values: NDArray[np.integer]) -> bool:
    """Whether smaller numbers were scaled to 16 bits: those of 8 bits by 257, of 8 to 12 by adding zeros."""
    return not (values % 257).any() or not (values & 15).any()


def _tag(image: Image.Image, tag: int) -> int | None:
    """The first number of a TIFF's tag."""
    value = getattr(image, "tag_v2", {}).get(tag)
    value = value[0] if isinstance(value, tuple) and value else value
    return value if isinstance(value, int) else None


def _stretched(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Grey values as they are where 0 to 255 holds them, else their finite range scaled to it; NaN is black."""
    with np.errstate(invalid="ignore"):  # a signalling NaN
        numbers = values.astype(np.float64)  # holds every 32-bit integer, and the distance of any two 32-bit floats
    finite = np.isfinite(numbers)
    lowest = float(numbers.min(where=finite, initial=np.inf))
    highest = float(numbers.max(where=finite, initial=-np.inf))
    if highest > lowest and (values.dtype.kind == "f" or lowest < 0 or highest > 255):
        numbers -= lowest
        numbers *= 255 / (highest - lowest)
    np.nan_to_num(numbers, copy=False, nan=0, posinf=255, neginf=0)
    return numbers.clip(0, 255, out=numbers).round(out=numbers).astype(np.uint8)
