"""What happens while a question is answered, as it is told to who asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Numbered:
    """A picture that was handed over."""

    number: int
    id: str
    score: float | None
    band: str | None


@dataclass(frozen=True, slots=True)
class Looked:
    """The model called a tool, or the question was searched for as it is."""

    tool: str
    asked: Mapping[str, Any]
    """What of the tool, as far as it is not fixed here."""
    verdict: str
    """What came of it, in a sentence."""
    no_match: bool
    pictures: tuple[Numbered, ...]
    """Those that it found, for the first time or again."""


@dataclass(frozen=True, slots=True)
class Image:
    """A JPEG that was sent."""

    width: int
    height: int
    size: int
    """In bytes."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message to the model. Every later request of the question has it again."""

    role: str
    text: str
    images: tuple[Image, ...]


@dataclass(frozen=True, slots=True)
class Wrote:
    """The answer goes on."""

    text: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that whoever reads the answer should know."""

    text: str


@dataclass(frozen=True, slots=True)
class Troubled:
    """The model does not answer, or not to the end. What was found stays."""

    error: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Done:
    """The end."""

    cited: tuple[int, ...]
    """Numbers of pictures that the answer cites, in the order of the answer."""
    requests: int
    images: int
    """How many were sent: sheets and single ones."""
    prompt_tokens: int | None
    """Of all requests together, as the endpoint counts; null if it does not say."""
    completion_tokens: int | None
    seconds: float


type Event = Looked | Sent | Wrote | Noted | Troubled | Done
