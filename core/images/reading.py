"""Bytes of any kind in, an upright RGB picture or an `UnreadableImage` out."""

import os
import re
import stat
import struct
import warnings
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFile, UnidentifiedImageError
from PIL.ExifTags import Base

from core.errors import UnreadableImage
from core.images.colours import to_rgb
from core.images.describe import Description, taken_at
from core.images.files import FORMATS
from core.images.names import shown

MAX_BYTES = 1 << 30
"""The largest file that is read: 1 GiB."""

MAX_PIXELS = 200_000_000
"""The largest picture that is opened: as many as the largest sensors of phones have. Decoded it takes 800 MB."""

_REDUCTIONS = (8, 4, 2)  # the scales at which libjpeg decodes beside the full one
_MAX_FRAMES = 2**31 - 1  # a header may claim more than the integers of an index hold
_MAX_PROFILE = 4096  # bytes: the common profiles are smaller, and each thumbnail carries its own
_RGB_MODES = {"RGB", "RGBA", "RGBX", "P"}

# Pillow refuses twice this, and so guards the pictures within pictures (icons), which are not ours to measure.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2

# A pipe that nobody writes to would block; neither flag exists on every system.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

_COPY_AGAIN = "Copy it again from where it came from."
_SAVE_AS_JPEG = "Save it as JPEG or PNG."

_OTHER_KINDS = {
    rb"%!PS|\xc5\xd0\xd3\xc6": "PostScript",
    rb"%PDF": "a PDF document",
    rb".{4}ftyp(qt|mp4|iso|M4V|3gp)": "a film",
    rb"\xff\x0a|\x00\x00\x00\x0cJXL ": "a JPEG XL picture",
    rb"\s*(<\?xml.{,500})?<svg": "an SVG drawing",
    rb"\s*<(?i:!doctype html|html)": "a web page",
    rb"PK\x03\x04": "an archive",
    rb"(\xef\xbb\xbf)?[\t\n\r\x20-\x7e]{16}|[\t\n\r\x20-\x7e]*$": "a text",
}
"""How things begin that are no pictures here, in the order they are looked for."""

_SILENCE = ("ignore", None, Warning, re.compile(r"PIL\."), 0)

_UPRIGHT = 1
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by its EXIF orientation (Exif 3.0, section 4.6.5.1)."""


@dataclass(frozen=True, slots=True)
class OpenedImage:
    image: Image.Image
    """Upright, RGB, loaded: of an animation or document its first frame. Smaller than `size` where that was enough."""
    size: tuple[int, int]
    """Pixels of the whole picture, upright: width and height."""
    format: str
    """Pillow's name of the format that was found, whatever the file is called."""
    frames: int
    taken_at: datetime | None

    def describe(self, content_hash: str, size: int, mtime_ns: int) -> Description:
        """With what is known of the file before it is opened: the hash of its bytes, their number, and its time."""
        return Description(*self.size, self.format, self.frames, self.taken_at, size, mtime_ns, content_hash)


