"""What a collection holds in all, and two sides of it compared."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from core.access.needs import actor
from core.analysis.compare.report import checked
from core.analysis.overview.land import land
from core.analysis.overview.report import plain
from core.api.http import Refusal
from core.api.v1.analysis.overview_replies import Overview, SidesCompared
from core.api.v1.requests.body import Body
from core.api.v1.responses import Started
from core.search.language.parser import LONGEST
from core.services import Services

_FOREVER = {"Cache-Control": "private, max-age=86400"}

SideText = Annotated[
    str,
    Field(max_length=LONGEST, examples=["split:train"]),
]


class SidesBody(Body):
    """Two sides, each by its conditions as typed on the search page; `collection:NAME` before them is that of another
    collection."""

    first: SideText
    second: SideText


class OverviewRoutes:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def show(self) -> Overview:
        """At once: what takes longer is what was gathered last, null if that was never done."""
        return Overview(**plain(self._services().analysis.overview.overview()))

    def start(self, request: Request) -> Started:
        """Gathers when and where pictures were taken, what is typical, rare and missing, in the background."""
        return Started(job=self._services().library.analyse("overview", by=actor(request)))

    def land(self) -> JSONResponse:
        """Closed lines, each of longitudes and latitudes in turn."""
        return JSONResponse(land(), headers=_FOREVER)

    def compared(
        self,
        first: Annotated[str, Query(max_length=LONGEST, description="As in the body of POST.")],
        second: Annotated[str, Query(max_length=LONGEST)],
    ) -> SidesCompared:
        """What came of it last."""
        found: dict[str, Any] | None = self._services().analysis.comparisons.found(first, second)
        if found is None:
            raise Refusal(404, "These two sides were not compared yet.", "Start it with POST, and ask again.")
        return SidesCompared(**found)

    def compare(self, asked: SidesBody, request: Request) -> Started:
        """Compares two sides in the background."""
        sides = checked(asked.first, asked.second)
        return Started(job=self._services().analysis.compare(sides, by=actor(request)))
