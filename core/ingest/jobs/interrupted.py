"""Jobs whose process ended while it was at work on them."""

import time
from dataclasses import replace

from core.ingest.jobs.holding import JobOwner
from core.ingest.journal.job import ENDED, JobState, Status
from core.ingest.journal.journal import Journal
from core.ingest.journal.progress import Counts, Phase


def find_interrupted(journal: Journal, owner: JobOwner) -> None:
    """Write of these jobs how far they are, and that they go no further.

    Args:
        owner: This process, which may be any.
    """
    for job in journal.jobs({Status.PLANNING, Status.RUNNING}):
        if owner.is_dead(job.owner):
            _interrupt(journal, job)


def interrupted_at(job: JobState) -> str:
    """How far it was, as its note."""
    if job.phase is Phase.FINDING:
        return "Interrupted while scanning."
    return f"Interrupted at {job.done:,} of {job.total:,}."


def _interrupt(journal: Journal, job: JobState) -> None:
    counts = Counts() if job.phase is Phase.FINDING else journal.counts(job)
    status = Status(job.requested or Status.INTERRUPTED)  # somebody may have wanted it to stop
    journal.claim(
        job.id,
        {job.status},
        {"owner": job.owner},
        status=status,
        requested="",
        counts=counts,
        rate=0.0,
        note=interrupted_at(replace(job, counts=counts)),
        interruptions=job.interruptions + 1,
        restarts_without_progress=job.restarts_without_progress + 1 if counts.done == job.done_before else 0,
        done_before=counts.done,
        ended_at=time.time() if status in ENDED else None,
    )
