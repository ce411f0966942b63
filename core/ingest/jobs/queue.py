"""Background work that outlives the tab that asked for it: planned at once, then one job after the other."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from typing import Any

from core.access.actors import APP, Actor
from core.access.roles import Role
from core.errors import JobRefused, JournalUnavailable
from core.ingest.jobs.holding import JobOwner, Lock
from core.ingest.jobs.interrupted import find_interrupted, interrupted_at
from core.ingest.jobs.loop import AFTER_FAILURE, Loop
from core.ingest.jobs.worker import Worker
from core.ingest.journal.job import ACTIVE, ENDED, AnalysisTask, JobState, Kind, Plan, Planned, Rebuild, Status
from core.ingest.journal.journal import Journal
from core.ingest.journal.progress import Outcome, Phase, Progress

_QUEUE = 1000
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
    """The jobs of an index, as far as this process works on them: one after the other those that fill it, and beside
    them those that build another version of it, and those that analyse it, which take long.

    What is wanted of a job goes through the journal, so that it does not matter which process works on it. Methods that
    name a job raise `JobRefused` where it is in no state for that, and all may raise `JournalUnavailable`. `by` is who
    asks, which the job is marked with; those that take it raise `AccessDenied` where they may not.

    Args:
        journal: Where their states are kept.
        owner: This process.
        writing: Held while a job runs: one process at a time fills an index.
        building: Likewise for jobs that build a version; `analysing` for those that analyse.
        plan: The work of planning a job.
        run: The work of doing what was planned.
        after_failure: Seconds until this process looks again, where it could not.
    """

    def __init__(
        self,
        journal: Journal,
        owner: JobOwner,
        writing: Lock,
        plan: Callable[[JobState], Iterator[Plan]],
        run: Callable[[JobState], Iterator[Progress]],
        after_failure: float = AFTER_FAILURE,
        *,
        building: Lock | None = None,
        analysing: Lock | None = None,
    ) -> None:
        self._journal = journal
        self._owner = owner
        self.ending = threading.Event()
        """Set when nothing more is to be begun in this process."""
        self._worker = Worker(journal, owner, writing, plan, run, self._tell_and_run, self.ending)
        self._builder = Worker(journal, owner, building or writing, plan, run, self._tell_and_run, self.ending)
        self._analyst = Worker(journal, owner, analysing or writing, plan, run, self._tell_and_run, self.ending)
        self._planner = Loop("plan", self._plan_next, self.ending, after_failure)
        self._runner = Loop("jobs", self.run_next, self.ending, after_failure)
        self._building = Loop("rebuild", self.build_next, self.ending, after_failure)
        self._analysing = Loop("analysis", self.analyse_next, self.ending, after_failure)
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
        self._wake()
        return job_id

    def start(self, job_id: int, *, prunes: bool = False, by: Actor = APP) -> None:
        """Do what was planned, when the jobs before it have ended."""
        by.check(Role.ADMIN)
        values = {"status": Status.WAITING, "prunes": prunes, "owner": self._owner.id, "changed_by": by.label}
        self._change(job_id, {Status.PLANNED}, **values)
        self._note(job_id, "Started", by)
        self._wake()

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
        if job.status is Status.WAITING and self._owner.is_dead(job.owner):
            self._journal.claim(job_id, {job.status}, {"owner": job.owner}, owner=self._owner.id)
            self._wake()

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
        taken = [job for job in self._jobs(_ASLEEP) if self._owner.is_dead(job.owner) and self._take_over(job)]
        if taken:
            self._wake()
        return any(job.status is Status.INTERRUPTED for job in taken)

    def _take_over(self, job: JobState) -> bool:
        """Returns whether it is to be worked on here from now on."""
        if job.status is Status.INTERRUPTED and job.restarts_without_progress < _MAX_STALLED:
            with suppress(JobRefused):  # another process was faster
                self._go_on(job, {Status.INTERRUPTED}, note=f"{job.note.rstrip('.')}, then resumed.")
                return True
        elif job.status is Status.WAITING or job.retry_at:
            return self._journal.claim(job.id, {job.status}, {"owner": job.owner}, owner=self._owner.id)
        return False

    def states(self) -> list[JobState]:
        """Newest first."""
        find_interrupted(self._journal, self._owner)
        return self._journal.jobs()

    def open(self) -> list[JobState]:
        """Those that have not ended, the oldest first."""
        find_interrupted(self._journal, self._owner)
        return self._jobs(ACTIVE | _ASLEEP)

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
        for loop in (self._planner, self._runner, self._building, self._analysing):
            loop.join()
        with suppress(JournalUnavailable):
            for job in self._mine(Status.PLANNING):  # not begun: no reason to be left alone one day
                values = {"status": Status.INTERRUPTED, "note": interrupted_at(job)}
                self._journal.claim(job.id, {Status.PLANNING}, {"requested": ""}, **values)
        self._owner.close()

    def _go_on(self, job: JobState, of: Collection[Status], **also: Any) -> None:
        status = Status.PLANNING if job.phase is Phase.FINDING else Status.WAITING
        values = {"requested": "", "error": None, "retry_at": None, "ended_at": None, "note": "", **also}
        self._change(job.id, of, status=status, owner=self._owner.id, **values)
        self._wake()

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
            status = self._journal.job(job_id).status
            raise JobRefused(f"Job {job_id} is {status}.", "It may have been changed elsewhere. Look again.")
        self._tell()

    def _wake(self) -> None:
        self._planner.wake()
        self._runner.wake()
        self._building.wake()
        self._analysing.wake()

    def _tell(self) -> None:
        """Wake up who waits for a change."""
        with self._changed:
            self._changed.notify_all()

    def _tell_and_run(self) -> None:
        self._tell()
        self._runner.wake()  # what was planned may be for it, or what paused by itself
        self._building.wake()
        self._analysing.wake()

    def _jobs(self, of: Collection[Status]) -> list[JobState]:
        """The oldest first."""
        return self._journal.jobs(of, limit=_QUEUE)[::-1]

    def _mine(self, *of: Status) -> list[JobState]:
        return [job for job in self._jobs(of) if job.owner == self._owner.id]

    def _plan_next(self) -> float | None:
        job = next(iter(self._mine(Status.PLANNING)), None)
        if job:
            self._worker.plan(job)
        return 0.0 if job else None

    def run_next(self) -> float | None:
        """Run the oldest that waits; what paused by itself waits again when its time has come. Returns after how many
        seconds to look again, None: when woken."""
        return self._run_next(self._worker, lambda job: not (job.rebuilds or job.analyses))

    def build_next(self) -> float | None:
        """The same of those that build a version."""
        return self._run_next(self._builder, lambda job: job.rebuilds)

    def analyse_next(self) -> float | None:
        """The same of those that analyse."""
        return self._run_next(self._analyst, lambda job: job.analyses)

    def _run_next(self, worker: Worker, is_for: Callable[[JobState], bool]) -> float | None:
        waiting = self._mine(Status.WAITING, Status.RUNNING, Status.PAUSED)
        mine, now = list(filter(is_for, waiting)), time.time()
        paused = [(job, job.retry_at) for job in mine if job.status is Status.PAUSED and job.retry_at]
        for job, retry_at in paused:
            if retry_at <= now:
                with suppress(JobRefused):  # somebody was faster
                    self._go_on(job, {Status.PAUSED})
                return 0.0
        ready = next((job for job in mine if job.status is not Status.PAUSED), None)
        if ready:
            worker.run(ready)
            return 0.0
        return min((retry_at - now for _, retry_at in paused), default=None)


def _role(kind: Kind) -> Role:
    """What it takes to have such a job done."""
    return Role.EDITOR if kind is Kind.ANALYSIS else Role.ADMIN
