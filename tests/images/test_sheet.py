"""Contact sheets: every picture in its place, and the reason where there is none."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.images.sheet import MOST, Tile, contact_sheet
from tests.colours import COLOURS


def opened(data):
    with Image.open(BytesIO(data)) as sheet:
        assert sheet.format == "WEBP"
        return np.asarray(sheet.convert("RGB")).astype(int)


def is_near(pixel, colour):
    return np.abs(pixel - COLOURS[colour]).max() < 40  # WebP is lossy


def test_pictures_stand_row_by_row():
    names = ["red", "green", "blue", "yellow"]
    sheet = opened(contact_sheet(4, [Tile(Image.new("RGB", (300, 300), COLOURS[name]), name) for name in names]))
    height, width, _ = sheet.shape
    middles = [(height // 4, width // 4), (height // 4, 3 * width // 4), (3 * height // 4, width // 4)]
    for place, colour in zip(middles, names, strict=False):
        assert is_near(sheet[place], colour)


def test_what_is_missing_is_a_grey_tile_with_the_reason():
    shown = opened(contact_sheet(1, [Tile("dune.jpg no longer exists.", "dune.jpg")]))
    grey = (np.abs(shown - [217, 218, 221]).max(axis=2) < 12).mean()
    assert grey > 0.4
    without_words = opened(contact_sheet(1, [Tile("", "dune.jpg")]))
    assert (shown != without_words).any()


def test_names_and_scores_stand_below():
    picture = Image.new("RGB", (100, 100), "white")
    bare, named, scored = (
        opened(contact_sheet(1, [Tile(picture, *words)])) for words in (("", ""), ("a.png", ""), ("a.png", "0.31"))
    )
    assert (bare != named).any()
    assert (named != scored).any()


@pytest.mark.parametrize("name", ["\u202eevil\n\n.png", "caf\udce9.jpg", "x" * 10_000, "日本 عربي", "%s{}"])
def test_odd_names_stay_on_their_tile(name):
    plain = opened(contact_sheet(2, [Tile(Image.new("RGB", (9, 9)), "a"), Tile(Image.new("RGB", (9, 9)), "b")]))
    odd = opened(contact_sheet(2, [Tile(Image.new("RGB", (9, 9)), name), Tile(Image.new("RGB", (9, 9)), "b")]))
    middle = plain.shape[1] // 2 + 8
    assert (plain[:, middle:] == odd[:, middle:]).mean() > 0.99


@pytest.mark.parametrize("size", [(1, 1), (10_000, 1), (1, 10_000)])
def test_pictures_of_any_shape(size):
    assert opened(contact_sheet(1, [Tile(Image.new("RGB", size), "a.png")])).shape


def test_a_full_sheet_can_be_encoded():
    assert max(opened(contact_sheet(MOST, (Tile("gone", str(n)) for n in range(MOST)))).shape) < 16_383  # WebP's limit
