"""The square that a model looks at."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.embedding.crop import centre_square, enough
from core.images.reading.reader import open_upright


def stripes(width: int, height: int) -> Image.Image:
    """Grows brighter along its long side, so that a crop shows where it was taken."""
    ramp = np.linspace(0, 255, max(width, height)).astype(np.uint8)
    rows = np.tile(ramp, (height, 1)) if width >= height else np.tile(ramp[:, None], (1, width))
    return Image.fromarray(np.stack([rows] * 3, axis=2))


@pytest.mark.parametrize("size", [(640, 480), (333, 1001), (224, 300), (7, 5), (1, 1), (1, 10_000), (40_000, 3)])
def test_gives_the_centre_of_any_picture(size: tuple[int, int]) -> None:
    square = centre_square(stripes(*size), 224, 224)
    assert square.size == (224, 224)
    if max(size) > 1:
        assert np.asarray(square).mean() == pytest.approx(127.5, abs=2)


def test_a_square_of_the_right_size_is_left_alone() -> None:
    image = stripes(260, 260)
    assert centre_square(image, 281, 260) is image
    once = centre_square(stripes(300, 400), 281, 260)
    assert centre_square(once, 281, 260) is once


def test_the_crop_leaves_a_margin_where_the_short_side_is_longer() -> None:
    left, right = np.asarray(centre_square(stripes(400, 400), 320, 260))[130, [0, -1], 0]
    assert left == pytest.approx(255 * 30 / 320, abs=2)
    assert right == pytest.approx(255 * 290 / 320, abs=2)


@pytest.mark.parametrize("size", [(3700, 220), (221, 3702), (60, 1000)])
def test_cutting_before_resizing_gives_the_same_pixels(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)
    image = Image.fromarray(noise)
    cut = np.asarray(centre_square(image, 224, 224), np.int16)
    monkeypatch.setattr("core.embedding.crop.LONGEST", 1000)
    whole = np.asarray(centre_square(image, 224, 224), np.int16)
    assert abs(cut - whole).max() <= 1
    assert (cut == whole).mean() > 0.99


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (4032, 3024), (3648, 5472)])
def test_a_jpeg_decoded_at_a_reduced_scale_gives_the_same_square_but_for_rounding(size: tuple[int, int]) -> None:
    data = BytesIO()
    stripes(*size).save(data, "JPEG", quality=90)
    whole = open_upright(data.getvalue(), "x")
    reduced = open_upright(data.getvalue(), "x", enough(224))
    assert max(reduced.image.size) < max(whole.image.size)
    squares = [np.asarray(centre_square(opened.image, 224, 224), np.float32) for opened in (whole, reduced)]
    assert np.abs(squares[0] - squares[1]).mean() < 0.5
