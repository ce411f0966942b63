"""What was found out about the quality of the pictures: how many have which flag, and the worst of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.analysis.kept import KeptAnalyses
from core.analysis.quality.flags import BY_KEY, FLAGS, Flag
from core.analysis.quality.measured import Marked, Measured, worst
from core.errors import InvalidQuery
from core.index.filters import AnyOf, Filter
from core.index.index import Index
from core.index.records import ImageRecord
from core.text.names import printable, utf8_safe

MAX_WORST = 1_000
"""Of one flag."""

_MORE = 2  # times as many are ranked: some may have been removed since


@dataclass(frozen=True, slots=True)
class Example:
    """One of the worst pictures by a measure."""

    record: ImageRecord
    value: float
    said: str
    """The value, as people read it."""
    flagged: bool
    """Whether it is beyond the threshold; the worst need not be."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one flag."""

    flag: Flag
    count: int
    worst: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Of one collection."""

    pictures: int
    checked: int
    """How many of them have been looked at."""
    flagged: int | None
    """How many have any flag at all; None where nothing was checked."""
    found: tuple[Found, ...]


class QualityReports:
    """Read anew where something was written; safe to share between threads."""

    def __init__(self, index: Index, kept: KeptAnalyses, name: str = "quality") -> None:
        self._index, self._kept, self._name = index, kept, name
        self._ranked: tuple[object, int, dict[str, list[tuple[str, float]]], int] | None = None

    def report(self, count: int = 12, flag: str = "") -> QualityReport:
        """
        Args:
            count: How many of the worst to tell of each flag.
            flag: The one to tell of; all where none is named.

        Raises:
            InvalidQuery: there is no such flag.
        """
        flags = FLAGS if not flag else (known(flag),)
        ranked, checked = self._ranking(count)
        counts = self._index.facets(fields=["quality"])["quality"]
        ids = [id_ for one in flags for id_, _ in ranked.get(one.key, [])[: count * _MORE]]
        records = {record.id: record for record in self._index.get(list(dict.fromkeys(ids)))}
        pictures = self._index.count()
        return QualityReport(
            pictures,
            min(checked, pictures),
            self._index.count(having(*BY_KEY)) if checked else None,
            tuple(Found(one, counts.get(one.key, 0), _examples(one, ranked, records, count)) for one in flags),
        )

    def _ranking(self, count: int) -> tuple[dict[str, list[tuple[str, float]]], int]:
        """The worst by each flag's measure, and how many records were looked at."""
        kept = self._kept.of(self._name)
        stamp, needed = (kept.folder, kept.stamp("measured"), kept.stamp("marked")), _MORE * count
        last = self._ranked
        if last is None or last[0] != stamp or last[1] < needed:
            measured, marked = Measured.read(kept) or Measured(), Marked.read(kept)
            self._ranked = last = stamp, needed, worst(measured, marked, needed), len(marked.ids)
        return last[2], last[3]


def known(flag: str) -> Flag:
    """
    Raises:
        InvalidQuery: there is no such flag.
    """
    if flag not in BY_KEY:
        raise InvalidQuery(f"There is no quality flag “{printable(flag[:60])}”.", f"Use one of {', '.join(BY_KEY)}.")
    return BY_KEY[flag]


def having(*flags: str) -> Filter:
    """What lets pictures through that have one of these flags."""
    return Filter((AnyOf("quality", flags),))


def _examples(
    flag: Flag, ranked: Mapping[str, list[tuple[str, float]]], records: Mapping[str, ImageRecord], count: int
) -> tuple[Example, ...]:
    there = [(records[id_], value) for id_, value in ranked.get(flag.key, ()) if id_ in records]
    return tuple(
        Example(record, value, flag.shown(value), flag.key in record.quality) for record, value in there[:count]
    )


def plain(told: QualityReport) -> dict[str, Any]:
    """As JSON has it."""
    return {
        "pictures": told.pictures,
        "checked": told.checked,
        "flagged": told.flagged,
        "flags": [
            {
                "key": one.flag.key,
                "title": one.flag.title,
                "about": one.flag.about,
                "threshold": one.flag.threshold,
                "above": one.flag.above,
                "count": one.count,
                "filter": f"quality:{one.flag.key}",
                "worst": [_plain_example(example) for example in one.worst],
            }
            for one in told.found
        ],
    }


def _plain_example(example: Example) -> dict[str, Any]:
    record = example.record
    return {
        "id": record.id,
        "content_hash": record.content_hash,
        "name": utf8_safe(record.name),
        "path": utf8_safe(record.path),
        "width": record.width,
        "height": record.height,
        "value": round(example.value, 4),
        "said": example.said,
        "flagged": example.flagged,
    }
