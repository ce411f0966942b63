"""What answers about labels have in common: a picture, and how far the work in the background is."""

from typing import Literal

from core.api.v1.responses import Reply
from core.index.records import ImageRecord
from core.ingest.jobs.words import in_words, share
from core.ingest.journal.job import JobState, Status
from core.ingest.library import Library
from core.text.names import utf8_safe

_STATES: dict[Status, Literal["queued", "running", "paused", "failed", "ready"]] = {
    Status.PLANNING: "queued",
    Status.PLANNED: "queued",
    Status.WAITING: "queued",
    Status.RUNNING: "running",
    Status.PAUSED: "paused",
    Status.INTERRUPTED: "paused",
    Status.FAILED: "failed",
    Status.DONE: "ready",
    Status.CANCELLED: "ready",
}


class Work(Reply):
    """How far the work in the background is."""

    state: Literal["none", "queued", "running", "paused", "failed", "ready"]
    """`none`: it was never begun. `ready`: nothing goes on."""
    job: int | None
    said: str
    """The same in words."""
    share: float | None
    """How much is done, from 0 to 1; null if that is not known."""


class Shown(Reply):
    """A picture."""

    id: str
    content_hash: str
    name: str
    path: str
    width: int
    """In pixels, upright, as is `height`."""
    height: int
    labels: list[str]
    tags: list[str]
    splits: list[str]


def work(library: Library, name: str) -> Work:
    """Of the latest job of an analysis."""
    job = library.latest_analysis(name)
    if job is None:
        return Work(state="none", job=None, said="", share=None)
    return Work(state=_STATES[job.status], job=job.id, said=_said(job), share=share(job) if job.total else None)


def _said(job: JobState) -> str:
    told = f"{job.title}: {in_words(job)}"
    return utf8_safe(f"{told} {job.error}" if job.error else told)


def plain(record: ImageRecord) -> dict[str, object]:
    """The fields of `Shown`."""
    return {
        "id": record.id,
        "content_hash": record.content_hash,
        "name": utf8_safe(record.name),
        "path": utf8_safe(record.path),
        "width": record.width,
        "height": record.height,
        "labels": [utf8_safe(label) for label in record.labels],
        "tags": list(record.tags),
        "splits": list(record.splits),
    }


def shown(record: ImageRecord) -> Shown:
    return Shown(**plain(record))  # type: ignore[arg-type]
