"""Background work that outlives the tab that asked for it: planned at once, then one job after the other."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from core.access.actors import APP, Actor
from core.access.roles import Role
from core.errors import JobRefused
from core.ingest.jobs.holding import Holding
from core.ingest.jobs.interrupted import find_interrupted
from core.ingest.jobs.loop import AFTER_FAILURE
from core.ingest.jobs.workers import Workers, oldest_first
from core.ingest.journal.job import ACTIVE, ENDED, AnalysisTask, JobState, Kind, Plan, Planned, Rebuild, Status
from core.ingest.journal.journal import Journal
from core.ingest.journal.progress import Outcome, Phase, Progress

_MAX_STALLED = 3
_LOOK_AGAIN = 0.5  # seconds
_ASLEEP = frozenset({Status.PLANNED, Status.WAITING, Status.PAUSED, Status.INTERRUPTED})
_BEGUN = {
    Kind.REBUILD: "Began a version of the index",
    Kind.ANALYSIS: "Began an analysis",
    Kind.OPTIMIZE: "Optimized the index",
}
_RESUMABLE = frozenset({Status.PAUSED, Status.INTERRUPTED, Status.CANCELLED, Status.FAILED})


class Jobs:
    """The jobs of an index: what there is, what is wanted of them, and what has become of them.

    What is wanted of a job goes through the journal, so that it does not matter which process works on it. Methods that
    name a job raise `JobRefused` where it is in no state for that, and all may raise `JournalUnavailable`. `by` is who
    asks, which the job is marked with; those that take it raise `AccessDenied` where they may not.

    Args:
        journal: Where their states are kept.
        holding: Which of them are this process's, and which process runs one.
        plan: The work of planning a job.
        run: The work of doing what was planned.
        after_failure: Seconds until this process looks again, where it could not.
    """

    def __init__(
        self,
        journal: Journal,
        holding: Holding,
        plan: Callable[[JobState], Iterator[Plan]],
        run: Callable[[JobState], Iterator[Progress]],
        after_failure: float = AFTER_FAILURE,
    ) -> None:
        self._journal = journal
        self._owner = holding.owner
        self.ending = threading.Event()
        """Set when nothing more is to be begun in this process."""
        self.workers = Workers(journal, holding, plan, run, self._tell, self.ending, after_failure)
        """For what this process works on."""
        self._changed = threading.Condition()

    def plan(
        self,
        title: str,
        sources: Sequence[str],
        *,
        auto_start: bool = False,
        prunes: bool = False,
        discard_if_empty: bool = False,
        kind: Kind = Kind.INGEST,
        rebuild: Rebuild | None = None,
        analysis: AnalysisTask | None = None,
        by: Actor = APP,
    ) -> int:
        """Find out, in the background, what is to be done; returns the job's id.

        Args:
            title: What to call it: "Sample pictures".
            sources: Locations.
            auto_start: Whether to do it then, without asking.
            prunes: Whether records whose file is gone are to be removed.
            discard_if_empty: Whether to forget it where there is nothing to do.
        """
        by.check(_role(kind))
        job_id = self._journal.create(
            title,
            sources,
            auto_start=auto_start,
            prunes=prunes,
            discard_if_empty=discard_if_empty,
            owner=self._owner.id,
            kind=kind,
            rebuild=rebuild,
            analysis=analysis,
            by=by,
        )
        what = _BEGUN.get(kind) or ("Added pictures" if auto_start else "Scanned")
        self._journal.audit.note(by, what, f"job {job_id}: {title}")
        self.workers.wake()
        return job_id

    def start(self, job_id: int, *, prunes: bool = False, by: Actor = APP) -> None:
        """Do what was planned, when the jobs before it have ended."""
        by.check(Role.ADMIN)
        values = {"status": Status.WAITING, "prunes": prunes, "owner": self._owner.id, "changed_by": by.label}
        self._change(job_id, {Status.PLANNED}, **values)
        self._note(job_id, "Started", by)
        self.workers.wake()

    def pause(self, job_id: int, *, by: Actor = APP) -> None:
        """After the round at hand; what is stored stays stored, and `resume` goes on from there."""
        self._ask(job_id, Status.PAUSED, {Status.WAITING, Status.PAUSED}, by)
        self._note(job_id, "Paused", by)

    def cancel(self, job_id: int, *, by: Actor = APP) -> None:
        """For good, after the round at hand; what is stored stays stored."""
        self._ask(job_id, Status.CANCELLED, _ASLEEP, by)
        self._note(job_id, "Cancelled", by)

    def resume(self, job_id: int, *, prunes: bool | None = None, by: Actor = APP) -> None:
        """Go on with it, in this process.

        Args:
            prunes: Whether to leave out or remove what cannot be had any more; None: as it was.
        """
        by.check(_role(self._journal.job(job_id).kind))
        find_interrupted(self._journal, self._owner)
        also = {} if prunes is None else {"prunes": prunes}
        self._go_on(self._journal.job(job_id), _RESUMABLE, changed_by=by.label, **also)
        self._note(job_id, "Resumed", by)

    def adopt(self, job_id: int) -> None:
        """Have this process do what waits for one that has ended."""
        job = self._journal.job(job_id)
        if job.status is Status.WAITING and self._owner.is_dead(job.owner) and self._take_over(job):
            self.workers.wake()

    def retry(self, job_id: int, *, by: Actor = APP) -> int:
        """Read again what failed; returns how many files that are."""
        by.check(Role.ADMIN)
        files = self._journal.files(job_id)
        if not self._journal.job(job_id).ended:
            raise JobRefused("The job has not ended yet.", "Wait until it has, or cancel it.")
        if not (count := files.counts().failed):
            raise JobRefused("No file of this job failed.", "To find new files, scan the source again.")
        self._change(job_id, ENDED, status=Status.PAUSED, ended_at=None)  # nobody is to begin before all is ready
        self._journal.refusals.forget([one.path for one in files.verdicts({Outcome.FAILED})])
        if next(files.planned({Planned.FAILED}, is_open=False), None):
            # What could not even be found may be a folder: everything is looked for once more.
            self._journal.update(job_id, phase=Phase.FINDING, auto_start=True, discard_if_empty=False)
        else:
            files.reopen(Outcome.FAILED)
            self._journal.update(job_id, counts=files.counts())
        self._go_on(self._journal.job(job_id), {Status.PAUSED}, changed_by=by.label)
        self._note(job_id, "Retried", by)
        return count

    def forget(self, job_id: int) -> None:
        """Take it out of the history; the index stays as it is."""
        if not self._journal.job(job_id).ended:
            raise JobRefused("Only a job that has ended can be removed from the history.", "Cancel it first.")
        self._journal.forget(job_id)
        self._tell()

    def recover(self) -> bool:
        """Take over the jobs of processes that have ended, and go on with those that were at work; returns whether
        there were any of those.

        A job that was interrupted several times without getting any further is left to the user: something in it may
        be what ends the process.
        """
        find_interrupted(self._journal, self._owner)
        taken = [
            job
            for job in oldest_first(self._journal, _ASLEEP)
            if self._owner.is_dead(job.owner) and self._take_over(job)
        ]
        if taken:
            self.workers.wake()
        return any(job.status is Status.INTERRUPTED for job in taken)

    def _take_over(self, job: JobState) -> bool:
        """Returns whether it is to be worked on here from now on."""
        if job.status is Status.INTERRUPTED and job.restarts_without_progress < _MAX_STALLED:
            return self.workers.go_on(job, {Status.INTERRUPTED}, note=f"{job.note.rstrip('.')}, then resumed.")
        if job.status is Status.WAITING or job.retry_at:
            return self._journal.claim(job.id, {job.status}, {"owner": job.owner}, owner=self._owner.id)
        return False

    def states(self) -> list[JobState]:
        """Newest first."""
        find_interrupted(self._journal, self._owner)
        return self._journal.jobs()

    def open(self) -> list[JobState]:
        """Those that have not ended, the oldest first."""
        find_interrupted(self._journal, self._owner)
        return oldest_first(self._journal, ACTIVE | _ASLEEP)

    def latest(self) -> JobState | None:
        return next(iter(self._journal.jobs(limit=1)), None)

    def state(self, job_id: int) -> JobState:
        find_interrupted(self._journal, self._owner)
        return self._journal.job(job_id)

    @property
    def busy(self) -> bool:
        """Whether any is at work, or about to be."""
        find_interrupted(self._journal, self._owner)
        return bool(self._journal.jobs(ACTIVE, limit=1))

    @property
    def moving(self) -> bool:
        """Whether any changes without anybody's doing: it is at work, or tries again later."""
        return any(job.active or job.retry_at for job in self._journal.jobs({Status.PAUSED, *ACTIVE}))

    def wait(self, job_id: int, timeout: float | None = None) -> JobState:
        """Until it rests, of itself or because somebody is to decide, or the time runs out; its state then."""
        return self.wait_for(job_id, lambda job: not job.active, timeout)

    def wait_for(self, job_id: int, is_there: Callable[[JobState], bool], timeout: float | None = None) -> JobState:
        """Until it is so, or the time runs out; its state then."""
        latest = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while not is_there(job := self.state(job_id)):
                left = _LOOK_AGAIN if latest is None else min(_LOOK_AGAIN, latest - time.monotonic())
                if left <= 0:
                    break
                self._changed.wait(left)  # another process may be at it: look again
        return job

    def close(self) -> None:
        """Begin nothing more in this process, and wait until what it is at has stopped; the next process to `recover`
        goes on with it."""
        self.ending.set()
        self.workers.close()
        self._owner.close()

    def _go_on(self, job: JobState, of: Collection[Status], **also: Any) -> None:
        if not self.workers.go_on(job, of, **also):
            raise self._refused(job.id)

    def _ask(self, job_id: int, requested: Status, at_once: Collection[Status], by: Actor) -> None:
        """Have a job that is at work do it next, and one that is not be so at once."""
        by.check(_role(self._journal.job(job_id).kind))
        ended_at = time.time() if requested in ENDED else None
        values: dict[str, Any] = {"note": "", "retry_at": None, "ended_at": ended_at, "changed_by": by.label}
        if not self._journal.claim(job_id, at_once, status=requested, **values):
            self._change(job_id, ACTIVE, requested=requested.value, changed_by=by.label)
        self._tell()

    def _note(self, job_id: int, action: str, by: Actor) -> None:
        """Who has had it done."""
        if by.label:
            self._journal.audit.note(by, action, f"job {job_id}: {self._journal.job(job_id).title}")

    def _change(self, job_id: int, of: Collection[Status], **values: Any) -> None:
        if not self._journal.claim(job_id, of, **values):
            raise self._refused(job_id)
        self._tell()

    def _refused(self, job_id: int) -> JobRefused:
        status = self._journal.job(job_id).status
        return JobRefused(f"Job {job_id} is {status}.", "It may have been changed elsewhere. Look again.")

    def _tell(self) -> None:
        """Wake up who waits for a change."""
        with self._changed:
            self._changed.notify_all()


def _role(kind: Kind) -> Role:
    """What it takes to have such a job done."""
    return Role.EDITOR if kind is Kind.ANALYSIS else Role.ADMIN
