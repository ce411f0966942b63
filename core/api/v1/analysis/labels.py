"""How good the labels of a dataset are: suspicious ones, leakage, balance, boxes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, Literal

from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from core.access.needs import actor
from core.analysis.labels.boxes import Problem as BoxProblem
from core.analysis.labels.decisions import MAX_AT_ONCE, Decision
from core.analysis.labels.labels import Labels, Suspect
from core.analysis.labels.leakage import WORDS, Leak, Level
from core.analysis.labels.scan import NAME
from core.analysis.labels.tables import MAX_LABEL
from core.api.v1.analysis.classes import Limit, Offset
from core.api.v1.analysis.shown import Shown, Work, shown, work
from core.api.v1.requests import Body, Hash
from core.api.v1.responses import Reply, Started
from core.images.describe import Box
from core.services import Services
from core.text.names import utf8_safe

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


class LabelRoutes:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    @property
    def _labels(self) -> Labels:
        return self._services().analysis.labels

    def health(self) -> LabelHealth:
        told = self._labels.health()
        return LabelHealth(
            work=work(self._services().library, NAME),
            made=told.made,
            pictures=told.pictures,
            labelled=told.labelled,
            labels=told.labels,
            splits=dict(told.splits),
            suspicious=told.suspicious,
            missing=told.missing,
            unlabelled=told.unlabelled,
            leaks=dict(told.leaks),
            decisions=told.decisions,
            behind=told.behind,
        )

    def check(self, asked: CheckBody, request: Request) -> Started:
        """In the background. A search for duplicates begins too if there was none: leakage is told by them."""
        return Started(job=self._labels.begin(again=asked.again, by=actor(request))[-1])

    def suspicious(
        self,
        kind: Literal["given", "missing"] = "given",
        label: str = "",
        open: bool = False,
        offset: Offset = 0,
        limit: Limit = 50,
    ) -> SuspectsReply:
        """With `open`, without those that something was said of."""
        found = self._labels.suspects(kind, label, offset, limit, only_open=open)
        rows = [_suspect(one) for one in found.rows]
        return SuspectsReply(total=found.total, issues=found.issues, reviewed=found.reviewed, rows=rows)

    def decide(self, asked: DecisionsBody, request: Request) -> Kept:
        said = [
            Decision(one.content_hash, one.label, one.kind, one.verdict, one.replacement) for one in asked.decisions
        ]
        return Kept(kept=self._labels.decide(said, by=actor(request)))

    def decisions(self) -> StreamingResponse:
        return _file(self._labels.decisions_csv(), "label-decisions.csv", "text/csv; charset=utf-8; header=present")

    def corrected(self) -> StreamingResponse:
        """In COCO's format, with the decisions carried out. No file of the dataset is changed."""
        return _file(self._labels.corrected(), "labels-corrected.json", "application/json")

    def leakage(
        self, level: Literal["", "listed", "bytes", "picture", "alike"] = "", offset: Offset = 0, limit: Limit = 50
    ) -> Leaks:
        """Without a level, of all but look-alikes."""
        labels = self._labels
        pairs = labels.leaks(level or None)
        return Leaks(
            known=labels.leakage.is_known,
            levels=labels.leakage.counts(),
            total=len(pairs),
            pairs=[_leak(one) for one in pairs[offset : offset + limit]],
        )

    def leakage_csv(self) -> StreamingResponse:
        return _file(self._labels.leaks_csv(), "leakage.csv", "text/csv; charset=utf-8; header=present")

    def balance(self) -> BalanceReply:
        told = self._labels.balance()
        rows = [{**row, "label": utf8_safe(row["label"])} for row in told["rows"]]
        return BalanceReply(**{**told, "rows": rows})

    def boxes(self) -> BoxesReply:
        empty: dict[str, Any] = {"boxes": 0, "labelled": 0, "per_picture": 0.0, "heat": [], "sizes": [], "problems": {}}
        return BoxesReply(**(empty | self._labels.boxes()))

    def box_problems(self, kind: BoxProblem, offset: Offset = 0, limit: Limit = 60) -> list[BoxProblemReply]:
        found = self._labels.box_problems(kind, offset, limit)
        return [
            BoxProblemReply(
                picture=shown(record),
                boxes=_rects([record.boxes[at] for at in places]),
                words=", ".join(dict.fromkeys(utf8_safe(record.boxes[at].label) for at in places)),
            )
            for record, places in found
        ]

    def unlabelled(self, offset: Offset = 0, limit: Limit = 60) -> UnlabelledReply:
        total, rows = self._labels.unlabelled(offset, limit)
        told = [
            UnlabelledRow(picture=shown(record), label=utf8_safe(label), probability=round(share, 4))
            for record, label, share in rows
        ]
        return UnlabelledReply(total=total, rows=told)


def _suspect(one: Suspect) -> SuspectReply:
    said = one.decision
    return SuspectReply(
        picture=shown(one.record),
        label=utf8_safe(one.label),
        quality=round(one.quality, 4),
        looks_like=[Guess(label=utf8_safe(label), probability=round(share, 4)) for label, share in one.looks_like],
        neighbours=[shown(record) for record in one.neighbours],
        boxes=_rects([box for box in one.record.boxes if box.label == one.label]),
        decision=DecisionReply(verdict=said.verdict, replacement=said.replacement) if said and said.verdict else None,
    )


def _rects(boxes: Sequence[Box]) -> list[Rect]:
    return [Rect(label=utf8_safe(box.label), **{side: getattr(box, side) for side in _SIDES}) for box in boxes]


_SIDES = ("left", "top", "width", "height")


def _leak(one: Leak) -> LeakReply:
    words = f"{WORDS[one.level]}, {one.how}" if one.how and one.level == "picture" else WORDS[one.level]
    return LeakReply(
        level=one.level, words=words, cosine=round(one.cosine, 4), one=shown(one.one), other=shown(one.other)
    )


def _file(content: Iterator[bytes], name: str, kind: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(content, media_type=kind, headers=headers)
