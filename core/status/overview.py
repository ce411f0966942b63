"""What is known of a collection: each part by itself, so that one that does not answer hides no other."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import ImageSearchError
from core.index.index import ModelStamp
from core.index.statistics import Statistics
from core.index.versions import Version
from core.ingest.journal.job import JobState, Kind
from core.models import MODELS
from core.search.latency import Latency, Percentiles
from core.services import Services

ENGINES = {"lancedb": "LanceDB", "elasticsearch": "Elasticsearch"}


@dataclass(frozen=True, slots=True)
class Overview:
    """Of one collection."""

    engine: str
    index: str
    location: str
    """The folder or server, without secrets."""
    statistics: Statistics
    model: ModelStamp | None
    """Of the model that made it; None where nothing is in it, or it does not answer."""
    wanted: str
    """The id of the model that the settings ask for."""
    embedding_servers: Sequence[str]
    """Which embed pictures and words; none where this machine does."""
    last_ingest: JobState | None
    """The job that indexed pictures last, and has ended; None where none did, or the job database does not answer."""
    latency: Latency
    """Of recent searches, in this process."""
    versions: Sequence[Version] = ()
    """By their numbers; none where it does not answer."""

    @property
    def model_title(self) -> str:
        """What people call the model; "" where there is none."""
        if self.model is None:
            return ""
        known = MODELS.get(self.model.model_id)
        return known.title if known else self.model.model_id


def overview(services: Services) -> Overview:
    """Raises nothing: what does not answer is left out, and `Overview.statistics` says what is wrong with the index."""
    index = services.index
    statistics = index.statistics()
    answers = statistics.health != "unreachable"
    model = _tried(index.model) if answers else None
    wanted = services.settings.model_id
    is_served = services.settings.is_served(model.model_id if model else wanted)
    return Overview(
        engine=index.engine,
        index=index.name,
        location=index.location,
        statistics=statistics,
        model=model,
        wanted=wanted,
        embedding_servers=services.settings.inference_servers if is_served else (),
        last_ingest=_tried(lambda: _last_ingest(services)),
        latency=services.latencies.recent(),
        versions=(_tried(services.versions.all) or ()) if answers else (),
    )


def _last_ingest(services: Services) -> JobState | None:
    ended = [job for job in services.jobs.states() if job.ended and job.kind is Kind.INGEST]
    return max(ended, key=lambda job: job.ended_at or 0.0, default=None)


def _tried[T](ask: Callable[[], T]) -> T | None:
    with suppress(ImageSearchError):
        return ask()
    return None


def plain(told: Overview) -> dict[str, Any]:
    """As JSON has it; times in milliseconds, moments in seconds since the epoch."""
    job, latency = told.last_ingest, told.latency
    return {
        "engine": told.engine,
        "index": told.index,
        "location": told.location,
        **asdict(told.statistics),
        "model": asdict(told.model) | {"title": told.model_title} if told.model else None,
        "wanted_model": told.wanted,
        "embedding_servers": list(told.embedding_servers),
        "versions": [_version(version) for version in told.versions],
        "last_ingest": {"job": job.id, "title": job.title, "status": job.status.value, "ended_at": job.ended_at}
        if job
        else None,
        "latency": {
            "searches": latency.count,
            "remembered": latency.remembered,
            "since": latency.since,
            "parts": {name: _milliseconds(part) for name, part in latency.parts.items()},
        },
    }


def _version(version: Version) -> dict[str, Any]:
    return {
        "number": version.number,
        "name": version.name,
        "state": version.state,
        "model_id": version.stamp.model_id,
        "dims": version.stamp.dims,
        "preprocessing": version.stamp.preprocessing,
        "count": version.count,
        "size": version.size,
        "made_at": version.made_at,
        "retired_at": version.retired_at,
    }


def _milliseconds(part: Percentiles) -> dict[str, float]:
    return {f"{name}_ms": round(1000 * value, 2) for name, value in part._asdict().items()}
