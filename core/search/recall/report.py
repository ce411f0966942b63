"""What measuring searches came to: a value for pages, programs and benchmarks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.index.effort import Effort

TARGET = 0.99
"""The recall that searches are to reach."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one effort comes to. Times are those of the index alone, in seconds."""

    effort: Effort | None
    """None: each picture is compared."""
    used: bool
    """Whether searches are done so."""
    recall: float
    """The share of the true nearest that are found, in the mean of all queries."""
    lowest: float
    """Of the query that finds the fewest."""
    lost: int
    """Queries that find none of them."""
    p50: float
    p95: float
    kinds: Mapping[str, float]
    """The recall of each kind of query."""

    @property
    def reaches(self) -> bool:
        """Whether it finds enough."""
        return self.recall >= TARGET


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, and what of it follows."""

    engine: str
    index: str
    k: int
    """How many nearest were asked for."""
    queries: Mapping[str, int]
    """How many queries of each kind."""
    searched: int
    """Pictures that the conditions let through."""
    of: str
    """What the first number of an effort counts: `candidates` or `partitions`."""
    parameters: tuple[str, str]
    """What the engine calls the two numbers of an effort."""
    exact: float
    """How long it takes to compare each picture with one query, in seconds."""
    rows: Sequence[Row]
    """The least effort first, after the one in use where that compares each picture; empty where nothing is
    searched."""
    notes: Sequence[str] = ()
    """What else is to be said, in sentences."""

    @property
    def used(self) -> Row | None:
        """How searches are done; None where nothing is searched."""
        return next((row for row in self.rows if row.used), None)

    @property
    def cheapest(self) -> Row | None:
        """The least effort that finds enough; None where none does, or where there is no vector index."""
        return next((row for row in self.rows if row.effort and row.reaches), None)


def plain(report: Report, verdict: str) -> dict[str, Any]:
    """The report as JSON has it; times in milliseconds.

    Args:
        verdict: What follows from it, in words.
    """
    used, cheapest = report.used, report.cheapest
    return {
        "engine": report.engine,
        "index": report.index,
        "k": report.k,
        "queries": dict(report.queries),
        "searched": report.searched,
        "target": TARGET,
        "breadth_of": report.of,
        "exact_ms": _milliseconds(report.exact),
        "rows": [_row(row, report.parameters) for row in report.rows],
        "used": _row(used, report.parameters) if used else None,
        "cheapest": _row(cheapest, report.parameters) if cheapest else None,
        "verdict": verdict,
        "notes": list(report.notes),
    }


def _row(row: Row, parameters: tuple[str, str]) -> dict[str, Any]:
    effort = row.effort
    return {
        "breadth": effort.breadth if effort else None,
        "oversampling": effort.oversampling if effort else None,
        "parameters": dict(zip(parameters, (effort.breadth, effort.oversampling), strict=True)) if effort else {},
        "used": row.used,
        "recall": round(row.recall, 4),
        "lowest": round(row.lowest, 4),
        "lost": row.lost,
        "kinds": {kind: round(recall, 4) for kind, recall in row.kinds.items()},
        "p50_ms": _milliseconds(row.p50),
        "p95_ms": _milliseconds(row.p95),
    }


def _milliseconds(seconds: float) -> float:
    return round(1000 * seconds, 2)
