"""Every mode that Pillow knows as plain RGB."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def to_rgb(image: Image.Image) -> Image.Image:
    """A loaded picture of any mode as RGB; the picture itself where it is RGB already.

    Alpha is composed on white. 16-bit grey keeps its full scale: 65535 is white. Other grey of more than 8 bits
    (32-bit integers beyond 0 to 255, floats) is stretched from its smallest finite value to its largest.
    """
    if image.mode.startswith(("I", "F")):
        return _deep_grey(image).convert("RGB")
    if image.mode == "P" and image.palette is None:  # from an ICNS, whose plugin forgets it; a copy finds it again
        image = image.copy()
    if image.has_transparency_data:
        return _on_white(image)
    return image if image.mode == "RGB" else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "La":  # grey premultiplied by alpha has one conversion only
        image = image.convert("LA")
    colour = image.info.get("transparency")
    if isinstance(colour, tuple) and max(colour) > 255:  # given in 16 bits, of which Pillow keeps the upper 8
        image.info["transparency"] = tuple(part >> 8 for part in colour)
    rgba = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(rgba, mask=rgba.getchannel("A"))
    return white


def _deep_grey(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    full_scale = image.mode.startswith("I;16") or image.format == "PPM"  # whose integers Pillow scales to 16 bits
    grey = (values >> 8).astype(np.uint8) if full_scale and values.dtype.kind in "iu" else _stretched(values)
    colour = image.info.get("transparency")
    if isinstance(colour, int):
        grey[values == colour] = 255
    return Image.fromarray(grey)


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
