"""The flags that pictures are given, each read off one measure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analysis.quality.measures import Measures

type Table = NDArray[np.float32]
"""Measures of n pictures, shape `(n, 8)`, in the order of `Measures`."""

_COLUMNS = {name: at for at, name in enumerate(Measures._fields)}


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that can be wrong with a picture."""

    key: str
    """As in the filter: `quality:blurred`."""
    title: str
    about: str
    """When a picture has it, in a sentence."""
    measure: str
    """Which of `Measures`."""
    threshold: float
    above: bool = False
    """Whether what is above the threshold has it; else what is below."""
    shown: Callable[[float], str] = lambda value: f"{100 * value:.0f} %"
    """What is measured, as people read it."""
    unless: tuple[str, ...] = ()
    """Flags that say all of it already: a picture with one of them has not this one."""

    def values(self, table: Table) -> NDArray[np.float32]:
        return table[:, _COLUMNS[self.measure]]

    def beyond(self, table: Table) -> NDArray[np.bool_]:
        """Which are beyond the threshold; of what is not known none is."""
        values = self.values(table)
        return values > self.threshold if self.above else values < self.threshold

    def order(self, table: Table) -> NDArray[np.int64]:
        """The worst first, without those of which it is not known."""
        values = self.values(table)
        order = np.argsort(-values if self.above else values, kind="stable")
        return np.asarray(order[np.isfinite(values[order])])


# Measured against CleanVision 0.3.7 and against damage that was done on purpose: docs/quality.md has both tables.
FLAGS = (
    Flag(
        "near-blank",
        "Nearly blank",
        "One colour covers more than 98.5 % of it: an empty page, a lens cap, a failed scan.",
        "plain",
        0.985,
        above=True,
        shown=lambda value: f"{100 * value:.1f} % one colour",
    ),
    Flag(
        "blurred",
        "Blurred",
        "Even its sharpest part is soft, seen at 256 pixels. A blurred background alone does not count.",
        "blur",
        0.62,
        above=True,
        shown=lambda value: f"blur {value:.2f}",
        unless=("near-blank",),
    ),
    Flag(
        "dark",
        "Dark",
        "99 % of it are darker than a third of white.",
        "brightest",
        0.32,
        shown=lambda value: f"at most {100 * value:.0f} % bright",
    ),
    Flag(
        "overexposed",
        "Overexposed",
        "95 % of it are brighter than 95 % of white.",
        "darkest",
        0.95,
        above=True,
        shown=lambda value: f"at least {100 * value:.0f} % bright",
    ),
    Flag(
        "low-information",
        "Low information",
        "Its pixels hardly differ: their brightness tells less than 4.7 of 8 bits.",
        "entropy",
        4.7,
        shown=lambda value: f"{value:.1f} bits a pixel",
        unless=("near-blank", "overexposed", "dark"),
    ),
    Flag(
        "grey",
        "Grey",
        "It has no colours: 99 % of its pixels are grey, whether or not the file is.",
        "chroma",
        0.03,
        shown=lambda value: f"{100 * value:.0f} % colour",
    ),
    Flag(
        "odd-aspect",
        "Odd aspect",
        "Its longer side is more than 2.85 times the shorter one.",
        "aspect",
        0.35,
        shown=lambda value: f"1 : {1 / value:.1f}" if value else "1 : ∞",
    ),
    Flag(
        "small",
        "Small",
        "It has fewer pixels than the model looks at, which are 224 × 224.",
        "pixels",
        224.0 * 224.0,
        shown=lambda value: f"{value:,.0f} pixels",
    ),
)
BY_KEY = {flag.key: flag for flag in FLAGS}

EDITION = 1
"""Raised when pictures are measured otherwise: what was measured before is measured again."""


def flagged(table: Table) -> NDArray[np.bool_]:
    """Which pictures have which of `FLAGS`, shape `(n, 8)`."""
    beyond = {flag.key: flag.beyond(table) for flag in FLAGS}
    said = [beyond[flag.key] & ~np.any([beyond[one] for one in flag.unless], axis=0) for flag in FLAGS]
    return np.column_stack(said)


def keys(row: Sequence[bool] | NDArray[np.bool_]) -> list[str]:
    """The flags of one picture, as the index keeps them."""
    return [flag.key for flag, has in zip(FLAGS, row, strict=True) if has]
