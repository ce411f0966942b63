"""What narrows a search before the nearest are looked for: conditions on the fields of a record."""

import math
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from core.index.chosen.ids import IdSet
from core.index.globs import matches_folder, matches_name
from core.index.records import FINDINGS, ImageRecord
from core.text.names import decomposed, folded

type TextField = Literal[
    "label",
    "tag",
    "format",
    "camera",
    "lens",
    "shape",
    "colour",
    "folder",
    "split",
    "quality",
    "cluster",
    "class",
    "duplicate",
]
type NumberField = Literal["width", "height", "megapixels", "size", "brightness", "sharpness", "taken"]

_MAX_NAME = 255  # characters; Elasticsearch refuses to look for 314 and more that repeat themselves


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The field is one of the values, or of a field that has several, at least one of them is."""

    field: TextField
    """`folder` stands for the names of all folders on the path, from the root down."""
    values: tuple[str, ...]
    """Compared letter by letter; the empty text is nobody's."""
    excluded: bool = False
    """Whether it is the opposite that must hold; of an empty field it does."""


@dataclass(frozen=True, slots=True)
class Between:
    """The field lies between two bounds; records in which it is not known are left out."""

    field: NumberField
    """`width`, `height` and `megapixels` in pixels, `size` in bytes, the others as in `Description`."""
    low: float | datetime | None = None
    """Inclusive; a `datetime` for `taken`, a number for the others. None: without a bound."""
    high: float | datetime | None = None
    """Exclusive."""
    excluded: bool = False
    """Whether it is the opposite that must hold."""


@dataclass(frozen=True, slots=True)
class InFolder:
    """The record lies in a folder or in one of the folders below it."""

    folder: str
    """Absolute, or an address."""
    excluded: bool = False
    """Whether it is the opposite that must hold."""

    @property
    def own(self) -> str:
        """The folder as records spell it."""
        spelt = self.folder if "://" in self.folder else str(Path(self.folder))
        return spelt.rstrip("/") or spelt

    @property
    def below(self) -> str:
        """What the folders below it begin with."""
        return f"{self.own.rstrip('/')}/"


@dataclass(frozen=True, slots=True)
class NameContains:
    """The record's name contains a text, in whatever case."""

    text: str
    """The text of the condition; of a very long one, only as much as file systems give room for."""
    excluded: bool = False
    """Whether it is the opposite that must hold."""

    @property
    def folded(self) -> str:
        """What `ImageRecord.name_folded` contains then."""
        return folded(self.text)[:_MAX_NAME]

    @property
    def spelled(self) -> tuple[str, ...]:
        """The same, and as names have it that an earlier version stored: with accents as letters of their own."""
        return tuple(dict.fromkeys((self.folded, decomposed(self.folded)[:_MAX_NAME])))


@dataclass(frozen=True, slots=True)
class Glob:
    """The record's name, or a folder on its path, fits a pattern as a whole, in whatever case."""

    field: Literal["name", "folder"]
    pattern: str
    """`*` stands for any characters, `?` for one, but in folders not for a slash. The pattern of a folder is one of
    its name, or where it begins with a slash or is an address, one of its path."""
    excluded: bool = False
    """Whether it is the opposite that must hold."""


