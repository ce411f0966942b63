"""content_hash, taken_at and Description."""

from datetime import datetime

import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from core.images.describe import content_hash, is_content_hash, taken_at
from core.images.reading import open_upright


def exif_of(**written: object) -> Image.Exif:
    exif = Image.Exif()
    for tag in ("DateTimeOriginal", "DateTimeDigitized"):
        if tag in written:
            exif.get_ifd(IFD.Exif)[Base[tag]] = written[tag]
    if "DateTime" in written:
        exif[Base.DateTime] = written["DateTime"]
    return exif


def test_content_hash_is_sha256():
    # The one of b"abc" in FIPS 180-2, appendix B.1.
    assert content_hash(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    "text", ["", "a" * 63, "a" * 65, "A" * 64, "g" * 64, "../" + "a" * 61, "a" * 64 + "\n", "٠" * 64]
)
def test_what_is_no_content_hash(text):
    assert not is_content_hash(text)
    assert is_content_hash(content_hash(text.encode()))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024:05:06 07:08:09", datetime(2024, 5, 6, 7, 8, 9)),
        ("2024-05-06 07:08:09", datetime(2024, 5, 6, 7, 8, 9)),
        ("2024-05-06T07:08:09", datetime(2024, 5, 6, 7, 8, 9)),
        ("2024/05/06 07:08", datetime(2024, 5, 6, 7, 8)),
        ("2024:05:06 07:08:09.123", datetime(2024, 5, 6, 7, 8, 9)),
        ("2024:05:06 07:08:09+02:00", datetime(2024, 5, 6, 7, 8, 9)),
        ("2024:05:06 07:08:09\0\0", datetime(2024, 5, 6, 7, 8, 9)),
        (b"2024:05:06 07:08:09", datetime(2024, 5, 6, 7, 8, 9)),
        ("2024:02:29 00:00:00", datetime(2024, 2, 29)),
        ("2023:02:29 00:00:00", None),
        ("0000:00:00 00:00:00", None),
        ("0001:01:01 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("2024:13:06 07:08:09", None),
        ("2024:05:06 25:08:09", None),
        ("2024:05:06 07:08:60", None),
        ("2024:05:06 07:08:099", None),
        ("2024:05:06", None),
        ("٢٠٢٤:05:06 07:08:09", datetime(2024, 5, 6, 7, 8, 9)),
        ("yesterday", None),
        ("", None),
        (7, None),
        ((2024, 5), None),
        (None, None),
    ],
)
def test_taken_at_of_what_cameras_write(written, expected):
    assert taken_at(exif_of(DateTimeOriginal=written)) == expected


def test_taken_at_prefers_the_original_then_the_digitized_then_any():
    first, second, third = "2001:01:01 00:00:00", "2002:01:01 00:00:00", "2003:01:01 00:00:00"
    assert taken_at(exif_of(DateTimeOriginal=first, DateTimeDigitized=second, DateTime=third)) == datetime(2001, 1, 1)
    assert taken_at(exif_of(DateTimeOriginal="0000", DateTimeDigitized=second, DateTime=third)) == datetime(2002, 1, 1)
    assert taken_at(exif_of(DateTimeDigitized="", DateTime=third)) == datetime(2003, 1, 1)
    assert taken_at(exif_of()) is None


def test_taken_at_of_a_tiff(encoded):
    tags = ImageFileDirectory_v2()
    tags[IFD.Exif] = {Base.DateTimeOriginal: "2024:05:06 07:08:09"}
    tags[Base.DateTime] = "2025:01:01 00:00:00"
    tags[Base.Orientation] = 8
    opened = open_upright(encoded(Image.new("RGB", (40, 30)), "TIFF", tiffinfo=tags), "x")
    assert opened.taken_at == datetime(2024, 5, 6, 7, 8, 9)
    assert opened.image.size == (30, 40)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_description_of_a_photograph(encoded, format):
    exif = exif_of(DateTimeOriginal="2024:05:06 07:08:09")
    exif[Base.Orientation] = 6
    exif[Base.Make] = "camera"  # without one more tag, Pillow writes none of it to AVIF
    data = encoded(Image.new("RGB", (40, 30)), format, exif=exif)
    description = open_upright(data, "x").describe(content_hash(data), len(data), mtime_ns=5)
    assert (description.width, description.height) == (30, 40)
    assert description.format == format
    assert description.frames == 1
    assert description.taken_at == datetime(2024, 5, 6, 7, 8, 9)
    assert description.size == len(data)
    assert description.mtime_ns == 5
    assert description.content_hash == content_hash(data)