def read_bytes(path: Path) -> bytes:
    """All bytes of a regular file; never waits for a pipe or device.

    Raises:
        UnreadableImage: it is gone, may not be read, is no regular file, or is larger than `MAX_BYTES`.
    """
    try:
        with os.fdopen(os.open(path, _OPEN_FLAGS), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UnreadableImage(f"{shown(path)} is not a file.", "Choose a picture file.")
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise UnreadableImage(f"{shown(path)} no longer exists.", "Index its folder again.") from error
    except PermissionError as error:
        raise UnreadableImage(f"{shown(path)} may not be read.", "Give the app's user the permission.") from error
    except (OSError, ValueError, MemoryError) as error:
        raise UnreadableImage(f"{shown(path)} cannot be read: {error}.", "Check its drive.") from error
    if len(data) > MAX_BYTES:
        raise UnreadableImage(f"{shown(path)} is larger than {MAX_BYTES >> 30} GiB.", "Save a smaller version of it.")
    return data


def open_upright(data: bytes, name: str, enough: int | None = None) -> OpenedImage:
    """Decode a picture, turn it as its EXIF says, and make it RGB as `to_rgb` does.

    Args:
        data: The content of a file.
        name: What to call it in messages.
        enough: Pixels of the shorter side that the caller needs. A larger JPEG is decoded at a half, a quarter or an
            eighth of its size where that leaves them, which takes a fraction of the time. None: all of them.

    Raises:
        UnreadableImage: for whatever is not a whole picture of a known format and bearable size.
    """
    if not data:
        raise UnreadableImage(f"{shown(name)} is empty.", _COPY_AGAIN)
    _silence_pillow()
    try:
        return _open(data, name, enough)
    except UnreadableImage:
        raise
    # Plugins parse hostile bytes with struct, zlib and indexing: among what was seen to escape them are OSError,
    # SyntaxError, ValueError, TypeError, LookupError, struct.error, EOFError, OverflowError, zlib.error,
    # AttributeError, AssertionError, RuntimeError and MemoryError. Whatever it is, it is a verdict on one file.
    except Exception as error:
        raise _refusal(error, data, shown(name)) from error


def _silence_pillow() -> None:
    # What Pillow warns of (corrupt EXIF, odd palettes) is dealt with here. `warnings.catch_warnings` is not safe
    # between threads, so the filter stays, and is put in front again where someone else's came before it.
    if warnings.filters[:1] != [_SILENCE]:
        warnings.filterwarnings("ignore", module=r"PIL\.")


def _open(data: bytes, name: str, enough: int | None) -> OpenedImage:
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        _check_size(image, name)  # by the header: nothing of that size has been allocated yet
        reduction = _reduce(image, enough)
        image.load()
        _check_size(image, name)  # icons take the size of the picture within
        upright = _upright(to_rgb(image), _orientation(image))
        size = (upright.width * reduction, upright.height * reduction)
        if upright is image:  # let go of the file and its bytes
            upright = image.copy()
        upright.info = _kept_info(image)
        return OpenedImage(upright, size, str(image.format), _frames(image), _taken_at(image))


def _reduce(image: ImageFile.ImageFile, enough: int | None) -> int:
    """Have a JPEG decoded at a reduced scale; returns by how much.

    Only where both sides divide evenly: else the last row or column is part of a pixel, and what is cut out of the
    picture later lies a little beside what would be cut out of all of it.
    """
    if enough is None or image.format not in {"JPEG", "MPO"}:
        return 1
    for reduction in _REDUCTIONS:
        reduced, rest = zip(*(divmod(side, reduction) for side in image.size), strict=True)
        if min(reduced) >= enough and not any(rest):
            image.draft(None, reduced)
            return reduction
    return 1


def _check_size(image: ImageFile.ImageFile, name: str) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise _too_large(shown(name), f"{image.width} × {image.height} pixels")


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(Base.Orientation, _UPRIGHT))
    except Exception:  # corrupt EXIF raises as much as corrupt pixels do, and says nothing about them
        return _UPRIGHT


def _taken_at(image: Image.Image) -> datetime | None:
    try:
        return taken_at(image.getexif())
    except Exception:  # as above
        return None


def _kept_info(image: Image.Image) -> dict[str | tuple[int, int], object]:
    """The colour profile where it is one of RGB; no EXIF, which would turn a saved copy once more."""
    profile = image.info.get("icc_profile")
    fits = isinstance(profile, bytes) and len(profile) <= _MAX_PROFILE and image.mode in _RGB_MODES
    return {"icc_profile": profile} if fits else {}


def _frames(image: Image.Image) -> int:
    if image.format == "PSD":  # its frames are layers, of one picture
        return 1
    return max(1, min(int(getattr(image, "n_frames", 1)), _MAX_FRAMES))


def _too_large(name: str, size: str) -> UnreadableImage:
    return UnreadableImage(
        f"{name} has {size}, more than the {MAX_PIXELS // 1_000_000} megapixels that are opened.",
        "Save a smaller version of it.",
    )


def _refusal(error: Exception, data: bytes, name: str) -> UnreadableImage:
    match error:
        case Image.DecompressionBombError():
            return _too_large(name, "far too many pixels")
        case MemoryError():
            return UnreadableImage(f"{name} does not fit into memory.", "Save a smaller version of it.")
        case UnidentifiedImageError():
            kind = next((kind for start, kind in _OTHER_KINDS.items() if re.match(start, data[:1000], re.DOTALL)), "")
            if kind:
                return UnreadableImage(f"{name} is {kind}, which cannot be opened here.", _SAVE_AS_JPEG)
            return UnreadableImage(f"{name} is no picture of a known format, or its beginning is damaged.", _COPY_AGAIN)
        case EOFError() | IndexError() | struct.error():
            return UnreadableImage(f"{name} is truncated.", _COPY_AGAIN)
    reason = " ".join(shown(str(error)).split())[:200] or type(error).__name__
    if "truncated" in reason.lower():
        return UnreadableImage(f"{name} is truncated.", _COPY_AGAIN)
    return UnreadableImage(f"{name} is damaged: {reason}.", f"{_COPY_AGAIN} {_SAVE_AS_JPEG}")
