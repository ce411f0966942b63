"""What the routes about duplicates take and answer."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.analysis.duplicates.decisions.deciding import MAX_DISTINCT
from core.api.v1.requests.body import Body, Id
from core.api.v1.responses import Reply

MAX_PATH = 4096

Place = Annotated[str, Field(max_length=MAX_PATH)]
Cosine = Annotated[float, Field(ge=0, le=1)]
LevelName = Literal["same-bytes", "same-picture", "look-alike"]
ReasonName = Literal["resolution", "quality", "labelled", "tagged", "folder", "oldest"]


class LevelCounts(Reply):
    """Of one level."""

    groups: int
    """About which nothing was decided."""
    records: int
    gain: int
    """Bytes that could be freed."""
    decided: int
    """Further groups."""


class ActionReply(Reply):
    """Something that was decided at once, and can be undone."""

    id: int
    at: float
    """Seconds since the epoch."""
    by: str
    title: str
    set_aside: int
    kept: int
    distinct: int
    """Pairs of contents that are no duplicates."""
    undone: bool


class SummaryReply(Reply):
    """How it stands with the duplicates of a collection."""

    state: Literal["never", "running", "ready", "stale"]
    """`stale`: pictures were added or removed since the scan."""
    job: int | None
    scanned_at: float | None
    records: int
    levels: dict[str, LevelCounts]
    """`same-bytes`, `same-picture` and, at the suggested threshold, `look-alike`."""
    threshold: float
    """The cosine from which pictures look alike that suits the model."""
    floor: float
    """The lowest that can be asked for without another scan."""
    set_aside: int
    kept: int
    freed: int
    """Bytes of what was set aside."""
    unverified: int
    """Pictures without a thumbnail: only hashes speak for them."""
    last_action: ActionReply | None


class MemberReply(Reply):
    """A picture of a group."""

    id: str
    path: str
    name: str
    folder: str
    content_hash: str
    width: int
    height: int
    size: int
    format: str
    taken_at: str | None
    mtime_ns: int
    labels: list[str]
    tags: list[str]
    boxes: int
    level: str
    """By what it is joined with the keeper."""
    cosine: float
    how: str
    """What it is beside the keeper, in words."""
    decision: Literal["kept", "set-aside"] | None
    quality: float
    """How little it is compressed, from 0 to 1."""


class GroupReply(Reply):
    """Pictures that are duplicates of each other."""

    key: str
    level: str
    keeper: str
    """The id of the one that is kept, or best kept."""
    reason: str
    """Why, in words."""
    reason_key: str | None
    size: int
    gain: int
    """Bytes that could be freed."""
    status: Literal["open", "decided"]
    count: int
    """Pictures in all: more than `members` if there are very many."""
    members: list[MemberReply]


class GroupsReply(Reply):
    """A page of groups, the most space to free first."""

    total: int
    offset: int
    gain: int
    """Bytes, of all groups of the list."""
    records: int
    """In all groups of the list."""
    groups: list[GroupReply]


class AlignmentReply(Reply):
    """Where in the first picture the second lies."""

    transform: tuple[float, float, float, float, float, float]
    """Six numbers, a to f: x₁ = a x₂ + b y₂ + c and y₁ = d x₂ + e y₂ + f, in shares of width and height."""
    level: str | None
    """null if they are not even look-alikes."""
    cosine: float
    how: str
    overlap: float
    correlation: float | None


class DecisionsBody(Body):
    """What to keep and what to set aside, by the ids of records."""

    max_bytes: ClassVar[int] = 4 << 20

    keep: Annotated[list[Id], Field(default_factory=list, max_length=20_000)]
    set_aside: Annotated[list[Id], Field(default_factory=list, max_length=20_000)]
    clear: Annotated[list[Id], Field(default_factory=list, max_length=20_000)]
    """What was decided about these is forgotten."""
    distinct: Annotated[
        list[Annotated[list[Id], Field(min_length=2, max_length=MAX_DISTINCT)]],
        Field(default_factory=list, max_length=1_000),
    ]
    """Each picture of a list is not a duplicate of the others in it."""
    merge: bool = True
    """Whether what is kept gets tags and labels of what is set aside."""


class AllBody(Body):
    """In every group of a list: keep the suggested, set aside the rest."""

    level: LevelName
    threshold: Cosine | None = None
    reasons: Annotated[list[ReasonName], Field(default_factory=list, max_length=6)]
    """What makes a picture the one to keep, the most important first; none: the usual ones."""
    folders: Annotated[list[Place], Field(default_factory=list, max_length=50)]
    """Better ones, the best first."""
    within: Place = ""
    """A folder: only groups with a picture in it."""
    against: Place = ""
    """A folder: only groups with another picture in it."""
    merge: bool = True


class UndoBody(Body):
    """Which decision to undo."""

    action: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    """null: the latest."""
