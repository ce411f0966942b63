"""Class lists: labels from words."""

from collections.abc import Callable
from typing import Annotated, Self

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import BeforeValidator, Field, model_validator

from core.access.needs import actor
from core.analysis.classes.classes import MAX_SAID, Classes, ClassState, ListState, Order
from core.analysis.classes.lists import MAX_CLASSES, MAX_THRESHOLD, MAX_WORDS, ClassOf
from core.analysis.classes.scan import NAME
from core.analysis.classes.tables import MAX_NAME
from core.api.v1.analysis.shown import Shown, Work, plain, work
from core.api.v1.requests.body import Body, Hash, number
from core.api.v1.responses import Reply, Started
from core.index.filters import AnyOf, Filter
from core.search.language.parser import format_
from core.services import Services

MAX_PAGE = 500

Threshold = Annotated[float, Field(ge=-MAX_THRESHOLD, le=MAX_THRESHOLD)]
Hashes = Annotated[list[Hash], Field(default_factory=list, max_length=MAX_SAID)]
Name = Annotated[str, Field(max_length=4 * MAX_NAME, examples=["scratch"])]
Offset = Annotated[
    Annotated[int, Field(ge=0)],
    BeforeValidator(number("offset", 0, 10_000_000)),
    Query(description="How many to skip."),
]
Limit = Annotated[
    Annotated[int, Field(ge=1, le=MAX_PAGE)],
    BeforeValidator(number("limit", 1, MAX_PAGE)),
    Query(description="How many to return."),
]


class ClassBody(Body):
    """A class."""

    name: Name
    """As it is searched for: `class:scratch`."""
    words: Annotated[str, Field(max_length=4 * MAX_WORDS, examples=["a scratched metal surface"])] = ""
    """What its pictures show. Empty: its name."""
    threshold: Threshold | None = None
    """The strength from which a picture is one. null: what suggests itself."""


class ListBody(Body):
    """A new class list."""

    name: Name
    classes: Annotated[list[ClassBody], Field(min_length=1, max_length=MAX_CLASSES)]
    exclusive: bool = False
    """Whether a picture is of one class at most: the one that it stands out most for."""


class ListChange(Body):
    """What a class list is from now on. What is null stays."""

    name: Name | None = None
    classes: Annotated[list[ClassBody], Field(min_length=1, max_length=MAX_CLASSES)] | None = None
    exclusive: bool | None = None
    thresholds: dict[str, Threshold | None] | None = None
    """By class; null: what suggests itself."""


class ApplyBody(Body):
    """Have the classes of a list found by searches."""

    tags: bool = False
    """Whether pictures get them as tags, too."""


class SaidBody(Body):
    """What people say of pictures: whether they are of a class."""

    name: Name
    right: Hashes
    wrong: Hashes
    clear: Hashes
    """About which what was said is forgotten."""

    @model_validator(mode="after")
    def _few(self) -> Self:
        if len(self.right) + len(self.wrong) + len(self.clear) > MAX_SAID:
            raise ValueError(f"{MAX_SAID:,} pictures at most")
        return self

    @property
    def said(self) -> dict[str, bool | None]:
        groups: tuple[tuple[list[str], bool | None], ...] = (
            (self.clear, None),
            (self.wrong, False),
            (self.right, True),
        )
        return {digest: value for group, value in groups for digest in group}


class PrecisionReply(Reply):
    """How many of those looked at are right; between `low` and `high` the share of all lies, by 95 %."""

    right: int
    looked_at: int
    low: float
    high: float
    words: str


class ClassReply(Reply):
    """A class. What is null is not known yet: the pictures are being scored."""

    name: str
    words: str
    threshold: float | None
    """As people have drawn the line; null: as it suggests itself."""
    suggested: float | None
    used: float | None
    count: int | None
    """How many pictures are of it."""
    yes: int
    """Of how many people have said so, and in `no` the opposite."""
    no: int
    precision: PrecisionReply
    filter: str
    """The condition that finds them where the list is applied."""


class ListReply(Reply):
    """A class list."""

    id: int
    name: str
    exclusive: bool
    applied: bool
    tags: bool
    classes: list[ClassReply]


