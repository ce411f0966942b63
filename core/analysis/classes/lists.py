"""Class lists: what people want to tell apart, in their own words, and where the line is drawn for each."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.analysis.classes.tables import MAX_NAME
from core.errors import ClassesRefused
from core.search.query import clean
from core.text.words import counted

MAX_CLASSES = 500
"""Of one list."""

MAX_WORDS = 300  # characters
MAX_THRESHOLD = 50.0
"""Deviations above what chance brings; no picture stands so far above."""


@dataclass(frozen=True, slots=True)
class ClassOf:
    """One class of a list."""

    name: str
    """As it is searched for: `class:scratch`."""
    words: str = ""
    """What pictures of it show, as a search would say it; empty: its name."""
    threshold: float | None = None
    """The strength from which a picture is one of it; None: what suggests itself."""

    @property
    def text(self) -> str:
        return self.words or self.name


@dataclass(frozen=True, slots=True)
class ClassList:
    id: int
    name: str
    classes: tuple[ClassOf, ...]
    exclusive: bool = False
    """Whether a picture is of one class at most: the one that it stands out most for."""
    applied: bool = False
    """Whether its classes are found by searches, and given to what comes in."""
    tags: bool = False
    """Whether they are given as tags, too."""
    changed_at: float = field(default=0.0, compare=False)

    def of(self, name: str) -> ClassOf:
        """
        Raises:
            ClassesRefused: it has no class of this name.
        """
        found = next((one for one in self.classes if one.name == name), None)
        if found is None:
            raise ClassesRefused(f"The list {self.name} has no class {name[:MAX_NAME]}.", "Choose one that it has.")
        return found

    def with_threshold(self, name: str, threshold: float | None) -> "ClassList":
        changed = replace(self.of(name), threshold=_checked_threshold(threshold))
        return replace(self, classes=tuple(changed if one.name == name else one for one in self.classes))


def checked_name(name: str) -> str:
    """
    Raises:
        ClassesRefused: it is empty or too long.
    """
    cleaned = clean(name[: 4 * MAX_NAME])
    if not cleaned:
        raise ClassesRefused("A class list needs a name.", "Type a name.")
    if len(cleaned) > MAX_NAME:
        raise ClassesRefused(f"A name has {MAX_NAME} characters at most.", "Choose a shorter one.")
    return cleaned


def checked_classes(classes: Iterable[ClassOf]) -> tuple[ClassOf, ...]:
    """The classes cleaned, each name once, in their order.

    Raises:
        ClassesRefused: there is none, or there are too many; a name is too long.
    """
    kept: dict[str, ClassOf] = {}
    for one in classes:
        name = clean(one.name[: 4 * MAX_NAME])
        if len(name) > MAX_NAME:
            raise ClassesRefused(f"The class {name[:30]}… has {len(name)} characters.", f"Use {MAX_NAME} at most.")
        if name and name.casefold() not in kept:
            words = clean(one.words[: 4 * MAX_WORDS])[:MAX_WORDS]
            kept[name.casefold()] = ClassOf(name, "" if words == name else words, _checked_threshold(one.threshold))
    if not kept:
        raise ClassesRefused("A class list needs classes.", "Type one on each line.")
    if len(kept) > MAX_CLASSES:
        raise ClassesRefused(f"There are {counted(len(kept), 'class', 'classes')}.", f"Use {MAX_CLASSES} at most.")
    return tuple(kept.values())


def typed(lines: str) -> list[ClassOf]:
    """Classes as people type them: one on each line, `scratch: a scratched metal surface` with words of its own."""
    found = []
    for line in lines.splitlines():
        name, _, words = line.partition(":")
        found.append(ClassOf(name.strip(), words.strip()))
    return [one for one in found if one.name]


def to_json(classes: Sequence[ClassOf]) -> str:
    return json.dumps([{"name": one.name, "words": one.words, "threshold": one.threshold} for one in classes])


def from_json(text: str) -> tuple[ClassOf, ...]:
    """What `to_json` wrote; what another version has added is left out."""
    rows: list[dict[str, Any]] = json.loads(text)
    return tuple(ClassOf(row["name"], row.get("words", ""), row.get("threshold")) for row in rows)


def _checked_threshold(threshold: float | None) -> float | None:
    if threshold is None:
        return None
    if not math.isfinite(threshold) or abs(threshold) > MAX_THRESHOLD:
        raise ClassesRefused(f"The threshold cannot be {threshold}.", f"Use {-MAX_THRESHOLD:g} to {MAX_THRESHOLD:g}.")
    return round(float(threshold), 3)
