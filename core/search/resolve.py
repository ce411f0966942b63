"""From the values of a filter as people type them to those that the pictures have."""

import difflib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from PIL import Image

from core.index.filters import AnyOf, Condition, Filter, TextField, Within
from core.index.records import names_on
from core.search.conditions import named
from core.search.facets import Counts

type Known = dict[str, str]
"""The values that records have in a field, each with what it is compared by."""

_BY_PART = ("camera", "lens", "folder")
_SPLITS = {"training": "train", "valid": "val", "validation": "val", "dev": "val", "testing": "test"}
_CUT_OFF = 1_000  # values of a facet: there may be more, of which nothing can be said
_MOST_NOTES = 5


def resolve(where: Filter, known: Counts) -> tuple[Filter, list[str]]:
    """The filter with values that no record has letter by letter replaced by those that they stand for, and sentences
    about those that stand for none: these stay, and find nothing.

    Args:
        known: The facets of the index.
    """
    conditions = tuple(_resolved(condition, known) for condition in where.conditions)
    notes = (note for condition in conditions for note in _notes(condition, known))
    return Filter(conditions), list(islice(notes, _MOST_NOTES))


def _resolved(condition: Condition, known: Counts) -> Condition:
    if not isinstance(condition, AnyOf):
        return condition
    there = _there(condition.field, known)
    meant = (name for value in condition.values for name in _meant(condition.field, value, there))
    return replace(condition, values=tuple(dict.fromkeys(meant)))


def _there(field: TextField, known: Counts) -> Known:
    values: Sequence[str] = list(known.get(field, ()))
    if field == "folder":  # of which the paths are known, and the names meant
        values = [name for path in values for name in names_on(path)]
    return {value: _folded(value) for value in values}


def _meant(field: TextField, value: str, there: Known) -> Sequence[str]:
    if value in there:
        return (value,)
    sought = _folded(_spelled(field, value))
    found = [name for name, folded in there.items() if folded == sought]
    if not found and field in _BY_PART:
        found = [name for name, folded in there.items() if sought in folded]
    return found or (value,)


def _spelled(field: TextField, value: str) -> str:
    """As it is spelled here."""
    match field:
        case "colour":
            return "grey" if value.lower() == "gray" else value
        case "split":
            return _SPLITS.get(value.casefold(), value)
        case "format":
            return Image.registered_extensions().get(f".{value.lower()}", value)
        case _:
            return value


def _folded(text: str) -> str:
    """Without regard to case, and to whether an accent is a letter of its own, as in the names of files on a Mac."""
    return unicodedata.normalize("NFC", text).casefold()


def _notes(condition: Condition, known: Counts) -> Iterator[str]:
    if isinstance(condition, AnyOf) and len(known.get(condition.field, ())) < _CUT_OFF:
        there = _there(condition.field, known)
        for value in condition.values:
            if value not in there:
                has = "lies in a folder called" if condition.field == "folder" else f"has the {condition.field}"
                yield f"No picture {has} {named(value)}.{_suggestion(value, there)}"
    if isinstance(condition, Within) and len(folders := known.get("folder", ())) < _CUT_OFF:
        inside = condition.folder.rstrip("/") + "/"
        if not any(f"{folder}/".startswith(inside) for folder in folders):
            there = {folder: _folded(folder) for folder in folders}
            yield f"No picture lies in {named(condition.folder)}.{_suggestion(condition.folder, there)}"


def _suggestion(value: str, there: Known) -> str:
    names = {folded: name for name, folded in reversed(there.items())}  # of equal ones the most frequent
    close = difflib.get_close_matches(_folded(value), names, 1)
    return f" Did you mean {named(names[close[0]])}?" if close else ""
