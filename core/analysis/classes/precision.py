"""How sure one is of a share that was seen in a few."""

import math
from dataclasses import dataclass

_Z = 1.959963984540054  # of the normal distribution: 95 % lie within


@dataclass(frozen=True, slots=True)
class Precision:
    """Of pictures that are taken for one of a class, how many are."""

    right: int
    looked_at: int
    low: float
    """Between this and the next the true share lies, by 95 %."""
    high: float

    @property
    def share(self) -> float | None:
        return self.right / self.looked_at if self.looked_at else None

    @property
    def words(self) -> str:
        if not self.looked_at:
            return "None looked at yet"
        return f"Of {self.looked_at:,} looked at {self.right:,} right: {100 * self.low:.0f}–{100 * self.high:.0f} %"


def precision(right: int, looked_at: int) -> Precision:
    """With Wilson's interval, which holds for few and for shares near 0 and 1, too (Wilson, 1927)."""
    if not looked_at:
        return Precision(0, 0, 0.0, 1.0)
    share, square = right / looked_at, _Z**2
    middle = (share + square / (2 * looked_at)) / (1 + square / looked_at)
    half = _Z / (1 + square / looked_at) * math.sqrt(share * (1 - share) / looked_at + square / (4 * looked_at**2))
    return Precision(right, looked_at, max(0.0, middle - half), min(1.0, middle + half))
