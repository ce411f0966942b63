"""What the jobs of an index do: how each kind is planned and carried out."""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from core.embedding.embedder import Embedder
from core.errors import ImageSearchError, ModelMismatch
from core.images.thumbnails import Thumbnails
from core.index.index import Index
from core.ingest.analysis import NO_ANALYSES, Analyses
from core.ingest.journal.files import JobFiles
from core.ingest.journal.job import TO_READ, JobState, Plan, Rebuild, Status
from core.ingest.journal.journal import Journal
from core.ingest.journal.progress import Progress
from core.ingest.locations import Locations, Readings
from core.ingest.pipeline.optimizing import optimize, plan_optimizing
from core.ingest.pipeline.plan import plan
from core.ingest.pipeline.prepare import Prepare
from core.ingest.pipeline.rebuild.build import rebuild
from core.ingest.pipeline.rebuild.parts import Models, Rebuilding
from core.ingest.pipeline.rebuild.pictures import from_thumbnails
from core.ingest.pipeline.rebuild.plan import plan_rebuild
from core.ingest.pipeline.run import Context, Crew, run
from core.ingest.pipeline.throughput import trial
from core.sources.source import Source

_log = logging.getLogger(__name__)

_MAX_SWAPS = 10  # during one ingest


@dataclass(frozen=True, slots=True)
class Means:
    """What jobs work with."""

    index: Index
    thumbnails: Thumbnails
    journal: Journal
    folder: Path
    """In the data folder, where leftovers of a rebuild are kept."""
    load: Callable[[], Future[Embedder]]
    """Starts the model, or gives the one that is loaded."""
    name_of: Callable[[str], str]
    """What to call the picture of a path."""
    models: Models | None = None
    """For those who rebuild the index."""
    analyses: Analyses = NO_ANALYSES
    """What jobs can find out."""
    elsewhere: Callable[[], Callable[[], Embedder]] | None = None
    """Gives what loads the model of the index in other processes."""
    open_index: Callable[[], Index] | None = None
    """Opens the index in other processes, where several may write to it."""


class Work:
    """For the workers of one process.

    Args:
        done: Called after each job that filled or rebuilt the index and ran to its end.
    """

    def __init__(self, means: Means, locations: Locations, done: Callable[[], object]) -> None:
        self._at, self._locations, self._done = means, locations, done
        self._readings = Readings(locations, means.journal)
        self.cluster = ""
        """The Ray cluster that reads and embeds; empty: this process does."""
        self.tried: float | None = None
        """Pictures a second, where this machine was tried before the first job."""

    def plan(self, job: JobState) -> Iterator[Plan]:
        """Find out what there is to do."""
        if job.analyses:
            yield from self._at.analyses.get(job.analysis.name).plan(job)
        elif job.rebuilds:
            assert self._at.models
            yield from plan_rebuild(job, self._at.index, self._files(job), self._at.models)
        elif job.optimizes:
            yield from plan_optimizing(self._at.index)
        else:
            yield from self._plan_ingest(job)

    def run(self, job: JobState) -> Iterator[Progress]:
        """Do what was planned."""
        if job.analyses:
            yield from self._at.analyses.get(job.analysis.name).run(job)
            return
        if job.optimizes:
            yield from optimize(job, self._at.index)
            return
        yield from self._rebuild(job) if job.rebuilds else self._ingest(job)
        try:
            self._done()
        except Exception:  # the job has ended well
            _log.exception("What was to be done after the job %r failed", job.title)

    def _files(self, job: JobState) -> JobFiles:
        return self._at.journal.files(job.id, job.owner)

    def _plan_ingest(self, job: JobState) -> Iterator[Plan]:
        sources = [self._locations.open(location) for location in job.sources]
        at = self._at.index, self._files(job), self._at.journal.refusals
        yield from plan(sources, *at, compares=not job.auto_start)
        self._readings.planned(job, sources)
        if not job.auto_start:  # somebody is going to look at the plan
            self._try(job, sources)

    def _try(self, job: JobState, sources: Sequence[Source]) -> None:
        """Find out how fast this machine is, where no job has told yet and the model is there."""
        if self.cluster or self.tried is not None or self._at.journal.jobs({Status.DONE}, limit=1):
            return
        if (model := self._at.load()).done():
            with suppress(ImageSearchError):
                files = next(self._files(job).planned(TO_READ), [])
                self.tried = trial(files, Prepare(sources, model.result(), self._at.thumbnails, self._at.name_of))

    def _ingest(self, job: JobState) -> Iterator[Progress]:
        self._readings.started(job)
        at = Context(
            self._files(job),
            self._at.index,
            self._at.thumbnails,
            self._at.load,
            self._at.name_of,
            self._locations.gone_elsewhere(),
            self._at.journal.refusals,
            self._crew if self.cluster else None,
        )
        sources = [self._locations.open(location) for location in job.sources]
        for _ in range(_MAX_SWAPS):
            version = self._at.index.versions.current()
            try:
                yield from run(job, sources, at)
            except ModelMismatch:
                if self._at.index.versions.current() == version:
                    raise
                # Another version has come into use, of another model: what is not stored yet is embedded by that.
                job = replace(self._at.journal.job(job.id), interruptions=job.interruptions + 1)
            else:
                return

    def _crew(self, job: JobState) -> Crew:
        from core.ingest.cluster.crew import ClusterCrew
        from core.ingest.cluster.task import Task

        assert self._at.elsewhere
        opening, thumbnails = self._locations.opening(job.sources), self._at.thumbnails.folder
        task = Task(opening, self._at.elsewhere(), thumbnails, self._at.open_index)
        return ClusterCrew(self.cluster, task, self._at.index, self._at.name_of)

    def _rebuild(self, job: JobState) -> Iterator[Progress]:
        assert self._at.models
        index, journal, files = self._at.index, self._at.journal, self._files(job)
        leftovers = self._at.folder / f"reembed-{index.engine}-{index.name}"

        def note(wanted: Rebuild) -> None:
            journal.note(job, rebuild=wanted)

        at = Rebuilding(files, index, self._at.thumbnails, self._at.models, self._locations.read, note, leftovers)
        yield from rebuild(job, at)
        journal.note(job, note=_told(journal.job(job.id), files))


def _told(job: JobState, files: JobFiles) -> str:
    """What there is to know at the end."""
    ready = "" if job.rebuild.swaps else f"Version {job.rebuild.version} is ready. Compare it, then swap to it."
    return " ".join(filter(None, (ready, from_thumbnails(files))))
