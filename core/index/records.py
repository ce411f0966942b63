"""What an index holds and answers."""

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from core.images.colour.palette import colour_name
from core.images.describe import DESCRIPTION, Box, Description, Split
from core.text.names import folded
from core.vectors import Embedding

type Finding = Literal["quality", "cluster", "class", "duplicate"]
"""What analyses find out about a record, and an index keeps with it, by the names that filters have for it."""

FINDINGS: dict[Finding, str] = {
    "quality": "quality",
    "cluster": "clusters",
    "class": "classes",
    "duplicate": "duplicates",
}
"""Which fields of a record they are."""

type Shape = Literal["landscape", "portrait", "square", "panorama"]

_SQUARE = 1.1  # sides that differ by less than a tenth look equal
_PANORAMA = 2.0  # the shape of two squares: no common camera makes single pictures of it


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells that a file is unchanged, without opening it."""

    size: int
    mtime_ns: int
    annotated_ns: int = 0
    described: int = DESCRIPTION


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRecord(Description):
    """One file in the index. The file is the identity: two copies are two records with one `content_hash`."""

    id: str
    """`record_id(path)`."""
    path: str
    """Absolute and resolved; of a picture in an archive, the archive's path, `/` and the name within; or a URL. Bytes
    that are not UTF-8 are kept as surrogate escapes, as `os.fsdecode` does."""
    name: str
    """What to call the picture: the file's name, or for an upload the name it was sent under."""
    boxes: tuple[Box, ...] = ()
    """What the labels of its dataset say is where in it."""
    annotated_ns: int = 0
    """Time of the last change of the file that holds the boxes, nanoseconds since the epoch; 0 where there is none."""
    tags: tuple[str, ...] = ()
    """What people have called it, each once, sorted."""
    splits: tuple[Split, ...] = ()
    """The parts of its dataset that it is in: usually one, none outside datasets."""
    quality: tuple[str, ...] = ()
    """What an analysis has found out about it, as the next three: here, what is wrong with it."""
    clusters: tuple[str, ...] = ()
    """The names of the groups of alike pictures that it is in."""
    classes: tuple[str, ...] = ()
    """What lists of classes say that it shows."""
    duplicates: tuple[str, ...] = ()
    """How it stands to others that show the same."""

    @property
    def folder(self) -> str:
        above = self.path.rpartition("/")[0]
        if "://" in self.path:
            return above
        # What `Path` makes of it, ten times as slowly: facets ask for hundreds.
        odd = "//" in self.path or "/." in self.path or self.path.endswith("/")
        return above if above.startswith("/") and not odd else str(Path(self.path).parent)

    @property
    def labels(self) -> tuple[str, ...]:
        """What is in it, each once, sorted."""
        return tuple(sorted({box.label for box in self.boxes}))

    @property
    def folder_names(self) -> tuple[str, ...]:
        """The names of all folders on its path, from the root down."""
        return names_on(self.folder)

    @property
    def name_folded(self) -> str:
        """What names are compared by."""
        return folded(self.name)

    @property
    def pixels(self) -> int:
        return self.width * self.height

    @property
    def shape(self) -> Shape:
        ratio = self.width / self.height if self.height else 1.0
        if max(ratio, 1 / ratio if ratio else 1.0) >= _PANORAMA:
            return "panorama"
        if max(ratio, 1 / ratio if ratio else 1.0) < _SQUARE:
            return "square"
        return "landscape" if ratio > 1 else "portrait"

    @property
    def colour_names(self) -> tuple[str, ...]:
        """What its dominant colours are called, each once, the largest share first."""
        return tuple(dict.fromkeys(colour_name(colour.rgb) for colour in self.colours))

    @property
    def fingerprint(self) -> Fingerprint:
        return Fingerprint(self.size, self.mtime_ns, self.annotated_ns, self.described)


@dataclass(frozen=True, slots=True)
class Hit:
    record: ImageRecord
    score: float
    """Cosine of query and picture, in [-1, 1]."""
    embedding: Embedding | None = field(default=None, compare=False, repr=False)
    """Where it was asked for."""


def names_on(path: str) -> tuple[str, ...]:
    """What the folders on a path, or in an address, are called."""
    scheme, _, rest = path.partition("://")
    return tuple(name for name in (rest or scheme).split("/") if name)


def record_id(path: str | Path) -> str:
    """The id of a file: the first 32 hexadecimal digits of the SHA-256 of its resolved path's bytes."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:32]


# Paths are bytes. Python shows those that are not UTF-8 as lone surrogates, which neither Arrow nor JSON can carry.
# In the index they stand as characters of the last private-use plane, one for each byte, and come back as they were.
# So do the other surrogates, which text out of a JSON or YAML file can hold.
_ESCAPED = {lone: 0x10F000 + lone - 0xD800 for lone in range(0xD800, 0xE000)}
_ESCAPED |= {0xDC00 + byte: 0x10FF00 + byte for byte in range(0x80, 0x100)}
_UNESCAPED = {stored: lone for lone, stored in _ESCAPED.items()}


def storable(text: str) -> str:
    """The text as an index can keep it; `from_storable` undoes it."""
    return text.translate(_ESCAPED)


def from_storable(text: str) -> str:
    return text.translate(_UNESCAPED)
