"""Ranges as they are typed, `>=1000`, `<2MB`, `2023..2024-06`: read as conditions, and written again.

Every value stands for a span: a day for the time from its first moment to that of the next, a number of pixels for
what lies between it and the next number. What is typed is put together from the ends of these spans.
"""

import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core.index.filters import Between, NumberField

EXAMPLES: dict[NumberField, str] = {
    "width": "width:>=1000 or width:800..1200",
    "height": "height:>=1000 or height:800..1200",
    "megapixels": "megapixels:>12 or megapixels:1..2.5",
    "size": "size:<2MB or size:500kB..2MB",
    "brightness": "brightness:>0.5 or brightness:0.2..0.4, from 0 to 1",
    "sharpness": "sharpness:>0.1 or sharpness:0.1..0.2",
    "taken": "taken:2024, taken:2024-05-17 or taken:2023..2024-06",
}

_PIXELS = {"": 1, "px": 1}
_BYTES = {"B": 1} | {f"{prefix}B": 1000**power for power, prefix in enumerate("kMGT", 1)}
_BYTES |= {f"{prefix}iB": 1024**power for power, prefix in enumerate("KMGT", 1)}
_SIZES = {typed: n for unit, n in _BYTES.items() for typed in (unit.lower(), unit.lower().removesuffix("b"))}
_MILLIONS = dict.fromkeys(("", "mp", "mpx", "megapixel", "megapixels"), 1_000_000)
_WHOLE = {"width": _PIXELS, "height": _PIXELS, "megapixels": _MILLIONS, "size": _SIZES}
"""The units of the fields that hold whole numbers."""

_BARE = re.compile(r"b|mi?|gi?|ki?|ti?|", re.IGNORECASE)  # after a blank these are rather words

_COMPARED = re.compile(r"(>=|<=|[<>=]?)\s*(.*)", re.DOTALL)
_NUMBER = re.compile(r"(\d+(?:\.\d+)?(?:e-?\d+)?)\s*([a-z]*)", re.ASCII | re.IGNORECASE)
_LONGEST = 40  # characters of one value
_MOST = 10**15  # of anything: whole numbers up to there are exact in every engine

_AFTER: dict[str, Callable[[datetime], datetime]] = {
    "%Y": lambda start: start.replace(year=start.year + 1),
    "%Y-%m": lambda start: (start + timedelta(days=31)).replace(day=1),
    "%Y-%m-%d": lambda start: start + timedelta(days=1),
    "%Y-%m-%dT%H:%M": lambda start: start + timedelta(minutes=1),
    "%Y-%m-%dT%H:%M:%S": lambda start: start + timedelta(seconds=1),
    "%Y-%m-%dT%H:%M:%S.%f": lambda start: start + datetime.resolution,
}
"""How times are typed, and when what is typed so is over."""

_LENGTHS = (4, 7, 10, 16, 19, 26)  # of the same, as ISO 8601 writes them


def read_range(field: NumberField, text: str, excluded: bool = False) -> Between:
    """
    Raises:
        ValueError: it is none; the message says what is wrong, to be read after the text.
    """
    low, high = _ends(field, text.replace("≥", ">=").replace("≤", "<="))
    if low is not None and high is not None and low >= high:
        raise ValueError("ends before it begins")
    return Between(field, low, high, excluded)


def goes_on(field: NumberField, text: str, following: str) -> bool:
    """Whether what stands after a blank is part of the range that the text begins: of `<` `2`, of `<2` `MB`."""
    if re.match(r"\.\.(?!\.)", following):
        return bool(re.search(r"\w\Z", text))
    if re.search(r"(\A|[<>=≥≤]|\.\.)\Z", text):
        return bool(re.match(r"\d" if text else r"(>=|<=|[<>=≥≤])?\d|(>=|<=|[<>=≥≤])\Z", following))
    unit = following.partition("..")[0].lower()
    return bool(re.search(r"\d\Z", text)) and unit in _WHOLE.get(field, ()) and not _BARE.fullmatch(unit)


