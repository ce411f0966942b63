"""How an index is filled and kept up to date: its sources, and the jobs that read them."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from filelock import FileLock

from core.access.actors import APP, Actor
from core.access.roles import Role
from core.embedding.embedder import Embedder
from core.errors import ImageSearchError, JobRefused, ModelMismatch, SourceRefused
from core.images.thumbnails import Thumbnails
from core.index.filters import Filter
from core.index.index import Index, Totals
from core.index.records import record_id
from core.ingest.analysis import Analysis
from core.ingest.follow import PAUSES, Follower, Pauses
from core.ingest.jobs.process import Owner
from core.ingest.jobs.queue import Jobs
from core.ingest.journal.files import JobFiles
from core.ingest.journal.job import (
    TO_READ,
    AnalysisTask,
    JobState,
    Kind,
    Plan,
    Planned,
    PlannedFile,
    Rebuild,
    Status,
)
from core.ingest.journal.journal import Journal
from core.ingest.journal.progress import Progress
from core.ingest.journal.sources import KnownSource
from core.ingest.pipeline.plan import plan
from core.ingest.pipeline.prepare import Prepare
from core.ingest.pipeline.rebuild import Models, Rebuilding, from_thumbnails, plan_rebuild, rebuild
from core.ingest.pipeline.remove import remove, sweep
from core.ingest.pipeline.run import Context, run
from core.ingest.pipeline.throughput import trial
from core.sources.archives.archive import archive_of
from core.sources.factory import is_one_picture, open_source, read_file, without_nested
from core.sources.folder import FolderSource
from core.sources.listed import SUFFIX, ListedSource
from core.sources.presence import is_absent, is_below, is_gone, mounts_above
from core.sources.remote.urls import check_url, is_url
from core.sources.source import Source
from core.text.redaction import told
from core.text.words import pictures

_log = logging.getLogger(__name__)

_MAX_SWAPS = 10  # during one ingest


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source and what the index has of it."""

    known: KnownSource
    totals: Totals
    is_there: bool
    """Whether it can be reached, as far as that is told at once: addresses are taken to be there."""
    is_own: bool = False
    """Whether the app keeps it in its data folder: a location that says nothing to people."""


