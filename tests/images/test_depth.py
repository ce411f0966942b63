"""Grey of 10, 12 and 14 bits in files of 16: what it holds decides what is white."""

import struct

import numpy as np
import pytest
from PIL import Image

from core.images.reading.reader import open_upright
from tests.images.test_refusals import png_chunk

RAMP = np.linspace(0, 1, 64)


def row(data):
    return np.asarray(open_upright(data, "x").image)[0, :, 0].astype(int)


def ramp(highest, dtype=np.uint16):
    return (RAMP * highest).round().astype(dtype)[None].repeat(4, axis=0)


def is_ramp(levels):
    return np.abs(levels - RAMP * 255).max() <= 2


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_the_whole_scale_of_so_many_bits(bits, format, encoded):
    data = encoded(Image.fromarray(ramp((1 << bits) - 1)), format)
    assert is_ramp(row(data))
    assert (open_upright(data, "x").looks_so_since > 0) == (bits < 16)


@pytest.mark.parametrize(("highest", "white"), [(600, 1023), (2200, 4095), (9000, 16383), (40_000, 65_535)])
def test_what_is_not_quite_bright_does_not_become_so(highest, white, encoded):
    assert row(encoded(Image.fromarray(ramp(highest)), "TIFF")).max() == pytest.approx(255 * highest / white, abs=2)


@pytest.mark.parametrize("shift", [4, 6, 8])
def test_levels_moved_to_the_upper_bits_keep_their_scale(shift, encoded):
    """A dark picture of 12, 10 or 8 bits as PNG and JPEG 2000 have it."""
    values = (ramp(3000) >> shift) << shift
    assert row(encoded(Image.fromarray(values))).max() == 3000 >> 8


def test_levels_of_8_bits_times_257_keep_their_scale(encoded):
    assert row(encoded(Image.fromarray(ramp(12) * 257))).max() == 12


@pytest.mark.parametrize(("said", "white"), [(65_535, 65_535), (4095, 4095), (3000, 4095), (16_383, 16_383)])
def test_the_largest_value_that_a_tiff_names(said, white, encoded):
    data = encoded(Image.fromarray(ramp(900)), "TIFF", tiffinfo={281: said})
    assert row(data).max() == pytest.approx(255 * 900 / white, abs=2)


def test_a_tiff_that_names_less_than_it_holds(encoded):
    assert is_ramp(row(encoded(Image.fromarray(ramp(4095)), "TIFF", tiffinfo={281: 255})))


@pytest.mark.parametrize(("said", "white"), [(16, 65_535), (12, 4095), (14, 16_383)])
def test_the_bits_that_a_png_says_are_meant(said, white, encoded):
    data = encoded(Image.fromarray(ramp(900)))
    data = data[:33] + png_chunk(b"sBIT", bytes([said])) + data[33:]
    assert row(data).max() == pytest.approx(255 * 900 / white, abs=2)


def tiff(values, bits, photometric=1):
    """Of one strip, as written by those who pack 12 bits, or take zero for white."""
    height, width = values.shape
    if bits == 12:
        pairs = values.reshape(-1, 2).astype(np.uint32)
        packed = np.stack([pairs[:, 0] >> 4, (pairs[:, 0] & 15) << 4 | pairs[:, 1] >> 8, pairs[:, 1] & 255], axis=1)
        pixels = packed.astype(np.uint8).tobytes()
    else:
        pixels = values.astype("<u2").tobytes()
    tags = [(256, width), (257, height), (258, bits), (259, 1), (262, photometric), (273, 110), (277, 1), (278, height)]
    entries = b"".join(struct.pack("<HHLL", tag, 4, 1, value) for tag, value in tags)
    return (b"II*\0\x08\0\0\0" + struct.pack("<H", 8) + entries + bytes(4)).ljust(110, b"\0") + pixels


def test_twelve_bits_packed():
    assert is_ramp(row(tiff(ramp(4095), 12)))
    assert row(tiff(ramp(300), 12)).max() == pytest.approx(255 * 300 / 4095, abs=2)


def test_where_zero_is_white():
    assert is_ramp(255 - row(tiff(ramp(65_535), 16, photometric=0)))
    assert is_ramp(255 - row(tiff(ramp(4095), 16, photometric=0)))


def test_one_level_alone_and_nothing_at_all(encoded):
    for level, expected in ((0, 0), (65_535, 255), (4095, 255), (257 * 9, 9)):
        assert set(row(encoded(Image.fromarray(np.full((4, 4), level, np.uint16))))) == {expected}


def test_the_largest_number_beside_a_transparent_one(encoded):
    values = ramp(4095)
    values[:, :10] = 1
    opened = open_upright(encoded(Image.fromarray(values), transparency=1), "x").image
    assert opened.getpixel((0, 0)) == (255, 255, 255)
    assert opened.getpixel((63, 0)) == (255, 255, 255)
    assert opened.getpixel((32, 0))[0] == pytest.approx(255 * RAMP[32], abs=2)
