"""read_metadata: what cameras write, and what they do not."""

import math
import struct
from datetime import datetime

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational, ImageFileDirectory_v2

from core.images.metadata.exif import Metadata, read_metadata
from core.images.reading.reader import open_upright

UNKNOWN = IFDRational(0, 0)

NORTH_EAST = {
    GPS.GPSLatitudeRef: "N",
    GPS.GPSLatitude: (48.0, 51.0, 29.9),
    GPS.GPSLongitudeRef: "E",
    GPS.GPSLongitude: (2.0, 17.0, 40.2),
}


def exif_of(*, main=None, details=None, place=None):
    exif = Image.Exif()
    exif.update(main or {})
    exif.get_ifd(IFD.Exif).update(details or {})
    exif.get_ifd(IFD.GPSInfo).update(place or {})
    return exif


def metadata_of(**written):
    """Through bytes, as a file holds it."""
    image = Image.new("RGB", (8, 6))
    image.info["exif"] = exif_of(**written).tobytes()
    return read_metadata(image)


def test_nothing_written_is_nothing_said():
    assert metadata_of() == read_metadata(Image.new("RGB", (8, 6))) == Metadata(None, "", "", None, 1)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "MPO"])
def test_every_format_that_holds_exif(encoded, format):
    exif = exif_of(
        main={Base.Make: "Canon", Base.Model: "EOS R5"},
        details={Base.DateTimeOriginal: "2024:05:06 07:08:09", Base.LensModel: "RF 50mm F1.2 L USM"},
        place=NORTH_EAST,
    )
    opened = open_upright(encoded(Image.new("RGB", (64, 64)), format, exif=exif), "x")
    expected = Metadata(
        datetime(2024, 5, 6, 7, 8, 9), "Canon EOS R5", "RF 50mm F1.2 L USM", (48.858306, 2.294500), orientation=1
    )
    assert opened.metadata == expected


