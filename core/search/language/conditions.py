"""Conditions as they are typed, `label:cat,dog` or `-width:>=1000`: read, and written again."""

import os.path
import re
from pathlib import Path
from typing import Literal, get_args

from core.errors import InvalidQuery
from core.index.filters import (
    AnyOf,
    Between,
    Condition,
    Either,
    Filter,
    Glob,
    InFolder,
    NameContains,
    NumberField,
    Selected,
    TextField,
)
from core.index.globs import MAX_PATTERN, is_bounded, is_pattern
from core.index.records import from_storable, storable
from core.search.language.groups import either, opposite
from core.search.language.quotes import DASHES, MARKS, QUOTED, quoted, unquoted
from core.search.language.ranges import EXAMPLES, goes_on, read_range, write_range
from core.text.names import printable

_TEXTS: dict[str, TextField] = {field: field for field in get_args(TextField.__value__)}
_TEXTS |= {"color": "colour", "orientation": "shape"}
_RANGES: dict[str, NumberField] = {field: field for field in get_args(NumberField.__value__)}
_RANGES |= {"date": "taken", "year": "taken", "megapixel": "megapixels", "mp": "megapixels"}

KEYS = (*get_args(TextField.__value__), "name", "selection", *get_args(NumberField.__value__))
"""What stands before the colon."""

_COMPARED = rf"({'|'.join(_RANGES)})(?=[<>≥≤]|=\d)"  # width>1000, as in formulas
_TYPED = re.compile(
    rf"((?:[{DASHES}]{{1,3}})?)(?:({'|'.join([*_TEXTS, *_RANGES, 'name', 'selection'])}):|{_COMPARED})(.*)",
    re.DOTALL | re.IGNORECASE,
)
_VALUE = re.compile(rf"(?:{QUOTED}|[^,])+")
_QUOTED = re.compile(QUOTED)
_PLAIN = re.compile(rf"[^~\s,(){MARKS}][^\s,(){MARKS}]*")
_MAX_SHOWN = 60


def is_condition(token: str) -> bool:
    """Whether a piece of typed text begins with a known name and a colon."""
    return _TYPED.fullmatch(token) is not None


def is_key(token: str) -> bool:
    """Whether a colon after it would begin a condition."""
    typed = _TYPED.fullmatch(f"{token}:")
    return typed is not None and not typed[4]


def joined(token: str, following: str) -> str | None:
    """Both together, where a range is typed with a blank between them: `size: <2`, `MB`. None where they are two."""
    if typed := _TYPED.fullmatch(token):
        field = _RANGES.get(_key(typed))
        return token + following if field and goes_on(field, typed[4], following) else None
    key = token.lstrip(DASHES).lower()
    return token + following if key in _RANGES and following.startswith(("<", ">", "≥", "≤")) else None


def read_condition(token: str) -> Condition | None:
    """The condition that a piece of typed text says, None where it is words: an unknown name before the colon, or none.

    Raises:
        InvalidQuery: the name is known, and what follows it says nothing.
    """
    typed = _TYPED.fullmatch(token)
    if not typed:
        return None
    excluded, key, text = bool(typed[1]), _key(typed), from_storable(typed[4])
    if key in _RANGES:
        return _read_range(token, _RANGES[key], text, excluded)
    if key in ("name", "folder") and is_pattern(_QUOTED.sub("", text)):
        return _read_patterns(token, "name" if key == "name" else "folder", text, excluded)
    if key == "name":
        return NameContains(_values(token, text, commas=False)[0], excluded)
    if key == "selection":
        return Selected(_values(token, text), excluded)
    if key == "folder" and (folder := _folder(text)):
        return InFolder(folder, excluded)
    return AnyOf(_TEXTS[key], _values(token, text), excluded)


