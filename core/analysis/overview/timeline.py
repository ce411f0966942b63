"""When pictures were taken, in as many bars as there is room for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.index.filters import Between
from core.search.language.conditions import write_condition

type Unit = Literal["day", "month", "quarter", "year", "decade"]

MAX_BARS = 64

_MONTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
_FIRST = date(1, 1, 1)
UNDATED = "-taken:>=0001"
"""The condition that pictures meet that nobody knows when they were taken."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Pictures of one stretch of time."""

    label: str
    start: date
    end: date
    """The day after the last."""
    count: int

    @property
    def condition(self) -> str:
        low, high = (datetime(day.year, day.month, day.day) for day in (self.start, self.end))
        return write_condition(Between("taken", low, high))


@dataclass(frozen=True, slots=True)
class Timeline:
    unit: Unit
    bars: tuple[Bar, ...]
    """Without a gap, from the first to the last with pictures."""
    undated: int


def of_days(days: NDArray[np.int32]) -> Timeline:
    """
    Args:
        days: As `date.toordinal`, -1 where it is not known.
    """
    known = days[days > 0]
    undated = len(days) - len(known)
    if not len(known):
        return Timeline("year", (), undated)
    first, last = (date.fromordinal(int(day)) for day in (known.min(), known.max()))
    unit, edges = next(
        (unit, edges) for unit, edges in _scales(first, last) if len(edges) <= MAX_BARS + 1 or unit == "decade"
    )
    counts = np.histogram(known, [edge.toordinal() for edge in edges[:-1]] + [edges[-1].toordinal()])[0]
    bars = (
        Bar(_label(unit, start), start, end, int(count))
        for (start, end), count in zip(pairwise(edges), counts, strict=True)
    )
    return Timeline(unit, tuple(bars), undated)


def of_years(counts: Mapping[str, int], total: int) -> Timeline:
    """As much as the facet says, before anything was gathered."""
    known = {int(year): count for year, count in counts.items() if year.isdigit() and 1 <= int(year) < 9999}
    undated = max(0, total - sum(known.values()))
    if not known:
        return Timeline("year", (), undated)
    years = range(max(min(known), max(known) - MAX_BARS + 1), max(known) + 1)
    bars = (Bar(str(year), date(year, 1, 1), date(year + 1, 1, 1), known.get(year, 0)) for year in years)
    return Timeline("year", tuple(bars), undated)


def _scales(first: date, last: date) -> Iterator[tuple[Unit, list[date]]]:
    """Ever coarser, each with the edges of its bars."""
    if (last - first).days < MAX_BARS and last < date.max:
        yield "day", [first + timedelta(days=at) for at in range((last - first).days + 2)]
    for unit, months in _MONTHS.items():
        yield unit, list(_edges(first, last, months))


def _edges(first: date, last: date, months: int) -> Iterator[date]:
    at = (first.year * 12 + first.month - 1) // months * months
    while True:
        edge = _month(at)
        yield edge
        if edge > last or edge == date.max:
            return
        at += months


def _month(number: int) -> date:
    """The first day of a month, counted from year 0; never beyond what dates there are."""
    year, month = divmod(number, 12)
    return max(_FIRST, date(year, month + 1, 1)) if 1 <= year <= 9999 else (_FIRST if year < 1 else date.max)


def _label(unit: Unit, start: date) -> str:
    labels: dict[Unit, Callable[[date], str]] = {
        "day": lambda day: f"{day.day} {day:%b %Y}",
        "month": lambda day: f"{day:%b %Y}",
        "quarter": lambda day: f"Q{(day.month + 2) // 3} {day.year}",
        "year": lambda day: str(day.year),
        "decade": lambda day: f"{day.year // 10 * 10}s",
    }
    return labels[unit](start)
