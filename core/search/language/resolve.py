"""From the values of a filter as people type them to those that the pictures have."""

import difflib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from core.index.chosen.ids import IdSet, union
from core.index.filters import AnyOf, Condition, Either, Filter, InFolder, Selected, TextField, simple
from core.index.index import Counts
from core.index.records import names_on
from core.search.language.conditions import named
from core.text.names import composed, decomposed, folded

type Chosen = Callable[[str], IdSet | None]

type Known = dict[str, str]
"""The values that records have in a field, each with what it is compared by."""

_BY_PART = ("camera", "lens", "folder")
_SPLITS = {"training": "train", "valid": "val", "validation": "val", "dev": "val", "testing": "test"}
_CUT_OFF = 1_000  # values of a facet: there may be more, of which nothing can be said
_MAX_NOTES = 5


def resolve(where: Filter, known: Counts, chosen: Chosen = lambda name: None) -> tuple[Filter, list[str]]:
    """The filter with values that no record has letter by letter replaced by those that they stand for, and sentences
    about those that stand for none: these stay, and find nothing.

    Args:
        known: The facets of the index.
        chosen: Gives the records of a selection, None where there is none.
    """
    resolved = Filter(tuple(_resolved(condition, known, chosen) for condition in where.conditions))
    notes = [note for condition in simple(where) for note in _notes(condition, known)]
    notes += [note for condition in simple(resolved) for note in _missing(condition, chosen)]
    return resolved, list(islice(notes, _MAX_NOTES))


def _resolved(condition: Condition, known: Counts, chosen: Chosen) -> Condition:
    match condition:
        case AnyOf(field, values):
            there, all_known = _there(field, known), len(known.get(field, ())) < _CUT_OFF
            meant = (name for value in values for name in _meant(field, value, there, all_known))
            return replace(condition, values=tuple(dict.fromkeys(meant)))
        case InFolder(folder):
            places = _places(folder, known.get("folder", ()))
            if len(places) == 1:
                return replace(condition, folder=places[0])
            return Either(tuple(map(Filter.within, places)), condition.excluded)
        case Either(filters):
            alternatives = ([_resolved(one, known, chosen) for one in where.conditions] for where in filters)
            return replace(condition, filters=tuple(Filter(tuple(alternative)) for alternative in alternatives))
        case Selected(names):
            return replace(condition, ids=union([found for name in names if (found := chosen(name)) is not None]))
    return condition


def _there(field: TextField, known: Counts) -> Known:
    values: Sequence[str] = list(known.get(field, ()))
    if field == "folder":  # of which the paths are known, and the names meant
        values = [name for path in values for name in names_on(path)]
    return {value: folded(value) for value in values}


def _meant(field: TextField, value: str, there: Known, all_known: bool) -> Sequence[str]:
    alike = [name for name in there if composed(name) == composed(value)]
    if alike:
        return alike
    sought = folded(_spelled(field, value))
    found = [name for name, known in there.items() if known == sought]
    if not found and field in _BY_PART:
        found = [name for name, known in there.items() if sought in known]
    return found or ((value,) if all_known else _cases(_spelled(field, value)))


def _cases(value: str) -> Sequence[str]:
    """How it may be written, where it is not known what there is."""
    cases = (value, value.lower(), value.upper(), value.capitalize(), value.title())
    return list(dict.fromkeys(form(case) for case in cases for form in (str, composed, decomposed)))


def _places(folder: str, known: Collection[str]) -> Sequence[str]:
    """The folders that are called so: on some systems two may look alike letter by letter."""
    sought = composed(InFolder(folder).own)
    depth = sought.count("/") + 1
    above = dict.fromkeys("/".join(path.split("/")[:depth]) for path in known)
    found = [place for place in above if place and composed(place) == sought]
    if found or len(known) < _CUT_OFF:
        return found or (folder,)
    return list(dict.fromkeys((folder, composed(folder), decomposed(folder))))


def _spelled(field: TextField, value: str) -> str:
    """As it is spelled here."""
    match field:
        case "colour":
            return "grey" if value.lower() == "gray" else value
        case "split":
            return _SPLITS.get(value.casefold(), value)
        case "format":
            from PIL import Image

            import core.images.files  # noqa: F401 - which tells Pillow of more formats

            return Image.registered_extensions().get(f".{value.lower()}", value)
        case _:
            return value


def _notes(condition: Condition, known: Counts) -> Iterator[str]:
    if isinstance(condition, AnyOf) and len(known.get(condition.field, ())) < _CUT_OFF:
        there = _there(condition.field, known)
        for value in condition.values:
            if not any(name in there for name in _meant(condition.field, value, there, all_known=True)):
                has = "is in a folder called" if condition.field == "folder" else f"has the {condition.field}"
                yield f"No picture {has} {named(value)}.{_suggestion(value, there)}"
    if isinstance(condition, InFolder) and len(folders := known.get("folder", ())) < _CUT_OFF:
        inside = composed(condition.folder.rstrip("/") + "/")
        if not any(composed(f"{folder}/").startswith(inside) for folder in folders):
            there = {folder: folded(folder) for folder in folders}
            yield f"No picture is in {named(condition.folder)}.{_suggestion(condition.folder, there)}"


def _missing(condition: Condition, chosen: Chosen) -> Iterator[str]:
    if isinstance(condition, Selected):
        yield from (f"There is no selection called {named(name)}." for name in condition.names if chosen(name) is None)


def _suggestion(value: str, there: Known) -> str:
    names = {folded: name for name, folded in reversed(there.items())}  # of equal ones the most frequent
    close = difflib.get_close_matches(folded(value), names, 1)
    return f" Did you mean {named(names[close[0]])}?" if close else ""