def test_the_older_way_to_write_exif_into_a_png(encoded):
    block = exif_of(main={Base.Model: "EOS R5"}).tobytes()
    image = Image.new("RGB", (8, 6))
    image.info["Raw profile type exif"] = f"\nexif\n{len(block)}\n{block.hex()}\n"
    assert read_metadata(image).camera == "EOS R5"


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
        ("2024:02:29 00:00:00", datetime(2024, 2, 29)),
        ("2023:02:29 00:00:00", None),
        ("0000:00:00 00:00:00", None),
        ("0001:01:01 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("2024:13:06 07:08:09", None),
        ("2024:05:06 25:08:09", None),
        ("2024:05:06 07:08:60", datetime(2024, 5, 6, 7, 9)),
        ("2016:12:31 23:59:60", datetime(2017, 1, 1)),
        ("2024:05:06 24:00:00", datetime(2024, 5, 7)),
        ("2024:12:31 24:00", datetime(2025, 1, 1)),
        ("2024:05:06 24:00:01", None),
        ("2024:05:06 07:60:00", None),
        ("2024:05:06 07:08:61", None),
        ("9999:12:31 24:00:00", None),
        ("2024:05:06 07:08:099", None),
        ("2024:05:06", datetime(2024, 5, 6)),
        ("2024-05-06", datetime(2024, 5, 6)),
        ("2024:05:06 ", datetime(2024, 5, 6)),
        ("2024:05:06   :  :  ", datetime(2024, 5, 6)),
        ("2024:05", datetime(2024, 5, 1)),
        ("2024", datetime(2024, 1, 1)),
        ("20240506", datetime(2024, 5, 6)),
        ("20240506070809", datetime(2024, 5, 6, 7, 8, 9)),
        ("2024:05:06 07:08:09Z", datetime(2024, 5, 6, 7, 8, 9)),
        ("2024:00:00", None),
        ("2024:05:00 07:08:09", None),
        ("12345", None),
        ("2024 was good", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_taken_at_of_what_cameras_write(written, expected):
    assert metadata_of(details={Base.DateTimeOriginal: written}).taken_at == expected


def block_of(tag, type_, count, value):
    """An EXIF block with one entry of any type, as Pillow would not write it."""
    return b"Exif\0\0II*\0" + struct.pack("<LHHHL4sL", 8, 1, tag, type_, count, value, 0)


@pytest.mark.parametrize("tag", [Base.DateTime, Base.Make, Base.Model, Base.Orientation, IFD.Exif, IFD.GPSInfo])
@pytest.mark.parametrize("type_", range(14))
def test_values_of_any_type(tag, type_):
    for count in (0, 1, 2, 4, 2**32 - 1):
        for value in (b"6\0\0\0", b"\xff\xff\xff\xff", b"\x08\0\0\0"):
            image = Image.new("RGB", (8, 6))
            image.info["exif"] = block_of(tag, type_, count, value)
            metadata = read_metadata(image)
            assert (metadata.taken_at, metadata.lens, metadata.gps) == (None, "", None)
            assert metadata.camera.isprintable()
            assert 1 <= metadata.orientation <= 8


def test_taken_at_prefers_the_original_then_the_digitized_then_any():
    first, second, third = "2001:01:01 00:00:00", "2002:01:01 00:00:00", "2003:01:01 00:00:00"

    def taken_at(original, digitized, any_):
        details = {Base.DateTimeOriginal: original, Base.DateTimeDigitized: digitized}
        return metadata_of(main={Base.DateTime: any_}, details=details).taken_at

    assert taken_at(first, second, third) == datetime(2001, 1, 1)
    assert taken_at("0000", second, third) == datetime(2002, 1, 1)
    assert taken_at("", "", third) == datetime(2003, 1, 1)


def test_a_tiff_which_pillow_itself_turns(encoded):
    tags = ImageFileDirectory_v2()
    tags[IFD.Exif] = {Base.DateTimeOriginal: "2024:05:06 07:08:09", Base.LensModel: "RF 50mm"}
    tags[IFD.GPSInfo] = NORTH_EAST
    tags[Base.DateTime] = "2025:01:01 00:00:00"
    tags[Base.Model] = "EOS R5"
    tags[Base.Orientation] = 8
    opened = open_upright(encoded(Image.new("RGB", (40, 30)), "TIFF", tiffinfo=tags), "x")
    assert opened.metadata == Metadata(
        datetime(2024, 5, 6, 7, 8, 9), "EOS R5", "RF 50mm", (48.858306, 2.2945), orientation=8
    )
    assert opened.image.size == (30, 40)


@pytest.mark.parametrize(
    ("maker", "model", "camera"),
    [
        ("Canon", "Canon EOS R5", "Canon EOS R5"),
        ("Apple", "iPhone 15 Pro", "Apple iPhone 15 Pro"),
        ("NIKON CORPORATION", "NIKON D850", "NIKON D850"),
        ("LG Electronics", "LG-H870", "LG-H870"),
        ("samsung", "Samsung Galaxy", "Samsung Galaxy"),
        ("OLYMPUS IMAGING CORP.  ", "E-M5", "OLYMPUS IMAGING CORP. E-M5"),
        ("SONY", "", "SONY"),
        ("", "ILCE-7M3", "ILCE-7M3"),
        ("Sony\0\0\0\0", "  ILCE\t7M3\r\n", "Sony ILCE 7M3"),
        ("Kodak", "D\x1b[31mC\x07 2\x7f", "Kodak D[31mC 2"),
        ("----", "????", ""),
        ("", "", ""),
    ],
)
def test_camera(maker, model, camera):
    assert metadata_of(main={Base.Make: maker, Base.Model: model}).camera == camera


def test_texts_are_bounded_and_can_be_printed():
    hostile = "\x00".join(["x" * 30_000]) + "\x7f" * 100
    camera = metadata_of(main={Base.Make: "M" * 30_000, Base.Model: hostile}).camera
    assert camera == "M" * 64 + " " + "x" * 64


@pytest.mark.parametrize(
    ("details", "lens"),
    [
        ({Base.LensModel: "EF24-70mm f/2.8L", Base.LensMake: "Canon"}, "EF24-70mm f/2.8L"),
        ({Base.LensMake: "Canon", Base.LensSpecification: (24.0, 70.0, 2.8, 2.8)}, "Canon 24–70mm f/2.8"),
        ({Base.LensMake: "Zeiss", Base.LensSpecification: (50.0, 50.0, 1.4, 1.4)}, "Zeiss 50mm f/1.4"),
        ({Base.LensSpecification: (IFDRational(50), IFDRational(50), UNKNOWN, UNKNOWN)}, "50mm"),
        ({Base.LensMake: "Zeiss", Base.LensSpecification: (UNKNOWN,) * 4}, "Zeiss"),
        ({Base.LensMake: "Zeiss", Base.LensModel: "----"}, "Zeiss"),
        ({Base.LensSpecification: (0.0, 0.0, 0.0, 0.0)}, ""),
        ({Base.LensSpecification: (50.0,)}, ""),
        ({Base.LensSpecification: "50mm"}, ""),
        ({}, ""),
    ],
)
def test_lens(details, lens):
    assert metadata_of(details=details).lens == lens


class TestGPS:
    def test_minutes_and_seconds_are_parts_of_a_degree(self):
        assert metadata_of(place=NORTH_EAST).gps == pytest.approx((48 + 51 / 60 + 29.9 / 3600, 2.2945), abs=1e-6)

    def test_south_and_west_are_negative(self):
        place = NORTH_EAST | {GPS.GPSLatitudeRef: "S", GPS.GPSLongitudeRef: "w"}
        assert metadata_of(place=place).gps == (-48.858306, -2.2945)

    @pytest.mark.parametrize("corner", [(90.0, 0.0, 0.0), (89.0, 60.0, 0.0), (0.0, 0.0, 0.0)])
    def test_the_whole_range(self, corner):
        assert metadata_of(place=NORTH_EAST | {GPS.GPSLatitude: corner}).gps is not None

    @pytest.mark.parametrize(
        "wrong",
        [
            (90.0, 0.0, 0.1),
            (91.0, 0.0, 0.0),
            (48.0, 60.1, 0.0),
            (48.0, 0.0, 61.0),
            (48.0, 51.0),
            (48.0,),
            48.0,
            (IFDRational(48, 0), 51.0, 29.9),
            (48.0, IFDRational(0, 0), 29.9),
            (48.0, 51.0, IFDRational(1, 0)),
        ],
    )
    def test_what_is_no_latitude(self, wrong):
        assert metadata_of(place=NORTH_EAST | {GPS.GPSLatitude: wrong}).gps is None

    @pytest.mark.parametrize("reference", ["", "E", "X", "\0", 1, None])
    def test_what_is_neither_north_nor_south(self, reference):
        place = NORTH_EAST | {GPS.GPSLatitudeRef: reference}
        assert metadata_of(place={tag: value for tag, value in place.items() if value is not None}).gps is None

    def test_the_placeholder_of_a_camera_that_does_not_know(self):
        nowhere = (IFDRational(0, 1),) * 3
        assert metadata_of(place={GPS.GPSLatitude: nowhere, GPS.GPSLongitude: nowhere}).gps is None

    def test_half_a_place_is_none(self):
        assert metadata_of(place={GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (48.0, 51.0, 29.9)}).gps is None

    def test_a_place_is_made_of_finite_numbers(self):
        gps = metadata_of(place=NORTH_EAST).gps
        assert all(map(math.isfinite, gps))


@pytest.mark.parametrize(("written", "orientation"), [(1, 1), (6, 6), (8, 8), (0, 1), (9, 1), (65535, 1)])
def test_orientation(written, orientation):
    assert metadata_of(main={Base.Orientation: written}).orientation == orientation


def test_a_part_that_cannot_be_read_leaves_the_others():
    block = exif_of(main={Base.Model: "EOS R5"}, details={Base.LensModel: "RF 50mm"}, place=NORTH_EAST).tobytes()
    pointer = block.index(struct.pack(">HHL", IFD.GPSInfo, 4, 1)) + 8
    image = Image.new("RGB", (8, 6))
    image.info["exif"] = block[:pointer] + b"\xff\xff\xff\xff" + block[pointer + 4 :]
    assert read_metadata(image) == Metadata(camera="EOS R5", lens="RF 50mm")


def test_a_block_of_more_than_a_megabyte_is_not_read():
    assert metadata_of(main={Base.Model: "EOS R5", Base.UserComment: b"x" * (1 << 20)}) == Metadata()


def packet(content, attributes=""):
    """XMP as Adobe's programs write it (XMP specification, part 1)."""
    names = " ".join(
        f'xmlns:{short}="http://ns.adobe.com/{name}/1.0/"'
        for short, name in (("exif", "exif"), ("photoshop", "photoshop"), ("xmp", "xap"))
    )
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {names} {attributes}>{content}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>" + " " * 100 + '<?xpacket end="w"?>'
    )


def taken_at_by(xmp, **written):
    image = Image.new("RGB", (8, 6))
    image.info |= {"xmp": xmp.encode() if isinstance(xmp, str) else xmp}
    if written:
        image.info["exif"] = exif_of(**written).tobytes()
    return read_metadata(image).taken_at


class TestXmp:
    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ("2024", datetime(2024, 1, 1)),
            ("2024-05", datetime(2024, 5, 1)),
            ("2024-05-06", datetime(2024, 5, 6)),
            ("2024-05-06T07:08", datetime(2024, 5, 6, 7, 8)),
            ("2024-05-06T07:08Z", datetime(2024, 5, 6, 7, 8)),
            ("2024-05-06T07:08:09", datetime(2024, 5, 6, 7, 8, 9)),
            ("2024-05-06T07:08:09.25+05:30", datetime(2024, 5, 6, 7, 8, 9)),
            ("2024-05-06T24:00:00", datetime(2024, 5, 7)),
            ("2024-13", None),
            ("", None),
        ],
    )
    def test_dates_of_any_length(self, written, expected):
        assert taken_at_by(packet(f"<xmp:CreateDate>{written}</xmp:CreateDate>")) == expected
        assert taken_at_by(packet("", f'photoshop:DateCreated="{written}"')) == expected

    def test_what_is_nearest_to_the_shot_counts(self):
        every = [
            ("exif:DateTimeOriginal", 2001), ("photoshop:DateCreated", 2002), ("exif:DateTimeDigitized", 2003),
            ("xmp:CreateDate", 2004),
        ]  # fmt: skip
        for first in range(4):
            content = "".join(f"<{name}>{year}-01-02</{name}>" for name, year in reversed(every[first:]))
            assert taken_at_by(packet(content)) == datetime(2001 + first, 1, 2)

    def test_exif_goes_before_but_the_time_of_the_last_change(self):
        xmp = packet("<xmp:CreateDate>2010-01-01</xmp:CreateDate>")
        changed = {Base.DateTime: "2022:01:01 00:00:00"}
        assert taken_at_by(xmp, details={Base.DateTimeOriginal: "2009:01:01 00:00:00"}) == datetime(2009, 1, 1)
        assert taken_at_by(xmp, main=changed) == datetime(2010, 1, 1)
        assert taken_at_by(b"<", main=changed) == datetime(2022, 1, 1)

    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
    def test_every_format_that_holds_a_packet(self, format, encoded):
        xmp = packet("<xmp:CreateDate>2024-05-06T07:08:09</xmp:CreateDate>").encode()
        if format == "PNG":
            info = PngInfo()
            info.add_itxt("XML:com.adobe.xmp", xmp.decode())
            options = {"pnginfo": info}
        else:
            options = {"tiffinfo": {700: xmp}} if format == "TIFF" else {"xmp": xmp}  # type: ignore[dict-item]
        opened = open_upright(encoded(Image.new("RGB", (64, 64)), format, **options), "x")
        assert opened.metadata.taken_at == datetime(2024, 5, 6, 7, 8, 9)

    @pytest.mark.parametrize(
        "hostile",
        [
            b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>',
            b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>',
            b"<a>" * 200_000,
            b"<a>" * 100_000 + b"</a>" * 100_000,
            packet("<xmp:CreateDate>2024</xmp:CreateDate>").encode() + b" " * (1 << 20),
            b"\xff\xfe",
            b"\0" * 50,
        ],
    )
    def test_what_is_hostile_or_broken_says_nothing(self, hostile):
        assert taken_at_by(hostile) is None


def test_dates_by_iptc():
    def taken_at(*records):
        image = Image.new("RGB", (8, 6))
        block = b"".join(b"\x1c\x02" + struct.pack(">BH", tag, len(text)) + text for tag, text in records)
        image.info["photoshop"] = {0x0404: block}
        return read_metadata(image).taken_at

    assert taken_at((55, b"20240506"), (60, b"070809+0200")) == datetime(2024, 5, 6, 7, 8, 9)
    assert taken_at((5, b"title"), (55, b"20240506")) == datetime(2024, 5, 6)
    assert taken_at((55, b"00000000"), (60, b"070809+0200")) is None
    assert taken_at((60, b"070809+0200")) is None
