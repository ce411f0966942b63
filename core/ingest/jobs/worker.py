"""Works on jobs: plans and runs them, writes how far they are, and turns every end into a state."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from typing import Any, cast

import psutil
from filelock import Timeout

from core.errors import (
    ClusterUnavailable,
    ImageSearchError,
    IndexUnavailable,
    JournalUnavailable,
    ModelUnavailable,
    SourceUnavailable,
    StorageUnavailable,
)
from core.ingest.jobs.holding import JobOwner, Lock
from core.ingest.jobs.interrupted import interrupted_at
from core.ingest.journal.job import ACTIVE, ENDED, JobState, JobTaken, Plan, Status
from core.ingest.journal.journal import Journal
from core.ingest.journal.progress import Counts, Phase, Progress, Throttle
from core.telemetry.context import working_on
from core.telemetry.events import Concluded, tell

PAUSES = (2.0, 5.0, 15.0, 60.0, 300.0)
"""Seconds before a job that paused by itself tries again, the last of them from then on."""

_log = logging.getLogger(__name__)

_RECENT = 5  # a row of the page
_SAY_EVERY = 0.5  # seconds
_TRANSIENT = (
    *(IndexUnavailable, StorageUnavailable, ModelUnavailable, SourceUnavailable, JournalUnavailable),
    ClusterUnavailable,
)
_OTHER = "Waiting for another process that is writing to the same index."


class _Stopped(Exception):
    """Somebody wants the job to stop, or this process is about to end."""


class Worker:
    """One thread may plan while another runs.

    Whatever happens to a job is written into the journal; where that fails, `JournalUnavailable` is raised, and the job
    is to be begun again as it is. Nothing is written of one that another process has taken over meanwhile.

    Args:
        journal: Where the states are kept.
        owner: This process.
        writing: Held while a job runs: one process at a time fills an index.
        plan: The work of planning a job.
        run: The work of doing what was planned.
        tell: Called after each change of a state.
        ending: Set when this process is about to end.
    """

    def __init__(
        self,
        journal: Journal,
        owner: JobOwner,
        writing: Lock,
        plan: Callable[[JobState], Iterator[Plan]],
        run: Callable[[JobState], Iterator[Progress]],
        tell: Callable[[], None],
        ending: threading.Event,
    ) -> None:
        self._journal = journal
        self._owner = owner
        self._writing = writing
        self._plan = plan
        self._run = run
        self._tell = tell
        self._ending = ending
        self._failures: dict[int, int] = {}  # of each job, since it last reached a verdict

    def plan(self, job: JobState) -> None:
        """Find out what is to be done; starts it where there is nothing to decide."""
        with working_on(job.id, job.request_id), self._every_end(job):
            if not self._claim(job, Status.PLANNING, plan=Plan(), counts=Counts()):
                return
            self._check_stop(job)
            self._journal.files(job.id, job.owner).clear()
            plan, due = Plan(), Throttle(_SAY_EVERY)
            for plan in self._watched(job, self._plan(job)):
                if due():
                    self._note(job, plan=plan)
            self._planned(job, plan)

    def _planned(self, job: JobState, plan: Plan) -> None:
        if job.discard_if_empty and not plan.to_read and not (plan.gone and job.prunes):
            self._journal.forget(job.id, job.owner)
            self._tell()
            return
        nothing = not plan.to_read and not plan.gone
        counts = Counts() if job.counts_by_itself else self._journal.files(job.id).counts()
        _log.info("Planned: %d files to read of %d", plan.to_read, plan.found)
        tell(Concluded({name: count for name, count in asdict(counts).items() if count}))
        self._settle(
            job,
            Status.WAITING if nothing or job.auto_start else Status.PLANNED,
            plan=plan,
            counts=counts,
            phase=Phase.INDEXING,
            restarts_without_progress=0,
            done_before=counts.done,
        )

    def run(self, job: JobState) -> None:
        """Do what was planned, when no other process is at it."""
        with working_on(job.id, job.request_id), self._every_end(job):
            if not self._has_turn(job):
                return
            try:
                # One that runs already is begun again: how it ended could not be written.
                again = job.interruptions + (job.status is Status.RUNNING)
                note = "" if job.note == _OTHER else job.note
                if self._claim(job, Status.RUNNING, note=note, interruptions=again):
                    self._check_stop(job)
                    self._consume(replace(self._journal.job(job.id), owner=job.owner))
            finally:
                self._writing.release()

    def _has_turn(self, job: JobState) -> bool:
        """Take the lock of the one who fills the index; False where the job is not to run any more before it is had."""
        while not self._took_lock():
            now = self._journal.job(job.id)
            if (now.status, now.owner) != (job.status, job.owner):
                return False
            if now.note != _OTHER:
                self._journal.claim(job.id, {job.status}, {"owner": job.owner}, note=_OTHER)
                self._tell()
            if self._ending.wait(_SAY_EVERY):
                return False
        return True

    def _took_lock(self) -> bool:
        try:
            self._writing.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def _consume(self, job: JobState) -> None:
        started, recent, due = time.monotonic(), job.recent, Throttle(_SAY_EVERY)
        _log.info("Running: %d files to do", job.total - job.done)
        progress = None
        try:
            for progress in self._watched(job, self._run(job)):
                recent = (*(record.id for record in reversed(progress.stored)), *recent)[:_RECENT]
                if progress.verdicts:
                    self._failures.pop(job.id, None)
                    tell(Concluded(Counter(verdict.outcome.value for verdict in progress.verdicts)))
                if due():
                    seconds = job.seconds + time.monotonic() - started
                    self._note(job, recent=recent, seconds=seconds, memory=_memory(), **_figures(progress))
        finally:
            before = self._journal.job(job.id)
            counts = progress.counts if progress and before.counts_by_itself else self._journal.counts(before)
            seconds = job.seconds + time.monotonic() - started
            last = _figures(progress) if progress else {}
            self._note(job, **{**last, "recent": recent, "seconds": seconds, "counts": counts})
        self._end(job, Status.DONE, phase=Phase.INDEXING)
        _log.info("Done after %.1f s", seconds)

    def _watched[T](self, job: JobState, work: Iterator[T]) -> Iterator[T]:
        """The work's reports, until somebody wants it to stop."""
        with closing(cast(Any, work)):  # a generator: closing it ends its threads
            for report in work:
                yield report
                self._check_stop(job)

    def _check_stop(self, job: JobState) -> None:
        now = self._journal.job(job.id)
        is_own = now.owner == job.owner == self._owner.id and now.active
        if not is_own or (now.status is Status.RUNNING and not self._writing.is_locked):
            raise JobTaken
        if now.requested or self._ending.is_set():
            raise _Stopped

    @contextmanager
    def _every_end(self, job: JobState) -> Iterator[None]:
        try:
            yield
        except JobTaken:
            _log.warning("Left: another process has taken the job over, or this one passed for dead")
            self._tell()
        except ImageSearchError as expected:
            self._pause(job, expected)
        except Exception as raised:
            if isinstance(raised, _Stopped) or self._ending.is_set():  # when Python ends it starts no more threads
                self._settle(job, Status.INTERRUPTED, note=interrupted_at(self._journal.job(job.id)))
                return
            _log.exception("The job %r stopped", job.title)
            error = ImageSearchError(
                "The job stopped unexpectedly.",
                "What was indexed is kept; resume the job to continue. The log has the details.",
            )
            self._end(job, Status.FAILED, error=error)

    def _pause(self, job: JobState, error: ImageSearchError) -> None:
        """Keep it where it is, and try again later where the reason may pass."""
        _log.warning("Paused: %s", error.title)
        failures = self._failures[job.id] = self._failures.get(job.id, 0) + 1
        retry_at = time.time() + PAUSES[min(failures, len(PAUSES)) - 1] if isinstance(error, _TRANSIENT) else None
        interruptions = self._journal.job(job.id).interruptions + 1
        values = {"error": error, "retry_at": retry_at, "interruptions": interruptions, "changed_by": ""}
        self._settle(job, Status.PAUSED, **values)

    def _settle(self, job: JobState, status: Status, **values: Any) -> None:
        """Write what it comes to, where nobody has asked for anything else; else that."""
        of_own = {"owner": job.owner, "requested": ""}
        if not self._journal.claim(job.id, ACTIVE, of_own, status=status, rate=0.0, **values):
            self._apply_request(job, self._journal.job(job.id).requested)
        self._tell()

    def _apply_request(self, job: JobState, requested: str) -> None:
        if requested:
            ended_at = time.time() if requested in ENDED else None
            status = Status(requested)
            values = {"requested": "", "rate": 0.0, "note": "", "ended_at": ended_at}
            self._journal.claim(job.id, ACTIVE, {"owner": job.owner}, status=status, **values)

    def _end(self, job: JobState, status: Status, **values: Any) -> None:
        """Write how it ended, which no wish can change."""
        self._note(job, status=status, requested="", rate=0.0, ended_at=time.time(), **values)

    def _claim(self, job: JobState, status: Status, **values: Any) -> bool:
        """Begin, where its status and its owner are still those that were seen."""
        values |= {"status": status, "error": None, "retry_at": None}
        claimed = self._journal.claim(job.id, {job.status}, {"owner": job.owner}, **values)
        self._tell()
        return claimed

    def _note(self, job: JobState, **values: Any) -> None:
        self._journal.note(job, **values)
        self._tell()


def _figures(progress: Progress) -> dict[str, Any]:
    return {
        "phase": progress.phase,
        "counts": progress.counts,
        "rate": progress.rate,
        "embedded": progress.embedded,
        "working": progress.working,
        "model_id": progress.model_id,
    }


def _memory() -> int:
    """Bytes that this process and those it started, the model's among them, take together."""
    here = psutil.Process()
    total = int(here.memory_info().rss)
    for child in here.children(recursive=True):
        try:
            total += child.memory_info().rss
        except psutil.Error:  # it has just ended
            continue
    return total
