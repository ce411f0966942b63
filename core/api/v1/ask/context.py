"""Retrieval alone: the pictures that a model is to be given, numbered, with a text ready for its prompt."""

import base64
from collections.abc import Callable
from typing import Annotated

from fastapi import Request
from pydantic import Field

from core.access.needs import actor
from core.agents.context import prompt_text
from core.agents.numbers import Numbers
from core.agents.toolbox import MAX_RESULTS, Discretion, Toolbox
from core.api.v1.requests.body import Body
from core.api.v1.responses import Reply
from core.images.numbered import MAX_TILE, MIN_TILE
from core.search.language.parser import LONGEST
from core.services import Services

MAX_NUMBER = 9_000


class ContextBody(Body):
    """What to find pictures of for a prompt, and what of them may be told."""

    text: Annotated[str, Field(max_length=LONGEST, examples=["zebras label:zebra"])]
    """Words and conditions, as typed on the page."""
    k: Annotated[int, Field(ge=1, le=MAX_RESULTS)] = 8
    """How many pictures."""
    first: Annotated[int, Field(ge=1, le=MAX_NUMBER)] = 1
    """The number of the first picture: one more than the last of a search before, so that each number of a
    conversation is one picture."""
    side: Annotated[int, Field(ge=MIN_TILE, le=MAX_TILE)] = 256
    """Pixels of a picture's longer side on the sheet."""
    names: bool = False
    """Whether names and folders are told."""
    places: bool = False
    """Whether it is told where pictures were taken."""


class NumberedPicture(Reply):
    """A picture of the sheet."""

    number: int
    id: str
    score: float | None
    band: str | None


class ContextReply(Reply):
    """Pictures on a numbered sheet, and a text about them for a prompt."""

    verdict: str
    """Whether anything matches, in a sentence."""
    no_match: bool
    """Whether nothing really matches, and these are only the nearest there are."""
    text: str
    """For a prompt: the verdict, then a line of data for each number."""
    sheet: str | None
    """The numbered pictures as one JPEG, in Base64; null if there are none."""
    pictures: list[NumberedPicture]


class ContextRoutes:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def find(self, asked: ContextBody, request: Request) -> ContextReply:
        """A citation such as `[3]` in what a model then answers is the picture of that number."""
        discretion = Discretion(names=asked.names, places=asked.places)
        box = Toolbox(lambda _: self._services(), actor(request), discretion=discretion, numbers=Numbers(asked.first))
        told = box.search(asked.text, asked.k, "sheet", asked.side)
        return ContextReply(
            verdict=told.values["verdict"],
            no_match=told.values["no_match"],
            text=prompt_text(told),
            sheet=base64.b64encode(told.pictures[0]).decode() if told.pictures else None,
            pictures=[
                NumberedPicture(**{name: one[name] for name in ("number", "id", "score", "band")})
                for one in told.values["results"]
            ],
        )
