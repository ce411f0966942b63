"""The hostile set: what disks and archives hold in the wild, and what is made to do harm; each kind makes its own files
and says what must become of them."""

import os
import socket
import stat
import struct
import zlib
from collections.abc import Callable
from contextlib import closing, suppress
from functools import cache
from io import BytesIO
from itertools import count
from pathlib import Path
from shutil import rmtree
from typing import Any, NamedTuple
from zipfile import ZIP_LZMA, ZIP_STORED

from PIL import Image
from PIL.ExifTags import IFD, Base

from core.images.files import FORMATS, suffix_of
from core.ingest.progress import Outcome
from tests.colours import COLOURS
from tests.zips import zipped


class Fate(NamedTuple):
    """What must become of a file."""

    path: str
    """Below the folder that a kind is given."""
    outcome: Outcome
    says: str = ""
    """Part of the reason."""
    colour: str = ""
    """What it is found by."""


def added(path: str, colour: str = "red", says: str = "") -> Fate:
    return Fate(path, Outcome.ADDED, says, colour)


def failed(path: str, says: str) -> Fate:
    return Fate(path, Outcome.FAILED, says)


def skipped(path: str, says: str) -> Fate:
    return Fate(path, Outcome.SKIPPED, says)


type Kind = Callable[[Path], list[Fate]]
"""Puts its files into an empty folder, and says what must become of them; what is left out without a word is not
among them."""

_widths = count(64)


def plain(mode: str = "RGB", colour: str = "") -> Image.Image:
    """A picture of one colour: white where the mode has no other, else red. No two have the same size, nor bytes."""
    size = (next(_widths), 32)
    match mode:
        case "I" | "F" | "I;16" | "I;16B":
            return Image.new(mode, size, 65535)
        case "LAB":
            return Image.new(mode, size, (255, 128, 128))
    image = Image.new("RGB", size, COLOURS[colour or colour_of(mode)])
    return image.convert({"La": "LA", "RGBa": "RGBA", "PA": "P"}.get(mode, mode)).convert(mode)


def colour_of(mode: str) -> str:
    return "white" if mode[0] in "1LIF" else "red"


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def png(colour: str = "red") -> bytes:
    return saved(plain(colour=colour), "PNG")


def jpeg(**options: Any) -> bytes:
    return saved(plain(), "JPEG", **options)


def animated(format: str) -> bytes:
    first = plain()
    others = [Image.new("RGB", first.size, colour) for colour in ("blue", "green")]
    return saved(first, format, save_all=True, append_images=others)


def one(fate: Fate, data: Callable[[], bytes]) -> Kind:
    def put(folder: Path) -> list[Fate]:
        (folder / fate.path).write_bytes(data())
        return [fate]

    return put


def several(*kinds: Kind) -> Kind:
    return lambda folder: [fate for kind in kinds for fate in kind(folder)]


# --- Pictures of all formats ------------------------------------------------------------------------------------------

MODES = (
    "1",
    "L",
    "LA",
    "La",
    "P",
    "PA",
    "RGB",
    "RGBA",
    "RGBa",
    "RGBX",
    "CMYK",
    "YCbCr",
    "LAB",
    "HSV",
    "I",
    "I;16",
    "F",
)


COMPRESSIONS = [("RGB", name) for name in ("tiff_lzw", "tiff_adobe_deflate", "jpeg", "zstd", "lzma")]
COMPRESSIONS += [("CMYK", "packbits"), ("1", "group3"), ("1", "group4"), ("1", "tiff_ccitt")]


def every_mode(format: str) -> Kind:
    """A file for each mode that Pillow writes in a format."""

    def put(folder: Path) -> list[Fate]:
        written: dict[bytes, Fate] = {}
        for mode in MODES:
            # Uncompressed YCbCr is the one TIFF that Pillow writes and cannot read.
            options = {"compression": "tiff_lzw"} if (mode, format) == ("YCbCr", "TIFF") else {}
            with suppress(OSError, ValueError, KeyError, DeprecationWarning):
                data = saved(plain(mode), format, **options)
                written[data] = added(f"{mode.replace(';', '-')}{suffix_of(format)}", colour_of(mode))
        for data, fate in written.items():
            (folder / fate.path).write_bytes(data)
        return list(written.values())

    return put