class Library:
    """Building it does no I/O.

    Args:
        index: What is filled.
        thumbnails: Kept beside it.
        journal: Of the jobs and sources of this index.
        folder: In the data folder; locks and lists are kept there.
        load: Starts the model, or gives the one that is loaded.
        name_of: What to call the picture of a path.
        urls: Addresses below which pictures may be read, from public servers only; None: all addresses, as on the
            command line, where naming one is leave to read it.
        models: For those who rebuild the index.
        analyses: What jobs can find out, by their names.
        done: Called after each job that ran to its end.
        pauses: Of what is followed.
    """

    def __init__(
        self,
        index: Index,
        thumbnails: Thumbnails,
        journal: Journal,
        folder: Path,
        load: Callable[[], Future[Embedder]],
        name_of: Callable[[str], str],
        *,
        urls: Sequence[str] | None = (),
        models: Models | None = None,
        analyses: Callable[[], Mapping[str, Analysis]] = dict,
        done: Callable[[], object] = lambda: None,
        pauses: Pauses = PAUSES,
    ) -> None:
        self.journal = journal
        self._urls = urls
        self._done = done
        self.index = index
        self.thumbnails = thumbnails
        self.folder = folder
        self.load = load
        self._name_of = name_of
        self.models = models
        self._analyses = analyses
        self._tried: float | None = None  # pictures a second
        self._looked_at: dict[int, list[tuple[str, str, frozenset[str]]]] = {}
        self.lock_file = folder / f"{index.engine}-{index.name}.lock"
        """Locked by whoever fills the index."""
        self.writing = FileLock(self.lock_file)
        self._follower = Follower(self.notice, pauses)
        building = FileLock(folder / f"{index.engine}-{index.name}.rebuild.lock")
        analysing = FileLock(folder / f"{index.engine}-{index.name}.analysis.lock")
        self.jobs = Jobs(
            journal, Owner(folder), self.writing, self._plan, self._run, building=building, analysing=analysing
        )

    def add(
        self,
        locations: Sequence[str],
        title: str = "",
        *,
        auto_start: bool = False,
        prunes: bool = False,
        by: Actor = APP,
    ) -> int:
        """Bring the index up to date with sources, in the background; returns the job's id.

        Args:
            locations: Resolved paths of folders, pictures and archives, and URLs. The caller answers for them.
            title: What to call the job; by default after its sources.
            starts: Whether to do what was planned without asking.
            prunes: Whether records whose file is gone are to be removed.
            by: Who asks.

        Raises:
            AccessDenied: they may not; likewise all that take `by`.
        """
        kept = without_nested(locations)
        return self.jobs.plan(title or self._title(kept), kept, auto_start=auto_start, prunes=prunes, by=by)

    def rebuild(self, title: str, wanted: Rebuild, *, prunes: bool = False, by: Actor = APP) -> int:
        """Build a version of the index, or bring one up to date, in the background. Returns the job's id: of the one
        that was begun for the same before and has not ended, where there is one, which then goes on.

        Args:
            prunes: Whether pictures of which neither file nor thumbnail is left are to be left out.

        Raises:
            JobRefused: another version is being built.
        """
        by.check(Role.ADMIN)
        begun = next((job for job in self.jobs.open() if job.rebuilds), None)
        if begun is None:
            how = {"prunes": prunes, "kind": Kind.REBUILD, "rebuild": wanted, "by": by}
            return self.jobs.plan(title, (), auto_start=True, **how)  # type: ignore[arg-type]
        if not self._is_for(begun, wanted):
            raise JobRefused(f"“{begun.title}” has not ended yet.", "Wait until it has, or cancel it.")
        if not begun.active:
            self.jobs.resume(begun.id, prunes=prunes or None, by=by)
        return begun.id

    def analyse(
        self, name: str, options: Mapping[str, Any] | None = None, *, if_needed: bool = False, by: Actor = APP
    ) -> int:
        """Carry out an analysis in the background. Returns the job's id: of the one of this name that has not ended,
        where there is one, which then goes on.

        Args:
            options: Plain values for the analysis.
            if_needed: Whether the job is to be forgotten where there is nothing to do.
        """
        by.check(Role.EDITOR)
        begun = next((job for job in self.jobs.open() if job.analyses and job.analysis.name == name), None)
        if begun is None:
            task = AnalysisTask(name, dict(options or {}))
            how = {"auto_start": True, "discard_if_empty": if_needed, "kind": Kind.ANALYSIS, "by": by}
            return self.jobs.plan(self._analyses()[name].title, (), analysis=task, **how)  # type: ignore[arg-type]
        if not begun.active:
            self.jobs.resume(begun.id, by=by)
        return begun.id

    def latest_analysis(self, name: str) -> JobState | None:
        """The latest job of this analysis; None where there was none."""
        return next((job for job in self.jobs.states() if job.analyses and job.analysis.name == name), None)

    def follow_up(self) -> None:
        """Bring the analyses that were made before up to date, in the background."""
        for name, analysis in self._analyses().items():
            if analysis.is_made:
                self.analyse(name, if_needed=True)

    def _is_for(self, job: JobState, wanted: Rebuild) -> bool:
        """Whether a job is for the same."""
        asked = job.rebuild if not job.rebuild.is_own else replace(job.rebuild, version=None, copies=False)
        return replace(asked, model_id=asked.model_id or (self.models.wanted if self.models else "")) == wanted

    def look(self, locations: Sequence[str], copies: list[PlannedFile] | None = None) -> Iterator[Plan]:
        """What there is to do, without doing it, nor writing anything.

        Args:
            copies: At the end those that are found to be copies are added to it.
        """
        with closing(Journal("sqlite://", "")) as journal:
            sources = [self._open(one) for one in without_nested(locations)]
            yield from plan(sources, self.index, journal.files(0), self.journal.refusals)
            if copies is not None:
                copies += chain.from_iterable(journal.files(0).planned({Planned.COPY}))

    def follow(self, location: str, followed: bool, *, by: Actor = APP) -> None:
        """Index what changes in a source by itself, or no more."""
        by.check(Role.ADMIN)
        self.journal.sources.follow(location, followed)
        (self._follower.follow if followed else self._follower.leave)(location)  # the former has it checked at once
        self.journal.audit.note(by, "Followed" if followed else "Stopped following", told(location))

    def check(self, location: str) -> int:
        """Look for what has changed in a source, and index what is new, without asking; records whose file is gone
        stay. Returns the job's id; it is forgotten where nothing has changed."""
        return self.jobs.plan(self._title([location]), [location], auto_start=True, discard_if_empty=True)

    def seconds(self, work: Plan) -> float | None:
        """How long a plan will take, at the rate of the latest jobs or else of a trial; None where there was none."""
        stamp = self.index.model()
        rate = (self.journal.rate(stamp.model_id) if stamp else None) or self._tried
        return work.to_read / rate if rate else None

    def holds(self, locations: Sequence[str], count: int, refused: Sequence[str]) -> bool:
        """Whether the index has so many pictures below these locations, and these files are refused until they change:
        then a scan finds nothing new."""
        found = sum(self.index.count(Filter.within(location)) for location in locations)
        return found == count and self.journal.refusals.hold(refused)

    def sources(self) -> list[SourceState]:
        """Where the pictures of the index are from, by location."""
        return [
            SourceState(
                known,
                self._totals(known.location),
                is_url(known.location) or not is_absent(known.location),
                is_below(known.location, str(self.folder.parent)),
            )
            for known in self.journal.sources.all()
        ]

    def remove(self, locations: Sequence[str], *, by: Actor = APP) -> int:
        """Take the pictures at and below locations out of the index, and the sources there out of the list; returns how
        many pictures there were."""
        by.check(Role.ADMIN)
        named = [path for location in locations for path in self._listed(location) or [location]]
        count = remove(named, index=self.index, thumbnails=self.thumbnails)
        for known in self.journal.sources.all():
            if any(is_below(known.location, location) for location in locations):
                self._follower.leave(known.location)
                self.journal.sources.forget(known.location)
        self.journal.audit.note(by, "Removed from the index", f"{pictures(count)}: {', '.join(map(told, locations))}")
        return count

    def leave_all(self) -> None:
        """Follow no source any more."""
        for known in self.journal.sources.all():
            self._follower.leave(known.location)

    def read(self, path: str) -> bytes:
        """The bytes of an indexed picture, by the path of its record.

        Raises:
            UnreadableImage: it is gone or cannot be read.
            SourceRefused: it is at an address that may not be read.
        """
        if is_url(path) and self._urls is not None:
            check_url(path, self._urls)
        return read_file(path, public_only=self._urls is not None)

    def start(self) -> None:
        """Take over what other processes left, and look for what has changed in the sources that are followed."""
        if self.jobs.recover():
            threading.Thread(target=self._sweep, name="sweep", daemon=True).start()
        for known in self.journal.sources.all():
            if known.followed:
                self._follower.follow(known.location)
        self.follow_up()  # commands index without the app

    def close(self) -> None:
        """Begin nothing more in this process; what was begun pauses."""
        self._follower.close()
        self.jobs.close()
        self.journal.close()

    def _sweep(self) -> None:
        with suppress(ImageSearchError):  # of the index; the next start that finds something interrupted does it
            sweep(self.index, self.thumbnails)

    def notice(self, location: str) -> bool:
        """Check a source that has changed, unless that is about to be done; returns whether nothing more is to do."""
        with suppress(ImageSearchError):  # of the journal; it is looked at again later
            jobs = [job for job in self.jobs.states() if location in job.sources]
            if any(job.active for job in jobs):
                return False
            if not any(job.discard_if_empty and not job.ended for job in jobs):  # one check that cannot go on is enough
                self.check(location)
        return True

    def _open(self, location: str) -> Source:
        known = self.journal.sources.get(location)
        if is_url(location) and self._urls is not None:
            check_url(location, self._urls)
        mounts = known.mounts if known else frozenset[str]()
        return open_source(location, mounts, lists=self.folder, public_only=self._urls is not None)

    def _plan(self, job: JobState) -> Iterator[Plan]:
        if job.analyses:
            yield from self._analyses()[job.analysis.name].plan(job)
            return
        if job.rebuilds:
            assert self.models
            yield from plan_rebuild(job, self.index, self.journal.files(job.id), self.models)
            return
        sources = [self._open(location) for location in job.sources]
        at = self.index, self.journal.files(job.id), self.journal.refusals
        yield from plan(sources, *at, compares=not job.auto_start)
        looked_at = [self._read_now(job, source) for source in sources if not is_one_picture(source)]
        # What was only looked at, and is then discarded, is no source.
        self._looked_at[job.id] = [one for one in looked_at if not (job.auto_start or self._is_known(one))]
        for one in looked_at:
            if one not in self._looked_at[job.id]:
                self.journal.sources.note(*one)
        if not job.auto_start:  # somebody is going to look at the plan
            self._try(job, sources)

    def _read_now(self, job: JobState, source: Source) -> tuple[str, str, frozenset[str]]:
        """What is to be noted of a source that was read: location, title, mounts."""
        mounts = source.mounts if isinstance(source, FolderSource) else frozenset[str]()
        is_job = len(job.sources) == 1 and (source.location in job.sources or isinstance(source, ListedSource))
        is_own = isinstance(source, ListedSource) and source.location not in job.sources
        title = job.title if is_job and not is_own else self._title([source.location])
        return source.location, title, mounts

    def _is_known(self, one: tuple[str, str, frozenset[str]]) -> bool:
        return self.journal.sources.get(one[0]) is not None

    def _note_looked_at(self, job: JobState) -> None:
        """That what was looked at is a source, now that somebody has started the job."""
        if job.id in self._looked_at:
            for one in self._looked_at.pop(job.id):
                self.journal.sources.note(*one)
            return
        for source in map(self._open, job.sources):  # another process has looked
            if not is_one_picture(source) and not self._is_known(one := self._read_now(job, source)):
                self.journal.sources.note(one[0], one[1], mounts_above(Path(one[0])))

    def _try(self, job: JobState, sources: Sequence[Source]) -> None:
        """Find out how fast this machine is, where no job has told yet and the model is there."""
        if self._tried is None and not self.journal.jobs({Status.DONE}, limit=1) and (model := self.load()).done():
            with suppress(ImageSearchError):
                files = next(self.journal.files(job.id).planned(TO_READ), [])
                self._tried = trial(files, Prepare(sources, model.result(), self.thumbnails, self._name_of))

    def _run(self, job: JobState) -> Iterator[Progress]:
        if job.analyses:
            yield from self._analyses()[job.analysis.name].run(job)
            return
        yield from self._rebuild(job) if job.rebuilds else self._ingest(job)
        try:
            self._done()
            self.follow_up()
        except Exception:  # the job has ended well
            _log.exception("What was to be done after the job %r failed", job.title)

    def _ingest(self, job: JobState) -> Iterator[Progress]:
        self._note_looked_at(job)
        at = Context(
            self.journal.files(job.id),
            self.index,
            self.thumbnails,
            self.load,
            self._name_of,
            self._is_gone_elsewhere(),
            self.journal.refusals,
        )
        sources = [self._open(location) for location in job.sources]
        for _ in range(_MAX_SWAPS):
            version = self.index.versions.current()
            try:
                yield from run(job, sources, at)
            except ModelMismatch:
                if self.index.versions.current() == version:
                    raise
                # Another version has come into use, of another model: what is not stored yet is embedded by that.
                job = replace(self.journal.job(job.id), interruptions=job.interruptions + 1)
            else:
                return

    def _rebuild(self, job: JobState) -> Iterator[Progress]:
        assert self.models
        leftovers = self.folder / f"reembed-{self.index.engine}-{self.index.name}"
        files = self.journal.files(job.id)

        def note(wanted: Rebuild) -> None:
            self.journal.update(job.id, rebuild=wanted)

        at = Rebuilding(files, self.index, self.thumbnails, self.models, self.read, note, leftovers)
        yield from rebuild(job, at)
        self.journal.update(job.id, note=self._told(self.journal.job(job.id), files))

    def _told(self, job: JobState, files: JobFiles) -> str:
        """What there is to know at the end."""
        ready = "" if job.rebuild.swaps else f"Version {job.rebuild.version} is ready. Compare it, then swap to it."
        return " ".join(filter(None, (ready, from_thumbnails(files))))

    def _is_gone_elsewhere(self) -> Callable[[str], bool]:
        """Of records that sources of this machine have: the index may have others."""
        known = self.journal.sources.all()
        mounts = frozenset[str]().union(*(one.mounts for one in known))

        def is_gone_for_certain(path: str) -> bool:
            if is_url(path) or not any(is_below(path, one.location) for one in known):
                return False
            return archive_of(path) is None and is_gone(path, mounts)

        return is_gone_for_certain

    def _totals(self, location: str) -> Totals:
        paths = self._listed(location)
        if not paths:
            return self.index.totals(Filter.within(location))
        records = self.index.get([record_id(path) for path in paths])
        return Totals(len(records), sum(record.size for record in records))

    def _listed(self, location: str) -> list[str]:
        """The files of a source that is a list of them; none of others."""
        if not location.endswith(SUFFIX):
            return []
        with suppress(SourceRefused):  # the list is gone
            source = self._open(location)
            return source.paths if isinstance(source, ListedSource) and source.location == location else []
        return []

    def _title(self, locations: Sequence[str]) -> str:
        if len(locations) != 1:
            return f"{len(locations):,} sources"
        known = self.journal.sources.get(locations[0]) if locations[0].endswith(SUFFIX) else None
        return known.title if known else self._name_of(locations[0].rstrip("/")) or locations[0]
