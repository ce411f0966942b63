"""How an index is filled and kept up to date: its sources, and the jobs that read them."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.access.actors import APP, Actor
from core.access.roles import Role
from core.embedding.embedder import Embedder
from core.errors import ImageSearchError, JobRefused
from core.images.thumbnails import Thumbnails
from core.index.filters import Filter
from core.index.index import Index
from core.ingest.analysis import NO_ANALYSES, Analyses
from core.ingest.follow import PAUSES, Pauses
from core.ingest.following import Following
from core.ingest.jobs.holding import Holding, InFiles, Lock
from core.ingest.jobs.queue import Jobs
from core.ingest.jobs.taking_over import TakingOver
from core.ingest.journal.job import (
    AnalysisTask,
    JobState,
    Kind,
    Plan,
    Planned,
    PlannedFile,
    Rebuild,
)
from core.ingest.journal.journal import Journal
from core.ingest.locations import Locations, SourceState
from core.ingest.pipeline.plan import plan
from core.ingest.pipeline.rebuild.parts import Models
from core.ingest.pipeline.remove import remove, sweep
from core.ingest.work import Means, Work
from core.sources.factory import without_nested
from core.sources.presence import is_below
from core.text.redaction import told
from core.text.words import pictures

if TYPE_CHECKING:  # where there is no store nobody imports it
    from core.sources.sent import Sent


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
        analyses: What jobs can find out.
        done: Called after each job that ran to its end.
        pauses: Of what is followed.
        elsewhere: Gives what loads the model of the index in other processes: for ingests on a Ray cluster.
        open_index: Opens the index in those, where several may write to it; None: only this process does.
        cluster: The one that they use; empty: none.
        sent: What visitors sent, where a store has it.
        holding: How processes tell each other which of them fills the index; None: by files in the folder.
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
        analyses: Analyses = NO_ANALYSES,
        done: Callable[[], object] = lambda: None,
        pauses: Pauses = PAUSES,
        elsewhere: Callable[[], Callable[[], Embedder]] | None = None,
        open_index: Callable[[], Index] | None = None,
        cluster: str = "",
        sent: "Sent | None" = None,
        holding: Holding | None = None,
    ) -> None:
        self.journal = journal
        self.index = index
        self.thumbnails = thumbnails
        self.folder = folder
        self.models = models
        self._analyses = analyses
        self._done = done
        self._locations = Locations(index, journal, folder, name_of, urls, sent)
        self._work = Work(
            Means(index, thumbnails, journal, folder, load, name_of, models, analyses, elsewhere, open_index),
            self._locations,
            self._end,
        )
        self._work.cluster = cluster
        self.lock_file = folder / f"{index.engine}-{index.name}.lock"
        """Locked by whoever fills the index, where processes go by files."""
        self._holding = holding or InFiles(folder, self.lock_file)
        self.jobs = Jobs(journal, self._holding, self._work.plan, self._work.run)
        self.following = Following(journal, self.jobs, self._locations.title, pauses)
        """Which sources are kept up to date by themselves."""
        self._taking_over = TakingOver(self.jobs, self._holding.looks_every or 0.0, self._sweep)

    def new_lock(self) -> Lock:
        """Held by whoever fills the index; one for each who does."""
        return self._holding.lock("fill")

    @property
    def looks_every(self) -> float | None:
        """Seconds after which `start` looks again for what others have left; None where it does once."""
        return self._holding.looks_every

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
            auto_start: Whether to do what was planned without asking.
            prunes: Whether records whose file is gone are to be removed.
            by: Who asks.

        Raises:
            AccessDenied: they may not; likewise all that take `by`.
        """
        kept = without_nested(locations)
        return self.jobs.plan(title or self._locations.title(kept), kept, auto_start=auto_start, prunes=prunes, by=by)

    def use_cluster(self, address: str) -> None:
        """Have a Ray cluster read and embed for the ingests of this process.

        Raises:
            InvalidSetting: Ray is not installed.
            ClusterUnavailable: nobody answers there.
        """
        from core.ingest.cluster.address import check

        check(address)
        self._work.cluster = address

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
        return self._gone_on_with(begun, by, prunes=prunes or None)

    def optimize(self, *, by: Actor = APP) -> int:
        """Merge what is scattered in the index, in the background, when no job fills it; returns the job's id as
        `analyse` does."""
        by.check(Role.ADMIN)
        begun = next((job for job in self.jobs.open() if job.optimizes), None)
        if begun is None:
            return self.jobs.plan("Optimize the index", (), auto_start=True, kind=Kind.OPTIMIZE, by=by)
        return self._gone_on_with(begun, by)

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
            return self.jobs.plan(self._analyses.get(name).title, (), analysis=task, **how)  # type: ignore[arg-type]
        return self._gone_on_with(begun, by)

    def _gone_on_with(self, begun: JobState, by: Actor, prunes: bool | None = None) -> int:
        if begun.active:
            self.jobs.adopt(begun.id)
        else:
            self.jobs.resume(begun.id, prunes=prunes, by=by)
        return begun.id

    def latest_analysis(self, name: str) -> JobState | None:
        """The latest job of this analysis; None where there was none."""
        return next((job for job in self.jobs.states() if job.analyses and job.analysis.name == name), None)

    def follow_up(self) -> None:
        """Bring the analyses that were made before up to date, in the background."""
        for name in self._analyses.followed():
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
            sources = [self._locations.open(one) for one in without_nested(locations)]
            yield from plan(sources, self.index, journal.files(0), self.journal.refusals)
            if copies is not None:
                copies += chain.from_iterable(journal.files(0).planned({Planned.COPY}))

    def seconds(self, work: Plan) -> float | None:
        """How long a plan will take, at the rate of the latest jobs or else of a trial; None where there was none."""
        stamp = self.index.model()
        rate = (self.journal.rate(stamp.model_id) if stamp else None) or self._work.tried
        return work.to_read / rate if rate else None

    def holds(self, locations: Sequence[str], count: int, refused: Sequence[str]) -> bool:
        """Whether the index has so many pictures below these locations, and these files are refused until they change:
        then a scan finds nothing new."""
        found = sum(self.index.count(Filter.within(location)) for location in locations)
        return found == count and self.journal.refusals.hold(refused)

    def sources(self) -> list[SourceState]:
        """Where the pictures of the index are from, by location."""
        return self._locations.states()

    def remove(self, locations: Sequence[str], *, by: Actor = APP) -> int:
        """Take the pictures at and below locations out of the index, and the sources there out of the list; returns how
        many pictures there were."""
        by.check(Role.ADMIN)
        named = [path for location in locations for path in self._locations.listed(location) or [location]]
        count = remove(named, index=self.index, thumbnails=self.thumbnails)
        for known in self.journal.sources.all():
            if any(is_below(known.location, location) for location in locations):
                self.following.leave(known.location)
                self.journal.sources.forget(known.location)
        self.journal.audit.note(by, "Removed from the index", f"{pictures(count)}: {', '.join(map(told, locations))}")
        return count

    def read(self, path: str) -> bytes:
        """The bytes of an indexed picture, by the path of its record.

        Raises:
            UnreadableImage: it is gone or cannot be read.
            SourceRefused: it is at an address that may not be read.
        """
        return self._locations.read(path)

    def start(self) -> None:
        """Take over what other processes left, now and, where those may be of other machines, from now on; and look for
        what has changed in the sources that are followed. Called again, it learns which those are now."""
        if self._holding.looks_every:
            self._taking_over.start()
        elif self.jobs.recover():
            threading.Thread(target=self._sweep, name="sweep", daemon=True).start()
        self.following.start()

    def close(self) -> None:
        """Begin nothing more in this process; what was begun pauses."""
        self.following.close()
        self.jobs.ending.set()
        self._taking_over.close()
        self.jobs.close()
        self.journal.close()

    def _end(self) -> None:
        """After a job that filled or rebuilt the index."""
        self._done()
        self.follow_up()

    def _sweep(self) -> None:
        with suppress(ImageSearchError):  # of the index; the next start that finds something interrupted does it
            sweep(self.index, self.thumbnails)
