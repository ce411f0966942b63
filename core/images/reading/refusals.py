"""Why bytes are no picture here, in words: they are no picture, or of a kind that is not read, or damaged."""

import errno
import re
import struct
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFile, UnidentifiedImageError

from core.errors import DamagedPicture, NotAPicture, UnreadableImage, UnsupportedPicture
from core.images.files import FORMATS
from core.images.reading.kinds import SAVE_AS_JPEG, kind_of
from core.text.names import printable

COPY_AGAIN = "Copy it again from where it came from."
_SAVE_SMALLER = "Save a smaller version of it."
_SHARE = "Check that its drive or network share is connected and sound."

_GONE = {errno.EIO, errno.ENXIO, errno.ENODEV, errno.ESTALE, errno.ENOTCONN, errno.ETIMEDOUT, errno.EHOSTDOWN}
_UNREAD = re.compile(r"unsupported|support|unimplemented|unknown|unrecogni[sz]ed|unhandled|available|cannot handle")
"""What Pillow says where it knows a format but not this use of it."""
_MAX_SEGMENTS = 200  # of a JPEG, before its frame
_LOOKED_AT = 16  # bytes of the beginning, as Pillow does
_WITHIN = {"ICO", "CUR", "ICNS"}
_PNG_HEADER = re.compile(rb"\x89PNG\r\n\x1a\n.{4}IHDR", re.DOTALL)
_JPEG_CODINGS = {
    **dict.fromkeys((0xC3, 0xC7, 0xCB, 0xCF), "lossless coding"),
    **dict.fromkeys((0xC5, 0xC6, 0xCD, 0xCE), "hierarchical coding"),
    0xF7: "JPEG-LS coding",
}
"""By the marker of the frame (ITU-T T.81, table B.1; T.87)."""
_MAX_BITS, _MAX_CHANNELS = 64, 1000  # more is not another variant but damage


def empty(name: str) -> UnreadableImage:
    return DamagedPicture(f"{printable(name)} is empty.", COPY_AGAIN)


def too_large(name: str, size: str, most: int) -> UnreadableImage:
    """`size` as people read it; `most` in pixels."""
    return UnreadableImage(
        f"{printable(name)} has {size}, more than the limit of {most // 1_000_000} megapixels.", _SAVE_SMALLER
    )


def no_preview(name: str) -> UnreadableImage:
    return UnsupportedPicture(
        f"{printable(name)} is a camera raw file without a large enough preview.",
        "Develop it and save it as JPEG.",
    )


def not_given(path: Path, error: Exception) -> UnreadableImage:
    """Of a file that is there, and whose bytes the system does not give."""
    name = printable(path)
    match error:
        case MemoryError():
            return UnreadableImage(f"{name} does not fit in memory.", _SAVE_SMALLER)
        case OSError(errno=number) if number in _GONE:
            return UnreadableImage(f"{name} cannot be read: its drive does not respond.", _SHARE)
        case OSError(errno=errno.ENAMETOOLONG) | ValueError():
            return UnreadableImage(f"{name} is not a valid file name.", "Choose a picture file.")
        case OSError(errno=errno.ELOOP):
            return UnreadableImage(f"{name} is a link that goes in circles.", "Choose the file itself.")
        case OSError(errno=errno.EMFILE | errno.ENFILE):
            return UnreadableImage(f"{name} cannot be read: too many files are open.", "Index its folder again later.")
    return UnreadableImage(f"{name} cannot be read.", _SHARE)


def too_heavy(name: str, size: str, format_name: str, most: int) -> UnreadableImage:
    """`size` as people read it; `most` in bytes."""
    return UnreadableImage(
        f"{printable(name)} has {size}: too many for a {format_name} picture in {most / 1e9:.1f} GB of memory.",
        _SAVE_SMALLER,
    )


def refusal(error: Exception, data: bytes, name: str) -> UnreadableImage:
    """What an error that Pillow raised says about the file.

    Args:
        data: The content of the file.
        name: What to call it.
    """
    name = printable(name)
    match error:
        case MemoryError():
            return UnreadableImage(f"{name} does not fit in memory.", _SAVE_SMALLER)
        case UnidentifiedImageError():
            return _unknown(data, name)
        case EOFError() | IndexError() | struct.error():
            return _truncated(name)
    said = str(error).lower()
    if "truncated" in said:
        return _truncated(name)
    if "text chunk" in said or "max_text" in said:
        return UnreadableImage(
            f"{name} contains texts or a colour profile that are too large.", "Save it again as JPEG or PNG."
        )
    if isinstance(error, NotImplementedError | KeyError) or _UNREAD.search(said) or _of_jpeg(data):
        return _another_variant(data, name)
    return DamagedPicture(
        f"{name} is damaged.", f"{COPY_AGAIN} If another program opens it, save it there as JPEG or PNG."
    )


