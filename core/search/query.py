"""What a person searches for."""

from dataclasses import dataclass

from core.errors import InvalidQuery
from core.index.records import MAX_K

_LONGEST_TEXT = 2000  # characters: far beyond what any model reads, and short enough to tokenise at once


@dataclass(frozen=True, slots=True)
class Query:
    """Words, pictures, or both together."""

    text: str = ""
    images: tuple[str, ...] = ()
    """Content hashes of pictures: in the corpus, or dropped."""

    @property
    def empty(self) -> bool:
        return not self.text and not self.images


def clean(text: str) -> str:
    """The text without what no tokeniser can read: control characters, lone surrogates, surplus blanks."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[:_LONGEST_TEXT])
    return " ".join(printable.split())


def checked(query: Query, k: int) -> Query:
    """The query with its text cleaned.

    Raises:
        InvalidQuery: it is empty, or k is outside 1 to `MAX_K`.
    """
    if not 1 <= k <= MAX_K:
        raise InvalidQuery(f"{k} results were asked for.", f"Ask for 1 to {MAX_K}.")
    query = Query(clean(query.text), tuple(dict.fromkeys(query.images)))
    if query.empty:
        raise InvalidQuery("There is nothing to search for.", "Type some words or add a picture.")
    return query
