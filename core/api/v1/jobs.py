"""What goes on in the background: begun, looked at, paused."""

from collections.abc import Callable
from dataclasses import asdict

from fastapi import Request

from core.access.needs import actor
from core.api.v1.requests.changes import IngestBody
from core.api.v1.responses import Job, Started
from core.ingest.jobs.words import in_words
from core.ingest.journal.job import JobState
from core.services import Services
from core.sources.checks import check_path
from core.sources.remote.urls import check_url, is_url
from core.text.names import utf8_safe


class Running:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def ingest(self, asked: IngestBody, request: Request) -> Started:
        services = self._services()
        settings = services.settings
        found = [
            check_url(one, settings.urls) if is_url(one) else str(check_path(one, settings.library_roots))
            for one in asked.locations
        ]
        how = {"auto_start": asked.start, "prunes": asked.prune}
        return Started(job=services.library.add(found, asked.title, by=actor(request), **how))

    def list(self) -> "list[Job]":
        return list(map(_job, self._services().jobs.states()))

    def show(self, id: int) -> Job:
        return _job(self._services().jobs.state(id))

    def start(self, id: int, request: Request) -> Job:
        self._services().jobs.start(id, by=actor(request))
        return self.show(id)

    def pause(self, id: int, request: Request) -> Job:
        self._services().jobs.pause(id, by=actor(request))
        return self.show(id)

    def resume(self, id: int, request: Request) -> Job:
        self._services().jobs.resume(id, by=actor(request))
        return self.show(id)

    def cancel(self, id: int, request: Request) -> Job:
        self._services().jobs.cancel(id, by=actor(request))
        return self.show(id)


def _job(job: JobState) -> Job:
    return Job(
        id=job.id,
        kind=job.kind.value,
        analysis=job.analysis.name or None,
        title=utf8_safe(job.title),
        status=job.status.value,
        phase=job.phase.value,
        told=utf8_safe(in_words(job)),
        total=job.total,
        done=job.done,
        counts=asdict(job.counts),
        seconds_left=job.seconds_left,
        error=utf8_safe(job.error.message) if job.error else None,
        remedy=utf8_safe(job.error.remedy) if job.error else None,
        note=utf8_safe(job.note),
        started_by=utf8_safe(job.started_by),
        created_at=job.created_at,
        ended_at=job.ended_at,
    )
