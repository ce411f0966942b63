"""Bytes and files that are no whole picture: UnreadableImage, and nothing else, whatever they hold."""

import contextlib
import errno
import gzip
import os
import struct
import subprocess
import tracemalloc
import warnings
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile
from PIL.ExifTags import IFD

from core.errors import Problem, UnreadableImage
from core.images.files import FORMATS
from core.images.reading import content, decoding
from core.images.reading.content import read_bytes
from core.images.reading.decoding import MAX_PIXELS
from core.images.reading.reader import open_upright
from tests.material import needs_ordinary_user, needs_pipes


def refused(data, name="holiday.jpg"):
    with pytest.raises(UnreadableImage) as refusal:
        open_upright(data, name)
    assert name in refusal.value.message
    assert refusal.value.remedy
    return refusal.value


def noise():
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8))


def saved(format):
    buffer = BytesIO()
    mode = {"BLP": "P", "MSP": "1", "XBM": "1"}.get(format, "RGB")
    noise().convert(mode).save(buffer, format)
    return buffer.getvalue()


SAMPLES = {name: saved(name) for name in sorted(set(FORMATS) & set(Image.SAVE))}


def png_chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, *chunks):
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + png_chunk(b"IEND", b"")


def test_nothing_at_all():
    assert "empty" in refused(b"").message


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"Dear diary, today I was no picture.", "a text"),
        ("Über allen Gipfeln ist Ruh".encode(), "a text"),
        ("Über allen Gipfeln".encode("utf-16"), "a text"),
        (b'{"error": "AccessDenied"}', "a server response (JSON)"),
        (b'\n[\n  {"message": "Not found"}\n]', "a server response (JSON)"),
        (b"{}", "a server response (JSON)"),
        (b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", "a server's error message"),
        (b"<s:Fault xmlns:s='x'/>", "a server's error message"),
        (b"<?xml version='1.0'?><ServiceExceptionReport/>", "a server's error message"),
        (b"<?xml version='1.0'?><kml/>", "an XML file"),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "a server response"),
        (b"<!-- saved --><html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS"),
        (b"../../.git/annex/objects/aa/bb/SHA256E-s1--00.jpg", "git-annex"),
        (b"/annex/objects/SHA256E-s1--00.jpg\n", "git-annex"),
        (b"data:image/png;base64,iVBORw0KGgo=", "Base64"),
        (b"/9j/4AAQSkZJRgABAQ", "Base64"),
        (bytes(5000), "nothing but zeros"),
        (b"8BPS\0\2" + bytes(20), "PSB"),
        (b"\0\0\0\x18ftypcrx ", "a camera raw file"),
        (b"\0\0\0\x18ftypqt  ", "a video"),
        (b"\x1aE\xdf\xa3" + bytes(9), "a video"),
        (b"ID3\3\0" + bytes(9), "an audio file"),
        (b"\x1f\x8b\x08\0", "an archive"),
        (b"gimp xcf v011", "a GIMP picture"),
        (bytes(128) + b"DICM", "a medical picture"),
        (b"v/1\x01\2\0\0\0", "high dynamic range"),
        (b"hello", "a text"),
        (b"<!DOCTYPE html><html>404</html>", "a web page"),
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "PostScript"),
        (b"\0\0\0\x20ftypisom\0\0\2\0", "a video"),
        (b"\xff\x0a\xfa\x1f", "a JPEG XL picture"),
        (b"PK\x03\x04\x14\0", "an archive"),
    ],
)
def test_other_kinds_are_named(data, kind):
    assert kind in refused(data).message


def test_the_three_situations_are_three_reasons():
    assert refused(b"<html></html>").message == "holiday.jpg is not a picture but a web page."
    assert refused(b"\xff\x0a\xfa\x1f").message == "holiday.jpg is a JPEG XL picture: this kind is not supported."
    assert refused(png(4, 4, png_chunk(b"IDAT", b"not packed"))).message == "holiday.jpg is damaged."


def test_the_way_to_fetch_what_a_pointer_stands_for():
    assert "git lfs pull" in refused(b"version https://git-lfs.github.com/spec/v1\n").remedy
    assert "git annex get" in refused(b"/annex/objects/x\n").remedy


