"""What an ingest reports while it runs."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from core.index.records import ImageRecord


class Outcome(StrEnum):
    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class Phase(StrEnum):
    FINDING = "Looking for pictures"
    LOADING = "Waiting for the model"
    INDEXING = "Indexing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one file."""

    path: str
    outcome: Outcome
    reason: str = ""
    """Why it failed and what to do about it; empty for the other outcomes."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many files have which outcome."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0

    @property
    def done(self) -> int:
        return self.added + self.updated + self.unchanged + self.failed

    def plus(self, **more: int) -> "Counts":
        """A copy with these counts raised: `counts.plus(added=8)`."""
        return Counts(**{name: getattr(self, name) + more.get(name, 0) for name in Outcome})


@dataclass(frozen=True, slots=True)
class Progress:
    phase: Phase
    total: int
    """Files found so far; final once the phase is no longer FINDING."""
    counts: Counts = field(default_factory=Counts)
    rate: float = 0.0
    """Pictures a second, over the last few seconds; 0 where nothing was measured yet."""
    verdicts: tuple[Verdict, ...] = ()
    """Those reached since the last report; files found unchanged have none, they are only counted."""
    stored: tuple[ImageRecord, ...] = ()
    """Records stored since the last report."""

    @property
    def done(self) -> int:
        return self.counts.done

    @property
    def seconds_left(self) -> float | None:
        return (self.total - self.done) / self.rate if self.rate else None


NOTHING = Progress(Phase.FINDING, 0)
"""Before the first report."""


@dataclass
class Rate:
    """How many a second, over a sliding window."""

    window: float = 15.0
    clock: Callable[[], float] = time.monotonic
    _marks: deque[tuple[float, int]] = field(default_factory=deque)

    def add(self, count: int) -> float:
        """Note that `count` more are done since the last call; the first call starts the clock."""
        now = self.clock()
        self._marks.append((now, count))
        while len(self._marks) > 2 and now - self._marks[0][0] > self.window:
            self._marks.popleft()
        elapsed = now - self._marks[0][0]
        return sum(n for _, n in list(self._marks)[1:]) / elapsed if elapsed > 0 else 0.0
