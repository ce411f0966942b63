"""open_upright on whole pictures: colours, alpha, depth, orientation, frames."""

import warnings
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import Base
from PIL.PngImagePlugin import PngInfo

from core.images.files import FORMATS, SUFFIXES, suffix_of
from core.images.reading.reader import open_upright

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def quarters(size=(64, 64)):
    """Red, green / blue, white."""
    image = Image.new("RGB", (2, 2))
    image.putdata([RED, GREEN, BLUE, WHITE])
    return image.resize(size, Image.Resampling.NEAREST)


def corners(image):
    """The colours in the middle of the four quarters: top left, top right, bottom left, bottom right."""
    assert image.mode == "RGB"
    width, height = image.size
    return [image.getpixel((width * x // 4, height * y // 4)) for y in (1, 3) for x in (1, 3)]


def assert_near(colours, expected, tolerance):
    difference = np.abs(np.array(colours, int) - np.array(expected, int)).max()
    assert difference <= tolerance, f"{colours} is not {expected}"


def saved(mode, format):
    """A picture of this mode as Pillow writes it; None where it does not."""
    image = Image.new(mode, (32, 32))
    if mode in ("P", "PA"):
        image.putpalette([255, 0, 0, 0, 0, 255])
    buffer = BytesIO()
    # Uncompressed YCbCr is the one TIFF that Pillow writes and cannot read.
    options = {"compression": "tiff_lzw"} if (mode, format) == ("YCbCr", "TIFF") else {}
    try:
        image.save(buffer, format, **options)
    except (OSError, ValueError, KeyError, DeprecationWarning):
        return None
    return buffer.getvalue()


MODES = [
    "1",
    "L",
    "P",
    "RGB",
    "RGBA",
    "CMYK",
    "YCbCr",
    "LAB",
    "HSV",
    "RGBX",
    "I",
    "F",
    "I;16",
    "LA",
    "PA",
    "La",
    "RGBa",
]
READ_AND_WRITTEN = sorted({*FORMATS, "MPO"} & set(Image.SAVE))


@pytest.mark.parametrize("format", [name for name in READ_AND_WRITTEN if saved("RGB", name)])
def test_every_format_that_pillow_writes_keeps_its_colours(format, encoded):
    opened = open_upright(encoded(quarters(), format), "x")
    assert_near(corners(opened.image), [RED, GREEN, BLUE, WHITE], tolerance=12)
    # A JPEG with one frame is what an MPO with one frame is.
    assert opened.format == {"MPO": "JPEG"}.get(format, format)
    assert opened.frames == 1
    assert suffix_of(opened.format) in SUFFIXES


def test_the_formats_above_are_the_common_ones():
    assert {"AVIF", "BMP", "GIF", "ICO", "JPEG", "JPEG2000", "PNG", "PPM", "TGA", "TIFF", "WEBP"} <= set(
        READ_AND_WRITTEN
    )


@pytest.mark.parametrize("format", READ_AND_WRITTEN)
def test_every_mode_gives_rgb(format):
    files = {mode: data for mode in MODES if (data := saved(mode, format))}
    assert files
    assert {mode: open_upright(data, "x").image.mode for mode, data in files.items()} == dict.fromkeys(files, "RGB")


@pytest.mark.parametrize(
    ("mode", "format", "tolerance"),
    [("CMYK", "TIFF", 2), ("CMYK", "JPEG", 12), ("YCbCr", "TIFF", 3), ("YCbCr", "JPEG", 12), ("RGBX", "TIFF", 0)],
)
def test_colour_spaces(mode, format, tolerance, encoded):
    options = {"compression": "tiff_lzw"} if format == "TIFF" else {}
    image = open_upright(encoded(quarters().convert(mode), format, **options), "x").image
    assert_near(corners(image), [RED, GREEN, BLUE, WHITE], tolerance)


def test_lab(encoded):
    image = Image.new("LAB", (8, 8), (128, 128, 128))  # L* about 50, no colour: middle grey
    assert_near([open_upright(encoded(image, "TIFF"), "x").image.getpixel((0, 0))], [(119, 119, 119)], tolerance=3)


def test_palette_and_bilevel(encoded):
    palette = quarters().convert("P", palette=Image.Palette.ADAPTIVE)
    for format in ("PNG", "GIF", "BMP", "TIFF"):
        assert corners(open_upright(encoded(palette, format), "x").image) == [RED, GREEN, BLUE, WHITE]
    assert corners(open_upright(encoded(palette.resize((128, 128)), "ICNS"), "x").image) == [RED, GREEN, BLUE, WHITE]
    bilevel = Image.new("1", (8, 8), 1)
    assert open_upright(encoded(bilevel), "x").image.getpixel((0, 0)) == WHITE


class TestAlpha:
    def half(self, mode, colour):
        """Left: opaque colour. Right: transparent black."""
        image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
        image.paste((*colour, 255), (0, 0, 32, 64))
        return image.convert(mode)

    @pytest.mark.parametrize(
        "format", ["PNG", "WEBP", "TIFF", "TGA", "ICO", "ICNS", "AVIF", "JPEG2000", "GIF", "SGI", "DDS"]
    )
    def test_transparent_black_is_white(self, format, encoded):
        options = {"lossless": True} if format == "WEBP" else {}
        image = open_upright(encoded(self.half("RGBA", RED), format, **options), "x").image
        assert_near(corners(image), [RED, WHITE, RED, WHITE], tolerance=8)

    def test_half_transparent_is_half_white(self, encoded):
        image = open_upright(encoded(Image.new("RGBA", (4, 4), (255, 0, 0, 128))), "x").image
        assert_near([image.getpixel((0, 0))], [(255, 127, 127)], tolerance=1)

    @pytest.mark.parametrize("format", ["PNG", "TIFF", "TGA"])
    def test_grey_with_alpha(self, format, encoded):
        grey = Image.new("LA", (4, 2), (0, 0))
        grey.paste((100, 255), (0, 0, 2, 2))
        image = open_upright(encoded(grey, format), "x").image
        assert [image.getpixel((0, 0)), image.getpixel((3, 0))] == [(100, 100, 100), WHITE]

    def test_palette_with_one_transparent_colour(self, encoded):
        palette = quarters().convert("P", palette=Image.Palette.ADAPTIVE)
        index = palette.getpixel((0, 0))
        for format in ("PNG", "GIF"):
            image = open_upright(encoded(palette, format, transparency=index), "x").image
            assert corners(image) == [WHITE, GREEN, BLUE, WHITE]

    def test_palette_with_alpha_for_each_colour(self, encoded):
        palette = Image.new("P", (4, 1))
        palette.putpalette([255, 0, 0, 0, 0, 255])
        palette.putpixel((1, 0), 1)
        image = open_upright(encoded(palette, transparency=b"\x00\xff"), "x").image
        assert [image.getpixel((x, 0)) for x in range(3)] == [WHITE, BLUE, WHITE]

    @pytest.mark.parametrize(
        ("mode", "shown", "colour"), [("L", 90, 7), ("RGB", RED, (10, 20, 30)), ("1", 0, 1), ("1", 0, 255)]
    )
    def test_one_transparent_colour_without_alpha(self, mode, shown, colour, encoded):
        image = Image.new(mode, (4, 4), shown)
        image.putpixel((1, 1), colour)
        opened = open_upright(encoded(image, transparency=colour), "x").image
        assert opened.getpixel((1, 1)) == WHITE
        assert opened.getpixel((0, 0)) == (shown if mode == "RGB" else (shown,) * 3)

    def test_one_transparent_shade_of_16_bits(self, encoded):
        values = np.full((4, 4), 20_000, np.uint16)
        values[1, 1] = 300
        opened = open_upright(encoded(Image.fromarray(values), transparency=300), "x").image
        assert opened.getpixel((1, 1)) == WHITE
        assert opened.getpixel((0, 0)) == (20_000 >> 8,) * 3


class TestDepth:
    @pytest.mark.parametrize("format", ["PNG", "TIFF", "JPEG2000", "PPM"])
    def test_16_bits_keep_their_whole_scale(self, format, encoded):
        gradient = np.linspace(0, 65535, 256, dtype=np.uint16)[None].repeat(32, axis=0)
        opened = open_upright(encoded(Image.fromarray(gradient), format), "x").image
        row = np.asarray(opened)[0, :, 0].astype(int)
        assert np.abs(row - np.round(gradient[0] / 257)).max() <= 1
        assert len(set(row.tolist())) > 250

    def test_dark_16_bit_pictures_stay_dark(self, encoded):
        dark = Image.fromarray(np.full((4, 4), 2570, np.uint16))
        assert open_upright(encoded(dark), "x").image.getpixel((0, 0)) == (10, 10, 10)

    def test_big_endian_16_bits(self):
        pixels = np.array([[0, 65535, 32768]], ">u2").tobytes()
        opened = open_upright(b"P5 3 1 65535\n" + pixels, "x").image
        assert [opened.getpixel((x, 0))[0] for x in range(3)] == [0, 255, 128]

    def test_32_bit_integers_are_stretched_only_where_8_bits_do_not_hold_them(self, encoded):
        for values, expected in [
            ([0, 100, 255], [0, 100, 255]),
            ([-100, 0, 100], [0, 128, 255]),
            ([1000, 2000, 3000], [0, 128, 255]),
            ([-(2**31), 0, 2**31 - 1], [0, 128, 255]),
            ([7, 7, 7], [7, 7, 7]),
            ([9999, 9999, 9999], [255, 255, 255]),
        ]:
            opened = open_upright(encoded(Image.fromarray(np.array([values], np.int32)), "TIFF"), "x").image
            assert [opened.getpixel((x, 0))[0] for x in range(3)] == pytest.approx(expected, abs=1)

    def test_signalling_nan(self, encoded):
        values = np.array([[0x7F800001, 0]], np.uint32).view(np.float32)
        assert open_upright(encoded(Image.fromarray(values), "TIFF"), "x").image.getpixel((0, 0)) == (0, 0, 0)

    def test_floats_are_stretched_and_what_is_not_finite_is_bounded(self, encoded):
        for values, expected in [
            ([0.0, 0.5, 1.0], [0, 128, 255]),
            ([-3.0, 0.0, 3.0], [0, 128, 255]),
            ([np.nan, 0.0, 1.0], [0, 0, 255]),
            ([-np.inf, 1.0, np.inf], [0, 1, 255]),
            ([np.nan, np.nan, np.nan], [0, 0, 0]),
            ([-3e38, 0.0, 3e38], [0, 128, 255]),
        ]:
            opened = open_upright(encoded(Image.fromarray(np.array([values], np.float32)), "TIFF"), "x").image
            assert [opened.getpixel((x, 0))[0] for x in range(3)] == pytest.approx(expected, abs=1), values


# Where the quarters of an upright picture lie in the file, as its orientation says (Exif 3.0, section 4.6.5.1).
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


class TestOrientation:
    @pytest.mark.parametrize("orientation", STORED)
    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF", "MPO"])
    def test_every_orientation(self, orientation, format, encoded):
        turn = STORED[orientation]
        stored = quarters((96, 64)).transpose(turn) if turn is not None else quarters((96, 64))
        exif = Image.Exif()
        exif[Base.Orientation] = orientation
        opened = open_upright(encoded(stored, format, exif=exif.tobytes()), "x")
        assert opened.image.size == opened.size == (96, 64)
        assert_near(corners(opened.image), [RED, GREEN, BLUE, WHITE], tolerance=12)
        assert opened.metadata.orientation == orientation

    def test_alpha_is_turned_with_the_picture(self, encoded):
        exif = Image.Exif()
        exif[Base.Orientation] = 6
        stored = Image.new("RGBA", (64, 32), (0, 0, 255, 255))
        stored.paste((0, 0, 0, 0), (0, 0, 32, 32))  # left half, which is the upper one of the upright picture
        image = open_upright(encoded(stored, exif=exif), "x").image
        assert image.size == (32, 64)
        assert corners(image) == [WHITE, WHITE, BLUE, BLUE]

    @pytest.mark.parametrize("orientation", [0, 9, 65535])
    def test_an_orientation_that_does_not_exist_is_none(self, orientation, encoded):
        exif = Image.Exif()
        exif[Base.Orientation] = orientation
        assert open_upright(encoded(quarters((96, 64)), "JPEG", exif=exif), "x").image.size == (96, 64)

    def test_no_copy_made_of_it_is_turned_again(self, encoded):
        exif = Image.Exif()
        exif[Base.Orientation] = 6
        image = open_upright(encoded(quarters((96, 64)), "JPEG", exif=exif), "x").image
        for format in ("JPEG", "PNG", "WEBP", "TIFF"):
            assert open_upright(encoded(image, format), "x").image.size == (64, 96)

    @pytest.mark.parametrize(
        "exif",
        [
            b"Exif\0\0",
            b"Exif\0\0MM\0*\0\0\0\x08",
            b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x03\0\x01\0\0\0\x01\0\0\0" * 3,
            b"Exif\0\0MM\0*\xff\xff\xff\xff",
            b"Exif\0\0" + bytes(range(256)),
            b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x01\0\0\0x\0\0\0\0\0\0\0",  # orientation as a text
            b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x05\0\xff\xff\xff\x7f\0\0\0\0\0\0\0\0",  # ratios beyond the end
        ],
    )
    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
    def test_corrupt_exif_does_not_harm(self, exif, format, encoded):
        opened = open_upright(encoded(quarters(), format, exif=exif), "x")
        assert_near(corners(opened.image), [RED, GREEN, BLUE, WHITE], tolerance=12)
        assert opened.metadata.taken_at is None


class TestFrames:
    @pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF", "TIFF", "MPO"])
    def test_the_first_frame_is_opened_and_all_are_counted(self, format, encoded):
        frames = [Image.new("RGB", (64, 48), colour) for colour in (RED, GREEN, BLUE)]
        opened = open_upright(encoded(frames[0], format, save_all=True, append_images=frames[1:]), "x")
        assert_near([opened.image.getpixel((5, 5))], [RED], tolerance=8)
        assert opened.frames == 3
        assert opened.format == format
        assert opened.image.size == (64, 48)

    def test_transparent_animations(self, encoded):
        frames = [Image.new("RGBA", (8, 8), colour) for colour in ((0, 0, 0, 0), (255, 0, 0, 255))]
        for format in ("GIF", "WEBP", "PNG"):
            image = open_upright(encoded(frames[0], format, save_all=True, append_images=frames[1:]), "x").image
            assert image.getpixel((4, 4)) == WHITE


def test_the_name_does_not_decide_the_format(encoded):
    assert open_upright(encoded(quarters(), "PNG"), "x.jpg").format == "PNG"


def test_the_caller_s_warning_filters_do_not_matter(encoded):
    """Pillow warns of this palette, and of this EXIF."""
    palette = Image.new("P", (4, 4))
    palette.putpalette([255, 0, 0])
    data = encoded(palette, transparency=b"\x00", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert open_upright(data, "x").image.getpixel((0, 0)) == WHITE
    assert caught == []


def test_nothing_of_pillow_s_file_is_left(encoded):
    image = open_upright(encoded(quarters(), "TIFF"), "x").image
    assert type(image) is Image.Image
    image.copy().load()


def test_text_beside_the_picture_does_not_matter(encoded):
    info = PngInfo()
    info.add_text("Comment", "x" * 1000, zip=True)
    assert open_upright(encoded(quarters(), pnginfo=info), "x").image.info == {}
