"""What a check comes to."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.index.records import ImageRecord


class Answer(StrEnum):
    SAME_FILE = "same-file"
    """The collection has a file that is equal byte by byte."""
    SAME_PICTURE = "same-picture"
    """It has the picture in another size, format, quality, orientation or cut: looked at, and found to be the same."""
    LOOK_ALIKE = "look-alike"
    """It has one whose embedding is nearly equal."""
    NEW = "new"
    UNREADABLE = "unreadable"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    Answer.SAME_FILE: "Same file",
    Answer.SAME_PICTURE: "Same picture",
    Answer.LOOK_ALIKE: "Look-alike",
    Answer.NEW: "New",
    Answer.UNREADABLE: "Cannot be read",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """One file, and what the collection has of it."""

    path: str
    """Where it is; of an upload its name."""
    name: str
    answer: Answer
    match: ImageRecord | None = None
    """What the collection has; None of what is new or cannot be read."""
    cosine: float | None = None
    """Of its embedding and the nearest of the collection; None where it was not embedded."""
    how: str = ""
    """What it is beside the match, in words: `half the size`."""
    reason: str = ""
    """Of what cannot be read, why, and what to do; of others what else there is to know."""
    content_hash: str = ""
    size: int = 0
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class CheckProgress:
    total: int | None
    """Files; None while they are still being found."""
    done: int
    checked: tuple[Checked, ...] = ()
    """Those since the last report."""


def counts(checked: Iterable[Checked]) -> dict[str, int]:
    """How many have which answer."""
    found = Counter(one.answer for one in checked)
    return {answer.value: found[answer] for answer in Answer}
