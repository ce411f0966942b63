"""What a measurement comes to, in words."""

import math

from core.index.effort import Effort
from core.search.recall.report import TARGET, Report, Row
from core.text.words import pictures


def verdict(report: Report) -> str:
    """In a sentence or two: what searches find, and whether less effort would do or more is needed."""
    used, cheapest = report.used, report.cheapest
    if used is None:
        return "There is nothing to search: no pictures meet these conditions."
    if used.effort is None:
        return f"Compares each of {pictures(report.searched)} in {time(used.p50)}, so that nothing is missed."
    found = f"Finds {share(used.recall)} of the true nearest {report.k:,} in {time(used.p50)}"
    if cheapest is None:
        return f"{found}. None of the settings tried reaches {share(TARGET)}."
    if cheapest.used:
        return f"{found}, with no more effort than it takes."
    changed, finds = _changed(used.effort, cheapest, report.of), f"{share(cheapest.recall)} in {time(cheapest.p50)}"
    return f"{found}; {changed} would {'do' if used.reaches else 'find more'} ({finds})."


def _changed(used: Effort, row: Row, of: str) -> str:
    """What would be done instead: `looking at 100 candidates`."""
    assert row.effort is not None
    if row.effort.breadth != used.breadth:
        return f"looking at {row.effort.breadth:,} {of} instead of {used.breadth:,}"
    return f"oversampling by {row.effort.oversampling:g} instead of {used.oversampling:g}"


def share(value: float) -> str:
    """`99.2 %`; 100 % only of what is whole."""
    tenths = math.floor(1000 * value + 1e-9) / 10
    return f"{tenths:g} %"


def time(seconds: float) -> str:
    """`0.8 ms`, `12 ms`, `1.4 s`."""
    milliseconds = 1000 * seconds
    if milliseconds < 9.95:
        return f"{milliseconds:.1f} ms"
    return f"{milliseconds:,.0f} ms" if milliseconds < 999.5 else f"{seconds:.1f} s"
