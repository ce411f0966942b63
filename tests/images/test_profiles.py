"""Colours of every space come out in sRGB; what is broken does no harm."""

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.ExifTags import IFD, Base, Interop
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from core.images.colour.spaces import BT709, adobe_rgb, coded_space, measured_space
from core.images.reading.reader import open_upright

D65 = (0.3127, 0.3290)
PROPHOTO = (0.3457, 0.3585, 0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001)  # ISO 22028-2
SPACES = {
    "Display P3": coded_space(12, 13),
    "Rec. 2020": coded_space(9, 13),
    "Adobe RGB": adobe_rgb(),
    "ProPhoto": measured_space(PROPHOTO, 1.8),
    "linear": coded_space(1, 8),
}
COLOURS = [
    (230, 20, 20),
    (255, 140, 0),
    (255, 105, 180),
    (20, 160, 60),
    (30, 60, 200),
    (128, 128, 128),
    (250, 250, 250),
]
SRGB_CHROMATICITIES = struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)  # as in cHRM
SRGB = ImageCms.createProfile("sRGB")


def stripes(mode="RGB"):
    image = Image.new("RGB", (8 * len(COLOURS), 8))
    for number, colour in enumerate(COLOURS):
        image.paste(colour, (8 * number, 0, 8 * number + 8, 8))
    return image.convert(mode)


def converted(profile, mode="RGB"):
    """The stripes as that space has them."""
    target = ImageCms.ImageCmsProfile(BytesIO(profile))
    image = ImageCms.profileToProfile(stripes(), SRGB, target, outputMode=mode)
    image.info.clear()
    return image


def seen(data):
    image = open_upright(data, "x").image
    assert "icc_profile" not in image.info
    return [image.getpixel((8 * number + 4, 4)) for number in range(len(COLOURS))]


def assert_seen(data, tolerance):
    assert np.abs(np.array(seen(data)) - COLOURS).max() <= tolerance, seen(data)


def padded(profile, size):
    """With a private tag of so many bytes, which no reader looks at."""
    count = struct.unpack_from(">I", profile, 128)[0]
    table = [struct.unpack_from(">4sII", profile, 132 + 12 * n) for n in range(count)]
    moved = b"".join(struct.pack(">4sII", name, place + 12, length) for name, place, length in table)
    body = profile[132 + 12 * count :]
    extra = struct.pack(">4sII", b"priv", 144 + 12 * count + len(body), size)
    whole = profile[:128] + struct.pack(">I", count + 1) + moved + extra + body + b"data\0\0\0\0".ljust(size, b"x")
    return struct.pack(">I", len(whole)) + whole[4:]


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize(
    ("format", "tolerance"), [("PNG", 3), ("TIFF", 3), ("WEBP", 3), ("JPEG", 16), ("AVIF", 16), ("HEIF", 16)]
)
def test_every_space_in_every_format(space, format, tolerance, encoded):
    profile = SPACES[space]
    options = {"lossless": True} if format == "WEBP" else {"quality": 100} if format in {"JPEG", "AVIF", "HEIF"} else {}
    if space in {"ProPhoto", "linear"} and tolerance > 3:
        tolerance = 24  # the dark levels of these lie far apart
    if format in {"JPEG", "AVIF", "HEIF"}:
        options["subsampling" if format != "HEIF" else "chroma"] = "4:4:4" if format != "HEIF" else 444  # type: ignore[assignment]
    image = converted(profile)
    assert np.abs(np.array(image.getpixel((4, 4))) - COLOURS[0]).max() > 10  # it would be seen
    assert_seen(encoded(image, format, icc_profile=profile, **options), tolerance)


@pytest.mark.parametrize("size", [10, 5000, 100_000, 3_000_000])
def test_profiles_of_any_size(size, encoded):
    profile = padded(SPACES["Display P3"], size)
    for format in ("PNG", "TIFF"):
        assert_seen(encoded(converted(profile), format, icc_profile=profile), 3)


def test_alpha_stays_as_it_is(encoded):
    image = converted(SPACES["ProPhoto"]).convert("RGBA")
    image.putalpha(200)
    whole = open_upright(encoded(image, icc_profile=SPACES["ProPhoto"]), "x").image
    expected = [tuple(round((200 * part + 55 * 255) / 255) for part in colour) for colour in COLOURS]
    got = [whole.getpixel((8 * number + 4, 4)) for number in range(len(COLOURS))]
    assert np.abs(np.array(got) - expected).max() <= 3


def test_palettes(encoded):
    image = converted(SPACES["Rec. 2020"]).convert("P", palette=Image.Palette.ADAPTIVE)
    assert_seen(encoded(image, icc_profile=SPACES["Rec. 2020"]), 3)


def test_srgb_is_left_alone(encoded):
    profile = ImageCms.ImageCmsProfile(SRGB).tobytes()
    opened = open_upright(encoded(stripes(), icc_profile=profile), "x")
    assert opened.image.tobytes() == stripes().tobytes()
    assert opened.looks_so_since == 0
    assert open_upright(encoded(stripes(), icc_profile=SPACES["linear"]), "x").looks_so_since > 0


