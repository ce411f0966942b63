"""content_hash, and what OpenedImage.describe puts together."""

from datetime import datetime

import pytest
from PIL import Image
from PIL.ExifTags import Base

from core.images.describe import DESCRIPTION, Colour, content_hash, is_content_hash
from core.images.reading import decoding
from core.images.reading.reader import open_upright


def test_content_hash_is_sha256():
    # The one of b"abc" in FIPS 180-2, appendix B.1.
    assert content_hash(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    "text", ["", "a" * 63, "a" * 65, "A" * 64, "g" * 64, "../" + "a" * 61, "a" * 64 + "\n", "٠" * 64]
)
def test_what_is_no_content_hash(text):
    assert not is_content_hash(text)
    assert is_content_hash(content_hash(text.encode()))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_description_of_a_photograph(encoded, format):
    exif = Image.Exif()
    exif[Base.DateTime] = "2024:05:06 07:08:09"
    exif[Base.Make], exif[Base.Model] = "Canon", "Canon EOS R5"
    exif[Base.Orientation] = 6
    data = encoded(Image.new("RGB", (40, 30), "white"), format, exif=exif)
    description = open_upright(data, "x").describe(content_hash(data), len(data), mtime_ns=5)
    assert (description.content_hash, description.size, description.mtime_ns) == (content_hash(data), len(data), 5)
    assert (description.width, description.height) == (30, 40)
    assert (description.format, description.frames, description.orientation) == (format, 1, 6)
    assert description.taken_at == datetime(2024, 5, 6, 7, 8, 9)
    assert (description.camera, description.lens, description.gps) == ("Canon EOS R5", "", None)
    assert description.colours == (Colour("#ffffff", 1.0),)
    assert (description.brightness, description.sharpness) == (1.0, 0.0)
    assert description.described == DESCRIPTION


def test_opening_alone_does_not_work_out_how_a_picture_looks(encoded, monkeypatch):
    monkeypatch.setattr(decoding, "look_at", None)
    assert open_upright(encoded(Image.new("RGB", (4, 4))), "x").size == (4, 4)
