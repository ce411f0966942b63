"""Between a filter and what the panel of facets shows of it: out as JSON, and back from what a browser sends."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from core.index.filters import AnyOf, Between, Condition, Filter, InFolder, NameContains, NumberField, TextField
from core.index.index import Counts
from core.search.language.conditions import write_condition

VALUES: tuple[TextField, ...] = (
    *("label", "tag", "folder", "shape", "colour", "format", "camera", "lens", "split"),
    *("class", "cluster", "quality", "duplicate"),
)
NUMBERS: tuple[NumberField, ...] = ("size", "width", "height")

_MAX_COUNTED = 1_000  # of one facet, as engines count
_MAX_VALUES = 200  # chosen of one group: far more than anybody clicks
_MAX_VALUE = 4_096  # characters, as of the longest path
_LARGEST = 2**53  # from here on JavaScript's numbers have gaps

type Json = dict[str, Any]


def counted(counts: Counts) -> dict[str, list[list[str | int]]]:
    """Facets as pairs of value and count, the most frequent first; those that are empty are left out.

    Pairs, since objects of JavaScript put keys that look like numbers in an order of their own.
    """
    pairs = {facet: sorted(values.items(), key=lambda pair: -pair[1]) for facet, values in counts.items() if values}
    return {facet: [[value, int(count)] for value, count in found[:_MAX_COUNTED]] for facet, found in pairs.items()}


def panel_of(where: Filter) -> Json:
    """What the panel shows of a filter; `filter_of` brings it back.

    Returns:
        `values`, for each text field what is `chosen` and `excluded`, and whether `all` of the chosen must be there
        (None where that makes no difference); `folders`, likewise by their paths; `years` that are excluded;
        `ranges`, for each number field and `taken` the two bounds or None; `name`, what the name contains; `others`,
        the conditions that have no place of their own, as they are typed.
    """
    shown: defaultdict[str, list[Any]] = defaultdict(list)
    for condition in where.conditions:
        shown[_place(condition, where)].append(condition)
    years = [condition.low.year for condition in shown["year"]]
    return {
        "values": {field: _values_of(shown[field], shown[f"no {field}"]) for field in VALUES},
        "folders": {
            "chosen": list(dict.fromkeys(condition.folder for condition in shown["within"])),
            "excluded": list(dict.fromkeys(condition.folder for condition in shown["not within"])),
        },
        "years": list(dict.fromkeys(years)),
        "ranges": {field: _bounds_of(shown[f"{field} range"]) for field in (*NUMBERS, "taken")},
        "name": shown["name"][0].text if shown["name"] else "",
        "others": [write_condition(condition) for condition in shown["others"]],
    }


def filter_of(panel: object, before: Filter) -> Filter:
    """The filter that a panel shows, with its conditions in the order they had.

    Args:
        panel: As `panel_of` makes it, but out of a browser: what is not as it should be is left out.
        before: The filter that the panel was made of. Its other conditions stay as they are, but for those that are
            not in the panel any more.
    """
    kept = _texts(_part(panel, "others"))
    others = [condition for condition in before.conditions if _place(condition, before) == "others"]
    made = [*_shown(panel), *(condition for condition in others if write_condition(condition) in kept)]
    places = {_subject(condition): place for place, condition in reversed([*enumerate(before.conditions)])}
    return Filter(tuple(sorted(made, key=lambda condition: places.get(_subject(condition), len(places)))))


def _place(condition: Condition, where: Filter) -> str:
    """Where in the panel a condition is shown; `others` where it has no place.

    Of several conditions on one text field, all of which must hold, those on one value are shown, as the values that
    must all be there. A name has one place, which the first takes.
    """
    match condition:
        case AnyOf(field, values, excluded) if values and (excluded or len(values) == 1 or _alone(condition, where)):
            return f"no {field}" if excluded else field
        case InFolder(folder, excluded) if folder:
            return "not within" if excluded else "within"
        case Between("taken", datetime(), datetime(), excluded=True) if _is_year(condition):
            return "year"
        case Between(field, low, high, excluded=False) if (low, high) != (None, None) and _has_fields(condition):
            return f"{field} range"
        case NameContains(text, excluded=False) if text.strip() and condition is _first_name(where):
            return "name"
    return "others"


def _alone(condition: AnyOf, where: Filter) -> bool:
    same = (other for other in where.conditions if isinstance(other, AnyOf) and not other.excluded)
    return sum(other.field == condition.field for other in same) == 1


def _has_fields(condition: Between) -> bool:
    """Whether there are fields for it that can hold its bounds."""
    bounds = [bound for bound in (condition.low, condition.high) if bound is not None]
    if condition.field == "taken":
        return all(isinstance(bound, datetime) and _moment(bound.isoformat()) for bound in bounds)
    return condition.field in NUMBERS and all(_number(bound) is not None for bound in bounds)


def _is_year(condition: Between) -> bool:
    low, high = condition.low, condition.high
    return isinstance(low, datetime) and low.year < datetime.max.year and (low, high) == _year(low.year)


def _year(year: int) -> tuple[datetime, datetime]:
    return datetime(year, 1, 1), datetime(year + 1, 1, 1)


def _first_name(where: Filter) -> NameContains | None:
    names = (
        condition for condition in where.conditions if isinstance(condition, NameContains) and not condition.excluded
    )
    return next((condition for condition in names if condition.text.strip()), None)


def _values_of(chosen: Sequence[AnyOf], excluded: Sequence[AnyOf]) -> Json:
    values = list(dict.fromkeys(value for condition in chosen for value in condition.values))
    return {
        "chosen": values,
        "excluded": list(dict.fromkeys(value for condition in excluded for value in condition.values)),
        "all": len(chosen) > 1 if len(values) > 1 else None,
    }


def _bounds_of(conditions: Sequence[Between]) -> list[float | str | None]:
    """Where all of them hold."""
    lows = [condition.low for condition in conditions if condition.low is not None]
    highs = [condition.high for condition in conditions if condition.high is not None]
    bounds = [max(cast(list[float], lows), default=None), min(cast(list[float], highs), default=None)]
    return [bound.isoformat() if isinstance(bound, datetime) else bound for bound in bounds]


def _shown(panel: object) -> Iterator[Condition]:
    """The conditions that have a place of their own."""
    for field in VALUES:
        yield from _any_of(field, _part(_part(panel, "values"), field))
    folders = _part(panel, "folders")
    yield from (InFolder(folder) for folder in _texts(_part(folders, "chosen")))
    yield from (InFolder(folder, excluded=True) for folder in _texts(_part(folders, "excluded")))
    ranges = _part(panel, "ranges")
    for number in NUMBERS:
        yield from _between(number, _part(ranges, number), _number)
    yield from _between("taken", _part(ranges, "taken"), _moment)
    yield from (Between("taken", *_year(year), excluded=True) for year in _years(_part(panel, "years")))
    yield from (NameContains(text) for text in _texts([_part(panel, "name")]) if text.strip())


def _any_of(field: TextField, group: object) -> Iterator[AnyOf]:
    chosen, excluded = _texts(_part(group, "chosen")), _texts(_part(group, "excluded"))
    if _part(group, "all") is True:
        yield from (AnyOf(field, (value,)) for value in chosen)
    elif chosen:
        yield AnyOf(field, chosen)
    if excluded:
        yield AnyOf(field, excluded, excluded=True)


def _between[B: (int, datetime)](
    field: NumberField, bounds: object, read: Callable[[object], B | None]
) -> Iterator[Between]:
    low, high = map(read, bounds) if isinstance(bounds, list) and len(bounds) == 2 else (None, None)
    if low is not None or high is not None:
        yield Between(field, low, high)


def _part(whole: object, name: str) -> object:
    return whole.get(name) if isinstance(whole, dict) else None


def _texts(values: object) -> tuple[str, ...]:
    texts = values[:_MAX_VALUES] if isinstance(values, list) else []
    return tuple(dict.fromkeys(text for text in texts if isinstance(text, str) and 0 < len(text) <= _MAX_VALUE))


def _years(values: object) -> tuple[int, ...]:
    years = values[:_MAX_VALUES] if isinstance(values, list) else []
    return tuple(dict.fromkeys(year for year in years if type(year) is int and 1 <= year < datetime.max.year))


def _number(value: object) -> int | None:
    """A whole number of pixels or bytes."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LARGEST:
        return None
    return int(value) if value == int(value) else None


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    # Dates of pictures have no zone, and those of the last year there is have no end.
    return moment if moment and moment.tzinfo is None and moment.year < datetime.max.year else None


def _subject(condition: Condition) -> tuple[object, ...]:
    """What two conditions have in common of which one is the other, changed."""
    kind = type(condition)
    match condition:
        case AnyOf(field) | Between(field):
            return kind, condition.excluded, field
    return kind, condition.excluded
