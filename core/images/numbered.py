"""A sheet of numbered pictures as one image: a visual prompt, which costs a model fewer tokens than single pictures."""

import math
from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw

from core.images.lettering import font

MAX_ON_SHEET = 36
MIN_TILE, MAX_TILE = 96, 512
"""Pixels of a picture on the sheet, at least and at most."""

_GAP = 8  # pixels
_PAPER, _GONE, _BADGE, _INK = "#ffffff", "#d9dadd", "#000000", "#ffffff"
_QUALITY = 85


def numbered_sheet(pictures: Sequence[Image.Image | None], side: int, numbers: Sequence[int]) -> Image.Image:
    """The pictures in rows, each whole within a square, with its number in white on black in the square's upper left
    corner: nothing that a picture shows looks like a number of the sheet, as these stand on ground of their own.

    Args:
        pictures: Upright and RGB; None where there is none to be had.
        side: Pixels of a square.
        numbers: As many, in the same order.
    """
    columns, badge = _columns(len(pictures)), _badge(side)
    step, height = side + _GAP, side + badge + _GAP
    sheet = Image.new("RGB", sheet_size(len(pictures), side), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for at, (picture, number) in enumerate(zip(pictures, numbers, strict=True)):
        left, top = _GAP + at % columns * step, _GAP + at // columns * height
        _put(sheet, draw, (left, top), picture, side, badge)
        _number(draw, (left, top), number, badge)
    return sheet


def sheet_size(count: int, side: int) -> tuple[int, int]:
    """Width and height in pixels of a sheet of so many pictures."""
    columns = _columns(count)
    rows = max(1, math.ceil(count / columns))
    return columns * (side + _GAP) + _GAP, rows * (side + _badge(side) + _GAP) + _GAP


def place_of(at: int, count: int, side: int) -> tuple[int, int, int, int]:
    """Where a picture, the first being 0, lies on a sheet of so many: left, top, right, bottom, in pixels."""
    columns, badge = _columns(count), _badge(side)
    left = _GAP + at % columns * (side + _GAP)
    top = _GAP + at // columns * (side + badge + _GAP) + badge
    return left, top, left + side, top + side


def _columns(count: int) -> int:
    return max(1, math.ceil(math.sqrt(count)))


def _badge(side: int) -> int:
    """The height of a number's ground."""
    return max(18, side // 9)


def blank(side: int) -> Image.Image:
    """What stands for a picture that cannot be had."""
    return Image.new("RGB", (side, side), _GONE)


def as_jpeg(image: Image.Image) -> bytes:
    written = BytesIO()
    image.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


def _put(
    sheet: Image.Image,
    draw: ImageDraw.ImageDraw,
    place: tuple[int, int],
    picture: Image.Image | None,
    side: int,
    badge: int,
) -> None:
    left, top = place[0], place[1] + badge
    if picture is None:
        draw.rectangle((left, top, left + side - 1, top + side - 1), fill=_GONE)
        return
    small = picture.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    sheet.paste(small, (left + (side - small.width) // 2, top + (side - small.height) // 2))


def _number(draw: ImageDraw.ImageDraw, place: tuple[int, int], number: int, badge: int) -> None:
    text, lettering = str(number), font(badge - 4)
    left, top = place
    width = round(draw.textlength(text, lettering)) + 12
    draw.rectangle((left, top, left + width - 1, top + badge - 1), fill=_BADGE)
    draw.text((left + width // 2, top + badge // 2), text, _INK, lettering, anchor="mm")
