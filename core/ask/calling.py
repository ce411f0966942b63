"""What comes of the tools that a model wants called, and of a question that is searched for as it is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import anyio.to_thread
from pydantic import ValidationError

from core.agents.numbers import Numbers
from core.agents.toolbox import Told, Toolbox
from core.ask.discretion import check_conditions, speakable
from core.ask.events import Looked, Numbered
from core.ask.prompt import offered
from core.ask.stream import Call
from core.errors import ImageSearchError
from core.mcp.arguments import in_words
from core.text.words import counted

_SHOWN = 768  # pixels of the longer side of a picture that is looked at by itself


@dataclass(frozen=True, slots=True)
class Handing:
    """How pictures are handed over."""

    k: int = 8
    """How many a search finds at most."""
    pictures: Literal["sheet", "single"] = "sheet"
    side: int = 256
    """Pixels of the longer side of one."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool answers."""

    tool: str
    asked: Mapping[str, Any]
    told: Told
    is_answer: bool = True
    """False where it could not be asked so."""

    @property
    def marks(self) -> Sequence[str]:
        """The numbers of its pictures as they are cited: `[1]`."""
        return [f"[{one['number']}]" for one in self._pictures]

    @property
    def looked(self) -> Looked:
        values = self.told.values
        matching = f"{counted(values['matching'], 'picture')}." if "matching" in values else ""
        return Looked(
            tool=self.tool,
            asked=dict(self.asked),
            verdict=str(values.get("verdict") or values.get("error") or matching),
            no_match=bool(values.get("no_match", False)),
            pictures=tuple(Numbered(one["number"], one["id"], one["score"], one["band"]) for one in self._pictures),
        )

    @property
    def _pictures(self) -> list[dict[str, Any]]:
        values = self.told.values
        found: list[dict[str, Any]] = values.get("results", [values] if "number" in values else [])
        return found


class Calling:
    """Of one question.

    Args:
        box: Of who asks; tells of pictures what may be told.
        numbers: The same that the toolbox has.
        names: Whether names and folders are told; where they are not, no condition may ask for them.
    """

    def __init__(self, box: Toolbox, numbers: Numbers, handing: Handing, *, names: bool) -> None:
        self._box, self._numbers, self._handing, self._names = box, numbers, handing, names
        self.tools = offered()

    async def nearest(self, question: str) -> Result:
        """The nearest pictures to a question as it is.

        Raises:
            ImageSearchError: they cannot be had.
        """
        how = self._handing
        asked = partial(self._box.nearest, question, how.k, how.pictures, how.side)
        return Result("search", {"text": question}, await anyio.to_thread.run_sync(asked))

    async def result(self, call: Call) -> Result:
        """What a tool answers; what cannot be done is an answer too."""
        tool = self.tools.get(call.name)
        if tool is None:
            return _no(call, f"There is no tool {call.name[:60]!r}. There are: {', '.join(self.tools)}.")
        fields = tool.takes.model_fields
        asked: dict[str, Any] = {}
        try:
            asked = {**json.loads(call.arguments or "{}")}
            taken = tool.takes.model_validate(asked | self._fixed(fields))
            if not self._names:
                check_conditions(getattr(taken, "text", ""))
            told = await anyio.to_thread.run_sync(tool.call, self._box, taken)
        except ValidationError as error:
            return _no(call, in_words(error))
        except (ValueError, TypeError, RecursionError):
            return _no(call, "These arguments are not a JSON object.")
        except ImageSearchError as error:
            return _no(call, speakable(error, names=self._names), asked)
        return Result(call.name, {name: value for name, value in asked.items() if name in fields}, self._told(told))

    def _fixed(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments that are not the model's to choose."""
        fixed: dict[str, Any] = {"collection": ""}
        if "k" in fields:
            fixed |= {"k": self._handing.k, "pictures": self._handing.pictures, "side": self._handing.side}
        elif "side" in fields:
            fixed["side"] = _SHOWN
        return fixed

    def _told(self, told: Told) -> Told:
        """With the picture's number where there is one, and without the collection's name where names are not told."""
        values = dict(told.values)
        if "results" not in values and "width" in values:
            values = {"number": self._numbers.of(str(values["id"])), **values}
        if not self._names:
            values.pop("collection", None)
        return Told(values, told.pictures)


def _no(call: Call, words: str, asked: Mapping[str, Any] | None = None) -> Result:
    return Result(call.name, asked or {}, Told({"error": words}), is_answer=False)
