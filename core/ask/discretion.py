"""What a model may find out where names are not told: neither by asking for them, nor by what goes wrong."""

from core.errors import ImageSearchError, InvalidQuery, NotIndexed
from core.index.filters import AnyOf, Glob, InFolder, NameContains, simple
from core.search.language.parser import parse

_ABOUT_THE_QUESTION = (InvalidQuery, NotIndexed)
"""Errors that repeat nothing but what was asked."""


def check_conditions(text: str) -> None:
    """
    Raises:
        InvalidQuery: a condition is about names or folders, which could be guessed so, one after the other.
    """
    _, where = parse(text)
    for one in simple(where):
        if isinstance(one, InFolder | NameContains | Glob) or (isinstance(one, AnyOf) and one.field == "folder"):
            raise InvalidQuery("Names and folders are not told here.", "Search without conditions on them.")


def speakable(error: ImageSearchError, *, names: bool) -> str:
    """What of an error the model is told."""
    if names or isinstance(error, _ABOUT_THE_QUESTION):
        return str(error)
    return f"{error.title}."
