"""Files that are made to do harm: small ones that claim or become large ones, and such as lead in circles."""

import struct
import zlib
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from tests.hostile import drawn
from tests.hostile.drawn import changed, jpeg, of_size, plain, png_chunk, png_of, saved, white_tiff
from tests.hostile.kinds import Fate, Kind, added, failed, one, several

HUGE: dict[str, Callable[[], bytes]] = {
    "a.png": lambda: png_of((50_000, 50_000), pixels=b"\0"),
    "b.png": lambda: png_of((2**31 - 1, 2**31 - 1), pixels=b"\0"),
    "a.jpg": lambda: of_size(jpeg(), b"\xff\xc0", 5, ">HH", 65_500, 65_500),
    "b.jpg": lambda: of_size(jpeg(progressive=True), b"\xff\xc2", 5, ">HH", 65_500, 65_500),
    "a.gif": lambda: changed(saved(plain(), "GIF"), 6, b"\xff" * 4),
    "b.gif": lambda: of_size(saved(plain(), "GIF"), b"\x2c\0\0\0\0", 5, "<HH", 65_535, 65_535),
    "a.tif": lambda: white_tiff((60_000, 60_000)),
    "b.tif": lambda: white_tiff((2**31 - 1, 2**31 - 1)),
    "a.bmp": lambda: changed(saved(plain(), "BMP"), 18, struct.pack("<ll", 60_000, -60_000)),
    "a.ico": lambda: drawn.icon_of(HUGE["a.png"]()),
    "a.webp": lambda: of_size(
        saved(plain(), "WEBP", exif=drawn.looped_exif()), b"VP8X", 12, "<HBHB", 16_383, 0, 16_383, 0
    ),
    "a.jp2": lambda: of_size(saved(plain(), "JPEG2000"), b"ihdr", 4, ">LL", 60_000, 60_000),
    "a.j2k": lambda: of_size(saved(plain(), "JPEG2000", no_jp2=True), b"\xff\x51", 6, ">LL", 60_000, 60_000),
    "a.avif": lambda: of_size(saved(plain(), "AVIF"), b"ispe", 8, ">LL", 60_000, 60_000),
    "a.heic": lambda: of_size(saved(plain(), "HEIF"), b"ispe", 8, ">LL", 60_000, 60_000),
    "a.psd": lambda: drawn.photoshop((60_000, 60_000)),
    "a.ppm": lambda: b"P6 60000 60000 255\n" + bytes(99),
    "a.tga": lambda: changed(saved(plain(), "TGA"), 12, b"\xff" * 4),
    "a.qoi": lambda: changed(saved(plain(), "QOI"), 4, struct.pack(">LL", 60_000, 60_000)),
    "a.dds": lambda: changed(saved(plain(), "DDS"), 12, struct.pack("<LL", 60_000, 60_000)),
    "a.sgi": lambda: changed(saved(plain(), "SGI"), 6, b"\xff" * 4),
    "a.pcx": lambda: changed(saved(plain(), "PCX"), 8, b"\xfe\xff" * 2),
    "a.xpm": lambda: drawn.xpm().replace(b"8 8 1 1", b"60000 60000 1 1"),
    "a.fits": lambda: drawn.fits().replace(b"= 32   ", b"= 60000"),
}
"""Of many formats, with a header that claims gigapixels."""


@cache
def flood() -> bytes:
    return zlib.compress(bytes(20_000_000))


def flooded(kind: bytes, head: bytes) -> bytes:
    """A PNG with a chunk that unpacks to 20 MB."""
    return png_of((4, 1), png_chunk(kind, head + flood()))


def many_texts() -> bytes:
    """Each as long as one may be."""
    return png_of((4, 1), png_chunk(b"zTXt", b"x\0\0" + zlib.compress(b"x" * 1_000_000)) * 80)


def sparse(folder: Path) -> list[Fate]:
    with (folder / "x.jpg").open("wb") as file:
        file.truncate(5 << 30)
    return [failed("x.jpg", "larger than 1 GiB")]


BOMBS: dict[str, Kind] = {
    "headers that claim gigapixels": several(*(one(failed(name), data) for name, data in HUGE.items())),
    "a PNG with a text of 20 MB": one(failed("x.png", "too large"), partial(flooded, b"zTXt", b"Comment\0\0")),
    "a PNG with Unicode of 20 MB": one(failed("x.png", "too large"), partial(flooded, b"iTXt", b"x\0\1\0\0\0")),
    "a PNG with a profile of 20 MB": one(failed("x.png", "too large"), partial(flooded, b"iCCP", b"profile\0\0")),
    "a PNG with 80 texts of 1 MB": one(failed("x.png", "too large"), many_texts),
    "a PNG that unpacks to more than its pixels": one(
        added("x.png"), lambda: png_of((4, 1), pixels=b"\0" + b"\xff\0\0" * 4 + bytes(20_000_000))
    ),
    "an animation that claims 2,147,483,647 frames": one(
        added("x.png"), lambda: png_of((9, 9), png_chunk(b"acTL", struct.pack(">LL", 2**31 - 1, 0)))
    ),
    "an animation of 20,000 frames": one(added("x.gif"), partial(drawn.long_animation, 20_000)),
    "a document of 1,000 pages in a circle": one(added("x.tif", "white"), partial(drawn.long_tiff, 1000)),
    "a page that follows itself": one(added("x.tif", "white"), lambda: white_tiff((30, 30), following=8)),
    "a page behind the end of the file": one(added("x.tif", "white"), lambda: white_tiff((31, 30), following=2**31)),
    "a page that is none": one(added("x.tif", "white"), lambda: white_tiff((32, 30), following=300)),
    "pixels behind the end of the file": one(failed("x.tif", "incomplete"), lambda: white_tiff((30, 30), offset=2**31)),
    "pixels of no bits": one(failed("x.tif"), lambda: white_tiff((30, 30), bits=0)),
    "pixels of 65,535 channels": one(failed("x.tif"), lambda: white_tiff((30, 30), samples=65_535)),
    "rows of no height": one(failed("x.tif", "damaged"), lambda: white_tiff((30, 30), rows=0)),
    "a value of 4 GB": one(
        failed("x.tif"), lambda: drawn.tiff((256, 4, 1, 30), (257, 4, 1, 30), (273, 4, 2**32 - 1, 8))
    ),
    "EXIF in circles": one(added("x.jpg"), lambda: jpeg(exif=drawn.looped_exif())),
    "a file of 5 GiB": sparse,
}
