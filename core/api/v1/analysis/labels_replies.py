"""What the routes about the labels of a dataset take and answer."""

from typing import Annotated, Literal

from pydantic import Field

from core.analysis.labels.decisions import MAX_AT_ONCE
from core.analysis.labels.leakage import Level
from core.analysis.labels.tables import MAX_LABEL
from core.api.v1.analysis.shown import Shown, Work
from core.api.v1.requests.body import Body, Hash
from core.api.v1.responses import Reply

Label = Annotated[str, Field(min_length=1, max_length=4 * MAX_LABEL, examples=["zebra"])]


class CheckBody(Body):
    """A check of all labels."""

    again: bool = False
    """Whether also if nothing has changed since the last one."""


class DecisionBody(Body):
    """What somebody says of a label of a picture."""

    content_hash: Hash
    label: Label
    kind: Literal["given", "missing"] = "given"
    """Whether the picture has the label, or looks as if it should."""
    verdict: Literal["right", "wrong", "replaced"] | None
    """`right`: it stays. `wrong`: it goes, or, where it is missing, comes. `replaced`: it should be another one.
    null forgets what was said."""
    replacement: Annotated[str, Field(max_length=4 * MAX_LABEL)] = ""


class DecisionsBody(Body):
    """What somebody says of labels. It is kept by the content of the picture."""

    decisions: Annotated[list[DecisionBody], Field(min_length=1, max_length=MAX_AT_ONCE)]


class Kept(Reply):
    """How many decisions were kept."""

    kept: int


class LabelHealth(Reply):
    """The check of the labels in short."""

    work: Work
    made: float | None
    """When it was made, in seconds since the epoch; null: never."""
    pictures: int
    labelled: int
    """How many of them have labels."""
    labels: int
    splits: dict[str, int]
    suspicious: int
    """Labels that are likely to be wrong."""
    missing: int
    unlabelled: int
    """Pictures without labels that look like one."""
    leaks: dict[str, int]
    """Pairs across splits, by level; empty if there was no search for duplicates."""
    decisions: int
    behind: int
    """Pictures that came since."""


class Guess(Reply):
    label: str
    probability: float


class Rect(Reply):
    """A labelled part of a picture, in shares of its width and height."""

    label: str
    left: float
    top: float
    width: float
    height: float


class DecisionReply(Reply):
    verdict: Literal["right", "wrong", "replaced"]
    replacement: str


class SuspectReply(Reply):
    """A label of a picture that others contradict."""

    picture: Shown
    label: str
    quality: float
    """How likely it is right, from 0 to 1."""
    looks_like: list[Guess]
    neighbours: list[Shown]
    boxes: list[Rect]
    """Those with the label."""
    decision: DecisionReply | None


class SuspectsReply(Reply):
    """Labels that may be wrong, or missing: the most suspicious first."""

    total: int
    issues: int
    """So many, from the first, are likely to be."""
    reviewed: int
    rows: list[SuspectReply]


class LeakReply(Reply):
    """A picture that is in two splits."""

    level: Level
    words: str
    cosine: float
    one: Shown
    other: Shown


class Leaks(Reply):
    """Pictures that are in two splits, the most alike first."""

    known: bool
    """Whether there was a search for duplicates; if not, only what is listed in both is known."""
    levels: dict[str, int]
    total: int
    pairs: list[LeakReply]


class BalanceRow(Reply):
    label: str
    pictures: dict[str, int]
    """By split; `""` for those in none."""
    boxes: dict[str, int]


class BalanceReply(Reply):
    """How often each label is given in each split."""

    splits: list[str]
    rows: list[BalanceRow]
    notes: list[str]
    """What stands out, in words."""


class SizeBin(Reply):
    words: str
    count: int


class BoxesReply(Reply):
    """What boxes are like."""

    boxes: int
    labelled: int
    per_picture: float
    heat: list[list[float]]
    """How many boxes cover each part of a picture, as shares of the most."""
    sizes: list[SizeBin]
    """By the side of a square as large as the box, as a share of that of the picture."""
    problems: dict[str, int]


class BoxProblemReply(Reply):
    """A picture with boxes that look like mistakes."""

    picture: Shown
    boxes: list[Rect]
    words: str


class UnlabelledRow(Reply):
    picture: Shown
    label: str
    probability: float


class UnlabelledReply(Reply):
    """Pictures without labels that look like one, the likeliest first."""

    total: int
    rows: list[UnlabelledRow]