def turned(format: str, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    return saved(plain(), format, exif=exif.tobytes())


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(size: tuple[int, int], *chunks: bytes, pixels: bytes | None = None) -> bytes:
    """A PNG of 8-bit RGB made by hand, by default of red pixels."""
    rows = pixels if pixels is not None else (b"\0" + b"\xff\0\0" * size[0]) * size[1]
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    ending = chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + ending


def tiff(*entries: tuple[int, int, int, int], pixels: bytes = b"", following: int = 0) -> bytes:
    """A TIFF made by hand: the directory at 8, pixels behind it. Entries are tag, type, count and value."""
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHLL", *entry) for entry in sorted(entries))
    return b"II*\0" + struct.pack("<L", 8) + directory + struct.pack("<L", following) + pixels


def grey_tiff(size: tuple[int, int], following: int = 0, **changes: int) -> bytes:
    """One strip of white pixels; `changes` are values by the names of tags."""
    tags = {"width": 256, "height": 257, "bits": 258, "compression": 259, "photometric": 262, "offset": 273}
    tags |= {"samples": 277, "rows": 278, "bytes": 279}
    offset = 8 + 2 + 12 * len(tags) + 4
    values = {"width": size[0], "height": size[1], "bits": 8, "compression": 1, "photometric": 1, "offset": offset}
    values |= {"samples": 1, "rows": size[1], "bytes": min(size[0] * size[1], 4096)} | changes
    pixels = b"\xff" * min(size[0] * size[1], 4096)
    return tiff(*((tags[name], 4, 1, value) for name, value in values.items()), pixels=pixels, following=following)


def pcx_book() -> bytes:
    return struct.pack("<3L", 0x3ADE68B1, 12, 0) + saved(plain(), "PCX")


def cursor() -> bytes:
    icon = bytearray(saved(Image.new("RGB", (32, 32), "red"), "ICO", bitmap_format="bmp"))
    icon[2] = 2
    return bytes(icon)


def photoshop(width: int, height: int) -> bytes:
    header = b"8BPS" + struct.pack(">H6xHLLHH", 1, 3, height, width, 8, 3) + bytes(12 + 2)
    return header + b"\xff" * min(width * height, 4096) + bytes(2 * min(width * height, 4096))


def sun_raster() -> bytes:
    return struct.pack(">8L", 0x59A66A95, 32, 32, 24, 0, 1, 0, 0) + b"\0\0\xff" * 32 * 32


def fits() -> bytes:
    cards = ["SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    2"]
    cards += ["NAXIS1  =                   32", "NAXIS2  =                   32", "END"]
    return "".join(card.ljust(80) for card in cards).ljust(2880).encode() + b"\xff" * 32 * 32


XPM = b'/* XPM */\nstatic char *x[] = {\n"8 8 1 1",\n"a c #FF0000",\n' + b'"aaaaaaaa",\n' * 7 + b'"aaaaaaaa"\n};\n'

PICTURES: dict[str, Kind] = {f"{name} in every mode": every_mode(name) for name in sorted({*FORMATS} & set(Image.SAVE))}
PICTURES |= {
    "every compression of TIFF": several(
        *(
            one(
                added(f"{method}.tif", colour_of(mode)),
                lambda method=method, mode=mode: saved(plain(mode), "TIFF", compression=method),
            )
            for mode, method in COMPRESSIONS
        )
    ),
    "animations and documents": several(
        *(
            one(added(f"{format}{suffix_of(format)}"), lambda format=format: animated(format))
            for format in ("GIF", "WEBP", "PNG", "AVIF", "HEIF", "TIFF", "MPO")
        )
    ),
    "every turn of EXIF": several(
        *(
            one(added(f"{way}{suffix_of(format)}"), lambda format=format, way=way: turned(format, way))
            for format in ("JPEG", "PNG", "WEBP", "TIFF", "HEIF")
            for way in range(1, 9)
        )
    ),
}
PICTURES |= {
    "progressive JPEG": one(added("x.jpg"), lambda: jpeg(progressive=True)),
    "JPEG of the lowest quality": one(added("x.jpg"), lambda: jpeg(quality=1)),
    "JPEG 2000 code stream": one(added("x.j2k"), lambda: saved(plain(), "JPEG2000", no_jp2=True)),
    "lossless WebP with alpha": one(added("x.webp"), lambda: saved(plain("RGBA"), "WEBP", lossless=True)),
    "transparent black": one(added("x.png", "white"), lambda: saved(Image.new("RGBA", (next(_widths), 8)), "PNG")),
    "one transparent colour": one(added("x.png", "white"), lambda: saved(plain(), "PNG", transparency=(255, 0, 0))),
    "transparent GIF": one(added("x.gif", "white"), lambda: saved(Image.new("RGBA", (next(_widths), 8)), "GIF")),
    "PNG of 16 bits a channel": one(
        added("x.png"),
        lambda: png_of((32, 32)).replace(
            chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 2, 0, 0, 0)),
            chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 32, 16, 2, 0, 0, 0)),
        ),
    ),
    "block compressed DDS": one(added("x.dds"), lambda: saved(plain("RGBA"), "DDS", pixel_format="DXT5")),
    "run-length encoded TGA": one(added("x.tga"), lambda: saved(plain(), "TGA", compression="tga_rle")),
    "Photoshop": one(added("x.psd"), lambda: photoshop(32, 32)),
    "X pixmap": one(added("x.xpm"), lambda: XPM),
    "Sun raster": one(added("x.ras"), sun_raster),
    "FITS of astronomers": one(added("x.fits", "white"), fits),
    "pages of PCX": one(added("x.dcx"), pcx_book),
    "cursor": one(added("x.cur"), cursor),
    "a single pixel": one(added("x.png"), lambda: saved(Image.new("RGB", (1, 1), "red"), "PNG")),
    "a line 30,000 pixels long": one(added("x.png"), lambda: saved(Image.new("RGB", (30_000, 1), "red"), "PNG")),
    "a line 30,000 pixels high": one(added("x.jpg"), lambda: saved(Image.new("RGB", (1, 30_000), "red"), "JPEG")),
    "other endings for the same format": several(
        one(added("a.JPG"), jpeg), one(added("b.Jpeg"), jpeg), one(added("c.jfif"), jpeg), one(added("d.PNG"), png),
        one(added("e.TIFF"), lambda: saved(plain(), "TIFF")),
    ),
    "a picture under the name of another format": several(
        one(added("png.jpg"), png), one(added("jpeg.png"), jpeg), one(added("webp.gif"), lambda: saved(plain(), "WEBP")),
        one(added("heic.jpg"), lambda: saved(plain(), "HEIF")), one(added("gif.webp"), lambda: saved(plain(), "GIF")),
    ),
    "a picture with an archive behind it": one(added("x.png"), lambda: png() + zipped({"evil.png": png()})),
    "a picture with a script behind it": one(added("x.gif"), lambda: saved(plain(), "GIF") + b"<?php system('id'); ?>"),
    "EXIF that is nonsense": one(added("x.jpg"), lambda: jpeg(exif=b"Exif\0\0" + bytes(range(256)))),
    "an orientation that does not exist": one(added("x.jpg"), lambda: turned("JPEG", 9)),
    "a colour profile that is nonsense": one(added("x.jpg"), lambda: jpeg(icc_profile=b"no profile" * 999)),
    "a comment of 64 kB": one(added("x.jpg"), lambda: jpeg(comment=b"x" * 65_000)),
    "PNG without its end mark": one(added("x.png"), lambda: png()[:-12]),
    "two files of the same bytes": lambda folder: twice(folder),
}  # fmt: skip


