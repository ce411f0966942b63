"""Pictures that are blurred, dark, nearly blank: how many, and the worst of each."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Query, Request
from pydantic import BeforeValidator, Field

from core.access.needs import actor
from core.analysis.quality.report import MAX_WORST, plain
from core.api.v1.requests.body import number
from core.api.v1.responses import Reply, Started
from core.services import Services

_WORST = 12

Count = Annotated[
    Annotated[int, Field(ge=0, le=MAX_WORST)],
    BeforeValidator(number("worst", 0, MAX_WORST)),
    Query(description="How many of the worst to tell of each flag."),
]


class QualityExample(Reply):
    """One of the worst pictures by a measure."""

    id: str
    content_hash: str
    name: str
    path: str
    width: int
    height: int
    value: float
    """What was measured."""
    said: str
    """The same, in words."""
    flagged: bool
    """Whether it is beyond the threshold."""


class QualityFlag(Reply):
    """One thing that can be wrong with a picture."""

    key: str
    title: str
    about: str
    """When a picture has the flag, in a sentence."""
    threshold: float
    above: bool
    """Whether what is above the threshold has the flag; else what is below."""
    count: int
    """How many pictures have the flag."""
    filter: str
    """The condition that finds them: `quality:blurred`."""
    worst: list[QualityExample]
    """The worst first. Of copies there is one."""


class Quality(Reply):
    """What is known of the quality of the pictures."""

    pictures: int
    checked: int
    """How many of them were looked at."""
    flagged: int | None
    """How many have any flag; null if nothing was checked yet."""
    flags: list[QualityFlag]


class QualityRoutes:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def show(self, worst: Count = _WORST, flag: str = "") -> Quality:
        """What was found so far. `flag` names the one to tell of."""
        return Quality(**plain(self._services().analysis.quality.report(worst, flag)))

    def start(self, request: Request) -> Started:
        """Checks what is new, in the background."""
        return Started(job=self._services().library.analyse("quality", by=actor(request)))
