"""Why bytes are no picture here, in words."""

import re
import struct

from PIL import UnidentifiedImageError

from core.errors import UnreadableImage
from core.images.names import shown

COPY_AGAIN = "Copy it again from where it came from."
_SAVE_AS_JPEG = "Save it as JPEG or PNG."
_SAVE_SMALLER = "Save a smaller version of it."

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


def empty(name: str) -> UnreadableImage:
    return UnreadableImage(f"{shown(name)} is empty.", COPY_AGAIN)


def too_large(name: str, size: str, most: int) -> UnreadableImage:
    """`size` as people read it; `most` in pixels."""
    return UnreadableImage(
        f"{shown(name)} has {size}, more than the {most // 1_000_000} megapixels that are opened.", _SAVE_SMALLER
    )


def refusal(error: Exception, data: bytes, name: str) -> UnreadableImage:
    """What an error that Pillow raised says about the file.

    Args:
        data: The content of the file.
        name: What to call it.
    """
    name = shown(name)
    match error:
        case MemoryError():
            return UnreadableImage(f"{name} does not fit into memory.", _SAVE_SMALLER)
        case UnidentifiedImageError():
            return _unknown(data, name)
        case EOFError() | IndexError() | struct.error():
            return UnreadableImage(f"{name} is truncated.", COPY_AGAIN)
    reason = shown(" ".join(str(error).split()))[:200] or type(error).__name__
    if "truncated" in reason.lower():
        return UnreadableImage(f"{name} is truncated.", COPY_AGAIN)
    return UnreadableImage(f"{name} is damaged: {reason}.", f"{COPY_AGAIN} {_SAVE_AS_JPEG}")


def _unknown(data: bytes, name: str) -> UnreadableImage:
    kind = next((kind for start, kind in _OTHER_KINDS.items() if re.match(start, data[:1000], re.DOTALL)), "")
    if kind:
        return UnreadableImage(f"{name} is {kind}, which cannot be opened here.", _SAVE_AS_JPEG)
    return UnreadableImage(f"{name} is no picture of a known format, or its beginning is damaged.", COPY_AGAIN)
