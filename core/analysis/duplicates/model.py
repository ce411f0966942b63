"""The words that duplicates are spoken of in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from core.index.records import ImageRecord


class Level(StrEnum):
    """How alike pictures are; each includes those above it."""

    SAME_BYTES = "same-bytes"
    """The files are equal, byte by byte."""
    SAME_PICTURE = "same-picture"
    """Of another size, format, quality or brightness, turned, mirrored, framed or cropped: looked at, and found to be
    the same."""
    LOOK_ALIKE = "look-alike"
    """Their embeddings are nearly equal."""

    @property
    def words(self) -> str:
        return {"same-bytes": "Same file", "same-picture": "Same picture", "look-alike": "Look-alikes"}[self.value]


class Reason(StrEnum):
    """Why a picture is the one to keep."""

    RESOLUTION = "resolution"
    """It has more pixels, without a frame around it."""
    QUALITY = "quality"
    """It is less compressed."""
    LABELLED = "labelled"
    """Its dataset says what is in it."""
    TAGGED = "tagged"
    FOLDER = "folder"
    """It lies in a better folder: one that was named, or not one of copies, downloads or temporary files."""
    OLDEST = "oldest"
    """It was taken, or its file written, before the others."""


REASONS = tuple(Reason)
"""In the usual order."""


class Standing(StrEnum):
    """Which groups are listed."""

    OPEN = "open"
    DECIDED = "decided"
    ALL = "all"


class Decision(StrEnum):
    KEPT = "kept"
    SET_ASIDE = "set-aside"


UNDECIDED, DISTINCT = "undecided", "distinct"
"""Further values of `duplicate:`: in a group about which nothing was decided; said to be no duplicate."""

MARKS = (*(level.value for level in Level), UNDECIDED, Decision.KEPT.value, Decision.SET_ASIDE.value, DISTINCT)
"""All values that a record may have in `duplicate:`."""


@dataclass(frozen=True, slots=True)
class Member:
    record: ImageRecord
    level: Level
    """By what it is joined with the keeper; the keeper itself has the group's."""
    cosine: float
    """Of its embedding and the keeper's; 1 of the keeper."""
    how: str
    """What it is beside the keeper, in words: `half the size`; empty of the keeper."""
    decision: Decision | None
    quality: float
    """How little it is compressed, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    """32 hexadecimal digits: the same as long as the same contents are in it."""
    level: Level
    members: tuple[Member, ...]
    """The keeper first, then the most alike."""
    keeper: str
    """The id of the record that is kept, or that it is suggested to keep."""
    reason: str
    """Why, in words."""
    reason_key: Reason | None
    """None where it was decided, or all are equal."""
    size: int
    """Bytes of all members."""
    gain: int
    """Bytes of those that would go: all but the keeper, and what was set aside."""
    status: Standing
    """`OPEN` or `DECIDED`."""
    count: int
    """Records in all: more than `members` where there are very many."""


@dataclass(frozen=True, slots=True)
class GroupPage:
    groups: tuple[Group, ...]
    total: int
    offset: int
    gain: int
    """Bytes, of all groups of the list."""
    records: int
    """In all groups of the list."""


@dataclass(frozen=True, slots=True)
class LevelSummary:
    groups: int = 0
    """About which nothing was decided."""
    records: int = 0
    """In these."""
    gain: int = 0
    decided: int = 0
    """Further groups."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that was decided at once, and can be undone."""

    id: int
    at: float
    """Seconds since the epoch."""
    by: str
    title: str
    set_aside: int = 0
    kept: int = 0
    distinct: int = 0
    """Pairs of contents."""
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    state: Literal["never", "running", "ready", "stale"]
    """`stale`: pictures were added or removed since the scan."""
    job: int | None
    scanned_at: float | None
    records: int
    """That were scanned."""
    levels: dict[Level, LevelSummary]
    """Of look-alikes at the suggested threshold."""
    threshold: float
    """The cosine from which pictures look alike that suits model and collection."""
    floor: float
    """The lowest threshold that can be chosen without another scan."""
    set_aside: int
    kept: int
    freed: int
    """Bytes that the records which are set aside have."""
    unverified: int
    """Pictures without a thumbnail: only hashes speak for them."""
    last_action: Action | None
    """What `undo` would take back."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where in the first picture the second lies."""

    transform: tuple[float, float, float, float, float, float]
    """a, b, c, d, e, f: x₁ = a x₂ + b y₂ + c and y₁ = d x₂ + e y₂ + f, in shares of width and height."""
    level: Level | None
    """None where they are not even look-alikes."""
    cosine: float
    how: str
    overlap: float
    """The share of the one that lies in the other, the larger of both shares."""
    correlation: float | None
    """Of what is common, in windows; None where it was not looked at."""
