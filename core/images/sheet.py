"""Contact sheets: many small pictures with their names, as one."""

import math
import textwrap
from collections.abc import Iterable
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageDraw

from core.images.lettering import fitted, font, shortened

MOST = 100
"""Pictures on one sheet."""

_SIDE, _GAP, _LINE = 240, 16, 20  # pixels
_PAPER, _INK, _PALE, _GONE = "#ffffff", "#16181d", "#676b76", "#d9dadd"
_LETTERS = 14
_WRAPPED, _LINES = 28, 8  # characters of a line of a reason, and how many lines of it
_QUALITY = 85


class Tile(NamedTuple):
    picture: Image.Image | str
    """Upright and RGB; or the reason why there is none."""
    name: str
    note: str = ""
    """What stands below the name."""


def contact_sheet(count: int, tiles: Iterable[Tile]) -> bytes:
    """A WebP of a nearly square grid, row by row.

    Args:
        count: How many tiles there are, 1 to `MOST`.
        tiles: Taken one by one, so that no two large pictures are in memory.
    """
    columns = math.ceil(math.sqrt(count))
    across, down = _SIDE + _GAP, _SIDE + 2 * _LINE + _GAP
    sheet = Image.new("RGB", (columns * across + _GAP, math.ceil(count / columns) * down + _GAP), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, tile in zip(range(count), tiles, strict=False):
        left, top = _GAP + number % columns * across, _GAP + number // columns * down
        if isinstance(tile.picture, str):
            _write_reason(draw, (left, top), tile.picture)
        else:
            small = tile.picture.copy()
            small.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
            sheet.paste(small, (left + (_SIDE - small.width) // 2, top + (_SIDE - small.height) // 2))
        for line, (text, colour) in enumerate(((tile.name, _INK), (tile.note, _PALE))):
            place = left, top + _SIDE + 4 + line * _LINE
            draw.text(place, fitted(text, font(_LETTERS), _SIDE), fill=colour, font=font(_LETTERS))
    buffer = BytesIO()
    sheet.save(buffer, "WEBP", quality=_QUALITY)
    return buffer.getvalue()


def _write_reason(draw: ImageDraw.ImageDraw, place: tuple[int, int], reason: str) -> None:
    left, top = place
    draw.rectangle((left, top, left + _SIDE - 1, top + _SIDE - 1), fill=_GONE)
    lines = textwrap.wrap(shortened(reason, _WRAPPED * _LINES), _WRAPPED)[:_LINES]
    draw.multiline_text((left + 10, top + 10), "\n".join(lines), fill=_INK, font=font(_LETTERS))
