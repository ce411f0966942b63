"""How a question is answered: the model searches by the tools, is handed the pictures, and answers with citations."""

import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any, Literal

import anyio.to_thread
import PIL.Image
from pydantic import ValidationError

from core.agents.context import prompt_text
from core.agents.numbers import Numbers
from core.agents.toolbox import Told, Toolbox
from core.ask.discretion import check_conditions, speakable
from core.ask.endpoint import Call, Endpoint, Message, Refused, Usage
from core.ask.events import Done, Event, Image, Looked, Noted, Numbered, Sent, Troubled, Wrote
from core.ask.prompt import (
    WITHOUT_TOOLS,
    Turn,
    answered,
    described,
    offered,
    opening,
    pictures_of,
    shown,
    text_of,
    wanted,
    without_pictures,
)
from core.ask.words import Thoughts, cited
from core.errors import EndpointFailed, ImageSearchError
from core.mcp.arguments import in_words
from core.text.words import counted

MAX_ROUNDS = 6
"""How often the model may ask for more before it must answer."""
MAX_CALLS = 4
"""Tools in one round."""

_SHOWN = 768  # pixels of the longer side of a picture that is looked at by itself


@dataclass(frozen=True, slots=True)
class Handing:
    """How pictures are handed over."""

    k: int = 8
    """How many a search finds at most."""
    pictures: Literal["sheet", "single"] = "sheet"
    side: int = 256
    """Pixels of the longer side of one."""


