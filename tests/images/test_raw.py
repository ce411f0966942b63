"""Camera raw, read through the preview that the camera made, and named where there is none."""

import struct
from datetime import datetime

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from core.errors import UnreadableImage
from core.images.files import RAW_SUFFIXES, has_picture_suffix, suffix_of
from core.images.reading.reader import open_upright


@pytest.fixture
def jpeg(encoded, photograph):
    def make(size=(960, 640), **options):
        return encoded(photograph(size), "JPEG", quality=60, **options)

    return make


def exif(orientation=6, order=">"):
    written = Image.Exif()
    written.endian = order
    written.update({Base.Make: "NIKON CORPORATION", Base.Model: "NIKON D850", Base.Orientation: orientation})
    written.get_ifd(IFD.Exif).update({Base.DateTimeOriginal: "2024:05:06 07:08:09"})
    return written.tobytes()[6:]


def like_tiff(*parts, mark=None, **options):
    """A block of EXIF, as these files begin with one, and what else is in them."""
    block = exif(**options)
    if mark:
        block = mark + block[len(mark) :]
    return block + bytes(64) + b"".join(parts)


def sensor(encoded):
    """Noise that is no preview: bytes, and a lossless JPEG larger than all else."""
    noise = np.random.default_rng(3).bytes(20_000)
    return noise + b"\xff\xd8\xff\xc3\0\x11\x0e" + struct.pack(">HH", 4000, 6000) + noise


@pytest.mark.parametrize("suffix", sorted(RAW_SUFFIXES))
def test_every_ending_is_that_of_a_picture(suffix, jpeg, encoded):
    name = f"shot{suffix.upper()}"
    assert has_picture_suffix(name)
    opened = open_upright(like_tiff(jpeg((160, 120)), sensor(encoded), jpeg(), sensor(encoded)), name)
    assert opened.size == (640, 960)  # turned as the file says
    assert opened.image.size == (640, 960)
    assert opened.format == suffix[1:].upper()
    assert suffix_of(opened.format) == suffix
    assert opened.metadata.taken_at == datetime(2024, 5, 6, 7, 8, 9)
    assert opened.metadata.camera == "NIKON D850"
    assert opened.metadata.orientation == 6
    assert opened.frames == 1


def test_the_preview_is_what_is_seen(jpeg, photograph):
    opened = open_upright(like_tiff(jpeg(), orientation=1), "x.nef", enough=300)
    assert (opened.size, opened.image.size) == ((960, 640), (480, 320))
    expected = photograph((960, 640)).resize((96, 64))
    difference = np.asarray(opened.image.resize((96, 64)), int) - np.asarray(expected, int)
    assert np.abs(difference).mean() < 4


@pytest.mark.parametrize(("mark", "order"), [(b"IIRO", "<"), (b"IIU\0", "<"), (b"MMOR", ">"), (b"IIRS", "<")])
def test_makers_with_a_mark_of_their_own(mark, order, jpeg):
    opened = open_upright(like_tiff(jpeg(), mark=mark, order=order), "whatever.jpg")
    assert (opened.format, opened.size) == ("RAW", (640, 960))
    assert opened.metadata.camera == "NIKON D850"


def test_fujifilm_whose_preview_says_it_all(jpeg):
    said = Image.Exif()
    said.update({Base.Orientation: 8, Base.Model: "X-T5", Base.DateTime: "2023:01:02 03:04:05"})
    opened = open_upright(b"FUJIFILMCCD-RAW 0201" + bytes(200) + jpeg(exif=said.tobytes()), "x.raf")
    assert (opened.format, opened.size, opened.metadata.camera) == ("RAF", (640, 960), "X-T5")
    assert opened.metadata.taken_at == datetime(2023, 1, 2, 3, 4, 5)


def test_canon_in_boxes(jpeg):
    block = exif(orientation=3)
    head = b"\0\0\0\x18ftypcrx " + bytes(12) + struct.pack(">I", 8 + len(block)) + b"CMT1" + block
    opened = open_upright(head + bytes(99) + jpeg(), "x.CR3")
    assert (opened.format, opened.size, opened.metadata.orientation) == ("CR3", (960, 640), 3)


def test_dng_under_the_name_of_a_tiff(jpeg, encoded):
    tags = {50706: b"\1\4\0\0", Base.Orientation: 1}
    data = encoded(Image.new("RGB", (64, 48)), "TIFF", tiffinfo=tags) + jpeg()
    assert open_upright(data, "x.tif").size == (960, 640)
    plain = encoded(Image.new("RGB", (64, 48)), "TIFF") + jpeg()
    assert open_upright(plain, "x.tif").size == (64, 48)


def test_a_picture_under_the_name_of_camera_raw_is_that_picture(jpeg, encoded):
    assert open_upright(jpeg(), "x.nef").format == "JPEG"
    assert open_upright(encoded(Image.new("RGB", (64, 48))), "x.dng").format == "PNG"


@pytest.mark.parametrize(
    "data",
    [
        b"MM\0*" + bytes(2000),
        b"II*\0" + bytes(2000),
        b"\0\0\0\x18ftypcrx " + bytes(200),
        b"FUJIFILMCCD-RAW ",
        b"FOVb" + bytes(99),
        b"II*\0" + b"\xff\xd8\xff" * 10_000,
        b"II*\0" + b"\xff\xd8\xff\xe1\0\2" * 10_000,
        b"II*\0" + b"\xff\xd8\xff\xe1\xff\xff",
    ],
)
def test_without_a_preview_it_is_named(data):
    with pytest.raises(UnreadableImage, match="camera raw") as refusal:
        open_upright(data, "holiday.nef")
    assert refusal.value.remedy == "Develop it and save it as JPEG."


def test_a_thumbnail_is_too_small(jpeg):
    with pytest.raises(UnreadableImage, match="large enough"):
        open_upright(like_tiff(jpeg((570, 375))), "x.nef")


def test_cut_short(jpeg):
    data = like_tiff(jpeg())
    with pytest.raises(UnreadableImage, match="incomplete"):
        open_upright(data[: len(data) - 9000], "x.nef")


def test_a_preview_of_too_many_pixels(jpeg):
    data = bytearray(like_tiff(jpeg()))
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = struct.pack(">HH", 65_000, 65_000)
    with pytest.raises(UnreadableImage, match="65000 × 65000 pixels"):
        open_upright(bytes(data), "x.nef")
