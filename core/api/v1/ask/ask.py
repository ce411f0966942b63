"""A question about pictures: what is looked for, what is sent to the model, and its answer, as they come."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from typing import Annotated, Any, ClassVar, Literal

import anyio
from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import Field, RootModel
from starlette.concurrency import run_in_threadpool

from core.access.needs import actor
from core.agents.numbers import Numbers
from core.agents.toolbox import MAX_RESULTS, Discretion, Toolbox
from core.api.v1.ask.context import MAX_NUMBER, NumberedPicture
from core.api.v1.description.openapi import JSON_LINES
from core.api.v1.requests.body import Body, Id
from core.api.v1.responses import Error, Reply
from core.ask.answering import Answering
from core.ask.calling import Calling, Handing
from core.ask.endpoint import Endpoint
from core.ask.events import Done, Event, Looked, Noted, Sent, Troubled, Wrote
from core.ask.prompt import Turn
from core.errors import EndpointMissing
from core.images.numbered import MAX_TILE, MIN_TILE
from core.services import Services

MAX_QUESTION = 2_000
MAX_TURNS = 20

_ANSWERED_AT_ONCE = 4
_KINDS: dict[type, str] = {
    Looked: "looked",
    Sent: "sent",
    Wrote: "text",
    Noted: "note",
    Troubled: "trouble",
    Done: "done",
}


class AskedBefore(Body):
    """A question of before, and its answer."""

    question: Annotated[str, Field(max_length=MAX_QUESTION)]
    answer: Annotated[str, Field(max_length=50_000)]


class PictureOfBefore(Body):
    """A number that a picture has from questions before."""

    number: Annotated[int, Field(ge=1, le=MAX_NUMBER)]
    id: Id


class AskBody(Body):
    """What is asked, after what, and what may be told of pictures."""

    question: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION, examples=["Which pictures show zebras?"])]
    turns: Annotated[list[AskedBefore], Field(default_factory=list, max_length=MAX_TURNS)]
    """The conversation until now, oldest first."""
    pictures: Annotated[list[PictureOfBefore], Field(default_factory=list, max_length=500)]
    """The numbers of that conversation."""
    k: Annotated[int, Field(ge=1, le=MAX_RESULTS)] = 8
    """How many pictures a search finds at most."""
    handed: Literal["sheet", "single"] = "sheet"
    """Whether the model is given one numbered sheet for each search, or its pictures one by one."""
    side: Annotated[int, Field(ge=MIN_TILE, le=MAX_TILE)] = 256
    """Pixels of a picture's longer side, so handed over."""
    names: bool = False
    """Whether names and folders are sent, if the app's settings allow it."""
    places: bool = False
    """Whether it is sent where pictures were taken, if the app's settings allow it."""


class LookedReply(Reply):
    """The model called a tool, or the question was searched for as it is."""

    kind: Literal["looked"]
    tool: str
    asked: dict[str, Any]
    """What of the tool."""
    verdict: str
    """What came of it, in a sentence."""
    no_match: bool
    """Whether nothing really matches."""
    pictures: list[NumberedPicture]
    """What it found, for the first time or again."""


class ImageReply(Reply):
    """A JPEG that was sent."""

    width: int
    height: int
    size: int
    """In bytes."""


class SentReply(Reply):
    """A message that goes to the model, word for word. Every later request of the question has it again."""

    kind: Literal["sent"]
    role: str
    text: str
    images: list[ImageReply]


class TextReply(Reply):
    """The answer goes on."""

    kind: Literal["text"]
    text: str


class NoteReply(Reply):
    """Something that whoever reads the answer should know."""

    kind: Literal["note"]
    text: str


class TroubleReply(Reply):
    """The model does not answer, or not to the end. The pictures that were found are there all the same."""

    kind: Literal["trouble"]
    error: str
    remedy: str


class DoneReply(Reply):
    """The end, and what it cost."""

    kind: Literal["done"]
    cited: list[int]
    """Numbers of pictures that the answer cites."""
    requests: int
    images: int
    """How many were sent."""
    prompt_tokens: int | None
    """Of all requests, as the endpoint counts; null if it does not say."""
    completion_tokens: int | None
    seconds: float


class AskLine(RootModel[LookedReply | SentReply | TextReply | NoteReply | TroubleReply | DoneReply]):
    """Something that happens while a question is answered."""


class AskRoutes:
    told: ClassVar[dict[str, Any]] = {
        "response_class": StreamingResponse,
        "responses": {200: {"model": AskLine | Error, "description": "Lines of JSON, the last of the kind `done`"}},
    }

    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services
        self._answering = anyio.CapacityLimiter(_ANSWERED_AT_ONCE)

    async def ask(self, asked: AskBody, request: Request) -> StreamingResponse:
        """The model that the app's settings name searches, is handed the pictures on numbered sheets, and answers.

        A citation such as `[3]` is the picture of that number. Nothing is sent anywhere unless an endpoint is set.
        """
        answering = await run_in_threadpool(self._begun, asked, request)
        turns = [Turn(one.question, one.answer) for one in asked.turns]
        lines = self._lines(answering.answer(asked.question, turns))
        return StreamingResponse(lines, media_type=JSON_LINES, headers={"Cache-Control": "no-store"})

    def _begun(self, asked: AskBody, request: Request) -> Answering:
        """
        Raises:
            EndpointMissing: there is none that could be asked.
        """
        services, by = self._services(), actor(request)
        settings = services.settings
        if not settings.llm_url:
            raise EndpointMissing(
                "No model was chosen that answers questions.",
                "Set IMAGE_SEARCH_LLM_URL and IMAGE_SEARCH_LLM_MODEL, and start again.",
            )
        names, places = asked.names and settings.llm_names, asked.places and settings.llm_places
        numbers = Numbers(known={one.id: one.number for one in asked.pictures})
        box = Toolbox(lambda _: services, by, discretion=Discretion(names=names, places=places), numbers=numbers)
        endpoint = Endpoint(settings.llm_url, settings.llm_model, settings.llm_key)
        services.audit.note(by, "Asked about pictures", endpoint.host)
        calling = Calling(box, numbers, Handing(asked.k, asked.handed, asked.side), names=names)
        return Answering(endpoint, calling, numbers)

    async def _lines(self, events: AsyncIterator[Event]) -> AsyncIterator[str]:
        """Ends where its reader is gone, and with it the request to the model."""
        async with self._answering:
            async for event in events:
                yield json.dumps({"kind": _KINDS[type(event)], **asdict(event)}, ensure_ascii=False) + "\n"
