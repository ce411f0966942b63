"""Whether what was read is a record: paths, hashes and numbers are used as file names, in pages and in arithmetic."""

import math
from dataclasses import replace
from pathlib import Path, PurePath

from core.errors import InvalidTags
from core.images.describe import is_content_hash
from core.images.files import has_picture_suffix
from core.index.records import FINDINGS, ImageRecord, record_id
from core.index.tags import cleaned
from core.sources.remote.urls import is_url
from core.text.names import printable
from core.transfer.stamp import digest

_MAX_PATH = 8_192  # characters
_MAX_TEXT = 4_096
_MAX_HASH = 256
_MAX_LIST = 100_000
_MAX_SIDE = 1 << 20  # pixels
_SPLITS = frozenset({"train", "val", "test"})
_HEX = frozenset("0123456789abcdef")
_SHORT = ("name", "format", "camera", "lens")


def checked(record: ImageRecord) -> ImageRecord:
    """The record, its tags as they are kept here.

    Raises:
        ValueError: it is none, with the reason: `has a row whose path is not that of a picture`.
    """
    if reason := _path_reason(record.path) or _reason(record):
        raise ValueError(f"has a row {reason}")
    if _is_something_else(record):
        raise ValueError(
            f"has a row with the path of another file, which is no picture: {printable(record.path)[:200]}"
        )
    if record.id != record_id(record.path):
        raise ValueError("has a row whose id is not that of its path")
    try:
        return replace(record, tags=tuple(cleaned(record.tags)))
    except InvalidTags as error:
        raise ValueError("has a row with more tags than a picture can have, or longer ones") from error


def _path_reason(path: str) -> str:
    if not 0 < len(path) <= _MAX_PATH or "\0" in path:
        return "without a path, or with one that is too long"
    if is_url(path):
        return ""
    return "" if path.startswith("/") or PurePath(path).is_absolute() else "whose path is not absolute"


def _is_something_else(record: ImageRecord) -> bool:
    """Whether a file is there that is no picture by its name, nor the one that is meant: what is at a path is shown to
    visitors, and may be downloaded. Stores that keep files aside name them without a suffix."""
    if is_url(record.path) or has_picture_suffix(record.path):
        return False
    file = Path(record.path)
    try:
        if not file.is_file():
            return False
        return file.stat().st_size != record.size or digest(file) != record.content_hash
    except OSError:  # nobody can show it either
        return False


def _reason(record: ImageRecord) -> str:
    if not is_content_hash(record.content_hash):
        return "whose content hash is none"
    if len(record.phash) > _MAX_HASH or not set(record.phash) <= _HEX:
        return "whose perceptual hash is none"
    if any(len(getattr(record, name)) > _MAX_TEXT for name in _SHORT):
        return "with a text that is too long"
    if not (0 <= record.width <= _MAX_SIDE and 0 <= record.height <= _MAX_SIDE and record.size >= 0):
        return "with an impossible size"
    if not (1 <= record.orientation <= 8 and record.frames >= 0 and record.described >= 0):
        return "with an impossible number"
    if not set(record.splits) <= _SPLITS:
        return "in a split that there is not"
    numbers = [record.brightness, record.sharpness, *(record.gps or ())]
    numbers += [number for box in record.boxes for number in box[1:]] + [colour.share for colour in record.colours]
    if not all(number is None or math.isfinite(number) for number in numbers):
        return "with a number that is not finite"
    found = [getattr(record, field) for field in FINDINGS.values()]
    if max(map(len, (record.boxes, record.tags, record.colours, *found))) > _MAX_LIST:
        return "with too many boxes, tags or colours"
    if any(len(text) > _MAX_TEXT for texts in found for text in texts):
        return "with a finding that is too long"
    if any(len(box.label) > _MAX_TEXT for box in record.boxes) or not all(map(_is_colour, record.colours)):
        return "with a label or colour that is none"
    return ""


def _is_colour(colour: tuple[str, float]) -> bool:
    rgb = colour[0]
    return len(rgb) == 7 and rgb[0] == "#" and set(rgb[1:]) <= _HEX
