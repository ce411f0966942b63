"""How good the labels of a dataset are: suspicious ones, leakage, balance, boxes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from fastapi import Request
from fastapi.responses import StreamingResponse

from core.access.needs import actor
from core.analysis.labels.boxes import Problem as BoxProblem
from core.analysis.labels.decisions import Decision
from core.analysis.labels.labels import Labels, Suspect
from core.analysis.labels.leakage import WORDS, Leak
from core.analysis.labels.scan import NAME
from core.api.v1.analysis import labels_replies as replies
from core.api.v1.analysis.classes import Limit, Offset
from core.api.v1.analysis.shown import shown, work
from core.api.v1.responses import Started
from core.images.describe import Box
from core.services import Services
from core.text.names import utf8_safe


class LabelRoutes:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    @property
    def _labels(self) -> Labels:
        return self._services().analysis.labels

    def health(self) -> replies.LabelHealth:
        told = self._labels.health()
        return replies.LabelHealth(
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

    def check(self, asked: replies.CheckBody, request: Request) -> Started:
        """In the background. A search for duplicates begins too if there was none: leakage is told by them."""
        return Started(job=self._labels.begin(again=asked.again, by=actor(request))[-1])

    def suspicious(
        self,
        kind: Literal["given", "missing"] = "given",
        label: str = "",
        open: bool = False,
        offset: Offset = 0,
        limit: Limit = 50,
    ) -> replies.SuspectsReply:
        """With `open`, without those that something was said of."""
        found = self._labels.suspects(kind, label, offset, limit, only_open=open)
        rows = [_suspect(one) for one in found.rows]
        return replies.SuspectsReply(total=found.total, issues=found.issues, reviewed=found.reviewed, rows=rows)

    def decide(self, asked: replies.DecisionsBody, request: Request) -> replies.Kept:
        said = [
            Decision(one.content_hash, one.label, one.kind, one.verdict, one.replacement) for one in asked.decisions
        ]
        return replies.Kept(kept=self._labels.decide(said, by=actor(request)))

    def decisions(self) -> StreamingResponse:
        return _file(self._labels.decisions_csv(), "label-decisions.csv", "text/csv; charset=utf-8; header=present")

    def corrected(self) -> StreamingResponse:
        """In COCO's format, with the decisions carried out. No file of the dataset is changed."""
        return _file(self._labels.corrected(), "labels-corrected.json", "application/json")

    def leakage(
        self, level: Literal["", "listed", "bytes", "picture", "alike"] = "", offset: Offset = 0, limit: Limit = 50
    ) -> replies.Leaks:
        """Without a level, of all but look-alikes."""
        labels = self._labels
        pairs = labels.leaks(level or None)
        return replies.Leaks(
            known=labels.leakage.is_known,
            levels=labels.leakage.counts(),
            total=len(pairs),
            pairs=[_leak(one) for one in pairs[offset : offset + limit]],
        )

    def leakage_csv(self) -> StreamingResponse:
        return _file(self._labels.leaks_csv(), "leakage.csv", "text/csv; charset=utf-8; header=present")

    def balance(self) -> replies.BalanceReply:
        told = self._labels.balance()
        rows = [{**row, "label": utf8_safe(row["label"])} for row in told["rows"]]
        return replies.BalanceReply(**{**told, "rows": rows})

    def boxes(self) -> replies.BoxesReply:
        empty: dict[str, Any] = {"boxes": 0, "labelled": 0, "per_picture": 0.0, "heat": [], "sizes": [], "problems": {}}
        return replies.BoxesReply(**(empty | self._labels.boxes()))

    def box_problems(self, kind: BoxProblem, offset: Offset = 0, limit: Limit = 60) -> list[replies.BoxProblemReply]:
        found = self._labels.box_problems(kind, offset, limit)
        return [
            replies.BoxProblemReply(
                picture=shown(record),
                boxes=_rects([record.boxes[at] for at in places]),
                words=", ".join(dict.fromkeys(utf8_safe(record.boxes[at].label) for at in places)),
            )
            for record, places in found
        ]

    def unlabelled(self, offset: Offset = 0, limit: Limit = 60) -> replies.UnlabelledReply:
        total, rows = self._labels.unlabelled(offset, limit)
        told = [
            replies.UnlabelledRow(picture=shown(record), label=utf8_safe(label), probability=round(share, 4))
            for record, label, share in rows
        ]
        return replies.UnlabelledReply(total=total, rows=told)


def _suspect(one: Suspect) -> replies.SuspectReply:
    said = one.decision
    return replies.SuspectReply(
        picture=shown(one.record),
        label=utf8_safe(one.label),
        quality=round(one.quality, 4),
        looks_like=[
            replies.Guess(label=utf8_safe(label), probability=round(share, 4)) for label, share in one.looks_like
        ],
        neighbours=[shown(record) for record in one.neighbours],
        boxes=_rects([box for box in one.record.boxes if box.label == one.label]),
        decision=replies.DecisionReply(verdict=said.verdict, replacement=said.replacement)
        if said and said.verdict
        else None,
    )


def _rects(boxes: Sequence[Box]) -> list[replies.Rect]:
    return [replies.Rect(label=utf8_safe(box.label), **{side: getattr(box, side) for side in _SIDES}) for box in boxes]


_SIDES = ("left", "top", "width", "height")


def _leak(one: Leak) -> replies.LeakReply:
    words = f"{WORDS[one.level]}, {one.how}" if one.how and one.level == "picture" else WORDS[one.level]
    return replies.LeakReply(
        level=one.level, words=words, cosine=round(one.cosine, 4), one=shown(one.one), other=shown(one.other)
    )


def _file(content: Iterator[bytes], name: str, kind: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(content, media_type=kind, headers=headers)