@dataclass(frozen=True, slots=True)
class Selected:
    """The record is one of those that somebody has chosen."""

    names: tuple[str, ...]
    """What the selections are called: their names, or ids."""
    excluded: bool = False
    """Whether it is the opposite that must hold."""
    ids: IdSet | None = None
    """The records in all of them; None while they are not looked up: then it is nobody."""


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of several filters lets the record through."""

    filters: "tuple[Filter, ...]"
    excluded: bool = False
    """Whether it is the opposite that must hold."""


type Condition = AnyOf | Between | InFolder | NameContains | Glob | Selected | Either


@dataclass(frozen=True, slots=True)
class Filter:
    """Every condition must hold."""

    conditions: tuple[Condition, ...] = ()

    @classmethod
    def within(cls, folder: str) -> "Filter":
        return cls((InFolder(folder),))


def meets(record: ImageRecord, where: Filter | None) -> bool:
    """Whether a filter lets a record through: what every engine must come to."""
    return where is None or all(_holds(record, condition) != condition.excluded for condition in where.conditions)


def simple(where: Filter) -> Iterator[AnyOf | Between | InFolder | NameContains | Glob | Selected]:
    """The conditions of a filter that hold no others, those within others too."""
    for condition in where.conditions:
        if isinstance(condition, Either):
            for alternative in condition.filters:
                yield from simple(alternative)
        else:
            yield condition


SET_ASIDE = AnyOf("duplicate", ("set-aside",))
"""What somebody has set aside, because another picture is kept in its place."""


def without_set_aside(where: Filter) -> Filter:
    """The filter without what was set aside, unless it says itself what is to become of that."""
    named = (one for one in simple(where) if isinstance(one, AnyOf) and one.field == SET_ASIDE.field)
    if any(folded(value) in SET_ASIDE.values for one in named for value in one.values):
        return where
    return Filter((*where.conditions, replace(SET_ASIDE, excluded=True)))


def attribute(field: str) -> str:
    """What an `ImageRecord` calls the field, and engines their columns."""
    return _ATTRIBUTES.get(field, field)


def texts_of(record: ImageRecord, field: TextField) -> Collection[str]:
    """The values of a field; those that are empty are left out."""
    found = getattr(record, attribute(field))
    return [text for text in ((found,) if isinstance(found, str) else found) if text]


_ATTRIBUTES: dict[str, str] = {
    "label": "labels",
    "tag": "tags",
    "colour": "colour_names",
    "folder": "folder_names",
    "split": "splits",
    **{str(finding): field for finding, field in FINDINGS.items()},
    "taken": "taken_at",
    "megapixels": "pixels",
}


def _holds(record: ImageRecord, condition: Condition) -> bool:
    match condition:
        case AnyOf(field, values):
            return not set(values).isdisjoint(texts_of(record, field))
        case Between(field, low, high):
            value: Any = getattr(record, attribute(field))
            return value is not None and (low is None or value >= low) and (high is None or value < high)
        case InFolder():
            return record.folder == condition.own or record.folder.startswith(condition.below)
        case NameContains():
            return condition.folded in record.name_folded
        case Glob():
            return _fits(record, condition)
        case Selected(ids=ids):
            return ids is not None and record.id in ids
        case Either(filters):
            return any(meets(record, alternative) for alternative in filters)


def _fits(record: ImageRecord, glob: Glob) -> bool:
    if glob.field == "name":
        return matches_name(glob.pattern, record.name_folded)
    return matches_folder(glob.pattern, record.folder)


_LARGEST: dict[str, float] = {
    **dict.fromkeys(("width", "height"), 2**31 - 1),
    **dict.fromkeys(("size", "megapixels"), 2**63 - 1),
    **dict.fromkeys(("brightness", "sharpness"), sys.float_info.max),
}


def comparable(condition: Between) -> tuple[float | None, float | None] | None:
    """The two bounds of a number, of the field's own type: engines compare whole numbers with whole numbers only, and
    know neither infinity nor numbers beyond what the field can hold.

    Returns:
        The least number and the one that all are less than, each None where it excludes nothing; None where no number
        lies between them.
    """
    low: Any = condition.low
    high: Any = condition.high
    largest = _LARGEST[condition.field]
    if low != low or high != high:  # not a number
        return None
    if (low is not None and low > largest) or (high is not None and high <= -largest):
        return None
    whole: Callable[[float], float] = math.ceil if isinstance(largest, int) else float
    return (
        None if low is None or low < -largest else whole(low),
        None if high is None or high > largest else whole(high),
    )