def grey_profile(gamma):
    curve = b"curv\0\0\0\0" + struct.pack(">IHxx", 1, round(gamma * 256))
    white = b"XYZ \0\0\0\0" + struct.pack(">iii", 63190, 65536, 54061)
    head = struct.pack(">I4xI4s4s4s12x4s28x", 156 + 40, 0x02400000, b"mntr", b"GRAY", b"XYZ ", b"acsp")
    head += struct.pack(">iii", 63190, 65536, 54061)
    table = struct.pack(">I4sII4sII", 2, b"wtpt", 156, 20, b"kTRC", 176, 16)
    return head.ljust(128, b"\0") + table + white + curve


@pytest.mark.parametrize("mode", ["L", "LA", "I;16", "1"])
def test_grey(mode, encoded):
    """A level of 64 on a linear scale is much lighter where it is shown."""
    if mode == "I;16":
        image = Image.fromarray(np.array([[64 * 257, 0, 65535]], np.uint16))
    else:
        image = Image.new("L", (3, 1))
        image.putdata([64, 0, 255])
        image = image.convert("LA") if mode == "LA" else image if mode == "L" else Image.new("1", (3, 1), 1)
    opened = open_upright(encoded(image, icc_profile=grey_profile(1.0)), "x").image
    expected = [255] * 3 if mode == "1" else [137, 0, 255]
    assert [opened.getpixel((x, 0))[1] for x in range(3)] == pytest.approx(expected, abs=2)


def test_profiles_that_do_not_fit_the_mode(encoded):
    for mode, profile in (("RGB", grey_profile(1.0)), ("L", SPACES["ProPhoto"]), ("CMYK", SPACES["ProPhoto"])):
        image = stripes(mode)
        with_it, without = (
            open_upright(encoded(image, "TIFF", **more), "x") for more in ({"icc_profile": profile}, {})
        )
        assert with_it.image.tobytes() == without.image.tobytes()
        assert with_it.looks_so_since == 0


@pytest.mark.parametrize(
    "profile",
    [
        b"x",
        b"no profile" * 999,
        bytes(128),
        SPACES["ProPhoto"][:200],
        SPACES["ProPhoto"][:-5000],
        SPACES["ProPhoto"][:128] + b"\xff" * 400,
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes(),
    ],
)
def test_broken_and_other_profiles_do_no_harm(profile, encoded):
    for mode in ("RGB", "RGBA", "L", "P", "CMYK"):
        data = encoded(stripes(mode), "TIFF", icc_profile=profile)
        assert open_upright(data, "x").image.size == stripes().size


PIECES = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=20)


@given(st.sampled_from(sorted(SPACES)), PIECES, st.integers(0, 10**6), st.sampled_from([b"RGB ", b"GRAY", b"CMYK"]))
def test_any_changes_of_a_profile(space, changes, cut, kind):
    profile = bytearray(SPACES[space])  # type: ignore[arg-type]
    for place, value in changes:
        profile[place % 400] = value
    profile[16:20] = kind
    mode = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}[kind]
    buffer = BytesIO()
    Image.new(mode, (4, 4)).save(buffer, "TIFF", icc_profile=bytes(profile[: len(profile) - cut % 9000]))
    assert open_upright(buffer.getvalue(), "x").image.mode == "RGB"


def test_reduced_and_whole_agree(encoded, photograph):
    data = encoded(photograph((1600, 1200)), "JPEG", icc_profile=SPACES["ProPhoto"], quality=95)
    whole, reduced = (open_upright(data, "x", enough).image.resize((200, 150)) for enough in (None, 300))
    assert np.abs(np.asarray(whole).astype(int) - np.asarray(reduced)).mean() < 1.5


def test_many_threads_share_a_transform(encoded):
    data = [encoded(converted(profile), icc_profile=profile) for profile in SPACES.values()] * 8
    with ThreadPoolExecutor(8) as pool:
        for got in pool.map(seen, data):
            assert np.abs(np.array(got) - COLOURS).max() <= 3


