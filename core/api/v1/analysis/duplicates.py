"""Duplicates: found, listed, decided upon."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import Query, Request
from fastapi.responses import Response, StreamingResponse

from core.access.needs import actor
from core.analysis.duplicates import plain
from core.analysis.duplicates.model import REASONS, Level, Reason, Standing
from core.api.http import Refusal, refuse_foreign
from core.api.v1.analysis.duplicates_replies import (
    MAX_PATH,
    ActionReply,
    AlignmentReply,
    AllBody,
    DecisionsBody,
    GroupReply,
    GroupsReply,
    SummaryReply,
    UndoBody,
)
from core.api.v1.requests.body import Id
from core.api.v1.responses import Started
from core.errors import InvalidQuery
from core.services import Services
from core.text.names import printable

_KINDS = {
    "csv": ("duplicates.csv", "text/csv; charset=utf-8; header=present"),
    "move": ("move-duplicates.sh", "text/x-shellscript; charset=utf-8"),
    "remove": ("remove-duplicates.sh", "text/x-shellscript; charset=utf-8"),
}

LevelParam = Annotated[Literal["same-bytes", "same-picture", "look-alike"], Query()]
Threshold = Annotated[float | None, Query(ge=0, le=1)]
Names = Annotated[str, Query(max_length=200)]
Place = Annotated[str, Query(max_length=MAX_PATH)]
Places = Annotated[list[str] | None, Query(max_length=50)]


class Reviewing:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def summary(self) -> SummaryReply:
        """Without a scan all is empty, and `state` is `never`."""
        return SummaryReply(**plain.summary(self._services().analysis.duplicates.summary()))

    def scan(self, request: Request) -> Started:
        """In the background: what was scanned before is not looked at again."""
        return Started(job=self._services().analysis.duplicates.begin(by=actor(request)))

    def groups(
        self,
        level: LevelParam = "same-picture",
        threshold: Threshold = None,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        standing: Annotated[Literal["open", "decided", "all"], Query()] = "open",
        reasons: Names = "",
        better: Places = None,
        within: Place = "",
        against: Place = "",
    ) -> GroupsReply:
        """`reasons` are names with commas between them; `better` are folders, the best first."""
        page = self._services().analysis.duplicates.groups(
            Level(level),
            threshold,
            offset,
            limit,
            standing=Standing(standing),
            reasons=_reasons(reasons),
            folders=better or (),
            within=within,
            against=against,
        )
        return GroupsReply(**plain.page(page))

    def group(
        self,
        key: str,
        level: LevelParam = "same-picture",
        threshold: Threshold = None,
        reasons: Names = "",
        better: Places = None,
    ) -> GroupReply:
        found = self._services().analysis.duplicates.group(
            key, Level(level), threshold, reasons=_reasons(reasons), folders=better or ()
        )
        if found is None:
            raise Refusal(404, "There is no such group.", "It may have been scanned anew: list the groups again.")
        return GroupReply(**plain.group(found))

    def pair(self, first: Annotated[Id, Query()], second: Annotated[Id, Query()]) -> AlignmentReply:
        """By the ids of any two records."""
        found = asdict(self._services().analysis.duplicates.compare(first, second))
        return AlignmentReply(**found)

    def decide(self, asked: DecisionsBody, request: Request) -> ActionReply:
        """No file is touched; what is set aside leaves the results of searches."""
        done = self._services().analysis.duplicates.decide(
            asked.keep, asked.set_aside, asked.distinct, clear=asked.clear, merge=asked.merge, by=actor(request)
        )
        return ActionReply(**plain.action(done))

    def decide_all(self, asked: AllBody, request: Request) -> ActionReply:
        """In every group about which nothing was decided: keeps the suggested picture, sets aside the rest."""
        done = self._services().analysis.duplicates.decide_all(
            Level(asked.level),
            asked.threshold,
            reasons=[Reason(reason) for reason in asked.reasons] or REASONS,
            folders=asked.folders,
            within=asked.within,
            against=asked.against,
            merge=asked.merge,
            by=actor(request),
        )
        return ActionReply(**plain.action(done))

    def undo(self, asked: UndoBody, request: Request) -> ActionReply:
        return ActionReply(**plain.action(self._services().analysis.duplicates.undo(asked.action, by=actor(request))))

    def actions(self, limit: Annotated[int, Query(ge=1, le=200)] = 20) -> list[ActionReply]:
        return [ActionReply(**plain.action(one)) for one in self._services().analysis.duplicates.actions(limit)]

    def export(
        self,
        request: Request,
        format: Annotated[Literal["csv", "move", "remove"], Query()] = "csv",
        target: Place = "",
    ) -> Response:
        """A table, or a shell script that moves (`target`: where to) or removes the files. The app runs none."""
        refuse_foreign(request)
        content = self._services().analysis.duplicates.export(format, target=target, by=actor(request))
        name, kind = _KINDS[format]
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingResponse(content, media_type=kind, headers=headers)


def _reasons(text: str) -> tuple[Reason, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = {reason.value: reason for reason in Reason}
    if wrong := next((name for name in names if name not in known), None):
        raise InvalidQuery(f"There is no reason {printable(wrong)[:50]}.", f"Choose of {', '.join(known)}.")
    return tuple(known[name] for name in names) or REASONS
