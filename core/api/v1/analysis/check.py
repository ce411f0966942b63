"""Whether pictures are in the collection already; none is added."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

import anyio
from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from pydantic import Field, model_validator
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool

from core.access.needs import actor
from core.access.roles import Role
from core.analysis.check.model import Answer, CheckProgress
from core.analysis.check.output import plain
from core.api.http import error_body
from core.api.uploads import keep
from core.api.v1.description.openapi import JSON_LINES
from core.api.v1.requests.body import Body, Hash
from core.api.v1.responses import Error, Reply
from core.errors import ImageSearchError, UploadsGone
from core.services import Services
from core.sources.checks import check_path

_CHECKED_AT_ONCE = 2


class CheckBody(Body):
    """Files to look up: uploaded to `/check/files`, or folders, pictures and ZIP files where they lie."""

    max_bytes: ClassVar[int] = 4 << 20

    ids: Annotated[list[Hash], Field(default_factory=list, max_length=20_000)]
    """Of what was uploaded."""
    locations: Annotated[list[Annotated[str, Field(max_length=4096)]], Field(default_factory=list, max_length=100)]
    """Paths below the folders that the app may read: for an admin."""
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    """The cosine from which pictures look alike; null: what suits the model."""

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.ids or self.locations):
            raise ValueError("name uploaded files in ids, or locations")
        return self


class MatchReply(Reply):
    """What the collection has of a file."""

    id: str
    path: str
    name: str
    content_hash: str
    width: int
    height: int
    size: int
    format: str


class CheckedReply(Reply):
    """A file, and whether the collection has it."""

    path: str
    name: str
    answer: Answer
    match: MatchReply | None
    cosine: float | None
    how: str
    """What it is beside the match, in words."""
    reason: str
    """Why it cannot be read; or what else there is to know."""
    content_hash: str
    size: int
    width: int
    height: int


class CheckReply(Reply):
    """A line: how far the check is, and what was found since the line before."""

    total: int | None
    """Files; null while they are being found."""
    done: int
    checked: list[CheckedReply]
    counts: dict[str, int] | None = None
    """In the last line: how many files have which answer."""


class Checking:
    told: ClassVar[dict[str, Any]] = {
        "response_class": StreamingResponse,
        "responses": {200: {"model": CheckReply | Error, "description": "Lines of JSON, the last with the counts"}},
    }

    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services
        self._checks = anyio.CapacityLimiter(4)
        self._running = anyio.CapacityLimiter(_CHECKED_AT_ONCE)

    async def add_file(self, request: Request, name: str = "") -> Response:
        """It is kept for a day, and not indexed."""
        return await keep(request, name, self._services().checked, self._checks)

    async def check(self, asked: CheckBody, request: Request) -> StreamingResponse:
        """Lines of JSON: what was found as it is found, and finally the counts; or an error, if something goes wrong on
        the way. Nothing is added to the index."""
        steps = await run_in_threadpool(self._begun, asked, request)
        return StreamingResponse(self._lines(steps), media_type=JSON_LINES, headers={"Cache-Control": "no-store"})

    def _begun(self, asked: CheckBody, request: Request) -> Iterator[CheckProgress]:
        services, by = self._services(), actor(request)
        locations, names = [], {}
        if asked.locations:
            by.check(Role.ADMIN)
            locations += [str(check_path(text, services.settings.library_roots)) for text in asked.locations]
        for id_ in dict.fromkeys(asked.ids):
            path: Path | None = services.checked.path(id_) or services.checked.archive(id_)
            if path is None:
                raise UploadsGone("A file to check is gone.", "Upload it again.")
            locations.append(str(path))
            names[str(path)] = services.checked.name(id_) or path.name
        return services.analysis.check.check(locations, threshold=asked.threshold, names=names, by=by)

    async def _lines(self, steps: Iterator[CheckProgress]) -> AsyncIterator[str]:
        """Ends where its reader is gone."""
        counts, done, total = Counter[str](), 0, 0
        try:
            async with self._running:
                async for step in iterate_in_threadpool(steps):
                    counts.update(one.answer.value for one in step.checked)
                    done, total = step.done, step.total or 0
                    yield _line(step.total, step.done, [plain(one) for one in step.checked])
            yield _line(total, done, [], {answer.value: counts[answer.value] for answer in Answer})
        except ImageSearchError as error:
            yield json.dumps(error_body(error)) + "\n"


def _line(total: int | None, done: int, checked: list[dict[str, Any]], counts: dict[str, int] | None = None) -> str:
    values = {"total": total, "done": done, "checked": checked}
    return json.dumps({**values, "counts": counts} if counts is not None else values) + "\n"