def twice(folder: Path) -> list[Fate]:
    (folder / "a.png").write_bytes(data := png())
    (folder / "b.png").write_bytes(data)
    return [added("a.png"), Fate("b.png", Outcome.DUPLICATE, "Same bytes as", "red")]


# --- Damaged, or no pictures ------------------------------------------------------------------------------------------


def cut(format: str, share: float) -> Callable[[], bytes]:
    def data() -> bytes:
        whole = saved(Image.effect_noise((next(_widths), 48), 90).convert("RGB"), format)
        return whole[: int(len(whole) * share)]

    return data


def changed(data: bytes, place: int, value: bytes) -> bytes:
    return data[:place] + value + data[place + len(value) :]


def flipped(data: bytes, place: int) -> bytes:
    return changed(data, place, bytes([data[place] ^ 0x10]))


DAMAGED: dict[str, Kind] = {
    f"{format} that is cut": several(
        *(one(failed(f"{share}{suffix_of(format)}", "Copy it again"), cut(format, share)) for share in (0.1, 0.5, 0.9))
    )
    for format in ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "HEIF", "AVIF", "BMP")
}
DAMAGED |= {
    f"{what} called .jpg": one(failed("x.jpg", says), lambda data=data: data)
    for what, says, data in (
        ("nothing", "is empty", b""), ("one byte", "Copy it again", b"\xff"),
        ("a text", "a text", b"Dear diary, today I was no picture.\n"),
        ("a web page", "a web page", b"<!DOCTYPE html><html><body>404</body></html>"),
        ("a PDF", "a PDF document", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"),
        ("a film", "a film", b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(999)),
        ("a drawing", "an SVG drawing", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("an archive", "an archive", zipped({"x.png": b"1"})),
        ("PostScript", "PostScript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
        ("JPEG XL", "a JPEG XL picture", b"\xff\x0a\xfa\x1f\x00"),
        ("a program", "no picture of a known format", b"\x7fELF\2\1\1" + bytes(99)),
        ("zero bytes", "no picture of a known format", bytes(5000)),
        ("noise", "no picture of a known format", bytes(range(200, 256)) * 9),
    )
}  # fmt: skip
DAMAGED |= {
    "a PNG header and no more": one(failed("x.png", "Copy it again"), lambda: png()[:33]),
    "a JPEG header and no more": one(failed("x.jpg", "truncated"), lambda: jpeg()[:200]),
    "a flipped bit in the pixels of a PNG": one(failed("x.png", "damaged"), lambda: flipped(png(), 50)),
    "a flipped bit in the header of a PNG": one(failed("x.png", "damaged"), lambda: flipped(png(), 18)),
    "a flipped bit in the beginning of a JPEG": one(failed("x.jpg", "its beginning"), lambda: flipped(jpeg(), 0)),
    "a PNG without width": one(failed("x.png", ""), lambda: png_of((0, 5))),
    "a JPEG without height": one(failed("x.jpg", ""), lambda: of_size(jpeg(), b"\xff\xc0", 5, ">HH", 0, 32)),
    "pictures under other names": several(
        one(skipped("jpeg.txt", "Not a picture by its name."), jpeg), one(skipped("jpeg", "Not a picture"), jpeg),
        one(skipped("x.JPG~", "Not a picture"), jpeg), one(skipped("x.jpg.part", "Not a picture"), jpeg),
        one(skipped("x.svg", "Not a picture"), lambda: b"<svg/>"), one(skipped("x.eps", "Not a picture"), jpeg),
    ),
    "an archive in a folder": one(skipped("x.zip", "add it as a source"), lambda: zipped({"x.png": png()})),
    "an animation whose second frame is cut": one(
        added("x.gif"), lambda: animated("GIF")[:-20]
    ),
    "a TIFF whose second page is cut": one(added("x.tif"), lambda: animated("TIFF")[:-50]),
}  # fmt: skip


# --- Made to do harm --------------------------------------------------------------------------------------------------


def of_size(data: bytes, mark: bytes, after: int, layout: str, *size: int) -> bytes:
    """A picture whose header claims another size."""
    return changed(data, data.index(mark) + after, struct.pack(layout, *size))


@cache
def flood() -> bytes:
    return zlib.compress(bytes(100_000_000))


HUGE: dict[str, Callable[[], bytes]] = {
    "a.png": lambda: png_of((50_000, 50_000), pixels=b"\0"),
    "b.png": lambda: png_of((2**31 - 1, 2**31 - 1), pixels=b"\0"),
    "a.jpg": lambda: of_size(jpeg(), b"\xff\xc0", 5, ">HH", 65_500, 65_500),
    "b.jpg": lambda: of_size(jpeg(progressive=True), b"\xff\xc2", 5, ">HH", 65_500, 65_500),
    "a.gif": lambda: changed(saved(plain(), "GIF"), 6, b"\xff" * 4),
    "b.gif": lambda: of_size(saved(plain(), "GIF"), b"\x2c\0\0\0\0", 5, "<HH", 65_535, 65_535),
    "a.tif": lambda: grey_tiff((60_000, 60_000)),
    "b.tif": lambda: grey_tiff((2**31 - 1, 2**31 - 1)),
    "a.bmp": lambda: changed(saved(plain(), "BMP"), 18, struct.pack("<ll", 60_000, -60_000)),
    "a.ico": lambda: struct.pack("<HHHBBBBHHII", 0, 1, 1, 16, 16, 0, 0, 1, 32, 99, 22) + HUGE["a.png"](),
    "a.webp": lambda: of_size(saved(plain(), "WEBP", exif=looped_exif()), b"VP8X", 12, "<HBHB", 16_383, 0, 16_383, 0),
    "a.jp2": lambda: of_size(saved(plain(), "JPEG2000"), b"ihdr", 4, ">LL", 60_000, 60_000),
    "a.j2k": lambda: of_size(saved(plain(), "JPEG2000", no_jp2=True), b"\xff\x51", 6, ">LL", 60_000, 60_000),
    "a.avif": lambda: of_size(saved(plain(), "AVIF"), b"ispe", 8, ">LL", 60_000, 60_000),
    "a.heic": lambda: of_size(saved(plain(), "HEIF"), b"ispe", 8, ">LL", 60_000, 60_000),
    "a.psd": lambda: photoshop(60_000, 60_000),
    "a.ppm": lambda: b"P6 60000 60000 255\n" + bytes(99),
    "a.tga": lambda: changed(saved(plain(), "TGA"), 12, b"\xff" * 4),
    "a.qoi": lambda: changed(saved(plain(), "QOI"), 4, struct.pack(">LL", 60_000, 60_000)),
    "a.dds": lambda: changed(saved(plain(), "DDS"), 12, struct.pack("<LL", 60_000, 60_000)),
    "a.sgi": lambda: changed(saved(plain(), "SGI"), 6, b"\xff" * 4),
    "a.pcx": lambda: changed(saved(plain(), "PCX"), 8, b"\xfe\xff" * 2),
    "a.xpm": lambda: XPM.replace(b"8 8 1 1", b"60000 60000 1 1"),
    "a.fits": lambda: fits().replace(b"   32", b"60000"),
}
HARMFUL: dict[str, Kind] = {
    "headers that claim to be huge": several(*(one(failed(name, name), data) for name, data in HUGE.items()))
}
HARMFUL |= {
    f"a PNG with {what} that unpacks to 100 MB": one(
        failed("x.png", "damaged"), lambda kind=kind, head=head: png_of((4, 1), chunk(kind, head + flood()))
    )
    for what, kind, head in (
        ("a text", b"zTXt", b"Comment\0\0"), ("a text in Unicode", b"iTXt", b"Comment\0\1\0\0\0"),
        ("a profile", b"iCCP", b"profile\0\0"),
    )
}  # fmt: skip
HARMFUL |= {
    "a PNG with 200 texts of 1 MB": one(
        failed("x.png", "damaged"),
        lambda: png_of((4, 1), chunk(b"zTXt", b"x\0\0" + zlib.compress(b"x" * 1_000_000)) * 200),
    ),
    "a PNG that unpacks to more than its pixels": one(
        added("x.png"), lambda: png_of((4, 1), pixels=b"\0" + b"\xff\0\0" * 4 + bytes(100_000_000))
    ),
    "a directory that follows itself": one(added("x.tif", "white"), lambda: grey_tiff((30, 30), following=8)),
    "a TIFF whose strips lie elsewhere": one(failed("x.tif", ""), lambda: grey_tiff((30, 30), offset=2**31)),
    "a TIFF without bits": one(failed("x.tif", ""), lambda: grey_tiff((30, 30), bits=0)),
    "a TIFF with 65,535 samples a pixel": one(failed("x.tif", ""), lambda: grey_tiff((30, 30), samples=65_535)),
    "a TIFF with rows of no height": one(failed("x.tif", "damaged"), lambda: grey_tiff((30, 30), rows=0)),
    "a TIFF value of 4 GB": one(
        failed("x.tif", ""), lambda: tiff((256, 4, 1, 30), (257, 4, 1, 30), (273, 4, 2**32 - 1, 8))
    ),
    "EXIF whose directories contain each other": one(added("x.jpg"), lambda: jpeg(exif=looped_exif())),
    "an animation that claims 2,147,483,647 frames": one(
        added("x.png"), lambda: png_of((9, 9), chunk(b"acTL", struct.pack(">LL", 2**31 - 1, 0)))
    ),
    "an animation of 20,000 frames": one(added("x.gif"), lambda: long_animation(20_000)),
    "a TIFF whose next page lies elsewhere": one(added("x.tif", "white"), lambda: grey_tiff((31, 30), following=2**31)),
    "a TIFF whose next page is something else": one(
        added("x.tif", "white"), lambda: grey_tiff((32, 30), following=300) + bytes(300)
    ),
    "a TIFF of 30,000 pages": one(added("x.tif", "white"), lambda: long_tiff(30_000)),
    "a file larger than any picture": lambda folder: sparse(folder),
}


def looped_exif() -> bytes:
    pointers = [(IFD.Exif, 4, 1, 8), (IFD.GPSInfo, 4, 1, 8), (Base.SubIFDs, 4, 1, 8)]
    return b"Exif\0\0" + tiff(*pointers, following=8)


def long_tiff(pages: int) -> bytes:
    """All with the pixels of the first, and one more that leads back to it."""
    first = grey_tiff((33, 30))
    end = first.index(b"\xff" * 33 * 30) - 4
    starts = [8, *range(len(first), len(first) + pages * (end - 4), end - 4)]
    return (
        first[:end]
        + struct.pack("<L", starts[1])
        + first[end + 4 :]
        + b"".join(first[8:end] + struct.pack("<L", following) for following in [*starts[2:], 8])
    )


def long_animation(count: int) -> bytes:
    whole = saved(Image.new("RGB", (1, 1), "red"), "GIF")
    start = whole.index(b"\x2c")
    return whole[:start] + whole[start:-1] * count + b";"


def sparse(folder: Path) -> list[Fate]:
    with (folder / "x.jpg").open("wb") as file:
        file.truncate(5 << 30)
    return [failed("x.jpg", "larger than 1 GiB")]


# --- Names ------------------------------------------------------------------------------------------------------------


def named(*names: str) -> Kind:
    return several(*(one(added(name), png) for name in names))


NAMES: dict[str, Kind] = {
    "a name that is not UTF-8": named(os.fsdecode(b"caf\xe9.png")),
    "a name of half a character": named(os.fsdecode(b"\xe2\x82.png")),
    "a name of 255 bytes": named("n" * 251 + ".png"),
    "a name of 255 bytes of UTF-8": named("é" * 125 + "x.png"),
    "a name with a line break": named("a\nb.png", "a\r\nc.png"),
    "a name with a tab": named("a\tb.png"),
    "a name with a bell and an escape": named("\a\x1b[31mred\x7f.png"),
    "a name that is written from right to left": named("\u202egnp.exe.png"),
    "a name of emoji": named("👩\u200d👩\u200d👧 🏳️\u200d🌈.png"),
    "a name with invisible characters": named("a\u200bb\ufeff\u2028.png"),
    "a name with a dash in front": named("-rf.png", "--help.png"),
    "a name with quotes": named("'\"`.png", "it's.png"),
    "a name with percent signs": named("%2e%2e%2fa.png", "100%.png", "%s%n.png", "%00.png"),
    "a name with backslashes": named("b\\..\\..\\a.png", "C:\\a.png", "\\\\server\\a.png"),
    "a name of a command": named("$(reboot).png", "; rm -rf *.png", "| cat.png"),
    "a name of SQL": named("'; DROP TABLE files; --.png", "%_.png"),
    "a name of HTML": named("<img src=x onerror=alert(1)>.png"),
    "a name of Markdown": named("[a](b) **c** $d$ :red[e].png"),
    "a name like an address": named("https:..example.com?a=b&c=d#e.png"),
    "a name that Windows reserves": named("CON.png", "aux.png", "NUL.png", "a:b.png"),
    "a name with spaces around": named(" a .png", "\u00a0b.png"),
    "a name with a space behind": one(skipped("x.png ", "Not a picture"), png),
    "a name of dots": several(one(added("a....png"), png), one(skipped("x...", "Not a picture"), png)),
    "names that are hidden": lambda folder: hidden(folder),
    "names that differ in case": named("a.png", "A.png", "a.PNG", "A.PNG"),
    "names that differ in the normal form": named("\u00e9.png", "e\u0301.png"),
    "the same name in two folders": lambda folder: [*below(folder, "a"), *below(folder, "b")],
    "a folder named as a picture": lambda folder: below(folder, "x.jpg"),
    "a folder named as an archive": lambda folder: below(folder, "x.zip"),
    "a folder that is not UTF-8": lambda folder: below(folder, os.fsdecode(b"\xff")),
    "folders 300 deep": lambda folder: below(folder, "/".join("d" * 300)),
    "folders deeper than a path can be long": lambda folder: too_deep(folder),
    "a date of 1901, 1970 and 2446": lambda folder: dated(folder),
}


def hidden(folder: Path) -> list[Fate]:
    for name in (".png", "...png", "._x.png", ".x.png", "@eaDir/x.png", "__MACOSX/x.png", ".git/x.png", "Thumbs.db"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(png())
    return []


def below(folder: Path, name: str) -> list[Fate]:
    (folder / name).mkdir(parents=True)
    (folder / name / "x.png").write_bytes(png())
    return [added(f"{name}/x.png")]


def too_deep(folder: Path) -> list[Fate]:
    """A picture where no path leads: it is made step by step, from folder to folder."""
    at, path = os.open(folder, os.O_RDONLY), ""
    while len(os.fsencode(folder / path)) < 4096:
        path = f"{path}/{'d' * 250}".lstrip("/")
        os.mkdir("d" * 250, dir_fd=at)
        inner = os.open("d" * 250, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    with os.fdopen(os.open("x.png", os.O_WRONLY | os.O_CREAT, dir_fd=at), "wb") as file:
        file.write(png())
    os.close(at)
    return [failed(path, "File name too long")]


def dated(folder: Path) -> list[Fate]:
    for seconds in (-(2**31), 0, 2**33 + 2**32):
        (folder / f"{seconds}.png").write_bytes(png())
        os.utime(folder / f"{seconds}.png", (seconds, seconds))
    return [added(path.name) for path in folder.iterdir()]


# --- Links and what is no file ----------------------------------------------------------------------------------------


def secret_of(folder: Path) -> Path:
    """A picture outside of all that is indexed, alone in its folder."""
    return folder.parents[1] / "outside" / "secret.png"


def linked(path: str, says: str, target: Callable[[Path], Path | str]) -> Kind:
    """A link that is not followed."""

    def put(folder: Path) -> list[Fate]:
        (folder / path).symlink_to(target(folder))
        return [skipped(path, says)]

    return put


def within(*links: tuple[str, str]) -> Kind:
    """Links to what is found anyway."""

    def put(folder: Path) -> list[Fate]:
        fates = below(folder, "album")
        for path, target in links:
            (folder / path).symlink_to(target)
        return fates

    return put


OUT, NOWHERE = "leads out of the folder", "leads nowhere, or in circles"

LINKS: dict[str, Kind] = {
    "a link to a picture outside": linked("x.png", OUT, secret_of),
    "a link to a folder outside": linked("x", OUT, lambda folder: secret_of(folder).parent),
    "a relative link to a folder outside": linked("x", OUT, lambda _: "../../outside"),
    "a link to the folder above the root": linked("x", OUT, lambda _: "../.."),
    "a link to all files there are": linked("x", OUT, lambda _: "/"),
    "a link to a device": linked("x.png", OUT, lambda _: "/dev/zero"),
    "a link to the memory of this process": linked("x.png", OUT, lambda _: "/proc/self/mem"),
    "links in a chain that leads out": several(
        linked("a.png", OUT, lambda _: "b.png"), linked("b.png", OUT, lambda _: "c.png"), linked("c.png", OUT, secret_of)
    ),
    "a link that leads out and in again": within(("x", "../../pictures/../pictures")),
    "a link to nothing": linked("x.png", NOWHERE, lambda _: "nothing.png"),
    "a link to itself": linked("x.png", NOWHERE, lambda _: "x.png"),
    "links in a circle": several(
        linked("a.png", NOWHERE, lambda _: "b.png"), linked("b.png", NOWHERE, lambda _: "a.png")
    ),
    "a link through a file": linked("x.png", NOWHERE, lambda _: "../0/witness.png/x.png"),
    "a link to a picture within": within(("x.png", "album/x.png"), ("a.png", "x.png"), ("text", "album/x.png")),
    "a link to a folder within": within(("x", "album"), ("y", "x")),
    "a link to the folder it is in": within(("album/up", ".."), ("album/here", ".")),
    "a link to what is hidden": lambda folder: annex(folder),
    "two names of one file": lambda folder: hard_linked(folder),
    "a pipe named as a picture": lambda folder: pipe(folder),
    "a socket named as a picture": lambda folder: listening(folder),
}  # fmt: skip


def annex(folder: Path) -> list[Fate]:
    """A store that keeps its files aside, without endings, as git-annex does."""
    (folder / ".store").mkdir()
    (folder / ".store" / "0a1b").write_bytes(png())
    for name in ("a.png", "b.png"):
        (folder / name).symlink_to(".store/0a1b")
    return [added(".store/0a1b")]


def hard_linked(folder: Path) -> list[Fate]:
    (folder / "a.png").write_bytes(png())
    (folder / "b.png").hardlink_to(folder / "a.png")
    return [added("a.png"), Fate("b.png", Outcome.DUPLICATE, "Same bytes as", "red")]


def pipe(folder: Path) -> list[Fate]:
    os.mkfifo(folder / "x.jpg")
    return [skipped("x.jpg", "a pipe, socket or device")]


def listening(folder: Path) -> list[Fate]:
    address = folder.parents[1] / "socket"  # paths of sockets are short
    with closing(socket.socket(socket.AF_UNIX)) as one:
        one.bind(os.fspath(address))
    address.rename(folder / "x.jpg")
    return [skipped("x.jpg", "a pipe, socket or device")]


# --- Datasets ---------------------------------------------------------------------------------------------------------

NAMED, WHOLE = b"names: [cat, dog]", b"1 0.5 0.5 1 1"
BOMB = b"a: &a [x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (n, n, b", ".join([b"*%c" % (n - 1)] * 9)) for n in range(98, 107)
)


def dataset(says: str, data_file: bytes = NAMED, labels: bytes = WHOLE, note: str = "Without labels: ") -> Kind:
    """A good picture in a dataset, and what is said of its labels."""

    def put(folder: Path) -> list[Fate]:
        files = {"data.yaml": data_file, "images/x.png": png(), "labels/x.txt": labels}
        for name, data in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)
        return [added("images/x.png", says=f"{note}{says}")]

    return put


DATASETS: dict[str, Kind] = {
    "a dataset": dataset("", note=""),
    "a data.yaml that is a bomb of aliases": dataset("", BOMB + b"names: *j"),
    "a data.yaml that is no YAML": dataset("", b"names: [cat, dog"),
    "a data.yaml that is a picture": dataset("", png()),
    "a data.yaml of zero bytes": dataset("", bytes(5000)),
    "a data.yaml that is empty": dataset("", b""),
    "a data.yaml without names": dataset("", b"nc: 2"),
    "a data.yaml of 5 MB": dataset("", b"#" * (5 << 20)),
    "a data.yaml nested 10,000 deep": dataset("", b"[" * 10_000),
    "a data.yaml that runs a program": dataset("", b'!!python/object/apply:os.system ["touch pwned"]'),
    "labels out of range": dataset("", labels=b"0 7.5 0.5 1 1"),
    "labels that are negative": dataset("", labels=b"0 0.5 0.5 -1 -1"),
    "labels of a class that no number holds": dataset("", labels=b"1e999999999 0.5 0.5 1 1"),
    "labels that are no numbers": dataset("", labels=b"cat 0.5 0.5 1 1"),
    "labels that are not finite": dataset("", labels=b"0 nan inf 1 1"),
    "labels that are no text": dataset("", labels=b"\xff\xfe" * 99),
    "labels of 5 MB": dataset("", labels=(WHOLE + b"\n") * 400_000),
    "10,000 labels": dataset("", labels=(WHOLE + b"\n") * 10_000),
    "a class that has no name": dataset("", labels=b"77 0.5 0.5 1 1", note=""),
    "a data.yaml that is a link to a file outside": lambda folder: replaced_by_link(folder, "data.yaml"),
    "labels that are a link to a file outside": lambda folder: replaced_by_link(folder, "labels/x.txt"),
    "labels in a folder that is a link": lambda folder: replaced_by_link(folder, "labels"),
}


def replaced_by_link(folder: Path, name: str) -> list[Fate]:
    """A dataset of which a part leads to the like of it outside."""
    (fate,) = DATASETS["a dataset"](folder)
    outside = secret_of(folder).with_name(f"{folder.name} {name.replace('/', ' ')}")
    (folder / name).rename(outside)
    (folder / name).symlink_to(outside)
    return [fate._replace(says="Without labels: "), skipped(name, OUT)]


# --- Archives ---------------------------------------------------------------------------------------------------------


def archive(*fates: Fate, data: Callable[[], bytes]) -> Kind:
    """An archive `x.zip`, and what must become of its members, or of itself."""

    def put(folder: Path) -> list[Fate]:
        (folder / "x.zip").write_bytes(data())
        return [fate._replace(path=f"x.zip/{fate.path}".rstrip("/")) for fate in fates]

    return put


def members(*fates: Fate, **options: Any) -> Kind:
    """An archive with a picture for each of these, as `zipped` makes it."""
    return archive(*fates, data=lambda: zipped({fate.path: png() for fate in fates}, **options))


def lying(fate: Fate, **lie: Any) -> Kind:
    """An archive whose list of members says what is not so of one of two."""
    return members(fate, added("good.png"), lies={fate.path: lie})


def overlapping() -> bytes:
    """A hundred members that are all the same piece of data."""
    lies = {f"{n}.png": {"header_offset": 0} for n in range(100)}
    return zipped({name: png() for name in lies}, lies=lies)


def with_number(data: bytes, number: int) -> bytes:
    return of_size(data, b"PK\5\6", 8, "<HH", number, number)


DATASET = {"set/data.yaml": NAMED, "set/images/x.png": b"", "set/labels/x.txt": WHOLE}

OUTSIDE, SHARED = "would lead out of a folder", "its data is that of another file too"

ARCHIVES: dict[str, Kind] = {
    "an archive": members(added("a.png"), added("b/c.png"), added("b/d.png")),
    "an archive that is not compressed": members(added("a.png"), method=ZIP_STORED),
    "an archive with text before and behind it": archive(
        added("a.png"), data=lambda: b"#!/bin/sh\n" + zipped({"a.png": png()}) + b"\n" * 99
    ),
    "an archive of nothing": archive(data=lambda: zipped({})),
    "an archive in an archive": archive(
        skipped("inner.zip", "unpack it and index the folder"), data=lambda: zipped({"inner.zip": zipped({"a.png": png()})})
    ),
    "members that lead out": members(
        *(failed(name, OUTSIDE) for name in ("../a.png", "b/../../a.png", "/etc/a.png", "C:/a.png", "//server/a.png")),
        skipped("..", OUTSIDE),
    ),
    "members with backslashes": members(failed("..\\a.png", "backslashes"), failed("b\\c.png", "backslashes")),
    "members that detour": archive(
        added("a.png"), added("b/c.png"), data=lambda: zipped({"./a.png": png(), "b//./c.png": png()})
    ),
    "members with names that are too long": archive(
        failed("n" * 255, OUTSIDE), data=lambda: zipped({"n" * 255 + ".png": png()})
    ),
    "members with names of other encodings": archive(
        added("猫.png"),
        added("ä.png"),
        data=lambda: zipped({"---.png": png(), "+.png": png()}).replace(b"---", "猫".encode()).replace(b"+.", b"\x84."),
    ),
    "members that differ in case": members(added("a.png"), added("A.png"), added("A.PNG")),
    "members of the same name": archive(
        added("a.png", "blue"),
        data=lambda: zipped({"a.png": png(), "b.png": png("blue")}).replace(b"b.png", b"a.png"),
    ),
    "hidden members": archive(data=lambda: zipped({".x.png": png(), "__MACOSX/._x.png": png(), "Thumbs.db": b""})),
    "members that are links": lying(skipped("x.png", "A link or device"), external_attr=(stat.S_IFLNK | 0o777) << 16),
    "members that are devices": lying(skipped("x.png", "A link or device"), external_attr=stat.S_IFCHR << 16),
    "members that are encrypted": lying(failed("x.png", "with its password"), flag_bits=1),
    "members compressed by other methods": members(failed("x.png", "unpack the archive"), method=ZIP_LZMA),
    "members larger than they say": lying(failed("x.png", "Copy it again"), file_size=9),
    "members smaller than they say": lying(failed("x.png", "Copy it again"), file_size=9_999),
    "members of another checksum": lying(failed("x.png", "Copy it again"), CRC=1),
    "members that begin elsewhere": lying(failed("x.png", "Copy"), header_offset=2**31),
    "members of 4 GB": lying(failed("x.png", "save a smaller version"), file_size=2**32 - 2),
    "members of no date": lying(added("x.png"), date_time=(1980, 0, 0, 0, 0, 0)),
    "members under another name in front of their data": archive(
        failed("x.png", "Copy it again"), data=lambda: zipped({"x.png": png()}).replace(b"x.png", b"y.png", 1)
    ),
    "members that are damaged pictures": archive(
        added("a.png"), failed("b.jpg", "is empty"), failed("c.jpg", "a text"), failed("d.jpg", "truncated"),
        data=lambda: zipped({"a.png": png(), "b.jpg": b"", "c.jpg": b"words and words", "d.jpg": jpeg()[:-400]}),
    ),
    "members that share their data": archive(
        *(failed(f"{n}.png", SHARED) for n in range(100)), data=overlapping
    ),
    "an archive that unpacks to a thousand times its size": archive(
        failed("x.bmp", "a bomb"), data=lambda: zipped({"x.bmp": bytes(100_000_000)})
    ),
    "an archive of many small bombs": archive(
        failed("", "is a bomb"), data=lambda: zipped({f"{n}.bmp": bytes(20_000_000) for n in range(9)})
    ),
    "an archive that is cut": archive(failed("", "is no ZIP archive"), data=lambda: zipped({"a.png": png()})[:-30]),
    "an archive whose beginning is cut": archive(failed("a.png", "Copy"), data=lambda: zipped({"a.png": png()})[50:]),
    "an archive that is a picture": archive(failed("", "is no ZIP archive"), data=png),
    "an archive that is empty": archive(failed("", "is no ZIP archive"), data=bytes),
    "an archive of another kind": archive(failed("", "is no ZIP archive"), data=lambda: b"Rar!\x1a\7\1\0" + bytes(999)),
    "an archive that claims 65,534 members": archive(
        added("a.png"), data=lambda: with_number(zipped({"a.png": png()}), 65_534)
    ),
    "an archive that claims one member of two": archive(
        added("a.png"), added("b.png"), data=lambda: with_number(zipped({"a.png": png(), "b.png": png()}), 1)
    ),
    "an archive with a dataset": archive(
        added("set/images/x.png"), data=lambda: zipped(DATASET | {"set/images/x.png": png()})
    ),
    "an archive with a bomb of aliases": archive(
        added("set/images/x.png", says="Without labels: "),
        data=lambda: zipped(DATASET | {"set/images/x.png": png(), "set/data.yaml": BOMB + b"names: *j"}),
    ),
    "an archive with labels out of range": archive(
        added("set/images/x.png", says="Without labels: "),
        data=lambda: zipped(DATASET | {"set/images/x.png": png(), "set/labels/x.txt": b"0 9 9 9 9"}),
    ),
    "a pipe named as an archive": lambda folder: piped_archive(folder),
}  # fmt: skip


def piped_archive(folder: Path) -> list[Fate]:
    os.mkfifo(folder / "x.zip")
    return [failed("x.zip", "it is no file")]


# --- Harm done between the plan and the run ---------------------------------------------------------------------------


class Harm(NamedTuple):
    do: Callable[[Path], object]
    """To a red picture, or the archive that holds one, whose path this is."""
    outcome: Outcome
    says: str = ""
    colour: str = ""


def replace_by(make: Callable[[Path], object]) -> Callable[[Path], object]:
    def replace(path: Path) -> None:
        path.unlink()
        make(path)

    return replace


def lead_out(path: Path) -> None:
    """It becomes a link to the like of it outside."""
    folder = next(above / "outside" for above in path.parents if (above / "outside").is_dir())
    path.rename(folder / path.name)
    path.symlink_to(folder / path.name)


FAILED, ADDED = Outcome.FAILED, Outcome.ADDED

PICTURE_HARMS: dict[str, Harm] = {
    "it is deleted": Harm(Path.unlink, FAILED, "no longer exists"),
    "it is renamed": Harm(lambda path: path.rename(path.with_name("y.png")), FAILED, "no longer exists"),
    "its folder is deleted": Harm(lambda path: rmtree(path.parent), FAILED, "no longer exists"),
    "it is another picture": Harm(lambda path: path.write_bytes(png("blue")), ADDED, "", "blue"),
    "it grows": Harm(lambda path: path.write_bytes(path.read_bytes() + bytes(999)), ADDED, "", "red"),
    "it is cut": Harm(lambda path: os.truncate(path, 60), FAILED, "Copy it again"),
    "it is emptied": Harm(lambda path: os.truncate(path, 0), FAILED, "is empty"),
    "it becomes a text": Harm(lambda path: path.write_text("words and words"), FAILED, "a text"),
    "it becomes a folder": Harm(replace_by(Path.mkdir), FAILED, "Not a file"),
    "it becomes a pipe": Harm(replace_by(os.mkfifo), FAILED, "Not a file"),
    "it becomes a link to itself": Harm(replace_by(lambda path: path.symlink_to(path)), FAILED, "cannot be read"),
    "it becomes a link to nothing": Harm(replace_by(lambda path: path.symlink_to("no")), FAILED, "cannot be read"),
    "it becomes a link to a file outside": Harm(lead_out, FAILED, "leads elsewhere"),
    "its folder becomes a link to one outside": Harm(lambda path: lead_out(path.parent), FAILED, "leads elsewhere"),
}

ARCHIVE_HARMS: dict[str, Harm] = {
    "it is another archive": Harm(lambda path: path.write_bytes(zipped({"x.png": png("blue")})), ADDED, "", "blue"),
    "it loses the picture": Harm(lambda path: path.write_bytes(zipped({"y.png": png()})), FAILED, "no longer in"),
    "the picture is damaged": Harm(lambda path: path.write_bytes(zipped({"x.png": b"x"})), FAILED, "a text"),
}

ARCHIVE_LOSSES: dict[str, tuple[Callable[[Path], object], str]] = {
    "it is deleted": (Path.unlink, "is not there"),
    "its folder is deleted": (lambda path: rmtree(path.parent), "is not there"),
    "it is cut": (lambda path: os.truncate(path, 60), "no ZIP archive"),
    "it is emptied": (lambda path: os.truncate(path, 0), "no ZIP archive"),
    "it becomes a folder": (replace_by(Path.mkdir), "is gone or empty"),
    "it becomes a pipe": (replace_by(os.mkfifo), "it is no file"),
    "it becomes a link to itself": (replace_by(lambda path: path.symlink_to(path)), "cannot be read"),
    "it becomes a link to a file outside": (lead_out, "leads elsewhere"),
    "its folder becomes a link to one outside": (lambda path: lead_out(path.parent), "leads elsewhere"),
}
"""What keeps an archive from being read at all, and what is said then."""
