"""A picture in the numbers that its flags are read off."""

from typing import NamedTuple, Self


class Measures(NamedTuple):
    """Of one picture; NaN where nobody could look at it."""

    darkest: float
    """Brightness that 5 % of the pixels stay below, from 0 to 1."""
    brightest: float
    """Brightness that 99 % of the pixels stay below."""
    entropy: float
    """Bits that a pixel's brightness tells, from 0 to 8."""
    blur: float
    """How blurred its sharpest part is, from 0 to 1."""
    chroma: float
    """Distance of a pixel's largest from its least channel that 99 % stay below, from 0 to 1."""
    plain: float
    """Share of the pixels of its commonest colour, from 0 to 1."""
    aspect: float
    """Shorter side over longer side."""
    pixels: float
    """How many it has."""

    @classmethod
    def of_size(cls, width: int, height: int) -> Self:
        """Of a picture of which no more than this is known."""
        nan = float("nan")
        return cls(nan, nan, nan, nan, nan, nan, *shape_of(width, height))


def shape_of(width: int, height: int) -> tuple[float, float]:
    """The last two measures."""
    longer = max(width, height)
    return (min(width, height) / longer if longer else 1.0), float(width * height)
