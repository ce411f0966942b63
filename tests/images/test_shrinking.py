"""Very large pictures made smaller in bands: as they would have been in one piece."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.images.reading import shrinking
from core.images.reading.budget import BUDGET
from core.images.reading.reader import open_upright

SIZE = (403, 301)


@pytest.fixture(autouse=True)
def _small_is_large(monkeypatch):
    monkeypatch.setattr(shrinking, "LARGE", 1000)
    monkeypatch.setattr(shrinking, "BAND", 20_000)


def drawn(mode):
    noise = np.random.default_rng(7).integers(0, 256, (5, 6, 4), dtype=np.uint8)
    return Image.fromarray(noise).resize(SIZE, Image.Resampling.BICUBIC).convert("RGBA").convert(mode)


def saved(image, kind, **options):
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("mode", "kind", "options"),
    [
        ("RGB", "PNG", {}),
        ("RGBA", "PNG", {}),
        ("LA", "PNG", {}),
        ("L", "PNG", {}),
        ("P", "PNG", {}),
        ("P", "PNG", {"transparency": 0}),
        ("1", "PNG", {}),
        ("L", "PNG", {"transparency": 200}),
        ("CMYK", "TIFF", {}),
        ("RGB", "WEBP", {"lossless": True}),
        ("RGB", "HEIF", {"quality": -1}),
        ("RGBA", "HEIF", {"quality": -1}),
        ("RGB", "JPEG", {"quality": 95}),
    ],
)
def test_looks_as_one_piece_would(monkeypatch, mode, kind, options):
    data = saved(drawn(mode), kind, **options)
    small = open_upright(data, "x", enough=60)
    monkeypatch.setattr(shrinking, "LARGE", 10**9)
    whole = open_upright(data, "x")
    assert small.size == whole.size == SIZE
    assert small.image.mode == "RGB"
    assert 60 <= min(small.image.size) < min(SIZE)
    reduced = whole.image.reduce(round(SIZE[0] / small.image.width))
    differences = np.abs(np.asarray(small.image, int) - np.asarray(reduced, int))
    assert differences.mean() < 3


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_is_upright(monkeypatch, orientation, kind):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(drawn("RGB"), kind, exif=exif)
    small = open_upright(data, "x", enough=60)
    monkeypatch.setattr(shrinking, "LARGE", 10**9)
    whole = open_upright(data, "x")
    assert small.size == whole.size == (SIZE if orientation < 5 else SIZE[::-1])
    reduced = whole.image.resize(small.image.size, Image.Resampling.BOX)
    assert np.abs(np.asarray(small.image, int) - np.asarray(reduced, int)).mean() < 5


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_deep_grey_keeps_its_exact_values(mode):
    values = np.arange(SIZE[0] * SIZE[1]).reshape(SIZE[::-1]) % 4096
    image = Image.fromarray(values.astype({"I;16": "uint16", "I": "int32", "F": "float32"}[mode]))
    assert open_upright(saved(image, "TIFF"), "x", enough=60).image.size == SIZE


def test_gives_all_of_it_back():
    data = saved(drawn("RGBA"), "PNG")
    held = BUDGET.held
    opened = open_upright(data, "x", enough=60)
    assert BUDGET.held == held + opened.image.width * opened.image.height * 4
    del opened
    assert BUDGET.held == held
