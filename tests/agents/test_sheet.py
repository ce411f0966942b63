"""The sheet of numbered pictures: each is whole, in its place, under its number."""

import pytest
from PIL import Image

from core.agents.numbers import Numbers
from core.images.numbered import as_jpeg, numbered_sheet, place_of, sheet_size

COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255), (120, 60, 10)]


def seen(image: Image.Image) -> set[object]:
    """The colours that are in it."""
    return {colour for _, colour in image.getcolors(1 << 20) or ()}


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7])
@pytest.mark.parametrize("side", [96, 256])
def test_pictures_lie_where_their_numbers_say(count, side):
    pictures = [Image.new("RGB", (300, 200), colour) for colour in COLOURS[:count]]
    sheet = numbered_sheet(pictures, side, list(range(1, count + 1)))
    assert sheet.size == sheet_size(count, side)
    for at, colour in enumerate(COLOURS[:count]):
        left, top, right, bottom = place_of(at, count, side)
        assert sheet.getpixel(((left + right) // 2, (top + bottom) // 2)) == colour
        assert right <= sheet.width
        assert bottom <= sheet.height


def test_a_picture_is_never_under_its_number():
    sheet = numbered_sheet([Image.new("RGB", (200, 200), (255, 0, 0))], 200, [7])
    left, top, right, bottom = place_of(0, 1, 200)
    assert seen(sheet.crop((left, top, right, bottom))) == {(255, 0, 0)}
    above = seen(sheet.crop((left, 0, right, top)))
    assert {(0, 0, 0), (255, 255, 255)} <= above
    assert (255, 0, 0) not in above


def test_one_that_cannot_be_had_leaves_its_place():
    sheet = numbered_sheet([None, Image.new("RGB", (10, 10), (0, 0, 255))], 100, [1, 2])
    left, top, *_ = place_of(0, 2, 100)
    assert sheet.getpixel((left + 50, top + 50)) == (0xD9, 0xDA, 0xDD)
    assert as_jpeg(sheet).startswith(b"\xff\xd8")


def test_a_picture_keeps_its_number_however_often_it_is_found():
    numbers = Numbers(known={"b": 4})
    assert [numbers.of(id_) for id_ in ("a", "b", "c", "a")] == [5, 4, 6, 5]
    assert [Numbers(9).of(id_) for id_ in ("a",)] == [9]
