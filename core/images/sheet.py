"""Contact sheets: many small pictures with their names, on pages with a heading."""

import math
import textwrap
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import batched
from typing import Literal, NamedTuple

from PIL import Image, ImageDraw

from core.images.lettering import fitted, line_of, shortened
from core.images.pdf import pages_as_pdf

type SheetFormat = Literal["pdf", "jpeg", "png"]

_DOTS = 150  # to an inch, of a page of A4: 210 mm × 297 mm
_PAGE = (1240, 1754)
_COLUMNS, _ROWS = 5, 6
_MARGIN, _GAP = 56, 20  # pixels, as all that follows
_HEAD, _FOOT = 112, 40
_SIDE = (_PAGE[0] - 2 * _MARGIN - (_COLUMNS - 1) * _GAP) // _COLUMNS
_HEIGHT = 176  # of a picture's place
_LINE = 20
_ROW = _HEIGHT + 2 * _LINE + _GAP
_PAPER, _INK, _PALE, _GONE = "#ffffff", "#16181d", "#676b76", "#d9dadd"
_TITLE, _LETTERS = 30, 15
_WRAPPED, _LINES = 22, 7  # characters of a line of a reason, and how many lines of it
_QUALITY = 88

ON_PAGE = _COLUMNS * _ROWS
"""Pictures on a page."""

ON_IMAGE = 300
"""Pictures on a sheet that is one picture: 5 columns, and 60 rows of them."""


class Tile(NamedTuple):
    picture: Image.Image | str
    """Upright and RGB; or the reason why there is none."""
    name: str
    note: str = ""
    """What stands below the name."""


class Heading(NamedTuple):
    title: str
    note: str
    """What stands below it."""


def contact_sheet(heading: Heading, count: int, tiles: Iterable[Tile], format_: SheetFormat) -> Iterator[bytes]:
    """The file, piece by piece: pages of A4 as a PDF, or one picture as high as its rows.

    Args:
        count: How many tiles there are, at least 1; of a picture at most `ON_IMAGE`.
        tiles: Taken one by one, so that no two large pictures are in memory; there is never more than one page.
    """
    if format_ == "pdf":
        total = math.ceil(count / ON_PAGE)
        drawn = (_page(heading, page, number, total) for number, page in enumerate(batched(tiles, ON_PAGE), 1))
        return pages_as_pdf((_encoded(page, "jpeg") for page in drawn), _PAGE, _DOTS, heading.title)
    height = _MARGIN + _HEAD + math.ceil(count / _COLUMNS) * _ROW + _MARGIN - _GAP
    return iter([_encoded(_drawn(heading, tiles, height), format_)])


def _encoded(image: Image.Image, format_: SheetFormat) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format_.upper(), quality=_QUALITY, dpi=(_DOTS, _DOTS))
    return buffer.getvalue()


def _page(heading: Heading, tiles: Iterable[Tile], number: int, total: int) -> Image.Image:
    page = _drawn(heading, tiles, _PAGE[1])
    line = line_of(f"{number} / {total}", _LETTERS)
    line.draw(ImageDraw.Draw(page), (_PAGE[0] - _MARGIN - line.length, _PAGE[1] - _FOOT), _PALE)
    return page


def _drawn(heading: Heading, tiles: Iterable[Tile], height: int) -> Image.Image:
    page = Image.new("RGB", (_PAGE[0], height), _PAPER)
    draw = ImageDraw.Draw(page)
    width = _PAGE[0] - 2 * _MARGIN
    _write(draw, (_MARGIN, _MARGIN), heading.title, _TITLE, width, _INK)
    _write(draw, (_MARGIN, _MARGIN + _TITLE + 14), heading.note, _LETTERS, width, _PALE)
    for number, tile in enumerate(tiles):
        left = _MARGIN + number % _COLUMNS * (_SIDE + _GAP)
        top = _MARGIN + _HEAD + number // _COLUMNS * _ROW
        _put(page, draw, (left, top), tile)
    return page


def _put(page: Image.Image, draw: ImageDraw.ImageDraw, place: tuple[int, int], tile: Tile) -> None:
    left, top = place
    if isinstance(tile.picture, str):
        _write_reason(draw, place, tile.picture)
    else:
        small = tile.picture.copy()
        small.thumbnail((_SIDE, _HEIGHT), Image.Resampling.LANCZOS, reducing_gap=2.0)
        page.paste(small, (left + (_SIDE - small.width) // 2, top + _HEIGHT - small.height))
    for line, (text, colour) in enumerate(((tile.name, _INK), (tile.note, _PALE))):
        _write(draw, (left, top + _HEIGHT + 4 + line * _LINE), text, _LETTERS, _SIDE, colour)


def _write(draw: ImageDraw.ImageDraw, place: tuple[int, int], text: str, size: int, width: int, colour: str) -> None:
    fitted(text, size, width).draw(draw, (place[0], place[1] + size), colour)


def _write_reason(draw: ImageDraw.ImageDraw, place: tuple[int, int], reason: str) -> None:
    left, top = place
    draw.rectangle((left, top, left + _SIDE - 1, top + _HEIGHT - 1), fill=_GONE)
    lines = textwrap.wrap(shortened(reason, _WRAPPED * _LINES), _WRAPPED)[:_LINES]
    for number, text in enumerate(lines):
        _write(draw, (left + 10, top + 8 + number * _LINE), text, _LETTERS, _SIDE - 20, _INK)
