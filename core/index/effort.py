"""How much an index looks at to find the nearest: what takes longer, and finds more of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from core.errors import MeasurementRefused

EXACT_ROWS = 2_000_000
"""The most rows that an exact search compares: as many take seconds, and as long nobody else is answered as fast."""

EXACT_SECONDS = 20.0
"""How long an exact search may take."""


@dataclass(frozen=True, slots=True, order=True)
class Effort:
    """How a search through a vector index is done; in the order of what it costs."""

    breadth: int
    """How many are looked at: candidates in each segment (Elasticsearch), partitions of the vector index (LanceDB)."""
    oversampling: float
    """Of so many times as many as are asked for, the vectors themselves are compared; of the others only what the
    vector index keeps of them."""


@dataclass(frozen=True, slots=True)
class Efforts:
    """Those between which an index could choose."""

    of: Literal["candidates", "partitions"]
    """What `Effort.breadth` counts."""
    parameters: tuple[str, str]
    """What the engine calls both numbers."""
    used: Effort | None
    """That of `Index.search`; None where it compares each row."""
    choices: tuple[Effort, ...]
    """The least first; with the one in use where there is one. Empty where there is no vector index."""


class Neighbour(NamedTuple):
    """A row that is near to a query."""

    id: str
    score: float
    """The cosine of both."""


def choices(used: Effort, breadths: Iterable[int], oversamplings: Iterable[float]) -> tuple[Effort, ...]:
    """What differs from the effort in use in one of its numbers, and itself."""
    wider = {Effort(breadth, used.oversampling) for breadth in breadths}
    closer = {Effort(used.breadth, oversampling) for oversampling in oversamplings}
    return tuple(sorted(wider | closer | {used}))


def check_comparable(rows: int) -> None:
    """
    Raises:
        MeasurementRefused: so many rows are not compared one by one.
    """
    if rows > EXACT_ROWS:
        raise MeasurementRefused(
            f"Comparing each of {rows:,} pictures takes too long: at most {EXACT_ROWS:,} are compared.",
            "Add a condition that leaves fewer, such as folder: or taken:.",
        )


def took_too_long(seconds: float) -> MeasurementRefused:
    """The error of an exact search that was given up."""
    return MeasurementRefused(
        f"Comparing each picture took longer than {seconds:.0f} seconds, and was given up.",
        "Add a condition that leaves fewer pictures, such as folder: or taken:, or try again when less is going on.",
    )
