"""The map, its clusters and its selections, as the API tells of them."""

from datetime import UTC, datetime

from core.analysis.map.maps import Status
from core.analysis.map.model import METHOD, Cluster
from core.analysis.map.selections import Selection
from core.api.v1.analysis.map import replies
from core.ingest.jobs.words import in_words
from core.ingest.journal.job import JobState
from core.ingest.journal.job import Status as JobStatus


def map_info(found: Status) -> replies.MapInfo:
    """Where there is a map."""
    made = found.map
    assert made
    return replies.MapInfo(
        version=made.version,
        layout=made.layout,
        points=made.size,
        clusters=len(made.clusters),
        bounds=made.bounds,
        made=_moment(made.made_at),
        behind=found.behind,
        trustworthiness=made.quality.trustworthiness,
        kept=made.quality.kept,
        method=METHOD,
    )


def map_job(job: JobState | None) -> replies.MapJob | None:
    """None where nothing goes on, and nothing went wrong."""
    if job is None or (job.ended and job.status is not JobStatus.FAILED):
        return None
    said = job.error.title if job.error else in_words(job)
    return replies.MapJob(
        id=job.id, status=job.status.value, phase=job.phase.value, done=job.done, total=job.total, said=said
    )


def cluster_reply(one: Cluster, names: dict[str, str]) -> replies.ClusterReply:
    """
    Args:
        names: Of its covers, by their ids.
    """
    covers = [
        replies.ClusterCover(
            id=cover.id, content_hash=cover.content_hash, name=names.get(cover.id, ""), point=cover.point
        )
        for cover in one.covers
    ]
    return replies.ClusterReply(
        number=one.number,
        name=one.name,
        named_by=one.named_by,
        concepts=list(one.concepts),
        size=one.size,
        level=one.level,
        parent=one.parent,
        x=one.x,
        y=one.y,
        radius=one.radius,
        bounds=one.bounds,
        covers=covers,
        filter=one.filter,
    )


def selection_reply(one: Selection) -> replies.SelectionReply:
    return replies.SelectionReply(
        id=one.id,
        name=one.name,
        count=one.count,
        filter=one.filter,
        made_by=one.made_by,
        created=_moment(one.created_at),
        kept=bool(one.name),
    )


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
