"""What points are coloured by: a category of each, or a number."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analysis.map.model import Map
from core.index.filters import AnyOf, Condition, InFolder, NumberField
from core.index.index import FACETS, Index
from core.search.language.conditions import write_condition
from core.search.language.ranges import read_range
from core.text.names import utf8_safe

MOST = 24
"""Values that have a colour of their own."""

OTHER = 255
"""The category of who has none of these."""

CATEGORIES = ("cluster", *(facet for facet in FACETS if facet not in ("cluster", "colour")), "colour")
NUMBERS: tuple[NumberField, ...] = ("taken", "brightness", "sharpness", "megapixels", "size")
COLOURS = (*CATEGORIES, *NUMBERS)
"""What the points can be coloured by."""

_ENDS = (1.0, 99.0)  # percentiles


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend."""

    value: str
    count: int
    filter: str
    """As it is typed into the search bar."""


@dataclass(frozen=True, slots=True)
class Categories:
    of: NDArray[np.uint8]
    """Of each point: 0 nothing is known, 1 and so on a line of the legend, `OTHER`."""
    legend: tuple[Entry, ...]
    """The most frequent first."""
    others: int
    without: int
    is_several: bool
    """Whether points have several values, of which the rarest in the legend decides: it tells most."""


@dataclass(frozen=True, slots=True)
class Numbers:
    of: NDArray[np.float32]
    """Of each point; not a number where it is not known."""
    low: float
    """Below which a hundredth lies; `high`: above."""
    high: float


def colour(made: Map, index: Index, by: str) -> Categories | Numbers:
    """
    Args:
        by: One of `COLOURS`.
    """
    if by == "cluster":
        return of_clusters(made)
    if by in NUMBERS:
        return _numbers(made, index, by)
    return _categories(made, index, by)


def of_clusters(made: Map) -> Categories:
    """By the finest level that has a colour for each of its clusters."""
    levels = [{one.number for one in made.clusters if one.level == place} for place in range(len(made.levels))]
    fitting = [place for place, numbers in enumerate(levels) if len(numbers) <= MOST]
    place = max(fitting, default=0)
    if not len(made.levels):
        return Categories(np.zeros(made.size, np.uint8), (), 0, made.size, is_several=False)
    shown = [one for one in made.clusters if one.level == place][:MOST]
    table = np.full(int(made.levels.max(initial=0)) + 1, OTHER, np.uint8)
    table[0] = 0
    table[[one.number for one in shown]] = np.arange(1, len(shown) + 1)
    found = table[made.levels[place][made.row]]
    legend = tuple(Entry(one.name, int((found == line + 1).sum()), one.filter) for line, one in enumerate(shown))
    return Categories(found, legend, int((found == OTHER).sum()), int((found == 0).sum()), is_several=False)


def _categories(made: Map, index: Index, by: str) -> Categories:
    values: list[tuple[str, ...]] = [()] * made.size
    for ids, found in index.values([by]):
        for point, texts in zip(made.numbers_of(ids).tolist(), found[by], strict=True):
            if point >= 0:
                values[point] = texts  # type: ignore[assignment]
    counts = Counter(text for texts in values for text in texts)
    common = sorted(counts, key=lambda text: (-counts[text], text))[:MOST]
    line = {text: place for place, text in enumerate(common, 1)}
    several = any(len(texts) > 1 for texts in values)
    of = np.fromiter((_line(texts, line) for texts in values), np.uint8, len(values))
    legend = tuple(Entry(utf8_safe(text), counts[text], write_condition(_condition(by, text))) for text in common)
    return Categories(of, legend, int((of == OTHER).sum()), int((of == 0).sum()), several)


def _line(texts: Sequence[str], line: dict[str, int]) -> int:
    if not texts:
        return 0
    return max((line[text] for text in texts if text in line), default=OTHER)


def _condition(by: str, text: str) -> Condition:
    match by:
        case "folder":
            return InFolder(text)
        case "year":
            return read_range("taken", text, False)
    return AnyOf(by, (text,))  # type: ignore[arg-type]


def _numbers(made: Map, index: Index, by: str) -> Numbers:
    of = np.full(made.size, np.nan, np.float32)
    for ids, found in index.values([by]):
        points = made.numbers_of(ids)
        numbers = np.array([np.nan if number is None else number for number in found[by]], np.float32)
        of[points[points >= 0]] = numbers[points >= 0]
    known = of[np.isfinite(of)]
    low, high = (float(end) for end in np.percentile(known, _ENDS)) if len(known) else (0.0, 1.0)
    return Numbers(of, low, high)
