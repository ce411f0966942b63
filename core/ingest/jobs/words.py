"""Jobs in words, the same on pages and on the command line."""

import time

from core.access.actors import by_whom
from core.errors import Problem
from core.ingest.journal.job import JobState, Plan, Status
from core.ingest.journal.progress import Counts, Outcome, Phase
from core.text.words import ago, counted, duration, file_size, pictures

OUTCOMES = {
    Outcome.ADDED: "Added",
    Outcome.UPDATED: "Updated",
    Outcome.RENAMED: "Renamed",
    Outcome.DUPLICATE: "Copies",
    Outcome.UNCHANGED: "Unchanged",
    Outcome.SKIPPED: "Skipped",
    Outcome.FAILED: "Failed",
    Outcome.REMOVED: "Removed",
    Outcome.MISSING: "Missing",
}

PROBLEMS = {
    Problem.NOT_A_PICTURE: "Not a picture",
    Problem.UNSUPPORTED: "Unsupported",
    Problem.DAMAGED: "Damaged",
}

STATUSES = {
    Status.PLANNING: "scanning",
    Status.PLANNED: "ready to start",
    Status.WAITING: "waiting",
    Status.RUNNING: "running",
    Status.PAUSED: "paused",
    Status.INTERRUPTED: "interrupted",
    Status.DONE: "done",
    Status.CANCELLED: "cancelled",
    Status.FAILED: "failed",
}


def outcome_word(job: JobState, outcome: Outcome) -> str:
    """What an outcome is called in the report of a job."""
    if job.analyses and outcome is Outcome.UPDATED:
        return "Looked at"
    if job.optimizes and outcome is Outcome.UPDATED:
        return "Optimized"
    if job.rebuilds and outcome is Outcome.UPDATED:
        return "Copied" if job.rebuild.copies else "Re-embedded"
    return OUTCOMES[outcome]


def share(job: JobState) -> float:
    """How much of it is done, in [0, 1]."""
    finding = job.phase is Phase.FINDING
    return 0.0 if finding or not job.total else min(1.0, job.done / job.total)


def in_words(job: JobState) -> str:
    """What it is doing, in one line."""
    of = f"{job.done:,} of {job.total:,}"
    noun = "picture" if job.analyses or job.optimizes else "file"
    by = f" {by_whom(job.changed_by)}" if job.changed_by else ""
    match job.status:
        case Status.PLANNING:
            return f"Scanning · {counted(job.total, noun)} found"
        case Status.PLANNED:
            return f"Ready to start · {pictures(job.plan.to_read)} to index"
        case Status.WAITING:
            return job.note or "Waiting for another job"
        case Status.PAUSED if job.retry_at:
            return f"Paused at {of} · next try in {duration(max(0.0, job.retry_at - time.time()))}"
        case Status.PAUSED | Status.INTERRUPTED:
            return f"{STATUSES[job.status].capitalize()}{by} at {of}"
        case Status.CANCELLED:
            return f"Cancelled{by} at {of}"
        case Status.DONE | Status.FAILED:
            return f"{STATUSES[job.status].capitalize()} · {counted(job.total, noun)} in {duration(job.seconds)}"
    if job.phase is Phase.LOADING:
        left = pictures(job.total - job.done)
        verb = "re-embed" if job.rebuilds else "look at" if job.analyses else "index"
        return f"Loading the model · {left} to {verb}"
    if job.phase in (Phase.CATCHING_UP, Phase.SWITCHING):
        return f"{job.phase} · {pictures(job.done)}"
    if job.phase is Phase.OPTIMIZING:
        return f"{job.phase} · {pictures(job.total)}"
    if job.analyses and not job.total:  # nothing came since it was carried out last
        return str(job.phase)
    words = [f"{job.phase} · {of}" if job.analyses else of]
    if job.rate and job.seconds_left is not None:
        words += [f"{job.rate:.1f} {noun}s/s", f"{duration(job.seconds_left)} left"]
    return " · ".join(words)


def started(job: JobState) -> str:
    """Who has started it and when, as a sentence; for those who may stop it."""
    return f"This job was started {by_whom(job.started_by)} {ago(job.created_at)}."


def verdicts(job: JobState, counts: Counts | None = None) -> str:
    """The verdicts so far: `12 added · 1 failed`."""
    return tally(counts or job.counts, job)


def tally(counts: Counts, job: JobState | None = None) -> str:
    """The same of an ingest, or of this job."""
    found = [(outcome, count) for outcome in Outcome if (count := getattr(counts, outcome))]
    return " · ".join(f"{count:,} {_word(job, outcome, count)}" for outcome, count in found)


def _word(job: JobState | None, outcome: Outcome, count: int) -> str:
    if outcome is Outcome.DUPLICATE and count == 1:
        return "copy"
    return (outcome_word(job, outcome) if job else OUTCOMES[outcome]).lower()


def found(plan: Plan, count: str = "{:,}") -> str:
    """What a scan found: `12 new · 3 unchanged`.

    Args:
        count: How numbers are set.
    """
    of = (
        *(
            ("new", plan.new),
            ("copies" if plan.copy != 1 else "copy", plan.copy),
            ("changed", plan.changed),
            ("renamed", plan.renamed),
            ("unchanged", plan.unchanged),
        ),
        *(("skipped", plan.skipped), ("failed", plan.failed), ("missing", plan.gone)),
    )
    return " · ".join(f"{count.format(number)} {word}" for word, number in of if number or word in ("new", "unchanged"))


def planned(plan: Plan, seconds: float | None) -> str:
    """What a plan asks for: how much there is to read, and how long it will take."""
    if not plan.to_read:
        return "Nothing new to read."
    time_ = "the time is known after the first run" if seconds is None else f"about {duration(seconds)} on this machine"
    return f"{pictures(plan.to_read)} to read, {file_size(plan.size)}: {time_}."


def not_connected(plan: Plan) -> str:
    """What a plan leaves as it is because it cannot be reached now; empty where there is nothing."""
    if not plan.missed:
        return ""
    stay = "It stays" if plan.missed == 1 else "They stay"
    return (
        f"{pictures(plan.missed)} in the index could not be checked: the drive or folder is not connected. "
        f"{stay} in the index."
    )


def not_compared(plan: Plan) -> str:
    """How many of the new files may be copies all the same; empty where none may."""
    return f"{counted(plan.unchecked, 'file')} not compared: there may be more copies." if plan.unchecked else ""
