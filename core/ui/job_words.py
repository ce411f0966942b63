"""Jobs in words, for pages."""

import time

from core.ingest.progress import Counts, Outcome, Phase
from core.ingest.state import JobState, Plan, Status

OUTCOMES = {
    Outcome.ADDED: "Added",
    Outcome.UPDATED: "Updated",
    Outcome.RENAMED: "Renamed",
    Outcome.DUPLICATE: "Same bytes",
    Outcome.UNCHANGED: "Unchanged",
    Outcome.SKIPPED: "Skipped",
    Outcome.FAILED: "Failed",
    Outcome.REMOVED: "Removed",
    Outcome.MISSING: "Gone",
}

STATUSES = {
    Status.PLANNING: "looking",
    Status.PLANNED: "ready to start",
    Status.WAITING: "waiting",
    Status.RUNNING: "running",
    Status.PAUSED: "paused",
    Status.INTERRUPTED: "interrupted",
    Status.DONE: "done",
    Status.CANCELLED: "cancelled",
    Status.FAILED: "stopped",
}


def share(job: JobState) -> float:
    """How much of it is done, in [0, 1]."""
    finding = job.phase is Phase.FINDING
    return 0.0 if finding or not job.total else min(1.0, job.done / job.total)


def in_words(job: JobState) -> str:
    """What it is doing, in one line."""
    of = f"{job.done:,} of {job.total:,}"
    match job.status:
        case Status.PLANNING:
            return f"looking for pictures · {job.total:,} files found"
        case Status.PLANNED:
            return f"{pictures(job.plan.to_read)} to index, ready to start"
        case Status.WAITING:
            return job.note or "waiting for the job before it"
        case Status.PAUSED if job.retry_at:
            return f"paused at {of} · tries again in {duration(max(0.0, job.retry_at - time.time()))}"
        case Status.PAUSED | Status.INTERRUPTED:
            return f"{STATUSES[job.status]} at {of}"
    if job.phase is Phase.LOADING:
        return f"waiting for the model, about 20 s after a start · {job.total - job.done:,} pictures to index"
    words = [of]
    if job.rate and job.seconds_left is not None:
        words += [f"{job.rate:.1f} files/s", f"{duration(job.seconds_left)} left"]
    return " · ".join(words)


def counted(counts: Counts) -> str:
    """The verdicts so far: `12 added · 1 failed`."""
    found = [(OUTCOMES[outcome].lower(), getattr(counts, outcome)) for outcome in Outcome]
    return " · ".join(f"{count:,} {word}" for word, count in found if count)


def planned(plan: Plan, seconds: float | None) -> str:
    """What a plan asks for: how much there is to read, and how long it will take."""
    if not plan.to_read:
        return "Nothing new to read."
    time_ = "how long it takes is known after the first run" if seconds is None else f"about {duration(seconds)}"
    return f"{pictures(plan.to_read)} to read, {file_size(plan.size)}: {time_} on this machine."


def pictures(count: int) -> str:
    return f"{count:,} picture{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """A time span in words: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def file_size(size: int) -> str:
    """Bytes in words: `812 kB`, `3.4 MB`, `1.2 GB`."""
    for unit, bytes_ in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= bytes_:
            return f"{size / bytes_:,.{0 if unit == 'kB' else 1}f} {unit}"
    return f"{size} bytes"


def ago(moment: float | None) -> str:
    """How long ago a moment was, in seconds since the epoch."""
    if moment is None:
        return "never"
    seconds = time.time() - moment
    for word, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return "just now"
