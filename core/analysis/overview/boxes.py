"""How many labelled boxes pictures have."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_EDGES = (0, 1, 2, 3, 4, 5, 10, 20, 50, 1 << 16)


@dataclass(frozen=True, slots=True)
class Share:
    """Pictures with so many boxes."""

    least: int
    most: int | None
    """None: whatever more."""
    count: int

    @property
    def label(self) -> str:
        if self.most is None:
            return f"{self.least}+"
        return str(self.least) if self.least == self.most else f"{self.least}–{self.most}"


def shares(boxes: NDArray[np.uint16]) -> tuple[Share, ...]:
    """From none on, up to the most that one has."""
    counts = np.histogram(boxes, _EDGES)[0]
    last = int(np.flatnonzero(counts)[-1]) if len(boxes) else -1
    return tuple(
        Share(_EDGES[at], _EDGES[at + 1] - 1 if at + 2 < len(_EDGES) else None, int(counts[at]))
        for at in range(last + 1)
    )


def with_boxes(boxes: NDArray[np.uint16], least: int, most: int | None) -> NDArray[np.bool_]:
    """Which pictures have so many."""
    return np.asarray((boxes >= least) & (boxes <= (_EDGES[-1] if most is None else most)))