class Lists(Reply):
    """The class lists."""

    work: Work
    lists: list[ListReply]
    labels: list[str]
    """The labels that pictures have, and in `clusters` the names of their clusters: to make lists of."""
    clusters: list[str]


class ScoredReply(Shown):
    """A picture, and how well a class fits it."""

    score: float
    """Its strength: in deviations above what chance brings."""
    right: bool | None
    """What people have said; null: nothing."""


class ClassPictures(Reply):
    """The pictures that a class may fit."""

    name: str
    threshold: float
    suggested: float
    count: int
    total: int
    """How many there are in this order."""
    curve: list[tuple[float, int]]
    """How many have at least which score."""
    pictures: list[ScoredReply]


class ClassRoutes:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    @property
    def _classes(self) -> Classes:
        return self._services().analysis.classes

    def list(self) -> Lists:
        classes = self._classes
        return Lists(
            work=work(self._services().library, NAME),
            lists=[_list(state) for state in classes.states()],
            **classes.offers(),
        )

    def add(self, asked: ListBody, request: Request) -> ListReply:
        """The pictures are scored in the background; they get the classes when the list is applied."""
        added = self._classes.add(asked.name, _classes(asked.classes), exclusive=asked.exclusive, by=actor(request))
        return _list(self._classes.state(added))

    def show(self, id: int) -> ListReply:
        return _list(self._classes.state(self._classes.lists.get(id)))

    def change(self, id: int, asked: ListChange, request: Request) -> ListReply:
        changed = self._classes.change(
            id,
            name=asked.name,
            classes=None if asked.classes is None else _classes(asked.classes),
            exclusive=asked.exclusive,
            thresholds=asked.thresholds,
            by=actor(request),
        )
        return _list(self._classes.state(changed))

    def delete(self, id: int, request: Request) -> Response:
        self._classes.delete(id, by=actor(request))
        return Response(status_code=204)

    def pictures(
        self, id: int, name: str, order: Order = Order.BEST, offset: Offset = 0, limit: Limit = 60
    ) -> ClassPictures:
        """`doubtful`: those nearest to the line first. `sample`: those of the class, by chance, to be checked."""
        page = self._classes.pictures(id, name, order, offset, limit)
        state = page.state
        assert state.used is not None
        assert state.suggested is not None
        assert state.count is not None
        return ClassPictures(
            name=name,
            threshold=state.used,
            suggested=state.suggested,
            count=state.count,
            total=page.total,
            curve=list(page.curve),
            pictures=[ScoredReply(**plain(one.record), score=one.score, right=one.right) for one in page.pictures],  # type: ignore[arg-type]
        )

    def say(self, id: int, asked: SaidBody, request: Request) -> ClassReply:
        return _class(self._classes.say(id, asked.name, asked.said, by=actor(request)))

    def apply(self, id: int, asked: ApplyBody, request: Request) -> Started:
        """In the background; what comes in later gets them, too."""
        return Started(job=self._classes.apply(id, tags=asked.tags, by=actor(request)))

    def withdraw(self, id: int, request: Request) -> Started:
        """In the background. Tags stay."""
        return Started(job=self._classes.withdraw(id, by=actor(request)))

    def score(self, request: Request) -> Started:
        """Score what is not scored yet, in the background."""
        return Started(job=self._classes.score(by=actor(request)))


def _classes(bodies: "list[ClassBody]") -> "list[ClassOf]":
    return [ClassOf(one.name, one.words, one.threshold) for one in bodies]


def _list(state: ListState) -> ListReply:
    one = state.list
    classes = [_class(each) for each in state.classes]
    return ListReply(
        id=one.id, name=one.name, exclusive=one.exclusive, applied=one.applied, tags=one.tags, classes=classes
    )


def _class(state: ClassState) -> ClassReply:
    told = state.precision
    return ClassReply(
        name=state.of.name,
        words=state.of.words,
        threshold=state.of.threshold,
        suggested=state.suggested,
        used=state.used,
        count=state.count,
        yes=state.yes,
        no=state.no,
        precision=PrecisionReply(
            right=told.right, looked_at=told.looked_at, low=told.low, high=told.high, words=told.words
        ),
        filter=format_((), Filter((AnyOf("class", (state.of.name,)),))),
    )
