"""How results are shown: Markdown tables, percentiles, and the line that says which targets are met."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Target:
    """A promise and what was measured for it."""

    what: str
    measured: float
    bound: float
    """Met where `measured` is at least this; with `at_most`, where it is no more."""
    at_most: bool = False
    unit: str = ""

    @property
    def met(self) -> bool:
        # What could not be measured is NaN, of which no comparison holds: not met.
        return self.measured <= self.bound if self.at_most else self.measured >= self.bound

    def __str__(self) -> str:
        mark, sign = "✓" if self.met else "✗", "≤" if self.at_most else "≥"
        return f"{mark} {self.what} {_short(self.measured)}{self.unit} (target {sign} {_short(self.bound)}{self.unit})"


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], targets: Sequence[Target] = ()) -> None:
    """Print a table, numbers to the right, and below it whether each target is met.

    Args:
        rows: One value for each column; floats are shortened to three digits.
    """
    cells = [[_short(cell) if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    numeric = [bool(rows) and all(isinstance(row[at], int | float) for row in rows) for at in range(len(columns))]
    rule = ["--:" if right else ":--" for right in numeric]
    lines = [f"| {' | '.join(line)} |" for line in ([*columns], rule, *cells)]
    print(f"\n### {title}\n", *lines, sep="\n")
    if targets:
        busy = f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} (5 min: {os.getloadavg()[1]:.1f})"
        print(f"\nMachine: {busy}\n\nTargets: {' · '.join(map(str, targets))}")
    print(flush=True)


def say(text: str) -> None:
    """What is being done or left out, as a line between the tables."""
    print(f"> {text}", flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` percent lie; NaN of none."""
    return float(np.percentile(values, share)) if len(values) else float("nan")


def median(values: Sequence[float]) -> float:
    return percentile(values, 50)


def _short(number: float) -> str:
    if number != number:
        return "–"
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 10 else f"{number:.3f}".rstrip("0").rstrip(".")
