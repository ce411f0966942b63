"""What is known about a picture beside its pixels."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from PIL import Image
from PIL.ExifTags import IFD, Base

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Description:
    """Everything an index keeps about a file's content."""

    width: int
    """Pixels, upright; likewise the next."""
    height: int
    format: str
    """Pillow's name of the format."""
    frames: int
    """Frames of an animation or pages of a document, at least 1."""
    taken_at: datetime | None
    """The camera's local time, without a zone."""
    size: int
    """Bytes."""
    mtime_ns: int
    """Time of the file's last change, nanoseconds since the epoch."""
    content_hash: str


def content_hash(data: bytes) -> str:
    """SHA-256 of a file's bytes, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def is_content_hash(text: str) -> bool:
    """Whether it may stand in the name of a file: what a client sends as one is checked here first."""
    return _HASH.fullmatch(text) is not None


_MOMENT = re.compile(r"\s*(\d{4})[:/.-](\d\d?)[:/.-](\d\d?)[ T]+(\d\d?):(\d\d?)(?::(\d\d?))?(?![\d:])")
_FIRST_PHOTOGRAPH = 1826  # what claims to be older is a clock never set


def taken_at(exif: Image.Exif) -> datetime | None:
    """When the picture was taken: DateTimeOriginal, else DateTimeDigitized, else DateTime; None where none is valid.

    Fractions of a second and time zones, which few cameras write, are not read (Exif 3.0, section 4.6.5).
    """
    details = exif.get_ifd(IFD.Exif)
    written = (details.get(Base.DateTimeOriginal), details.get(Base.DateTimeDigitized), exif.get(Base.DateTime))
    return next((moment for moment in map(_moment, written) if moment), None)


def _moment(written: object) -> datetime | None:
    text = written.decode("ascii", "replace") if isinstance(written, bytes) else written
    match = _MOMENT.match(text) if isinstance(text, str) else None
    if not match:
        return None
    try:
        moment = datetime(*(int(part or 0) for part in match.groups()))  # type: ignore[arg-type]
    except ValueError:  # 0000:00:00, or a thirteenth month
        return None
    return moment if moment.year >= _FIRST_PHOTOGRAPH else None
