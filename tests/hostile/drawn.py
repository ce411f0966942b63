"""Pictures as bytes: saved by Pillow, or made by hand where it does not write them, or not so."""

import struct
import zlib
from io import BytesIO
from itertools import count
from typing import Any

from PIL import Image
from PIL.ExifTags import IFD, Base

from tests.colours import COLOURS

_widths = count(64)

_TAGS = {"width": 256, "height": 257, "bits": 258, "compression": 259, "photometric": 262, "offset": 273}
_TAGS |= {"samples": 277, "rows": 278, "bytes": 279}


def plain(mode: str = "RGB", colour: str = "") -> Image.Image:
    """A picture of one colour, by default that of its mode. No two have the same size, nor bytes."""
    size = (next(_widths), 32)
    match mode:
        case "I" | "F" | "I;16":
            return Image.new(mode, size, 65535)
        case "LAB":
            return Image.new(mode, size, (255, 128, 128))
    image = Image.new("RGB", size, COLOURS[colour or colour_of(mode)])
    return image.convert({"La": "LA", "RGBa": "RGBA", "PA": "P"}.get(mode, mode)).convert(mode)


def colour_of(mode: str) -> str:
    """White where it has no other, else red."""
    return "white" if mode[0] in "1LIF" else "red"


def transparent() -> Image.Image:
    """Black beneath, where nobody sees it."""
    return Image.new("RGBA", (next(_widths), 32))


def noise() -> Image.Image:
    return Image.effect_noise((next(_widths), 48), 90).convert("RGB")


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def png(colour: str = "red") -> bytes:
    return saved(plain(colour=colour), "PNG")


def jpeg(**options: Any) -> bytes:
    return saved(plain(), "JPEG", **options)


def animated(format: str) -> bytes:
    """Red, then blue and green."""
    first = plain()
    others = [Image.new("RGB", first.size, colour) for colour in ("blue", "green")]
    return saved(first, format, save_all=True, append_images=others)


def turned(format: str, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    return saved(plain(), format, exif=exif.tobytes())


def changed(data: bytes, place: int, value: bytes) -> bytes:
    return data[:place] + value + data[place + len(value) :]


def flipped(data: bytes, place: int) -> bytes:
    """With one bit of a byte the other way round."""
    return changed(data, place, bytes([data[place] ^ 0x10]))


def of_size(data: bytes, mark: bytes, after: int, layout: str, *size: int) -> bytes:
    """A file whose header claims another size, so many bytes after a mark."""
    return changed(data, data.index(mark) + after, struct.pack(layout, *size))


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(size: tuple[int, int], *chunks: bytes, bits: int = 8, pixels: bytes | None = None) -> bytes:
    """A PNG with these chunks, by default of red pixels."""
    red = b"\xff" * (bits // 8) + b"\0" * (bits // 4)
    rows = pixels if pixels is not None else (b"\0" + red * size[0]) * size[1]
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", *size, bits, 2, 0, 0, 0))
    ending = png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + ending


def tiff(*entries: tuple[int, int, int, int], pixels: bytes = b"", following: int = 0) -> bytes:
    """Its directory at 8, and pixels behind it. Entries are tag, type, count and value; `following` is where the next
    directory is."""
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHLL", *entry) for entry in sorted(entries))
    return b"II*\0" + struct.pack("<L", 8) + directory + struct.pack("<L", following) + pixels


def white_tiff(size: tuple[int, int], following: int = 0, **changes: int) -> bytes:
    """A strip of white pixels; `changes` are other values, by the names of their tags."""
    pixels = b"\xff" * min(size[0] * size[1], 4096)
    values = {"width": size[0], "height": size[1], "bits": 8, "compression": 1, "photometric": 1, "samples": 1}
    values |= {"rows": size[1], "bytes": len(pixels), "offset": 8 + 2 + 12 * len(_TAGS) + 4} | changes
    return tiff(*((_TAGS[name], 4, 1, value) for name, value in values.items()), pixels=pixels, following=following)


def long_tiff(pages: int) -> bytes:
    """Pages that are all the first one; the last leads back to it."""
    first = white_tiff((33, 30))
    directory = first[8 : 8 + 2 + 12 * len(_TAGS)]
    starts = [len(first) + page * (len(directory) + 4) for page in range(pages)]
    others = (directory + struct.pack("<L", following) for following in [*starts[1:], 8])
    return white_tiff((33, 30), following=starts[0]) + b"".join(others)


def looped_exif() -> bytes:
    """Directories that are all within each other."""
    pointers = [(int(tag), 4, 1, 8) for tag in (IFD.Exif, IFD.GPSInfo, Base.SubIFDs)]
    return b"Exif\0\0" + tiff(*pointers, following=8)


def long_animation(frames: int) -> bytes:
    whole = saved(Image.new("RGB", (1, 1), "red"), "GIF")
    start = whole.index(b"\x2c")
    return whole[:start] + whole[start:-1] * frames + b";"


def photoshop(size: tuple[int, int] = (32, 32)) -> bytes:
    header = b"8BPS" + struct.pack(">H6xHLLHH", 1, 3, size[1], size[0], 8, 3) + bytes(14)
    return header + b"\xff" * 1024 + bytes(2048)


def sun_raster() -> bytes:
    return struct.pack(">8L", 0x59A66A95, 32, 32, 24, 0, 1, 0, 0) + b"\0\0\xff" * 32 * 32


def fits() -> bytes:
    cards = ["SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 2", "NAXIS1  = 32", "NAXIS2  = 32", "END"]
    return "".join(card.ljust(80) for card in cards).ljust(2880).encode() + b"\xff" * 1024


def xpm() -> bytes:
    rows = ["8 8 1 1", "a c #FF0000", *["aaaaaaaa"] * 8]
    return f"/* XPM */\nstatic char *x[] = {{\n{',\n'.join(f'"{row}"' for row in rows)}\n}};\n".encode()


def dcx() -> bytes:
    """Pages in PCX, of which it has one."""
    return struct.pack("<3L", 0x3ADE68B1, 12, 0) + saved(plain(), "PCX")


def cursor() -> bytes:
    """An icon but for its type."""
    return changed(saved(Image.new("RGB", (32, 32), "red"), "ICO", bitmap_format="bmp"), 2, b"\2")


def icon_of(data: bytes) -> bytes:
    """An icon with a file in it, which claims to be small."""
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, 16, 16, 0, 0, 1, 32, len(data), 22) + data
