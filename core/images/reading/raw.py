"""Camera raw files, read through the JPEG that the camera put into them: its own rendering of the picture."""

import os
import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from PIL import Image

from core.images.files import RAW_SUFFIXES

_STARTS = re.compile(
    rb".{4}ftypcrx |FUJIFILMCCD-RAW|FOVb|\0MRM|.{6}HEAPCCDR|II(RO|RS|U\0)|MMOR|(II\*\0|MM\0\*).{4}CR\x02", re.DOTALL
)
_TIFF = re.compile(rb"II[*RU][\0OS]|MM\0\*|MMOR")
DNG_VERSION = 50706
"""A tag that only DNG files have, whatever they are called (DNG 1.7)."""
_SMALLEST = 640  # pixels of the longer side: less is a thumbnail
_MAX_CANDIDATES = 200
_MAX_SEGMENTS = 200  # before the frame header of a JPEG
_FRAMES = {0xC0, 0xC1, 0xC2}  # those of 8 bits with losses; the sensor's own data may be a JPEG without
_MAX_BLOCK = 1 << 20  # bytes of the metadata in a CR3


class Preview(NamedTuple):
    """The largest JPEG in a camera raw file."""

    data: bytes
    """From its beginning on, with whatever follows."""
    size: tuple[int, int]
    """Pixels, as its header says."""
    exif: Image.Exif | None
    """What the raw file itself says of the shot; None where it is not understood."""
    format: str
    """`NEF`, `CR3` …, after the name; else `RAW`."""


def is_raw(data: bytes, name: str) -> bool:
    """By its first bytes; of TIFF files, as which many cameras write, by the name too."""
    if _STARTS.match(data):
        return True
    return bool(_TIFF.match(data)) and _suffix(name) in RAW_SUFFIXES


def preview_of(data: bytes, name: str) -> Preview | None:
    """None where there is none of a useful size."""
    found = max(_jpegs(data), key=lambda one: one[0][0] * one[0][1], default=None)
    if found is None:
        return None
    size, place = found
    suffix = _suffix(name)
    return Preview(data[place:], size, _exif_of(data), suffix[1:].upper() if suffix in RAW_SUFFIXES else "RAW")


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()  # noqa: PTH122 - a name, not a path


def _jpegs(data: bytes) -> Iterator[tuple[tuple[int, int], int]]:
    """Size and place of each that is large enough."""
    place = -1
    for _ in range(_MAX_CANDIDATES):
        place = data.find(b"\xff\xd8\xff", place + 1)
        if place < 0:
            return
        width, height = _frame(data, place + 2)
        if max(width, height) >= _SMALLEST:
            yield (width, height), place


def _frame(data: bytes, place: int) -> tuple[int, int]:
    """Width and height by the frame header of a JPEG (ITU-T T.81, B.2.2); 0 × 0 where it is none for pictures."""
    for _ in range(_MAX_SEGMENTS):
        if place + 9 > len(data) or data[place] != 0xFF:
            break
        marker = data[place + 1]
        length, bits, height, width = struct.unpack_from(">HBHH", data, place + 2)
        if marker in _FRAMES:
            return (width, height) if bits == 8 else (0, 0)
        if marker in {0xD8, 0xD9, 0xDA, 0xC3} or length < 2:
            break
        place += 2 + length
    return 0, 0


def _exif_of(data: bytes) -> Image.Exif | None:
    block = data
    if data[4:12] == b"ftypcrx ":
        place = data.find(b"CMT1", 0, _MAX_BLOCK)
        block = data[place + 4 : place + 4 + _MAX_BLOCK] if place >= 0 else b""
    if not _TIFF.match(block):
        return None
    order = block[:2]
    exif = Image.Exif()
    try:
        # Some makers have a mark of their own in the place of 42.
        exif.load(b"Exif\0\0" + order + (b"*\0" if order == b"II" else b"\0*") + block[4:])
    except Exception:  # corrupt bytes raise anything
        return None
    return exif
