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


def numbered_sheet(pictures: Sequence[Image.Image | None], side: int, first: int = 1) -> Image.Image:
    """The pictures in rows, each whole within a square, with its number in white on black in the square's upper left
    corner: nothing that a picture shows looks like a number of the sheet, as these stand on ground of their own.

    Args:
        pictures: Upright and RGB; None where there is none to be had.
        side: Pixels of a square.
        first: The number of the first.
    """
    columns = max(1, math.ceil(math.sqrt(len(pictures))))
    rows = max(1, math.ceil(len(pictures) / columns))
    badge = max(18, side // 9)
    step, height = side + _GAP, side + badge + _GAP
    sheet = Image.new("RGB", (columns * step + _GAP, rows * height + _GAP), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for at, picture in enumerate(pictures):
        left, top = _GAP + at % columns * step, _GAP + at // columns * height
        _put(sheet, draw, (left, top), picture, side, badge)
        _number(draw, (left, top), first + at, badge)
    return sheet


def place_of(number: int, count: int, side: int) -> tuple[int, int, int, int]:
    """Where the picture of a number, from 1 on, lies on a sheet of so many: left, top, right, bottom, in pixels."""
    columns, badge = max(1, math.ceil(math.sqrt(count))), max(18, side // 9)
    left = _GAP + (number - 1) % columns * (side + _GAP)
    top = _GAP + (number - 1) // columns * (side + badge + _GAP) + badge
    return left, top, left + side, top + side


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
