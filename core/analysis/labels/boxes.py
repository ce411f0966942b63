"""What boxes are like: how large, where they lie, and which look like mistakes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from core.images.describe import Box
from core.index.records import ImageRecord

GRID = 24
"""Rows and columns of the map of where boxes lie."""

MAX_LISTED = 1_000
"""Pictures of each problem."""

MAX_COMPARED = 300
"""Boxes of one picture that are compared with one another."""

type Problem = Literal["tiny", "twice", "contradicting", "cut", "whole"]

PROBLEMS: tuple[Problem, ...] = get_args(Problem.__value__)

_TINY_SIDE = 0.01  # of the picture's
_TINY_PIXELS = 8
_TWICE = 0.9  # of what two boxes cover together is in both
_EDGE = 1e-4
_WHOLE = 0.98  # of the picture
_SIZES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.01)
"""Of the side of a square as large as the box, as a share of that of the picture."""


@dataclass
class Measuring:
    """Measures while records go by."""

    boxes: int = 0
    pictures: int = 0
    """That have some."""
    heat: NDArray[np.float64] = field(default_factory=lambda: np.zeros((GRID, GRID)))
    sizes: Counter[int] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    """Boxes with each problem."""
    listed: dict[str, list[tuple[str, list[int]]]] = field(default_factory=lambda: {one: [] for one in PROBLEMS})
    """The ids of records with each problem, with the places of their boxes that have it."""

    def add(self, record: ImageRecord) -> None:
        if not record.boxes:
            return
        self.pictures += 1
        self.boxes += len(record.boxes)
        for box in record.boxes:
            self._measure(box)
        found: dict[Problem, list[int]] = {}
        for problem, place in problems(record):
            found.setdefault(problem, []).append(place)
        for problem, places in found.items():
            self.counts[problem] += len(set(places))
            if len(self.listed[problem]) < MAX_LISTED:
                self.listed[problem].append((record.id, sorted(set(places))))

    def _measure(self, box: Box) -> None:
        self.sizes[int(np.searchsorted(_SIZES, (box.width * box.height) ** 0.5, "right")) - 1] += 1
        left, right = int(box.left * GRID), min(GRID, int(np.ceil((box.left + box.width) * GRID)))
        top, bottom = int(box.top * GRID), min(GRID, int(np.ceil((box.top + box.height) * GRID)))
        self.heat[top : max(bottom, top + 1), left : max(right, left + 1)] += 1

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        heat = self.heat / max(1.0, float(self.heat.max()))
        sizes = [
            {"words": _words(low, high), "count": self.sizes[at]} for at, (low, high) in enumerate(pairwise(_SIZES))
        ]
        return {
            "boxes": self.boxes,
            "labelled": self.pictures,
            "per_picture": self.boxes / self.pictures if self.pictures else 0.0,
            "heat": [[round(float(value), 3) for value in row] for row in heat],
            "sizes": sizes,
            "problems": {one: self.counts[one] for one in PROBLEMS},
            "listed": self.listed,
        }


def problems(record: ImageRecord) -> Iterator[tuple[Problem, int]]:
    """What looks like a mistake, and the place of the box that it is about."""
    for place, box in enumerate(record.boxes):
        if _is_tiny(box, record.width, record.height):
            yield "tiny", place
        if box.width * box.height >= _WHOLE:
            yield "whole", place
        elif _is_cut(box):
            yield "cut", place
    yield from _overlaps(record.boxes[:MAX_COMPARED])


def _is_tiny(box: Box, width: int, height: int) -> bool:
    in_pixels = min(box.width * width, box.height * height) < _TINY_PIXELS
    return in_pixels or min(box.width, box.height) < _TINY_SIDE


def _is_cut(box: Box) -> bool:
    """By the edge of the picture: what reaches beyond was cut off when it was read."""
    return min(box.left, box.top) < _EDGE or max(box.left + box.width, box.top + box.height) > 1 - _EDGE


def _overlaps(boxes: Sequence[Box]) -> Iterator[tuple[Problem, int]]:
    if len(boxes) < 2:
        return
    shared = overlap(boxes)
    for one, other in zip(*np.nonzero(np.triu(shared >= _TWICE, 1)), strict=True):
        problem: Problem = "twice" if boxes[one].label == boxes[other].label else "contradicting"
        yield problem, int(one)
        yield problem, int(other)


def overlap(boxes: Sequence[Box]) -> NDArray[np.float64]:
    """What two boxes have in common, as a share of what they cover together: shape `(n, n)`."""
    sides = np.array([[box.left, box.top, box.left + box.width, box.top + box.height] for box in boxes])
    first, last = sides[:, np.newaxis, :2], sides[:, np.newaxis, 2:]
    common = np.clip(np.minimum(last, sides[:, 2:]) - np.maximum(first, sides[:, :2]), 0, None).prod(axis=2)
    areas = (sides[:, 2:] - sides[:, :2]).prod(axis=1)
    together = areas[:, np.newaxis] + areas - common
    return np.asarray(common / np.maximum(together, 1e-12))


def _words(low: float, high: float) -> str:
    if not low:
        return f"below {high:.0%}"
    return f"{low:.0%} and more" if high > 1 else f"{low:.0%} to {high:.0%}"
