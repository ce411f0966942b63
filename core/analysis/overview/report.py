"""The overview put together: what the index counts at once, and what was gathered in the background."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.analysis.facet_filter import condition
from core.analysis.kept import KeptAnalyses
from core.analysis.overview import boxes, presence
from core.analysis.overview.facts import Facts
from core.analysis.overview.places import Places, places_of, within
from core.analysis.overview.presence import Presence
from core.analysis.overview.timeline import UNDATED, Bar, Timeline, of_days, of_years
from core.errors import InvalidQuery
from core.index.index import Counts, Index
from core.index.records import ImageRecord
from core.text.names import utf8_safe

NAME, FOUND = "overview", "found"  # as the scan has them, which imports more than a page needs

ANYWHERE = "*"

_VALUES = 12  # of a facet
_LABELS = 30
_CONCEPTS = 24
_PICTURES = 12


@dataclass(frozen=True, slots=True)
class Value:
    """How many pictures have a value, and how they are found."""

    value: str
    count: int
    filter: str


@dataclass(frozen=True, slots=True)
class Facet:
    """The most frequent values of a facet, and how many there are."""

    values: tuple[Value, ...]
    distinct: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that stands for something."""

    record: ImageRecord
    said: str
    search: str = ""
    """The search that finds it among others; empty: one with the picture itself."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the background has found."""

    made: float
    """Seconds since the epoch."""
    pictures: int
    """How many there were then."""
    places: Places
    boxes: tuple[boxes.Share, ...]
    label_boxes: Mapping[str, int]
    typical: tuple[Shown, ...]
    outliers: tuple[Shown, ...]
    rare: tuple[Shown, ...]
    concepts: tuple[Presence, ...]
    absent: tuple[Presence, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Of one collection."""

    pictures: int
    size: int
    """Bytes that their files have."""
    facets: Mapping[str, Facet]
    timeline: Timeline
    gathered: Gathered | None
    """None where nothing was gathered yet."""
    beside: Mapping[str, Any]
    """What other analyses have found, in short, as JSON has it: `quality`, `duplicates`, `clusters`; None where they
    were not carried out yet."""


class Overviews:
    """Safe to share between threads: what was read is read again when it was written anew.

    Args:
        facets: Counts of all pictures, as the search page has them.
        beside: What other analyses have found, each by its name.
    """

    def __init__(
        self,
        index: Index,
        kept: KeptAnalyses,
        facets: Callable[[], Counts],
        beside: Mapping[str, Callable[[], dict[str, Any] | None]],
    ) -> None:
        self._index, self._kept, self._facets, self._beside = index, kept, facets, beside
        self._read: tuple[object, Facts | None] | None = None

    def overview(self) -> Overview:
        """At once, whatever the size of the collection."""
        totals, counts, facts = self._index.totals(), self._facets(), self._facts()
        gathered = self._gathered(facts, {*counts.get("label", {}), *counts.get("tag", {}), *counts.get("class", {})})
        years = of_years(counts.get("year", {}), totals.count)
        return Overview(
            totals.count,
            totals.size,
            {facet: _facet(facet, values) for facet, values in counts.items()},
            of_days(facts.days) if facts and gathered else years,
            gathered,
            {name: told() for name, told in self._beside.items()},
        )

    def ids_at(self, cell: str) -> list[str]:
        """Of the pictures that were taken within a dot of the map, or `ANYWHERE` on it.

        Raises:
            InvalidQuery: there is no such dot.
        """
        facts = self._facts()
        try:
            found = facts.names(_located(facts, cell)) if facts else []
        except ValueError:
            found = []
        if not found:
            raise InvalidQuery("The pictures of this place are gone.", "Open the overview again.")
        return found

    def ids_with_boxes(self, least: int, most: int | None) -> list[str]:
        """Of the pictures that have so many labelled boxes.

        Raises:
            InvalidQuery: there are none.
        """
        facts = self._facts()
        found = facts.names(boxes.with_boxes(facts.boxes, least, most)) if facts else []
        if not found:
            raise InvalidQuery("The pictures with so many boxes are gone.", "Open the overview again.")
        return found

    def _facts(self) -> Facts | None:
        kept = self._kept.of(NAME)
        stamp = kept.folder, kept.stamp("facts")
        if self._read is None or self._read[0] != stamp:
            self._read = stamp, Facts.read(kept)
        return self._read[1]

    def _gathered(self, facts: Facts | None, said: Collection[str]) -> Gathered | None:
        found = self._kept.of(NAME).noted(FOUND)
        if facts is None or not isinstance(found, dict):
            return None
        concepts = [Presence.of(one) for one in found.get("concepts", ())]
        rare = presence.rare(concepts, _PICTURES)
        wanted = [digest for name in ("typical", "outliers") for digest, _ in found[name]] + [one.best for one in rare]
        records = {digest: record for digest, (record, _) in self._index.by_content(wanted).items()} if wanted else {}
        return Gathered(
            made=found["made"],
            pictures=found["pictures"],
            places=places_of(facts),
            boxes=boxes.shares(facts.boxes),
            label_boxes=facts.labels,
            typical=_shown(records, ((digest, "") for digest, _ in found["typical"])),
            outliers=_shown(records, ((digest, f"nearest {cosine:.2f}") for digest, cosine in found["outliers"])),
            rare=tuple(
                Shown(records[one.best], f"{one.concept} · {one.matched:,}", one.concept)
                for one in rare
                if one.best in records
            ),
            concepts=tuple(presence.frequent(concepts, _CONCEPTS)),
            absent=tuple(presence.absent(concepts, found["pictures"], _CONCEPTS, said)),
        )


def _located(facts: Facts, cell: str) -> NDArray[np.bool_]:
    return facts.located if cell == ANYWHERE else within(facts, cell, places_of(facts).size)


def _shown(records: Mapping[str, ImageRecord], found: Iterable[tuple[str, str]]) -> tuple[Shown, ...]:
    there = (Shown(records[digest], said) for digest, said in found if digest in records)
    return tuple(islice(there, _PICTURES))


def _facet(name: str, counts: Mapping[str, int]) -> Facet:
    most = _LABELS if name == "label" else _VALUES
    return Facet(
        tuple(Value(value, count, condition(name, value)) for value, count in islice(counts.items(), most)),
        len(counts),
    )


def plain(told: Overview) -> dict[str, Any]:
    """As JSON has it."""
    return {
        "pictures": told.pictures,
        "size": told.size,
        "facets": {
            name: {
                "distinct": facet.distinct,
                "values": [
                    {"value": utf8_safe(one.value), "count": one.count, "filter": utf8_safe(one.filter)}
                    for one in facet.values
                ],
            }
            for name, facet in told.facets.items()
        },
        "timeline": {
            "unit": told.timeline.unit,
            "bars": [_plain_bar(bar) for bar in told.timeline.bars],
            "undated": told.timeline.undated,
            "undated_filter": UNDATED,
        },
        "gathered": _plain_gathered(told.gathered) if told.gathered else None,
        **told.beside,
    }


def _plain_bar(bar: Bar) -> dict[str, Any]:
    return {"label": bar.label, "start": bar.start.isoformat(), "count": bar.count, "filter": bar.condition}


def _plain_gathered(found: Gathered) -> dict[str, Any]:
    return {
        "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(found.made)),
        "pictures": found.pictures,
        "places": {
            "located": found.places.located,
            "dots": [
                {"cell": dot.cell, "latitude": dot.latitude, "longitude": dot.longitude, "count": dot.count}
                for dot in found.places.dots
            ],
        },
        "boxes": [
            {"label": one.label, "least": one.least, "most": one.most, "count": one.count} for one in found.boxes
        ],
        "label_boxes": {utf8_safe(label): count for label, count in found.label_boxes.items()},
        "typical": [_plain_shown(one) for one in found.typical],
        "outliers": [_plain_shown(one) for one in found.outliers],
        "rare": [_plain_shown(one) for one in found.rare],
        "concepts": [_plain_presence(one) for one in found.concepts],
        "absent": [_plain_presence(one) for one in found.absent],
    }


def _plain_shown(one: Shown) -> dict[str, Any]:
    record = one.record
    return {
        "id": record.id,
        "content_hash": record.content_hash,
        "name": utf8_safe(record.name),
        "path": utf8_safe(record.path),
        "said": one.said,
        "search": one.search,
    }


def _plain_presence(one: Presence) -> dict[str, Any]:
    return {"concept": one.concept, "matched": one.matched, "at_least": one.at_least}
