"""The index is made as fast to search as it can be: what many small additions have left behind is merged."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet

from core.index.index import Index
from core.ingest.journal.job import JobState, Plan
from core.ingest.journal.progress import Counts, Phase, Progress
from core.telemetry.context import carried

_SAY_EVERY = 0.5  # seconds


def plan_optimizing(index: Index) -> Iterator[Plan]:
    """All of the index."""
    yield Plan(changed=index.count())


def optimize(job: JobState, index: Index) -> Iterator[Progress]:
    """Have the engine do it; again, it finds less to do.

    Closing the iterator leaves it to itself: what the engine has begun it ends, without harm.

    Raises:
        IndexUnavailable, StorageFull: as they occur.
    """
    total, ended = job.plan.found, Future[None]()

    def work() -> None:
        try:
            index.optimize()
        except BaseException as error:  # who waits for this thread must hear of it
            ended.set_exception(error)
        else:
            ended.set_result(None)

    threading.Thread(target=carried(work), name="optimizing", daemon=True).start()
    while True:
        yield Progress(Phase.OPTIMIZING, total)
        try:
            ended.result(_SAY_EVERY)
        except NotYet:
            if not ended.done():
                continue
            raise
        break
    yield Progress(Phase.OPTIMIZING, total, Counts(updated=total))
