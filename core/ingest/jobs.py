"""Background work that outlives the tab that started it: one job at a time, the others wait their turn."""

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from enum import StrEnum

from core.errors import ImageSearchError
from core.index.records import ImageRecord
from core.ingest.progress import NOTHING, Outcome, Progress, Verdict

_log = logging.getLogger(__name__)

_KEPT_JOBS = 20
_RECENT = 5  # a row of the page


class Status(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class JobState:
    """A job at one moment; never changes, so that pages can read it while the job runs."""

    id: int
    title: str
    status: Status = Status.WAITING
    progress: Progress = NOTHING
    failed: tuple[Verdict, ...] = ()
    """Every file that failed, in the order found."""
    recent: tuple[ImageRecord, ...] = ()
    """The records stored last, newest first."""
    seconds: float = 0.0
    """How long it has run."""
    error: ImageSearchError | None = None
    """What stopped a job that failed."""
    cancelling: bool = False

    @property
    def active(self) -> bool:
        return self.status in (Status.WAITING, Status.RUNNING)


@dataclass
class Job:
    """One piece of work: consumes an iterator of `Progress` in the registry's thread."""

    state: JobState
    _work: Callable[[], Iterator[Progress]]
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _finished: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Ask it to stop after the round at hand; what is stored stays stored."""
        self._cancelled.set()
        self.state = replace(self.state, cancelling=True)

    def wait(self, timeout: float | None = None) -> bool:
        """Until it has ended; False where the time ran out first."""
        return self._finished.wait(timeout)

    def run(self) -> None:
        """Do the work; every end is a state, nothing is raised."""
        started = time.monotonic()
        try:
            status, error = self._consume(started), None
        except ImageSearchError as expected:
            status, error = Status.FAILED, expected
        except Exception as unexpected:
            _log.exception("The job %r stopped", self.state.title)
            status = Status.FAILED
            error = ImageSearchError(
                f"The job stopped unexpectedly: {unexpected!r}.",
                "What was indexed is kept; start it again to go on. The log has the details.",
            )
        self.state = replace(self.state, status=status, error=error, seconds=time.monotonic() - started)
        self._finished.set()

    def _consume(self, started: float) -> Status:
        if self._cancelled.is_set():
            return Status.CANCELLED
        failed: list[Verdict] = []
        recent: deque[ImageRecord] = deque(maxlen=_RECENT)
        self.state = replace(self.state, status=Status.RUNNING)
        work = self._work()
        for progress in work:
            failed += [verdict for verdict in progress.verdicts if verdict.outcome is Outcome.FAILED]
            recent.extendleft(progress.stored)
            self.state = replace(
                self.state,
                progress=progress,
                failed=self.state.failed if len(failed) == len(self.state.failed) else tuple(failed),
                recent=tuple(recent),
                seconds=time.monotonic() - started,
                cancelling=self._cancelled.is_set(),
            )
            if self._cancelled.is_set():
                work.close()  # type: ignore[attr-defined]  # a generator: this ends its threads
                return Status.CANCELLED
        return Status.DONE


class Jobs:
    """The jobs of this server."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._jobs: deque[Job] = deque(maxlen=_KEPT_JOBS)  # copied before it is gone through: others add to it
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="job")

    def start(self, title: str, work: Callable[[], Iterator[Progress]]) -> Job:
        """Run it when those before it have ended.

        Args:
            title: What it does, as a heading: "Sample pictures".
            work: Called in the worker's thread; gives the iterator whose consumption is the work.
        """
        job = Job(JobState(next(self._ids), title), work)
        self._jobs.append(job)
        self._worker.submit(job.run)
        return job

    @property
    def busy(self) -> bool:
        """Whether any is waiting or running."""
        return any(job.state.active for job in list(self._jobs))

    def states(self) -> list[JobState]:
        """Newest first."""
        return [job.state for job in reversed(list(self._jobs))]

    def cancel(self, job_id: int) -> None:
        """Nothing happens where the job has ended or is not known."""
        for job in list(self._jobs):
            if job.state.id == job_id and job.state.active:
                job.cancel()
