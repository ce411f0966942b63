"""What is known about a picture beside its pixels."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

_HASH = re.compile(r"[0-9a-f]{64}")

DESCRIPTION = 3
"""Raised when more is read out of a picture than before: records described by an older version are read again. Their
embeddings stay, but where the picture itself looks different now: `OpenedImage.looks_so_since`."""


type Split = Literal["train", "val", "test"]
"""A part of a dataset: what a model learns from, is tuned on, and is judged by."""


class Box(NamedTuple):
    """A labelled part of a picture, in shares of its upright width and height, in [0, 1]."""

    label: str
    left: float
    top: float
    width: float
    height: float


class Colour(NamedTuple):
    """A colour that covers a good part of a picture."""

    rgb: str
    """`#rrggbb`, lower case, in sRGB."""
    share: float
    """Of the picture's area, in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """Everything an index keeps about a file's content."""

    content_hash: str
    """SHA-256 of the file's bytes, 64 hexadecimal digits."""
    size: int
    """In bytes."""
    mtime_ns: int
    """Time of the file's last change, nanoseconds since the epoch."""
    width: int
    """In pixels, upright, as is `height`."""
    height: int
    format: str
    """Pillow's name of the format: `JPEG`, `PNG`, `WEBP` …"""
    frames: int = 1
    """Frames of an animation or pages of a document; the first is the one embedded."""
    taken_at: datetime | None = None
    """When the camera says it was taken: local time without a zone, or None where it does not say."""
    camera: str = ""
    """Maker and model, as in `Canon EOS R5`; empty where the file does not say. Likewise the next."""
    lens: str = ""
    gps: tuple[float, float] | None = None
    """Latitude and longitude in degrees (WGS 84), north and east positive."""
    orientation: int = 1
    """How the file's pixels are turned, as EXIF numbers it: 1 (upright) to 8."""
    colours: tuple[Colour, ...] = ()
    """The dominant colours, the largest share first."""
    brightness: float | None = None
    """Mean lightness, from 0 (black) to 1 (white)."""
    sharpness: float | None = None
    """How much fine detail there is, at a fixed size: near 0 for a blurred picture or an even area."""
    phash: str = ""
    """`core.images.phash.perceptual_hash` of its pixels, 64 hexadecimal digits; empty where the picture has too little
    structure for one, or was described by an older version."""
    described: int = 0
    """The `DESCRIPTION` that was current when this was read."""


def content_hash(data: bytes) -> str:
    """SHA-256 of a file's bytes, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def is_content_hash(text: str) -> bool:
    """Whether it may stand in the name of a file: what a client sends as one is checked here first."""
    return _HASH.fullmatch(text) is not None
