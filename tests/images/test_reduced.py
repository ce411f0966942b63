"""open_upright where fewer pixels are enough: large JPEGs are decoded at a reduced scale."""

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import Base

from core.errors import UnreadableImage
from core.images.reading.reader import open_upright


def shrunk(image: Image.Image) -> np.ndarray:
    return np.asarray(image.resize((160, 120), Image.Resampling.BICUBIC), np.float32)


@pytest.mark.parametrize(("enough", "scale"), [(200, 4), (300, 4), (301, 2), (600, 2), (601, 1), (None, 1), (1, 8)])
def test_the_scale_is_the_smallest_that_leaves_enough(encoded, photograph, enough, scale):
    opened = open_upright(encoded(photograph((1600, 1200)), "JPEG"), "x", enough)
    assert opened.image.size == (1600 // scale, 1200 // scale)
    assert opened.size == (1600, 1200)


@pytest.mark.parametrize(
    ("mode", "format"), [("RGB", "JPEG"), ("L", "JPEG"), ("CMYK", "JPEG"), ("RGB", "MPO"), ("L", "MPO")]
)
def test_shrunk_further_it_is_the_same_picture(encoded, photograph, mode, format):
    data = encoded(photograph((1600, 1200), mode), format, quality=95)
    whole, reduced = open_upright(data, "x").image, open_upright(data, "x", enough=300).image
    assert reduced.size == (400, 300)
    difference = np.abs(shrunk(whole) - shrunk(reduced))
    assert difference.mean() < 1
    assert np.percentile(difference, 99) < 4


@pytest.mark.parametrize("size", [(1601, 1200), (1600, 1201), (1602, 1202)])
def test_sides_that_do_not_divide_are_not_cut(encoded, photograph, size):
    opened = open_upright(encoded(photograph(size), "JPEG"), "x", enough=300)
    assert opened.size == size
    assert opened.size[0] % opened.image.width == opened.size[1] % opened.image.height == 0


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF", "BMP"])
def test_other_formats_are_opened_whole(encoded, photograph, format):
    opened = open_upright(encoded(photograph((1600, 1200)), format), "x", enough=10)
    assert opened.image.size == opened.size == (1600, 1200)


def test_turned_pictures_keep_their_upright_size(encoded, photograph):
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    opened = open_upright(encoded(photograph((1600, 1200)), "JPEG", exif=exif), "x", enough=300)
    assert (opened.size, opened.image.size) == ((1200, 1600), (300, 400))
    description = opened.describe("0" * 64, size=1, mtime_ns=1)
    assert (description.width, description.height) == (1200, 1600)


def test_a_truncated_picture_is_refused_all_the_same(encoded, photograph):
    data = encoded(photograph((1600, 1200)), "JPEG")
    with pytest.raises(UnreadableImage, match="incomplete"):
        open_upright(data[: len(data) // 2], "x", enough=1)
