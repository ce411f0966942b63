"""Bytes of any kind in, an upright RGB picture or an `UnreadableImage` out."""

import re
import warnings
from dataclasses import replace
from io import BytesIO

import PIL
import pillow_heif
from PIL import Image

from core.errors import UnreadableImage
from core.images.files import FORMATS
from core.images.metadata.exif import orientation
from core.images.reading.budget import MAX_PICTURE_BYTES
from core.images.reading.decoding import MAX_PIXELS, OpenedImage, check_size, decode, in_pixels
from core.images.reading.quiet import silence
from core.images.reading.raw import DNG_VERSION, is_raw, preview_of
from core.images.reading.refusals import claimed_size, empty, no_preview, refusal, too_large

READER = 1
"""Raised when more is read than before, or told otherwise: what an older one refused is tried again."""

# Pillow refuses twice this, and so guards the pictures within pictures (icons), which are not ours to measure.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2

silence()
_SILENCE = ("ignore", None, Warning, re.compile(r"PIL\."), 0)


def reader() -> str:
    """Names what opens pictures: a file that it refused, it refuses again."""
    return f"{READER} Pillow {PIL.__version__} HEIF {pillow_heif.__version__} {MAX_PIXELS} {MAX_PICTURE_BYTES}"


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
        raise empty(name)
    _silence_pillow()
    try:
        return _open(data, name, enough)
    except UnreadableImage:
        raise
    except Image.DecompressionBombError as error:
        size = claimed_size(data)  # of an icon that of the picture within
        is_known = size is not None and size[0] * size[1] > MAX_PIXELS
        raise too_large(name, in_pixels(size) if size and is_known else "far too many pixels", MAX_PIXELS) from error
    # Plugins parse hostile bytes with struct, zlib and indexing: among what was seen to escape them are OSError,
    # SyntaxError, ValueError, TypeError, LookupError, struct.error, EOFError, OverflowError, zlib.error,
    # AttributeError, AssertionError, RuntimeError and MemoryError. Whatever it is, it is a verdict on one file.
    except Exception as error:
        raise refusal(error, data, name) from error


def _silence_pillow() -> None:
    # What Pillow warns of (corrupt EXIF, odd palettes) is dealt with here. `warnings.catch_warnings` is not safe
    # between threads, so the filter stays, and is put in front again where someone else's came before it.
    if warnings.filters[:1] != [_SILENCE]:
        warnings.filterwarnings("ignore", module=r"PIL\.")


def _open(data: bytes, name: str, enough: int | None) -> OpenedImage:
    if is_raw(data, name):
        return _open_raw(data, name, enough)
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        if image.format == "TIFF":
            if DNG_VERSION in image.tag_v2:  # type: ignore[attr-defined]
                return _open_raw(data, name, enough)
            # Pillow turns it as it loads it; noted as the plugin of HEIC does.
            image.info["original_orientation"] = orientation(image)
        return decode(image, data, name, enough)


def _open_raw(data: bytes, name: str, enough: int | None) -> OpenedImage:
    preview = preview_of(data, name)
    if preview is None:
        raise no_preview(name)
    check_size(preview.size, name)
    with Image.open(BytesIO(preview.data), formats=("JPEG",)) as image:
        return replace(decode(image, preview.data, name, enough, preview.exif), format=preview.format, frames=1)