def claimed_size(data: bytes) -> tuple[int, int] | None:
    """What the header says, of a picture that is too large for Pillow to be opened; None where it is not known."""
    unsigned = [name for name in FORMATS if Image.OPEN[name][1] is None]  # which have no mark that they begin with
    for name in (*_formats_of(data), *unsigned):
        with suppress(Exception):  # corrupt headers raise anything
            if size := _largest_within(data) if name in _WITHIN else _opened(name, data).size:
                return size
    return None


def _largest_within(data: bytes) -> tuple[int, int] | None:
    """Of the PNG pictures in an icon, whose own header holds smaller numbers only."""
    found = (struct.unpack_from(">II", data, at.end()) for at in _PNG_HEADER.finditer(data))
    with suppress(struct.error):
        return max(((width, height) for width, height in found), key=lambda size: size[0] * size[1], default=None)
    return None


def _truncated(name: str) -> UnreadableImage:
    return DamagedPicture(f"{name} is an incomplete file: its end is missing.", COPY_AGAIN)


def _unknown(data: bytes, name: str) -> UnreadableImage:
    if not data.strip(b"\0"):
        return DamagedPicture(f"{name} contains nothing but zeros: it was not fully copied.", COPY_AGAIN)
    kind = kind_of(data)
    if kind and kind.is_picture:
        return UnsupportedPicture(f"{name} is {kind.title}: this kind is not supported.", kind.remedy)
    if kind:
        return NotAPicture(f"{name} is not a picture but {kind.title}.", kind.remedy)
    for format_ in _formats_of(data):
        try:
            _opened(format_, data)
        except (EOFError, IndexError, struct.error):
            return _truncated(name)
        except Exception as error:  # as above
            is_unread = isinstance(error, NotImplementedError | KeyError) or _UNREAD.search(str(error).lower())
            if is_unread or _detail(format_, data):
                return _another_variant(data, name)
            return DamagedPicture(f"{name} is a {format_} picture whose beginning is damaged.", COPY_AGAIN)
    return DamagedPicture(f"{name} is not a picture in a known format, or its beginning is damaged.", COPY_AGAIN)


def _another_variant(data: bytes, name: str) -> UnreadableImage:
    format_ = next(iter(_formats_of(data)), "")
    if detail := _detail(format_, data):
        return UnsupportedPicture(
            f"{name} is a {format_} picture with {detail}: this variant is not supported.", SAVE_AS_JPEG
        )
    what = f"a {format_} picture" if format_ else "a picture"
    return UnsupportedPicture(
        f"{name} is {what} that is damaged, or of a variant that is not supported.",
        f"{SAVE_AS_JPEG} Otherwise copy it again.",
    )


def _formats_of(data: bytes) -> list[str]:
    """Pillow's names of those that begin like this."""
    found = []
    for name in FORMATS:
        accept = Image.OPEN[name][1]
        with suppress(Exception):  # too short to be told
            accepted = accept and accept(data[:_LOOKED_AT])
            if accepted and not isinstance(accepted, str):  # a text says why it is not
                found.append(name)
    return found


def _opened(format_: str, data: bytes) -> ImageFile.ImageFile:
    """Its header alone, whatever size it claims."""
    return Image.OPEN[format_][0](BytesIO(data), "")


def _detail(format_: str, data: bytes) -> str:
    """What is unusual about the pixels of a header that is whole; empty where nothing is."""
    if format_ in {"JPEG", "MPO"}:
        return _of_jpeg(data)
    try:
        channels, bits, is_float = {"TIFF": _of_tiff, "PSD": _of_photoshop}[format_](data)
    except Exception:  # another format, or a header that cannot be read
        return ""
    is_usual = channels in {1, 3, 4} and bits in {1, 2, 4, 8} and not is_float
    if is_usual or not (1 <= bits <= _MAX_BITS and 1 <= channels <= _MAX_CHANNELS):
        return ""
    return f"{channels} channel{'s' * (channels > 1)} of {bits} bits{' (floating point)' * is_float}"


def _of_jpeg(data: bytes) -> str:
    place = 2
    for _ in range(_MAX_SEGMENTS if data[:2] == b"\xff\xd8" else 0):
        if place + 5 > len(data) or data[place] != 0xFF:
            break
        marker = data[place + 1]
        if coding := _JPEG_CODINGS.get(marker):
            return coding
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            bits = data[place + 4]
            return f"{bits} bits per channel" if bits in {12, 16} else ""
        place += 2 + int.from_bytes(data[place + 2 : place + 4])
    return ""


def _of_tiff(data: bytes) -> tuple[int, int, bool]:
    """Channels, bits of each, and whether they are floats (TIFF 6.0, sections 8 and 19)."""
    exif = Image.Exif()
    exif.load(b"Exif\0\0" + data)
    bits, kind = (_first(exif.get(tag), otherwise) for tag, otherwise in ((258, 1), (339, 1)))
    return _first(exif.get(277), 1), bits, kind == 3


def _of_photoshop(data: bytes) -> tuple[int, int, bool]:
    channels, bits = struct.unpack_from(">H8xH", data, 12)
    return channels, bits, False


def _first(value: object, otherwise: int) -> int:
    value = value[0] if isinstance(value, tuple) and value else value
    return value if isinstance(value, int) else otherwise
