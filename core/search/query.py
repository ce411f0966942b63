"""What a person searches for: words and pictures with weights, and what results to be like or unlike."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from core.errors import InvalidQuery
from core.images.describe import is_content_hash
from core.index.filters import Filter
from core.index.limits import MAX_K
from core.search.options import USUAL_K, Options

MAX_PARTS = 32
"""The most parts of one query: words, pictures and examples together."""

MIN_WEIGHT, MAX_WEIGHT = -1.0, 2.0

EXCLUDED = -0.5
"""The weight of a whole picture to turn away from: at -1 it would turn away from what is looked for in it, too."""

_MAX_TEXT = 2000  # characters: far beyond what any model reads, and short enough to tokenise at once
_MIN_REGION = 0.02  # of a picture's side


class Region(NamedTuple):
    """A part of a picture, in shares of its upright width and height, in [0, 1]."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    weight: float = 1.0
    """From `MIN_WEIGHT` to `MAX_WEIGHT`; a negative one turns away from what the text says."""


@dataclass(frozen=True, slots=True)
class Picture:
    content_hash: str
    """The content hash of a picture in the corpus, or of a dropped one."""
    weight: float = 1.0
    region: Region | None = None
    """The part that is searched with; None: all of it."""


@dataclass(frozen=True, slots=True)
class Query:
    """Words, pictures, or both together; then moved towards some pictures and away from others."""

    words: tuple[Words, ...] = ()
    pictures: tuple[Picture, ...] = ()
    more: tuple[str, ...] = ()
    """Content hashes of pictures that the results are to be more like: feedback on them, which moves the query less
    than a picture of its own does (Rocchio)."""
    less: tuple[str, ...] = ()
    """Content hashes of pictures that the results are to be less like."""

    @property
    def empty(self) -> bool:
        return not (self.words or self.pictures or self.more)

    @property
    def seeks(self) -> bool:
        """Whether it says what to look for, not only what to turn away from."""
        parts: list[Words | Picture] = [*self.words, *self.pictures]
        return bool(self.more) or any(part.weight > 0 for part in parts)

    @property
    def text(self) -> str:
        """The words alone, in one line: for messages."""
        return ", ".join(words.text for words in self.words)


@dataclass(frozen=True, slots=True)
class Search:
    """All that a search consists of."""

    query: Query = field(default_factory=Query)
    """Empty: everything that the filter lets through, without scores."""
    where: Filter = field(default_factory=Filter)
    options: Options = field(default_factory=Options)
    k: int | None = None
    """How many results, 1 to `MAX_K`: the best, whatever their band; pictures shown as one count once. None: as many as
    there are."""

    @property
    def browses(self) -> bool:
        """Whether nothing is looked for."""
        return self.query.empty and not self.query.less

    @property
    def usual_k(self) -> int:
        """How many results are shown where nobody has said how many: when browsing, all."""
        return MAX_K if self.browses else USUAL_K


def clean(text: str) -> str:
    """The text without what no tokeniser can read: control characters, lone surrogates, surplus blanks."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[:_MAX_TEXT])
    return " ".join(printable.split())


def checked(query: Query) -> Query:
    """The query with its texts cleaned, and without what does nothing: empty texts, parts of weight zero, doubles.

    Raises:
        InvalidQuery: it is empty or turns away only, has too many parts, a weight or region out of bounds, or what
            names a picture is no content hash.
    """
    words = [replace(part, text=clean(part.text)) for part in query.words]
    query = Query(
        tuple(dict.fromkeys(part for part in words if part.text and part.weight)),
        tuple(dict.fromkeys(part for part in query.pictures if part.weight)),
        tuple(dict.fromkeys(query.more)),
        tuple(dict.fromkeys(digest for digest in query.less if digest not in query.more)),
    )
    if query.empty and query.less:
        raise InvalidQuery(
            "There is nothing to search for: this search only says what to leave out.",
            "Add words, or a picture to search with.",
        )
    if query.empty:
        raise InvalidQuery("There is nothing to search for.", "Type some words or add a picture.")
    _check_parts(query)
    return query


def _check_parts(query: Query) -> None:
    parts: list[Words | Picture] = [*query.words, *query.pictures]
    if len(parts) + len(query.more) + len(query.less) > MAX_PARTS:
        raise InvalidQuery("This search has too many parts.", f"Keep {MAX_PARTS} at most.")
    if not all(MIN_WEIGHT <= part.weight <= MAX_WEIGHT for part in parts):
        raise InvalidQuery("A weight is out of range.", f"Use weights from {MIN_WEIGHT:g} to {MAX_WEIGHT:g}.")
    if not query.words and not query.seeks:
        raise InvalidQuery("Every picture in this search is excluded.", "Add something to search for.")
    hashes = [*(picture.content_hash for picture in query.pictures), *query.more, *query.less]
    if not all(map(is_content_hash, hashes)):
        raise InvalidQuery("A picture of this search is not valid.", "Remove it, or drop it again.")
    if not all(_is_inside(picture.region) for picture in query.pictures if picture.region):
        raise InvalidQuery("The chosen part of a picture is too small, or outside it.", "Choose the part again.")


def _is_inside(region: Region) -> bool:
    left, top, width, height = region
    return min(width, height) >= _MIN_REGION and min(left, top) >= 0.0 and max(left + width, top + height) <= 1.001