def tiff(bits, channels, kind=1):
    tags = [
        (256, 4, 4),
        (257, 4, 4),
        (259, 4, 1),
        (262, 4, 1 if channels < 3 else 2),
        (273, 4, 400),
        (277, 4, channels),
    ]
    tags += [(278, 4, 4), (279, 4, 16 * channels * bits // 8)]
    many = struct.pack("<HHLL", 258, 3, channels, 200 if channels > 2 else bits | bits << 16)
    kinds = struct.pack("<HHLL", 339, 3, channels, 250 if channels > 2 else kind | kind << 16)
    entries = [struct.pack("<HHLL", tag, type_, 1, value) for tag, type_, value in tags]
    entries = sorted([*entries, many, kinds], key=lambda entry: struct.unpack("<H", entry[:2]))
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    block = block.ljust(200, b"\0") + struct.pack(f"<{channels}H", *[bits] * channels)
    block = block.ljust(250, b"\0") + struct.pack(f"<{channels}H", *[kind] * channels)
    return block.ljust(400, b"\0") + bytes(16 * channels * bits // 8)


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (tiff(64, 1, kind=3), "1 channel of 64 bits (floating point)"),
        (tiff(32, 3, kind=3), "3 channels of 32 bits (floating point)"),
        (tiff(16, 5), "5 channels of 16 bits"),
        (tiff(16, 7), "7 channels of 16 bits"),
        (tiff(16, 2), "2 channels of 16 bits"),
        (b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 4, 4, 16, 3) + bytes(500), "3 channels of 16 bits"),
        (b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 4, 4, 32, 3) + bytes(500), "3 channels of 32 bits"),
    ],
)
def test_a_whole_file_of_a_variant_that_is_not_read(data, detail):
    error = refused(data)
    assert detail in error.message
    assert error.message.endswith("this variant is not supported.")
    assert error.remedy == "Save it as JPEG or PNG."


WORDS_OF_LIBRARIES = ("Pillow", "PIL", "libtiff", "decoder", "struct", "Plugin", "errno", "[", "buffer", "index", "0x")


@pytest.mark.parametrize("format", SAMPLES)
def test_no_words_of_a_library(format):
    rng = np.random.default_rng(1)
    told = set()
    for _ in range(40):
        data = bytearray(SAMPLES[format])
        for place in rng.integers(0, min(400, len(data)), 6):
            data[place] = rng.integers(256)
        try:
            open_upright(bytes(data), "x")
        except UnreadableImage as error:
            told.add(str(error))
    assert not [one for one in told if any(word in one for word in WORDS_OF_LIBRARIES)]


@pytest.mark.parametrize(("size", "said"), [((20_001, 10_001), "20001 × 10001"), ((40_000, 30_000), "40000 × 30000")])
@pytest.mark.parametrize("format", ["PNG", "BMP", "GIF", "TIFF"])
def test_too_many_pixels_are_told_with_their_number(size, said, format):
    data = bytearray(SAMPLES[format])
    if format == "PNG":
        data = png(*size, png_chunk(b"IDAT", zlib.compress(b"\0")))
    elif format == "BMP":
        data[18:26] = struct.pack("<ll", *size)
    elif format == "GIF":
        data[6:10] = struct.pack("<HH", *size)
    else:
        data = tiff(8, 1)
        for tag, value in zip((256, 257), size, strict=True):
            data = data.replace(struct.pack("<HHLL", tag, 4, 1, 4), struct.pack("<HHLL", tag, 4, 1, value))
    message = refused(bytes(data)).message
    assert f"has {said} pixels, more than the limit of 200 megapixels" in message


def test_unknown_bytes():
    assert "not a picture in a known format" in refused(bytes(range(200, 256)) * 9).message


@pytest.mark.parametrize("name", ["EPS", "PDF", "BUFR"])
def test_formats_left_out_on_purpose(name, monkeypatch):
    """A PostScript file called .jpg must not reach Ghostscript."""

    def run(*args, **options):
        raise AssertionError("a program was started")

    monkeypatch.setattr(subprocess, "Popen", run)
    buffer = BytesIO()
    if name == "BUFR":
        buffer.write(b"BUFR" + bytes(99))
    else:
        noise().save(buffer, name)
    refused(buffer.getvalue())


