"""Conditions as they are typed, `label:cat,dog` or `-width:>=1000`: read, and written again."""

import os.path
import re
from pathlib import Path
from typing import get_args

from core.errors import InvalidQuery
from core.images.names import shown
from core.index.filters import AnyOf, Between, Condition, Named, NumberField, TextField, Within
from core.index.records import from_storable, storable
from core.search.quotes import MARKS, QUOTED, quoted, unquoted
from core.search.ranges import EXAMPLES, read_range, write_range

_TEXTS: dict[str, TextField] = {field: field for field in get_args(TextField.__value__)}
_TEXTS |= {"color": "colour", "orientation": "shape"}
_RANGES: dict[str, NumberField] = {field: field for field in get_args(NumberField.__value__)}
_RANGES |= {"date": "taken", "year": "taken"}

_TYPED = re.compile(rf"([-−]?)({'|'.join([*_TEXTS, *_RANGES, 'name'])}):(.*)", re.DOTALL | re.IGNORECASE)
_VALUE = re.compile(rf"(?:{QUOTED}|[^,])+")
_PLAIN = re.compile(rf"[^~\s,{MARKS}][^\s,{MARKS}]*")
_LONGEST_SHOWN = 60


def read_condition(token: str) -> Condition | None:
    """The condition that a piece of typed text says, None where it is words: an unknown name before the colon, or none.

    Raises:
        InvalidQuery: the name is known, and what follows it says nothing.
    """
    typed = _TYPED.fullmatch(token)
    if not typed:
        return None
    excluded, key, text = bool(typed[1]), typed[2].lower(), from_storable(typed[3])
    if key in _RANGES:
        return _read_range(token, _RANGES[key], text, excluded)
    if key == "name":
        return Named(_values(token, text, commas=False)[0], excluded)
    if key == "folder" and (folder := _folder(text)):
        return Within(folder, excluded)
    return AnyOf(_TEXTS[key], _values(token, text), excluded)


def write_condition(condition: Condition) -> str:
    """What `read_condition` makes this condition of."""
    match condition:
        case AnyOf(field, values):
            text = f"{field}:{','.join(map(_written, values))}"
        case Between(field):
            text = f"{field}:{write_range(condition)}"
        case Within(folder):
            text = f"folder:{_written(folder)}"
        case Named(name):
            text = f"name:{_written(name)}"
    return f"-{text}" if condition.excluded else text


def named(token: str) -> str:
    """A piece of typed text in messages."""
    return f"“{shown(token if len(token) <= _LONGEST_SHOWN else f'{token[:_LONGEST_SHOWN]}…')}”"


def _written(value: str) -> str:
    value = storable(value)
    return value if _PLAIN.fullmatch(value) else quoted(value)


def _read_range(token: str, field: NumberField, text: str, excluded: bool) -> Between:
    try:
        return read_range(field, text if (inner := unquoted(text)) is None else inner, excluded)
    except ValueError as error:
        raise InvalidQuery(f"{named(token)} {error}.", f"Write for example {EXAMPLES[field]}.") from error


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
        raise InvalidQuery(f"A quote in {named(token)} is not closed.", f'Close it, as in {_key(token)}:"two words".')
    if not any(values):
        raise InvalidQuery(
            f"{named(token)} has no value.",
            f"Write it without a blank, as in {_key(token)}:x, or in quotes to search for the word.",
        )
    return tuple(dict.fromkeys(value for value in values if value))


def _key(token: str) -> str:
    return token.partition(":")[0].lstrip("-−").lower()
