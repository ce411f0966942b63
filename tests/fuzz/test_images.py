"""Whatever the bytes, opening and describing gives a description or an UnreadableImage."""

import math
import struct
from datetime import datetime
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from core.errors import UnreadableImage
from core.images.describe import DESCRIPTION, Description
from core.images.files import FORMATS
from core.images.reading.reader import open_upright

pytestmark = pytest.mark.timeout(1800)


def exif() -> Image.Exif:
    written = Image.Exif()
    written.update({Base.Make: "Canon", Base.Model: "Canon EOS R5", Base.Orientation: 6})
    written.get_ifd(IFD.Exif).update({Base.DateTimeOriginal: "2024:05:06 07:08:09", Base.LensModel: "RF 50mm"})
    place = {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (48.0, 51.0, 29.9)}
    written.get_ifd(IFD.GPSInfo).update(place | {GPS.GPSLongitudeRef: "E", GPS.GPSLongitude: (2.0, 17.0, 40.2)})  # type: ignore[arg-type]
    return written


def saved(format: str) -> bytes:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8))
    mode = {"BLP": "P", "MSP": "1", "XBM": "1"}.get(format, "RGB")
    buffer = BytesIO()
    noise.convert(mode).save(buffer, format, exif=exif().tobytes())
    return buffer.getvalue()


SAMPLES = {name: saved(name) for name in sorted(set(FORMATS) & set(Image.SAVE))}
PHOTOGRAPHS = ("JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF")


def describe(data: bytes, name: str = "x") -> None:
    try:
        opened = open_upright(data, name)
    except UnreadableImage as refusal:
        str(refusal).encode()  # it can be sent
        return
    assert opened.image.mode == "RGB"
    assert_sound(opened.describe("0" * 64, len(data), 1))


def assert_sound(description: Description) -> None:
    """What an index and a page can hold."""
    assert min(description.width, description.height, description.frames) >= 1
    assert description.taken_at is None or description.taken_at > datetime(1826, 1, 1)
    for text in (description.camera, description.lens):
        assert text.isprintable()
        assert len(text) <= 200
        text.encode()
    if description.gps:
        latitude, longitude = description.gps
        assert abs(latitude) <= 90
        assert abs(longitude) <= 180
    assert 1 <= description.orientation <= 8
    assert 1 <= len(description.colours) <= 5
    assert sum(colour.share for colour in description.colours) <= 1.001
    assert 0 <= description.brightness <= 1
    assert math.isfinite(description.sharpness)  # type: ignore[arg-type]
    assert description.sharpness >= 0
    assert description.described == DESCRIPTION


@given(st.binary(max_size=400), st.sampled_from(["", *SAMPLES]))
def test_any_bytes_and_any_after_the_beginning_of_a_picture(data, format):
    describe(SAMPLES.get(format, b"")[:16] + data)


changes = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=8)
cuts = st.none() | st.integers(0, 10**6)


@given(st.sampled_from(sorted(SAMPLES)), changes, st.booleans(), cuts)
def test_changed_pictures_of_every_format(format, changes, in_header, cut):
    describe(changed(SAMPLES[format], changes, 200 if in_header else None, cut))


@given(st.sampled_from(PHOTOGRAPHS), changes, st.booleans(), cuts)
def test_changed_exif_of_photographs(format, changes, in_exif, cut):
    sample = SAMPLES[format]
    start = max(0, sample.find(b"Exif\0\0"), sample.find(b"Canon") - 120) if in_exif else 0
    describe(sample[:start] + changed(sample[start:], changes, 400, cut))


def changed(data: bytes, changes: list[tuple[int, int]], within: int | None, cut: int | None) -> bytes:
    """With other bytes at some places, and nothing from the cut on."""
    altered = bytearray(data)
    for place, value in changes:
        altered[place % len(altered[:within])] = value
    return bytes(altered[: cut % len(altered) if cut is not None else None])


def describe_with(exif: bytes) -> None:
    """As the EXIF of three formats, and as a TIFF file, which is built alike."""
    describe(exif)
    for format in ("JPEG", "PNG", "WEBP"):
        buffer = BytesIO()
        Image.new("RGB", (8, 6)).save(buffer, format, exif=b"Exif\0\0" + exif)
        describe(buffer.getvalue())


@given(st.sampled_from([b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]), st.binary(max_size=300))
def test_any_bytes_as_exif(head, block):
    describe_with(head + block)


VALUES = [b"Canon EOS R5\0", b"2024:05:06 07:08:09\0", struct.pack("<6L", 48, 1, 51, 1, 299, 10), b"\xff" * 8]
places = st.integers(2, 40).map(lambda place: struct.pack("<L", 4 * place))
types = st.sampled_from([2, 3, 5]) | st.integers(0, 14)
counts = st.sampled_from([1, 2, 3, 4, 20]) | st.integers(0, 2**32 - 1)


def directory(*tags: int) -> st.SearchStrategy[bytes]:
    """Without the count in front: entries well-formed one by one, of tags, types, counts and places of any kind."""
    tag = st.sampled_from(tags) | st.integers(0, 65535)
    entry = st.tuples(tag, types, counts, places | st.sampled_from([b"N\0\0\0", b"W\0\0\0", b"\x06\0\0\0"]))
    return st.lists(entry, max_size=12).map(lambda all_: b"".join(struct.pack("<HHL4s", *entry) for entry in all_))


@given(
    st.lists(st.sampled_from(VALUES) | st.binary(max_size=40), max_size=8).map(b"".join),
    directory(Base.Make, Base.Model, Base.DateTime, Base.Orientation),
    directory(Base.DateTimeOriginal, Base.LensMake, Base.LensModel, Base.LensSpecification),
    directory(GPS.GPSLatitudeRef, GPS.GPSLatitude, GPS.GPSLongitudeRef, GPS.GPSLongitude),
)
def test_any_directories_as_exif(values, main, details, place):
    first = 8 + len(values)
    second = first + 2 + 24 + len(main) + 4
    third = second + 2 + len(details) + 4
    pointers = struct.pack("<HHLLHHLL", IFD.Exif, 4, 1, second, IFD.GPSInfo, 4, 1, third)
    written = (struct.pack("<H", len(part) // 12) + part + bytes(4) for part in (pointers + main, details, place))
    describe_with(b"II*\0" + struct.pack("<L", first) + values + b"".join(written))


PREVIEW = BytesIO()
Image.new("RGB", (640, 16), "red").save(PREVIEW, "JPEG")
RAW = exif().tobytes()[6:] + bytes(40) + PREVIEW.getvalue()


@given(
    st.sampled_from([b"", b"IIRO", b"IIU\0", b"FUJIFILMCCD-RAW ", b"\0\0\0\x18ftypcrx CMT1"]),
    changes,
    st.booleans(),
    cuts,
)
def test_changed_camera_raw(mark, changes, in_header, cut):
    describe(changed(mark + RAW[len(mark) :], changes, 200 if in_header else None, cut), "x.nef")


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode), st.booleans())
def test_any_bytes_as_xmp(packet, is_wrapped):
    if is_wrapped:
        packet = b'<x xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreateDate>' + packet + b"</xmp:CreateDate></x>"
    buffer = BytesIO()
    Image.new("RGB", (8, 6)).save(buffer, "JPEG", xmp=packet)
    describe(buffer.getvalue())