def test_postscript_inside_an_iptc_container_is_not_run(monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    assert "IPTC" not in FORMATS
    refused(b"\x1c\x03\x3c\x00\x02\x08\x01" + b"\x1c\x08\x0a\x00\x10%!PS-Adobe-3.0\n")


class TestTruncated:
    @pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF", "JPEG2000", "TGA", "PPM"])
    @pytest.mark.parametrize("part", [0.3, 0.5, 0.7, 0.9])
    def test_pictures_cut_short_are_refused(self, format, part):
        data = SAMPLES[format]
        assert refused(data[: int(len(data) * part)]).remedy.startswith("Copy it again")

    @pytest.mark.parametrize("format", ["JPEG", "PNG", "BMP", "GIF"])
    def test_the_message_says_so(self, format):
        assert (
            refused(SAMPLES[format][: len(SAMPLES[format]) // 2]).message
            == "holiday.jpg is an incomplete file: its end is missing."
        )

    @pytest.mark.parametrize("length", [1, 2, 3, 4, 8, 12, 16, 24, 33])
    @pytest.mark.parametrize("format", SAMPLES)
    def test_beginnings(self, format, length):
        refused(SAMPLES[format][:length])

    def test_a_missing_end_mark_is_no_loss(self):
        whole = np.asarray(open_upright(SAMPLES["PNG"], "x").image)
        assert np.array_equal(np.asarray(open_upright(SAMPLES["PNG"][:-12], "x").image), whole)

    def test_strictness_is_pillow_s_own(self):
        assert ImageFile.LOAD_TRUNCATED_IMAGES is False


class TestBombs:
    @pytest.mark.parametrize(
        ("width", "height"), [(100_000, 100_000), (MAX_PIXELS + 1, 1), (2**31 - 1, 2**31 - 1), (20_001, 10_000)]
    )
    def test_png_header_with_huge_dimensions(self, width, height):
        assert "megapixels" in refused(png(width, height, png_chunk(b"IDAT", zlib.compress(b"\0")))).message

    def test_below_the_limit_pillow_s_warning_is_no_error(self, monkeypatch):
        monkeypatch.setattr(decoding, "MAX_PIXELS", 64 * 48)
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 64 * 48 // 2)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert open_upright(SAMPLES["PNG"], "x").image.size == (64, 48)

    def test_the_limit_holds_when_someone_lifts_pillow_s(self, monkeypatch):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
        refused(png(100_000, 100_000, png_chunk(b"IDAT", zlib.compress(b"\0"))))

    def test_a_huge_picture_in_a_small_icon(self):
        inner = png(100_000, 100_000, png_chunk(b"IDAT", zlib.compress(b"\0")))
        icon = struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(inner), 22) + inner
        refused(icon)

    def peak(self, data):
        """Bytes of Python's memory that opening takes."""
        tracemalloc.start()
        try:
            with contextlib.suppress(UnreadableImage):
                assert open_upright(data, "x").size == (4, 1)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    def test_values_that_share_their_bytes_are_not_copied_for_each(self):
        """Three thousand values of 100 kB in 136 kB."""
        entries = [struct.pack("<HHLL", tag, 7, 100_000, 8) for tag in range(1000, 4000)]
        directory = struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
        block = b"II*\0" + struct.pack("<L", 100_008) + bytes(100_000) + directory
        assert self.peak(block) < 2_000_000
        pixels = png_chunk(b"IDAT", zlib.compress(bytes(4 * 4)))
        assert self.peak(png(4, 1, png_chunk(b"eXIf", block), pixels)) < 2_000_000

    def test_values_that_grow_as_they_are_decoded_are_left_alone(self):
        """A tag of 60 kB that nobody asks for: more than a megabyte of fractions."""
        fractions = struct.pack("<HHHLLL", 1, 1000, 5, 7500, 44, 0)
        pointer = struct.pack("<HHHLLL", 1, IFD.Exif, 4, 1, 26, 0)
        block = b"II*\0" + struct.pack("<L", 8) + pointer + fractions + bytes(60_000)
        pixels = png_chunk(b"IDAT", zlib.compress(bytes(4 * 4)))
        assert self.peak(png(4, 1, png_chunk(b"eXIf", block), pixels)) < 500_000

    def test_text_that_unpacks_to_gigabytes(self):
        flood = zlib.compress(bytes(100_000_000), 9)
        for chunk in (
            png_chunk(b"zTXt", b"Comment\0\0" + flood),
            png_chunk(b"iTXt", b"Comment\0\1\0\0\0" + flood),
            png_chunk(b"iCCP", b"profile\0\0" + flood),
        ):
            pixels = png_chunk(b"IDAT", zlib.compress(bytes(4 * 4)))
            with pytest.raises(UnreadableImage):
                open_upright(png(4, 1, chunk, png_chunk(b"tEXt", b"a\0b")), "x")  # no pixels either
            try:
                image = open_upright(png(4, 1, chunk, pixels), "x").image
            except UnreadableImage:
                continue
            assert image.info == {}

    def test_fits_that_unpacks_to_more_than_its_size(self):
        cards = ["XTENSION= 'BINTABLE'", "ZIMAGE  = T", "ZCMPTYPE= 'GZIP_1  '", "ZBITPIX = 8", "ZNAXIS  = 2",
                 "ZNAXIS1 = 2", "ZNAXIS2 = 2", "NAXIS   = 0", "BITPIX  = 8", "END"]  # fmt: skip
        header = "SIMPLE  = T".ljust(80) + "".join(card.ljust(80) for card in cards)
        data = header.ljust(2880).encode() + gzip.compress(bytes(10_000_000))
        with contextlib.suppress(UnreadableImage):
            assert open_upright(data, "x").image.size == (2, 2)

    def test_too_little_memory_is_a_verdict(self, monkeypatch):
        def load(self):
            raise MemoryError

        monkeypatch.setattr(ImageFile.ImageFile, "load", load)
        assert "memory" in refused(SAMPLES["BMP"]).message


class TestNames:
    def test_messages_can_be_printed_and_sent(self):
        for name in ("caf\udce9.jpg", "a\0b", "line\nbreak\x1b[31m", "half \ud800"):
            with pytest.raises(UnreadableImage) as refusal:
                open_upright(b"?", name)
            str(refusal.value).encode()
            assert refusal.value.message.isprintable()


class TestReadBytes:
    def test_gives_what_is_there(self, tmp_path):
        (tmp_path / "x").write_bytes(b"abc")
        assert read_bytes(tmp_path / "x") == b"abc"

    def refused(self, path):
        with pytest.raises(UnreadableImage) as refusal:
            read_bytes(path)
        assert str(path) in refusal.value.message
        assert refusal.value.remedy
        return refusal.value

    def test_vanished(self, tmp_path):
        assert "no longer exists" in self.refused(tmp_path / "x.jpg").message
        (tmp_path / "y.jpg").symlink_to("x.jpg")
        self.refused(tmp_path / "y.jpg")

    def test_folders(self, tmp_path):
        assert "is a folder" in self.refused(tmp_path).message

    @needs_pipes
    def test_pipes_that_nobody_writes_to(self, tmp_path):
        os.mkfifo(tmp_path / "x.jpg")
        assert "is not a file" in self.refused(tmp_path / "x.jpg").message

    @pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device on this system")
    def test_devices(self):
        assert "is not a file" in self.refused(Path("/dev/zero")).message

    def test_too_large(self, tmp_path, monkeypatch):
        monkeypatch.setattr(content, "MAX_BYTES", 3)
        (tmp_path / "x").write_bytes(b"abc")
        assert read_bytes(tmp_path / "x") == b"abc"
        (tmp_path / "x").write_bytes(b"abcd")
        assert "larger" in self.refused(tmp_path / "x").message

    @pytest.mark.parametrize("change", [b"abcdef", b"a"])
    def test_what_grows_or_shrinks_meanwhile(self, tmp_path, monkeypatch, change):
        (tmp_path / "x").write_bytes(b"abc")
        real = os.fstat

        def fstat(handle):
            status = real(handle)
            (tmp_path / "x").write_bytes(change)
            return status

        monkeypatch.setattr(os, "fstat", fstat)
        assert "changed while it was read" in self.refused(tmp_path / "x").message

    def test_links_and_what_lies_behind_them(self, tmp_path):
        """Paths are resolved when files are found: a link in one was put there afterwards."""
        (tmp_path / "secret").mkdir()
        (tmp_path / "secret/x.jpg").write_bytes(b"abc")
        (tmp_path / "folder").symlink_to("secret", target_is_directory=True)
        (tmp_path / "y.jpg").symlink_to("secret/x.jpg")
        for path in ("folder/x.jpg", "y.jpg"):
            assert "points elsewhere" in self.refused(tmp_path / path).message
        assert read_bytes(tmp_path / "secret/x.jpg") == b"abc"

    def test_a_link_that_was_there_only_while_the_file_was_opened(self, tmp_path, monkeypatch):
        (tmp_path / "x.jpg").write_bytes(b"abc")
        (tmp_path / "secret").write_bytes(b"secret")
        real = os.open
        monkeypatch.setattr(os, "open", lambda path, flags: real(tmp_path / "secret", flags))
        assert "points elsewhere" in self.refused(tmp_path / "x.jpg").message

    def test_relative_paths_are_the_caller_s_own(self, tmp_path, monkeypatch):
        (tmp_path / "x.jpg").write_bytes(b"abc")
        (tmp_path / "y.jpg").symlink_to("x.jpg")
        monkeypatch.chdir(tmp_path)
        assert read_bytes(Path("y.jpg")) == b"abc"

    @needs_ordinary_user
    def test_closed(self, tmp_path):
        (tmp_path / "x").write_bytes(b"abc")
        (tmp_path / "x").chmod(0)
        assert "no permission" in self.refused(tmp_path / "x").message

    @pytest.mark.parametrize(
        ("number", "said"),
        [
            (errno.EIO, "its drive does not respond"),
            (errno.ESTALE, "its drive does not respond"),
            (errno.EMFILE, "too many files are open"),
            (errno.ELOOP, "circles"),
            (errno.ENAMETOOLONG, "not a valid file name"),
            (errno.EBADF, "cannot be read"),
        ],
    )
    def test_what_a_system_says(self, number, said, tmp_path, monkeypatch):
        def fail(path, flags):
            raise OSError(number, "Words of a system")

        monkeypatch.setattr(os, "open", fail)
        told = self.refused(tmp_path / "x")
        assert said in told.message
        assert "Words" not in str(told)

    def test_a_nul_byte(self):
        with pytest.raises(UnreadableImage):
            read_bytes(Path("a\0b"))


def jpeg_with(marker, bits):
    data = bytearray(SAMPLES["JPEG"])
    place = data.find(b"\xff\xc0")
    data[place + 1], data[place + 4] = marker, bits
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (jpeg_with(0xC1, 12), "12 bits per channel"),
        (jpeg_with(0xC2, 12), "12 bits per channel"),
        (jpeg_with(0xC3, 8), "lossless coding"),
        (jpeg_with(0xC3, 14), "lossless coding"),
        (jpeg_with(0xC5, 8), "hierarchical coding"),
        (jpeg_with(0xF7, 8), "JPEG-LS coding"),
    ],
)
def test_jpegs_of_variants(data, said):
    refusal = refused(data)
    assert refusal.message == f"holiday.jpg is a JPEG picture with {said}: this variant is not supported."
    assert refusal.problem is Problem.UNSUPPORTED


def test_a_large_picture_in_an_icon_and_a_format_without_a_mark():
    large = png(20001, 10001)
    icon = struct.pack("<HHHBBBBHHII", 0, 1, 1, 0, 0, 0, 0, 1, 32, len(large), 22) + large
    assert "has 20001 × 10001 pixels" in refused(icon, "a.ico").message
    targa = struct.pack("<BBBHHBHHHHBB", 0, 0, 2, 0, 0, 0, 0, 0, 65000, 60000, 24, 0) + bytes(100)
    assert "has 65000 × 60000 pixels" in refused(targa, "a.tga").message