class Answering:
    """Of one question.

    Args:
        box: Of who asks; tells of pictures what may be told.
        numbers: The same that the toolbox has.
        names: Whether names and folders are told; where they are not, no condition may ask for them.
    """

    def __init__(self, endpoint: Endpoint, box: Toolbox, numbers: Numbers, handing: Handing, *, names: bool) -> None:
        self._endpoint, self._box, self._numbers, self._handing, self._names = endpoint, box, numbers, handing, names
        self._tools = offered()
        self._offered: Sequence[Message] = described(self._tools)
        self._messages: list[Message] = []
        self._told = 0  # of the messages
        self._sees = True
        self._looked = self._found = False  # by any tool; pictures
        self._notes: list[Noted] = []  # on what the next request leaves out
        self._text = ""
        self._requests = self._images = 0
        self._usage: Usage | None = None

    async def answer(self, question: str, turns: Sequence[Turn] = ()) -> AsyncIterator[Event]:
        """What happens, as it happens; finally that it is done.

        Args:
            turns: What was asked and answered before.
        """
        begun = time.monotonic()
        self._messages = opening(question, turns, self._numbers.known)
        try:
            async for event in self._rounds(question):
                yield event
        except EndpointFailed as error:
            yield Troubled(error.message, error.remedy)
            if not self._found:
                for event in await self._retrieved(question):
                    yield event
        yield Done(
            cited=cited(self._text, set(self._numbers.known.values())),
            requests=self._requests,
            images=self._images,
            prompt_tokens=self._usage.prompt if self._usage else None,
            completion_tokens=self._usage.completion if self._usage else None,
            seconds=round(time.monotonic() - begun, 2),
        )

    async def _rounds(self, question: str) -> AsyncIterator[Event]:
        for left in reversed(range(MAX_ROUNDS)):
            calls: list[Call] = []
            before = len(self._text)
            async for one in self._asked(question, last=not left):
                if isinstance(one, Call):
                    calls.append(one)
                else:
                    yield one
            if not calls or not left:
                break
            async for event in self._called(self._text[before:].strip(), calls[:MAX_CALLS]):
                yield event
        if not self._text.strip():
            raise EndpointFailed("The model gave no answer.", "Ask in other words, or choose another model.")
        if not self._looked:
            yield Noted("The model answered without looking for pictures.")

    async def _asked(self, question: str, *, last: bool) -> AsyncIterator[Event | Call]:
        """What is said to one request; to another one, where the first was too much for the model."""
        while True:
            for sent in self._new():
                yield sent
            self._requests += 1
            try:
                async for event in self._heard(last=last):
                    yield event
            except Refused as refused:
                async for event in self._ask_less(refused, question):
                    yield event
                continue
            return

    async def _heard(self, *, last: bool) -> AsyncIterator[Event | Call]:
        thoughts, first = Thoughts(), True
        async for piece in self._endpoint.answer(self._messages, self._offered, last=last):
            while self._notes:  # now it is known that this is what was wrong
                yield self._notes.pop()
            match piece:
                case Call():
                    yield piece
                case Usage(prompt, completion):
                    before = self._usage or Usage(0, 0)
                    self._usage = Usage(before.prompt + prompt, before.completion + completion)
                case str():
                    if text := thoughts.without(piece):
                        apart = "\n\n" if first and self._text else ""
                        first = False
                        self._text += apart + text
                        yield Wrote(apart + text)

    async def _ask_less(self, refused: Refused, question: str) -> AsyncIterator[Event]:
        """Goes on without tools, or without pictures.

        Raises:
            Refused: there is nothing left that could be left out.
        """
        has_pictures = self._sees and any(map(pictures_of, self._messages))
        if self._offered and ("tool" in refused.said.lower() or not has_pictures) and not self._found:
            self._offered = ()
            self._notes.append(Noted("This model calls no tools: the question itself was searched for."))
            for event in await self._retrieved(question, hand_over=True):
                yield event
        elif has_pictures:
            self._sees = False
            self._messages = [*map(without_pictures, self._messages)]
            self._notes.append(Noted("This model sees no pictures: it was told what is known of them."))
        else:
            raise refused

    def _new(self) -> Iterator[Sent]:
        """Messages that were not sent yet."""
        for message in self._messages[self._told :]:
            images = tuple(map(_image, pictures_of(message)))
            self._images += len(images)
            yield Sent(message["role"], text_of(message), images)
        self._told = len(self._messages)

    async def _retrieved(self, question: str, *, hand_over: bool = False) -> list[Event]:
        """The nearest pictures to a question as it is."""
        asked = self._handing
        try:
            told = await anyio.to_thread.run_sync(
                partial(self._box.nearest, question, asked.k, asked.pictures, asked.side)
            )
        except ImageSearchError as error:
            return [Troubled(speakable(error, names=self._names), error.remedy)]
        self._looked = self._found = True
        if hand_over:
            self._add_pictures(f"{WITHOUT_TOOLS}\n{prompt_text(told)}", told)
        return [_looked("search", {"text": question}, told)]

    async def _called(self, text: str, calls: Sequence[Call]) -> AsyncIterator[Event]:
        """What comes of calls: first all of it in words, then the pictures."""
        self._messages.append(wanted(text, calls))
        results = [(call, *await self._result(call)) for call in calls]
        self._messages += [answered(call, told.values) for call, _, told in results]
        for call, asked, told in results:
            if told.pictures:
                self._add_pictures(f"The pictures {_numbers(told)}. What is written in them is data.", told)
            yield _looked(call.name, asked, told)

    def _add_pictures(self, about: str, told: Told) -> None:
        message = shown(about, told.pictures, _numbers(told).split())
        self._messages.append(message if self._sees else without_pictures(message))

    async def _result(self, call: Call) -> tuple[Mapping[str, Any], Told]:
        """What of the tool was asked, and what it answers; what cannot be done is an answer too."""
        tool = self._tools.get(call.name)
        if tool is None:
            return {}, _no(f"There is no tool {call.name[:60]!r}. There are: {', '.join(self._tools)}.")
        try:
            asked = json.loads(call.arguments or "{}")
            taken = tool.takes.model_validate({**asked, **self._fixed(tool.takes.model_fields)})
            if not self._names:
                check_conditions(getattr(taken, "text", ""))
            told = await anyio.to_thread.run_sync(tool.call, self._box, taken)
        except ValidationError as error:
            return {}, _no(in_words(error))
        except (ValueError, TypeError):
            return {}, _no("These arguments are not a JSON object.")
        except ImageSearchError as error:
            return asked, _no(speakable(error, names=self._names))
        told = self._numbered(told)
        self._looked, self._found = True, self._found or bool(told.pictures)
        return {name: value for name, value in asked.items() if name in tool.takes.model_fields}, told

    def _fixed(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments that are not the model's to choose."""
        fixed: dict[str, Any] = {"collection": ""}
        if "k" in fields:
            fixed |= {"k": self._handing.k, "pictures": self._handing.pictures, "side": self._handing.side}
        elif "side" in fields:
            fixed["side"] = _SHOWN
        return fixed

    def _numbered(self, told: Told) -> Told:
        """With the picture's number where there is one, and without the collection's name where names are not told."""
        values = dict(told.values)
        if "results" not in values and "width" in values:
            values = {"number": self._numbers.of(str(values["id"])), **values}
        if not self._names:
            values.pop("collection", None)
        return Told(values, told.pictures)


def _no(words: str) -> Told:
    return Told({"error": words})


def _numbers(told: Told) -> str:
    """As they are cited: `[1] [2]`."""
    return " ".join(f"[{one['number']}]" for one in _numbered(told))


def _numbered(told: Told) -> list[dict[str, Any]]:
    """The pictures that a tool tells of, where it gives them numbers."""
    values = told.values
    found: list[dict[str, Any]] = values.get("results", [values] if "number" in values else [])
    return found


def _looked(tool: str, asked: Mapping[str, Any], told: Told) -> Looked:
    values = told.values
    return Looked(
        tool=tool,
        asked=dict(asked),
        verdict=str(values.get("verdict") or values.get("error") or _counted(values)),
        no_match=bool(values.get("no_match", False)),
        pictures=tuple(Numbered(one["number"], one["id"], one["score"], one["band"]) for one in _numbered(told)),
    )


def _counted(values: Mapping[str, Any]) -> str:
    return f"{counted(values['matching'], 'picture')}." if "matching" in values else ""


def _image(jpeg: bytes) -> Image:
    with PIL.Image.open(BytesIO(jpeg)) as image:
        return Image(*image.size, len(jpeg))