def write_range(condition: Between) -> str:
    """What `read_range` makes this condition of."""
    low, high = condition.low, condition.high
    if low is None and high is None:
        return ".."
    if isinstance(low, datetime) or isinstance(high, datetime):
        return _write_times(low, high)
    return _write_numbers(condition.field, low, high)


def _ends(field: NumberField, text: str) -> tuple[Any, Any]:
    first, dots, last = text.partition("..")
    if dots:
        if first.isdecimal() and (number := _NUMBER.fullmatch(last)):  # 1..2MB
            first += number[2]
        return _span(field, first)[0] if first else None, _span(field, last)[1] if last else None
    operator, value = _COMPARED.findall(text)[0]
    if not operator and field not in ("width", "height", "taken"):
        raise ValueError("has neither a start nor an end")
    low, high = _span(field, value)
    return {">=": (low, None), ">": (high, None), "<": (None, low), "<=": (None, high)}.get(operator, (low, high))


def _span(field: NumberField, text: str) -> tuple[Any, Any]:
    if len(text) > _LONGEST:
        raise ValueError("is too long")
    if field == "taken":
        return _period(text)
    number = _number(field, text)
    return number, number + 1 if field in _WHOLE else math.nextafter(number, math.inf)


def _period(text: str) -> tuple[datetime, datetime]:
    for format_, after in _AFTER.items():
        try:
            start = datetime.strptime(text, format_)
            return start, after(start)
        except (ValueError, OverflowError):  # another form, or the last year there is
            continue
    raise ValueError("is not a date")


def _number(field: NumberField, text: str) -> float:
    found = _NUMBER.fullmatch(text)
    units = _WHOLE.get(field, {"": 1})
    if not found or found[2].lower() not in units:
        raise ValueError("is not understood")
    number = Decimal(found[1]) * units[found[2].lower()]
    if number > (1 if field == "brightness" else _MOST):
        raise ValueError("is too large")
    if field not in _WHOLE:
        return float(number)
    if number != int(number):
        raise ValueError("is not a whole number")
    return int(number)


def _write_numbers(field: NumberField, low: float | None, high: float | None) -> str:
    if high is None and low is not None:
        return _rounder(f">={_written(field, low)}", f">{_written(field, _before(field, low))}")
    if low is None and high is not None:
        return _rounder(f"<{_written(field, high)}", f"<={_written(field, _before(field, high))}")
    assert low is not None
    assert high is not None
    first, last = _written(field, low), _written(field, _before(field, high))
    if first != last:
        return f"{first}..{last}"
    return first if field in ("width", "height") else f"={first}"


def _before(field: NumberField, high: float) -> float:
    """The value whose span ends there."""
    return high - 1 if field in _WHOLE else math.nextafter(high, -math.inf)


def _written(field: NumberField, number: float) -> str:
    if field == "megapixels":
        return f"{(Decimal(int(number)) / 1_000_000).normalize():f}"
    if field != "size":
        return repr(number).removesuffix(".0")
    sizes = [(Decimal(int(number)) / n, n, unit) for unit, n in _BYTES.items()]
    return min((f"{size.normalize():f}{unit}" for size, n, unit in sizes if size * n == number), key=len)


def _rounder(*texts: str) -> str:
    return min(texts, key=lambda text: len(text.lstrip("<=>").rstrip("0")))


def _write_times(low: Any, high: Any) -> str:
    """In the largest unit that says it exactly: years, months, days …"""
    if high is None:
        return f">={_write_time(low)}"
    if low is None:
        return f"<{_write_time(high)}"
    for length in _LENGTHS:
        first, last = _iso(low, length), _iso(high - datetime.resolution, length)
        spans = _period_or_none(first), _period_or_none(last)
        if all(spans) and (spans[0][0], spans[1][1]) == (low, high):
            break
    return first if first == last else f"{first}..{last}"


def _write_time(moment: datetime) -> str:
    return next(text for length in _LENGTHS if _period_or_none(text := _iso(moment, length))[:1] == (moment,))


def _period_or_none(text: str) -> tuple[datetime, ...]:
    """As `_period`; empty where it ends after the last day there is."""
    try:
        return _period(text)
    except ValueError:
        return ()


def _iso(moment: datetime, length: int) -> str:
    return moment.isoformat(timespec="microseconds")[:length]
