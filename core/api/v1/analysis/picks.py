"""Picking so many pictures of many."""

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from core.analysis.picks.picks import MAX_PICKS, MAX_SEED, How, Kind, Picked
from core.api.v1.analysis.shown import Shown, plain
from core.api.v1.requests.search import Asked
from core.api.v1.responses import Reply
from core.services import Services
from core.text.names import utf8_safe
from core.text.words import pictures

MAX_PREVIEW = 500


class PickBody(Asked):
    """What to pick from: a search, or what meets its conditions; and how."""

    count: Annotated[int, Field(ge=1, le=MAX_PICKS)] = 24
    """How many."""
    how: Annotated[How, Field(strict=False)] = How.DIVERSE
    by: Kind = "label"
    """What to balance by."""
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = 0
    """The same one picks the same again, as long as the pictures are the same."""
    preview: Annotated[int, Field(ge=0, le=MAX_PREVIEW)] = 60
    """How many of them to describe."""


class PickedPicture(Shown):
    kind: str
    """What it was picked for, if they were balanced; else empty."""


class PickReply(Reply):
    """The pictures that were picked."""

    ids: list[str]
    """Of all of them, in the order in which they were picked: for `/tags` and `/exports`."""
    pictures: list[PickedPicture]
    """The first of them."""
    counts: dict[str, int]
    """How many were picked for each label or cluster, if they were balanced."""
    pool: int
    """How many were picked from: of equal bytes only one."""
    of: int
    """How many there are."""
    farthest: float
    """How far the picture that is least like any that was picked is from them: 1 − cosine."""
    mean: float
    """How far all are in the mean."""
    said: str
    notes: list[str]


class PickRoutes:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def pick(self, asked: PickBody) -> PickReply:
        """Changes nothing: what becomes of them is said with `/tags` or `/exports`."""
        services = self._services()
        picked = services.analysis.picks.pick(asked.search, asked.count, asked.how, asked.by, asked.seed)
        first = list(picked.ids[: asked.preview])
        records = {record.id: record for record in services.index.get(first)}
        kinds = dict(zip(picked.ids, picked.kinds, strict=False))
        return PickReply(
            ids=list(picked.ids),
            pictures=[
                PickedPicture(**plain(records[id_]), kind=utf8_safe(kinds.get(id_, "")))  # type: ignore[arg-type]
                for id_ in first
                if id_ in records
            ],
            counts={utf8_safe(kind): count for kind, count in picked.counts.items()},
            pool=picked.pool,
            of=picked.of,
            farthest=round(picked.farthest, 4),
            mean=round(picked.mean, 4),
            said=said(picked),
            notes=list(picked.notes),
        )


def said(picked: Picked) -> str:
    return f"{pictures(len(picked.ids))} picked of {picked.pool:,}."
