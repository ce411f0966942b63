"""What transparent pictures are put on: a drawing is seen whatever its colour."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.images.colour.ground import WHITE, ground_of
from core.images.colour.rgb import to_rgb
from core.images.reading.reader import open_upright

DARK, MIDDLE = (64, 64, 64), (128, 128, 128)


def drawing(colour, shape="ellipse", mode="RGBA", size=(120, 80)):
    """Drawn in one colour on transparent black."""
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    width, height = size
    getattr(ImageDraw.Draw(image), shape)((width // 6, height // 6, width * 5 // 6, height * 5 // 6), colour)
    return image if mode == "RGBA" else image.convert(mode)


def opened(data):
    image = open_upright(data, "x").image
    return image.getpixel((0, 0)), image.getpixel((image.width // 2, image.height // 2))


@pytest.mark.parametrize(
    ("colour", "ground"),
    [
        ((255, 255, 255, 255), DARK),
        ((250, 252, 247, 255), DARK),
        ((255, 255, 255, 90), DARK),
        ((255, 255, 240, 255), DARK),
        ((255, 255, 225, 255), WHITE),  # a light yellow, which is seen
        ((200, 200, 200, 255), WHITE),
        ((255, 255, 0, 255), WHITE),
        ((0, 0, 0, 255), WHITE),
        ((64, 64, 64, 255), WHITE),
        ((0, 0, 0, 20), WHITE),
        ((230, 20, 20, 255), WHITE),
    ],
)
def test_one_colour(colour, ground):
    assert ground_of(drawing(colour)) == ground


def test_white_with_a_little_of_another_colour():
    image = drawing((255, 255, 255, 255))
    ImageDraw.Draw(image).rectangle((60, 40, 64, 44), (230, 0, 0, 255))
    assert ground_of(image) == DARK


def test_where_much_is_seen_on_white_it_stays_white():
    image = drawing((255, 255, 255, 255))
    ImageDraw.Draw(image).rectangle((40, 30, 90, 60), (30, 60, 200, 255))
    assert ground_of(image) == WHITE


def test_white_with_a_faint_shadow():
    image = Image.alpha_composite(drawing((0, 0, 0, 40), size=(130, 90)).crop((0, 0, 120, 80)), drawing("white"))
    assert ground_of(image) == DARK


def test_white_and_the_dark_grey_itself_are_put_on_the_middle():
    image = drawing((255, 255, 255, 255), "rectangle")
    ImageDraw.Draw(image).rectangle((25, 20, 67, 50), (*DARK, 255))  # too much of it for either
    assert ground_of(image) == MIDDLE


@pytest.mark.parametrize("colour", [(255, 255, 255, 0), (9, 9, 9, 0), (255, 255, 255, 255)])
def test_nothing_or_everything_visible(colour):
    assert ground_of(Image.new("RGBA", (7, 5), colour)) == WHITE


def test_thin_lines_of_large_pictures():
    image = Image.new("RGBA", (3000, 2000), (0, 0, 0, 0))
    ImageDraw.Draw(image).line((100, 100, 2900, 1900), "white", width=2)
    assert ground_of(image) == DARK


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF", "TGA", "JPEG2000", "AVIF"])
def test_every_way_to_write_alpha(mode, format, encoded):
    options = {"lossless": True} if format == "WEBP" else {}
    for colour, ground, inside in (("white", DARK, WHITE), ("black", WHITE, (0, 0, 0))):
        seen = opened(encoded(drawing(colour, mode=mode), format, **options))
        assert np.abs(np.array(seen) - (ground, inside)).max() <= 4


@pytest.mark.parametrize("mode", ["P", "L", "RGB", "1"])
def test_one_transparent_colour(mode, encoded):
    image = Image.new("L", (40, 30), 0)
    image.paste(255, (10, 10, 30, 20))
    image = image.convert(mode)
    clear = (0, 0, 0) if mode == "RGB" else image.getpixel((0, 0))
    assert opened(encoded(image, transparency=clear)) == (DARK, WHITE)


@pytest.mark.parametrize("mode", ["RGBa", "La"])
def test_premultiplied(mode):
    image = drawing("white").convert("LA" if mode == "La" else "RGBA").convert(mode)
    shown = to_rgb(image, b"").image
    assert (shown.getpixel((0, 0)), shown.getpixel((60, 40))) == (DARK, WHITE)


def test_grey_of_16_bits_with_a_transparent_shade(encoded):
    values = np.zeros((30, 40), np.uint16)
    values[10:20, 10:30] = 65535
    assert opened(encoded(Image.fromarray(values), transparency=0)) == (DARK, WHITE)


def test_drawings_of_other_shapes_are_other_pictures(encoded):
    shapes = ("ellipse", "rectangle", "line")
    hashes = {open_upright(encoded(drawing("white", shape)), "x").image.tobytes() for shape in shapes}
    assert len(hashes) == 3