class TestWithoutProfile:
    def test_adobe_rgb_as_cameras_say_it(self, encoded):
        image = converted(SPACES["Adobe RGB"])

        def written(space, index):
            interop = ImageFileDirectory_v2()
            interop[Interop.InteropIndex] = index
            exif = Image.Exif()
            exif.get_ifd(IFD.Exif).update({Base.ColorSpace: space, IFD.Interop: dict(interop)})
            return encoded(image, "JPEG", exif=exif, quality=100, subsampling=0)

        assert_seen(written(65535, "R03"), 9)
        assert_seen(written(2, "R98"), 9)
        for plain in (written(1, "R98"), written(65535, "R98"), encoded(image, "JPEG", quality=100, subsampling=0)):
            assert np.abs(np.array(seen(plain)) - COLOURS).max() > 20

    def chunked(self, image, encoded, *chunks):
        data = encoded(image)
        made = b"".join(
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
            for kind, body in chunks
        )
        return data[:33] + made + data[33:]

    @pytest.mark.parametrize(("space", "primaries", "transfer"), [("Display P3", 12, 13), ("Rec. 2020", 9, 1)])
    def test_code_points_of_a_png(self, space, primaries, transfer, encoded):
        image = converted(SPACES[space])
        assert_seen(self.chunked(image, encoded, (b"cICP", bytes([primaries, transfer, 0, 1]))), 3)

    @pytest.mark.parametrize("transfer", [16, 18])
    def test_high_dynamic_range(self, transfer, encoded):
        """The white of a page is white: 58 % of PQ, 75 % of HLG."""
        level = {16: 148, 18: 191}[transfer]
        data = self.chunked(Image.new("RGB", (60, 8), (level,) * 3), encoded, (b"cICP", bytes([9, transfer, 0, 1])))
        assert seen(data)[0] == pytest.approx((255, 255, 255), abs=3)

    def test_gamma_and_chromaticities_of_a_png(self, encoded):
        numbers = [round(100_000 * value) for value in PROPHOTO]
        chunks = (b"gAMA", struct.pack(">I", 55556)), (b"cHRM", struct.pack(">8I", *numbers))
        assert_seen(self.chunked(converted(SPACES["ProPhoto"]), encoded, *chunks), 3)
        linear = (b"gAMA", struct.pack(">I", 100_000))
        assert_seen(self.chunked(converted(SPACES["linear"]), encoded, linear), 3)
        assert open_upright(self.chunked(Image.new("L", (4, 4), 64), encoded, linear), "x").image.getpixel(
            (0, 0)
        ) == pytest.approx((137,) * 3, abs=2)

    @pytest.mark.parametrize("chunks",
        [
            [(b"gAMA", struct.pack(">I", 45455))],
            [(b"gAMA", struct.pack(">I", 45455)), (b"cHRM", SRGB_CHROMATICITIES)],
            [(b"gAMA", struct.pack(">I", 100_000)), (b"sRGB", b"\0")],
            [(b"gAMA", struct.pack(">I", 0))],
            [(b"gAMA", struct.pack(">I", 2**32 - 1))],
            [(b"gAMA", struct.pack(">I", 100_000)), (b"cHRM", bytes(32))],
            [(b"gAMA", struct.pack(">I", 100_000)), (b"cHRM", struct.pack(">8I", *[33333] * 8))],
            [(b"cICP", b"\1\1\0\1")],
            [(b"cICP", b"\xff\xff\xff\xff")],
            [(b"cICP", b"")],
        ],
    )  # fmt: skip
    def test_what_is_srgb_or_nothing(self, chunks, encoded):
        opened = open_upright(self.chunked(stripes(), encoded, *chunks), "x")
        assert opened.image.tobytes() == stripes().tobytes()

    def test_code_points_of_heif_and_avif(self, encoded):
        image = converted(SPACES["Display P3"]).resize((448, 64), Image.Resampling.NEAREST)
        data = encoded(image, "HEIF", quality=100, chroma=444, color_primaries=12, transfer_characteristics=13)
        opened = open_upright(data, "x").image.resize((56, 8), Image.Resampling.BOX)
        assert np.abs(np.array([opened.getpixel((8 * n + 4, 4)) for n in range(7)]) - COLOURS).max() <= 16
        avif = encoded(image, "AVIF", quality=100, subsampling="4:4:4").replace(
            b"colrnclx\0\1\0\x0d", b"colrnclx\0\x0c\0\x0d"
        )
        assert b"colrnclx\0\x0c" in avif
        opened = open_upright(avif, "x").image.resize((56, 8), Image.Resampling.BOX)
        assert np.abs(np.array([opened.getpixel((8 * n + 4, 4)) for n in range(7)]) - COLOURS).max() <= 16

    def test_the_profile_within_jpeg_2000(self, encoded):
        image, profile = converted(SPACES["Display P3"]), SPACES["Display P3"]
        data = encoded(image, "JPEG2000")
        place = data.index(b"colr") - 4
        length = struct.unpack_from(">I", data, place)[0]
        box = struct.pack(">I4sBBB", 11 + len(profile), b"colr", 2, 0, 0) + profile  # type: ignore[arg-type]
        header = data.index(b"jp2h") - 4
        longer = struct.unpack_from(">I", data, header)[0] - length + len(box)
        data = data[:header] + struct.pack(">I", longer) + data[header + 4 : place] + box + data[place + length :]
        assert_seen(data, 4)


def test_named_spaces_are_those_of_the_standards():
    assert coded_space(1, 13) is coded_space(2, 2) is coded_space(255, 0) is None
    assert measured_space(BT709, 2.2) is not None
    assert measured_space((0.0,) * 8, 2.2) is None
    # Linear red of Display P3 in sRGB: CSS Color 4, section 10.3.
    image = open_upright(png_of_p3_red(), "x").image
    assert image.getpixel((0, 0)) == (255, 0, 0)


def png_of_p3_red():
    buffer = BytesIO()
    Image.new("RGB", (2, 2), (255, 0, 0)).save(buffer, "PNG", icc_profile=SPACES["Display P3"])
    return buffer.getvalue()
