"""Text as it is drawn into pictures: in a font that knows most letters, and short."""

import bisect
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

from core.images.names import shown

type Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@cache
def font_file() -> str | None:
    """DejaVu Sans, which comes with Matplotlib (found, not imported); None: Pillow's own font, which knows ASCII."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
    return str(file) if file.is_file() else None


@cache
def font(size: int) -> Font:
    """
    Args:
        size: Pixels.
    """
    file = font_file()
    return ImageFont.truetype(file, size) if file else ImageFont.load_default(size)


def shortened(text: str, most: int) -> str:
    """The text in one line of at most so many characters; what cannot be printed becomes `�`."""
    line = shown(" ".join(text[: 4 * most].split()))
    return line if len(line) <= most else f"{line[: most - 1]}…"


def fitted(text: str, lettering: Font, width: int) -> str:
    """The text in one line, cut to what fits into so many pixels."""
    line = shortened(text, width)
    if lettering.getlength(line) <= width:
        return line
    fitting = bisect.bisect_right(range(len(line)), width, key=lambda end: int(lettering.getlength(f"{line[:end]}…")))
    return f"{line[: max(0, fitting - 1)]}…"
