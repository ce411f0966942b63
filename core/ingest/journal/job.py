"""A job at one moment, as the journal keeps it: never changes, so that pages can read it while the job runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.errors import ImageSearchError, Problem
from core.ingest.journal.progress import Counts, Phase


class Status(StrEnum):
    PLANNING = "planning"
    PLANNED = "planned"
    """Waits for somebody to look at the plan and start it."""
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"
    """Its process ended while it was at work."""
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


ACTIVE = frozenset({Status.PLANNING, Status.WAITING, Status.RUNNING})
"""Something happens, or is about to, without anybody's doing."""

ENDED = frozenset({Status.DONE, Status.CANCELLED, Status.FAILED})


class JobTaken(Exception):
    """Somebody else has taken the job over: nothing more is to be written about it here."""


class Kind(StrEnum):
    """What a job does."""

    INGEST = "ingest"
    """Brings the index up to date with sources."""
    REBUILD = "rebuild"
    """Builds a version of the index, or brings one up to date, and puts it in the place of the one in use."""
    REEMBED = "reembed"
    """The same with another model, as earlier versions of the app noted it."""
    ANALYSIS = "analysis"
    """Finds something out about the pictures of the index."""
    OPTIMIZE = "optimize"
    """Merges what many small additions to the index have left behind."""


REBUILDS = frozenset({Kind.REBUILD, Kind.REEMBED})


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What a job that rebuilds the index is to do."""

    model_id: str = ""
    """Which the version is to be of; empty: the one that the settings ask for."""
    version: int | None = None
    """The number of the version; None: one that is made."""
    is_own: bool = True
    """Whether it is made by this job."""
    swaps: bool = True
    """Whether it is to be used then."""
    copies: bool = False
    """Whether it is made from the embeddings of the one in use."""


@dataclass(frozen=True, slots=True)
class AnalysisTask:
    """What a job that analyses the collection is to do."""

    name: str = ""
    """Which analysis it is: `duplicates`, `map` …"""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Plain values, as JSON has them."""


class Planned(StrEnum):
    """What a file is found to be before it is read."""

    NEW = "new"
    CHANGED = "changed"
    RENAMED = "renamed"
    """New, of the size and time of a file that is gone: likely the same, which its bytes will tell."""
    COPY = "copy"
    """New, with the same bytes as another one or as a picture of the index."""
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"
    GONE = "gone"
    """A record whose file is not there any more."""


TO_READ = frozenset({Planned.NEW, Planned.CHANGED, Planned.RENAMED, Planned.COPY})


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A line of the journal: a file, and what is to be done with it."""

    number: int
    """Counts the files of a job, from 1."""
    source: int
    """The place of its source among those of the job, from 0."""
    path: str
    size: int
    mtime_ns: int
    planned: Planned
    content_hash: str = ""
    """Of the bytes that the index knows under this path; empty where it knows none."""
    reason: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, in numbers."""

    new: int = 0
    changed: int = 0
    renamed: int = 0
    copy: int = 0
    """Files with the same bytes as another new one, or as a picture of the index."""
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0
    gone: int = 0
    missed: int = 0
    """Records of files that could not be looked for: their drive or folder is not there."""
    size: int = 0
    """Bytes to read."""
    unchecked: int = 0
    """How many of the new files were not compared byte by byte: there may be copies among them."""

    @property
    def found(self) -> int:
        return self.to_read + self.unchanged + self.skipped + self.failed

    @property
    def to_read(self) -> int:
        return self.new + self.changed + self.renamed + self.copy


@dataclass(frozen=True, slots=True)
class JobState:
    id: int
    title: str
    sources: tuple[str, ...]
    """Locations."""
    status: Status
    auto_start: bool = False
    """Whether it starts as soon as it is planned."""
    discard_if_empty: bool = False
    """Whether it is forgotten when it finds nothing to do."""
    prunes: bool = False
    """Whether records whose file is gone are removed."""
    requested: str = ""
    """What it was asked to do next, and has not done yet: a `Status`."""
    owner: str = ""
    """The process that works, or worked, on it."""
    phase: Phase = Phase.FINDING
    plan: Plan = field(default_factory=Plan)
    counts: Counts = field(default_factory=Counts)
    recent: tuple[str, ...] = ()
    """Ids of the records stored last, newest first."""
    error: ImageSearchError | None = None
    """What stopped it, or made it pause."""
    note: str = ""
    """What else there is to know, as a sentence."""
    rate: float = 0.0
    """Pictures a second, over the last seconds."""
    memory: int = 0
    """Bytes that the process and the model's take together."""
    embedded: int = 0
    """How many pictures the model has seen for it."""
    seconds: float = 0.0
    """How long it has run."""
    working: float = 0.0
    """Of these how many were spent on pictures, rather than on waiting for the model."""
    interruptions: int = 0
    """How often it stopped without being asked to."""
    restarts_without_progress: int = 0
    """How often in a row it was interrupted without having got any further."""
    done_before: int = 0
    """How many files were done when it was last interrupted."""
    created_at: float = 0.0
    """Seconds since the epoch; likewise the next."""
    ended_at: float | None = None
    retry_at: float | None = None
    """When a job that paused by itself tries again."""
    model_id: str = ""
    kind: Kind = Kind.INGEST
    started_by: str = ""
    """Who asked for it, as `Actor.label`; likewise the next, as `Actor.key`."""
    started_key: str = ""
    rebuild: Rebuild = field(default_factory=Rebuild)
    analysis: AnalysisTask = field(default_factory=AnalysisTask)
    changed_by: str = ""
    """Who paused, resumed or cancelled it last, as `Actor.label`; empty where it was the app itself."""
    request_id: str = ""
    """Of the request that asked for it, as the logs have it."""

    @property
    def active(self) -> bool:
        return self.status in ACTIVE

    @property
    def rebuilds(self) -> bool:
        return self.kind in REBUILDS

    @property
    def analyses(self) -> bool:
        return self.kind is Kind.ANALYSIS

    @property
    def optimizes(self) -> bool:
        return self.kind is Kind.OPTIMIZE

    @property
    def counts_by_itself(self) -> bool:
        """Whether what it works on are not files that are noted one by one."""
        return self.analyses or self.optimizes or self.rebuild.copies

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def total(self) -> int:
        return self.plan.found

    @property
    def done(self) -> int:
        return self.counts.done

    @property
    def seconds_left(self) -> float | None:
        return (self.total - self.done) / self.rate if self.rate and self.status is Status.RUNNING else None
