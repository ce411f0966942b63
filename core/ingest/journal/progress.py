"""The words of an ingest: what becomes of a file, how many of each, and what is reported while it runs."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import Problem
from core.text.words import counted

if TYPE_CHECKING:  # who asks how a job went needs no arrays
    from core.index.records import ImageRecord
    from core.sources.source import Found


class Outcome(StrEnum):
    """What became of a file, one for each file; the last two are of records whose file is gone."""

    ADDED = "added"
    UPDATED = "updated"
    RENAMED = "renamed"
    DUPLICATE = "duplicate"
    """Added, with the same bytes as a file that is known."""
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    """Left out by a rule."""
    FAILED = "failed"
    """It should have been read, and could not be."""
    REMOVED = "removed"
    MISSING = "missing"
    """The file is gone, its record is kept."""


class Phase(StrEnum):
    FINDING = "Scanning"
    LOADING = "Loading the model"
    INDEXING = "Indexing"
    COPYING = "Copying"
    CATCHING_UP = "Catching up"
    SWITCHING = "Switching to the new version"
    OPTIMIZING = "Optimizing"
    LOOKING = "Looking at pictures"
    COMPARING = "Comparing"
    CHECKING = "Checking pairs"
    ARRANGING = "Arranging"
    GROUPING = "Grouping"
    NOTING = "Noting results"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one file."""

    path: str
    outcome: Outcome
    reason: str = ""
    """Why, and what to do about it: of what was skipped or failed; of others what else there is to know."""
    problem: Problem | None = None
    """Of what was skipped or failed."""
    refused: "Found | None" = field(default=None, compare=False)
    """The file, where its bytes are the reason: it fails as long as it stays as it is."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many files have which outcome."""

    added: int = 0
    updated: int = 0
    renamed: int = 0
    duplicate: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0
    removed: int = 0
    missing: int = 0

    @property
    def done(self) -> int:
        """Files with a verdict; records whose file is gone are none."""
        return self.stored + self.unchanged + self.skipped + self.failed

    @property
    def stored(self) -> int:
        return self.added + self.updated + self.renamed + self.duplicate

    def plus(self, more: Mapping[str, int]) -> "Counts":
        """A copy with these counts raised: `counts.plus({Outcome.ADDED: 8})`."""
        return Counts(**{name: getattr(self, name) + more.get(name, 0) for name in Outcome})


def not_indexed(counts: Counts, problems: Mapping[Problem, int]) -> str:
    """Why files are not indexed, and how many for which reason: `2 not pictures, 1 damaged, 3 other`; empty where all
    are."""
    other = counts.skipped + counts.failed - sum(problems.values())
    told = [*((counted(count, problem.words, problem.plural), count) for problem, count in problems.items())]
    told.append((f"{other:,} other", other))
    return ", ".join(words for words, count in told if count > 0)


@dataclass(frozen=True, slots=True)
class Progress:
    phase: Phase
    total: int
    """Files found so far; final once the phase is no longer FINDING."""
    counts: Counts = field(default_factory=Counts)
    rate: float = 0.0
    """Pictures a second, over the last few seconds; 0 where nothing was measured yet."""
    verdicts: tuple[Verdict, ...] = ()
    """Those reached since the last report."""
    stored: "tuple[ImageRecord, ...]" = ()
    """Records stored since the last report."""
    embedded: int = 0
    """How many pictures the model has seen so far."""
    working: float = 0.0
    """Seconds since the reading began, the model being there."""
    model_id: str = ""

    @property
    def done(self) -> int:
        return self.counts.done


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


class Throttle:
    """True the first time, and whenever so many seconds have passed since it last was."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    def __call__(self) -> bool:
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._seconds
        return True
