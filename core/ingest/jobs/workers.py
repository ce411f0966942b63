"""What this process works on: the jobs that it owns, each kind of work in a thread of its own."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from core.errors import JournalUnavailable
from core.ingest.jobs.holding import Holding, What
from core.ingest.jobs.interrupted import interrupted_at
from core.ingest.jobs.loop import Loop
from core.ingest.jobs.worker import Worker
from core.ingest.journal.job import JobState, Plan, Status
from core.ingest.journal.journal import Journal
from core.ingest.journal.progress import Phase, Progress

_QUEUE = 1000
_THREADS: Mapping[What, str] = {"fill": "jobs", "rebuild": "rebuild", "analyse": "analysis"}


class Workers:
    """One thread plans, and beside it one each runs the jobs that fill the index, those that build another version of
    it, and those that analyse it, which take long: the oldest first. A thread begins when there is something to do.

    Args:
        journal: Where the states of jobs are kept.
        holding: Which jobs are this process's, and which process runs one.
        plan: The work of planning a job.
        run: The work of doing what was planned.
        tell: Called after each change of a state.
        ending: Set when nothing more is to be begun.
        after_failure: Seconds until a thread looks again, where it could not.
    """

    def __init__(
        self,
        journal: Journal,
        holding: Holding,
        plan: Callable[[JobState], Iterator[Plan]],
        run: Callable[[JobState], Iterator[Progress]],
        tell: Callable[[], None],
        ending: threading.Event,
        after_failure: float,
    ) -> None:
        self._journal, self._owner, self._tell = journal, holding.owner, tell
        self._workers = {
            what: Worker(journal, holding.owner, holding.lock(what), plan, run, self._tell_and_run, ending)
            for what in _THREADS
        }
        self._planner = Loop("plan", self._plan_next, ending, after_failure)
        self._runners = [
            Loop(name, partial(self.run_next, what), ending, after_failure) for what, name in _THREADS.items()
        ]

    def wake(self) -> None:
        """There may be something to do."""
        self._planner.wake()
        self._wake_runners()

    def close(self) -> None:
        """Wait until what is at work has stopped, `ending` being set; what was not begun is left to another process."""
        for loop in (self._planner, *self._runners):
            loop.join()
        with suppress(JournalUnavailable):
            for job in self._mine(Status.PLANNING):  # not begun: no reason to be left alone one day
                values = {"status": Status.INTERRUPTED, "note": interrupted_at(job)}
                self._journal.claim(job.id, {Status.PLANNING}, {"owner": job.owner, "requested": ""}, **values)

    def go_on(self, job: JobState, of: Collection[Status], **also: Any) -> bool:
        """Have this process work on a job from where it is, if it still has one of these statuses: returns whether it
        had."""
        status = Status.PLANNING if job.phase is Phase.FINDING else Status.WAITING
        values = {"requested": "", "error": None, "retry_at": None, "ended_at": None, "note": "", **also}
        if not self._journal.claim(job.id, of, status=status, owner=self._owner.id, **values):
            return False
        self._tell()
        self.wake()
        return True

    def run_next(self, what: What) -> float | None:
        """Run the oldest that waits; what paused by itself waits again when its time has come. Returns after how many
        seconds to look again, None: when woken."""
        waiting, now = self._mine(Status.WAITING, Status.RUNNING, Status.PAUSED), time.time()
        mine = [job for job in waiting if _does(job) == what]
        paused = [(job, job.retry_at) for job in mine if job.status is Status.PAUSED and job.retry_at]
        for job, retry_at in paused:
            if retry_at <= now:
                self.go_on(job, {Status.PAUSED})  # unless somebody was faster
                return 0.0
        ready = next((job for job in mine if job.status is not Status.PAUSED), None)
        if ready:
            self._workers[what].run(ready)
            return 0.0
        return min((retry_at - now for _, retry_at in paused), default=None)

    def _plan_next(self) -> float | None:
        job = next(iter(self._mine(Status.PLANNING)), None)
        if job:
            self._workers["fill"].plan(job)
        return 0.0 if job else None

    def _mine(self, *of: Status) -> list[JobState]:
        return [job for job in oldest_first(self._journal, of) if job.owner == self._owner.id]

    def _tell_and_run(self) -> None:
        self._tell()
        self._wake_runners()  # what was planned may be for one of them, or what paused by itself

    def _wake_runners(self) -> None:
        for loop in self._runners:
            loop.wake()


def oldest_first(journal: Journal, of: Collection[Status]) -> list[JobState]:
    """The jobs of these statuses, whichever process they are of."""
    return journal.jobs(of, limit=_QUEUE)[::-1]


def _does(job: JobState) -> What:
    if job.rebuilds:
        return "rebuild"
    return "analyse" if job.analyses else "fill"