def write_condition(condition: Condition) -> str:
    """What `read_condition` makes this condition of."""
    match condition:
        case AnyOf(field, values):
            patterns = field == "folder" and any(map(is_pattern, values))
            text = f"{field}:{','.join(map(_quoted if patterns else _written, values))}"
        case Between(field):
            text = f"{field}:{write_range(condition)}"
        case InFolder(folder):
            text = f"folder:{(_quoted if is_pattern(folder) else _written)(folder)}"
        case NameContains(name):
            text = f"name:{(_quoted if is_pattern(name) else _written)(name)}"
        case Glob(field, pattern):
            text = f"{field}:{storable(pattern)}"
        case Selected(names):
            text = f"selection:{','.join(map(_written, names))}"
        case Either(filters):
            text = f"({' OR '.join(map(_alternative, filters))})"
    return f"-{text}" if condition.excluded else text


def named(token: str) -> str:
    """A piece of typed text in messages."""
    return f"“{printable(token if len(token) <= _MAX_SHOWN else f'{token[:_MAX_SHOWN]}…')}”"


def _alternative(where: Filter) -> str:
    """One condition, or several in brackets."""
    written = " ".join(map(write_condition, where.conditions))
    return written if len(where.conditions) == 1 else f"({written})"


def _written(value: str) -> str:
    value = storable(value)
    return value if _PLAIN.fullmatch(value) else quoted(value)


def _quoted(value: str) -> str:
    return quoted(storable(value))


def _read_patterns(token: str, field: Literal["name", "folder"], text: str, excluded: bool) -> Condition:
    whole = _folder(text) if field == "folder" else None
    values = (whole,) if whole else tuple(dict.fromkeys(filter(None, text.split(","))))
    found = either([(_read_glob(token, field, value),) for value in values])
    (condition,) = opposite(found) if excluded else found
    return condition


def _read_glob(token: str, field: Literal["name", "folder"], text: str) -> Condition:
    if any(mark in text for mark in MARKS):
        raise InvalidQuery(
            f"{named(token)} has quotes and a wildcard.", f"Leave the quotes out and write ? for a space: {field}:a?b*."
        )
    if not is_bounded(text):
        raise InvalidQuery(
            f"The pattern {named(token)} is too long.",
            f"Use {MAX_PATTERN} characters at most and few wildcards, as in {field}:IMG_*.",
        )
    if not is_pattern(text):
        return AnyOf("folder", (text,)) if field == "folder" else NameContains(text)
    return Glob(field, text)


def _read_range(token: str, field: NumberField, text: str, excluded: bool) -> Between:
    try:
        return read_range(field, text if (inner := unquoted(text)) is None else inner, excluded)
    except ValueError as error:
        raise InvalidQuery(f"{named(token)} {error}.", f"Write, for example, {EXAMPLES[field]}.") from error


def _folder(text: str) -> str | None:
    """A path or an address, None where it is a name."""
    inner = unquoted(text)
    path = os.path.expanduser(text) if inner is None else inner  # noqa: PTH111 - which refuses unknown users
    if Path(path).is_absolute():
        return str(Path(path))
    address = path.rstrip("/")
    return address if "://" in address else None


def _values(token: str, text: str, commas: bool = True) -> tuple[str, ...]:
    pieces = _VALUE.findall(text) if commas else [text]
    values = [piece if (inner := unquoted(piece)) is None else inner for piece in pieces]
    if any(piece == value and piece.startswith(tuple(MARKS)) for piece, value in zip(pieces, values, strict=True)):
        raise InvalidQuery(
            f"A quote in {named(token)} is not closed.", f'Close it, as in {_shown_key(token)}:"two words".'
        )
    if not any(values):
        raise InvalidQuery(
            f"{named(token)} has no value.",
            f"Write it without a space, as in {_shown_key(token)}:x, or in quotes to search for the word.",
        )
    return tuple(dict.fromkeys(value for value in values if value))


def _key(typed: re.Match[str]) -> str:
    return (typed[2] or typed[3]).lower()


def _shown_key(token: str) -> str:
    return token.partition(":")[0].lstrip(DASHES).lower()
