"""What was planned, done: files are read ahead in threads, embedded in rounds, and each is stored behind the next."""

import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Protocol

from core.embedding.embedder import Embedder
from core.errors import SourceUnavailable
from core.images.thumbnails import Thumbnails
from core.index.index import Index, ModelStamp
from core.index.records import ImageRecord, record_id
from core.ingest.journal.files import JobFiles
from core.ingest.journal.job import TO_READ, JobState, Planned, PlannedFile
from core.ingest.journal.progress import Outcome, Phase, Progress, Verdict
from core.ingest.journal.refused import Refusals
from core.ingest.pipeline.embed import Embed, Embedded, Round, embedded
from core.ingest.pipeline.prepare import Prepare, Prepared
from core.ingest.pipeline.read_ahead import ReadAhead
from core.ingest.pipeline.reports import Reports
from core.ingest.pipeline.store import Store
from core.sources.source import Source
from core.text.names import printable
from core.vectors import Embeddings

FILE_SECONDS = 60.0
"""How long one file may take to be read and decoded before it is given up."""

MIN_ROUND, MAX_ROUND = 8, 128
"""Pictures that are embedded at once."""

_ROUND_SECONDS = 1.0  # rounds grow and shrink towards this: progress moves, and the index is not always written to
_WORKERS = max(2, os.cpu_count() or 2)
_MAX_UNANSWERED = 3  # files in a row that a source does not give: then it is not the files


@dataclass(frozen=True, slots=True)
class Context:
    """What a job works with."""

    files: JobFiles
    """Of the job."""
    index: Index
    thumbnails: Thumbnails
    load: Callable[[], Future[Embedder]]
    """Starts the model, or gives the one that is loaded. Not called when there is nothing to read."""
    name_of: Callable[[str], str]
    """What to call the picture of a path."""
    is_gone: Callable[[str], bool]
    """Whether the file of a path is gone for certain."""
    refusals: Refusals | None = None
    """Where those are noted that need not be read again; None: nowhere."""
    crew: "Callable[[JobState], Crew] | None" = None
    """Who reads and embeds; None: this process."""


class Unread(Protocol):
    """The files of a job without a verdict."""

    def __iter__(self) -> Iterator[PlannedFile]:
        """In the order of the plan, a part of it in memory."""
        ...

    def settled(self, file: PlannedFile) -> Verdict | None:
        """What became of one since it was planned; asked once."""
        ...


class Crew(Protocol):
    """Who reads and embeds the files of a job: the stages of this pipeline, in this process or in others."""

    def load(self) -> Future[ModelStamp]:
        """Start what is needed, and the model; says which it is."""
        ...

    def embedded(self, unread: Unread) -> Generator[Embedded, None, None]:
        """Round after round in the order of the plan; one without files where there is nothing to store yet."""
        ...

    def upsert(self, records: Sequence[ImageRecord], embeddings: Embeddings) -> None:
        """Store records, as `Index.upsert` does: the reads of this process see them then."""
        ...

    def close(self) -> None:
        """Leave all that was begun."""
        ...


def run(job: JobState, sources: Sequence[Source], at: Context) -> Iterator[Progress]:
    """Do what was planned, and note what became of each file; run again, it goes on where it was.

    A picture that cannot be read becomes a verdict. Closing the iterator stops the work; what was reported as stored
    stays stored.

    Args:
        sources: Those of the job, in its order.

    Raises:
        ModelUnavailable, ModelMismatch, IndexUnavailable, SourceUnavailable, JournalUnavailable: as they occur.
    """
    reports = Reports(job, at.files, Phase.INDEXING)
    where = at.files, at.index, at.thumbnails, at.is_gone
    if next(at.files.planned(TO_READ), None):
        with closing(at.crew(job) if at.crew else _Here(sources, at)) as crew:
            store = Store(*where, crew.upsert)
            loading = crew.load()
            while not (stamp := within(loading, seconds=0.25)):
                yield replace(reports.last, phase=Phase.LOADING)
            at.index.prepare(stamp)
            yield reports.begin(stamp.model_id)
            with closing(crew.embedded(_Unread(job, at))) as rounds:
                for done in rounds:
                    if not done.round.size:
                        yield reports.phase(Phase.INDEXING)
                        continue
                    verdicts = store.round(done)
                    if at.refusals:
                        at.refusals.note(verdicts.values())
                    yield reports.stored(done, verdicts)
        at.index.optimize()
    for verdicts in Store(*where).gone(sources, job.prunes):
        yield reports.concluded(verdicts)
    yield reports.phase(Phase.INDEXING)


def within[T](loading: Future[T], seconds: float) -> T | None:
    """The model, None where it is not there in time; raises why it cannot be loaded."""
    try:
        return loading.result(timeout=seconds)
    except NotYet:
        return None


class Waiting(Protocol):
    """Files that are to be read, and how."""

    def __iter__(self) -> Iterator[PlannedFile]: ...

    def work(self, file: PlannedFile) -> Prepared | Verdict:
        """Called in threads."""
        ...

    def is_fetching(self, file: PlannedFile) -> bool:
        """Whether its source has not given it yet."""
        ...


class _Here:
    """Keeps `Crew`, in this process."""

    def __init__(self, sources: Sequence[Source], at: Context) -> None:
        self._sources, self._at = sources, at
        self._embedder: Embedder | None = None

    def load(self) -> Future[ModelStamp]:
        stamp: Future[ModelStamp] = Future()
        self._at.load().add_done_callback(lambda loading: self._loaded(loading, stamp))
        return stamp

    def _loaded(self, loading: Future[Embedder], stamp: Future[ModelStamp]) -> None:
        if error := loading.exception():
            stamp.set_exception(error)
            return
        self._embedder = embedder = loading.result()
        stamp.set_result(ModelStamp(embedder.model_id, embedder.dims, embedder.preprocessing))

    def embedded(self, unread: Unread) -> Generator[Embedded, None, None]:
        assert self._embedder
        prepare = Prepare(self._sources, self._embedder, self._at.thumbnails, self._at.name_of)
        return embedded(read_in_rounds(_Waiting(unread, prepare)), Embed(self._at.index, self._embedder))

    def upsert(self, records: Sequence[ImageRecord], embeddings: Embeddings) -> None:
        self._at.index.upsert(records, embeddings)

    def close(self) -> None:
        """The model stays, for others."""


class _Unread:
    """Keeps `Unread`."""

    def __init__(self, job: JobState, at: Context) -> None:
        self._job = job
        self._at = at
        self._stored: set[int] = set()  # by another job, since this one was planned

    def __iter__(self) -> Iterator[PlannedFile]:
        for chunk in self._at.files.planned(TO_READ):
            if not self._job.interruptions:  # after one it may well have been this job
                self._stored |= self._stored_meanwhile(chunk)
            yield from chunk

    def settled(self, file: PlannedFile) -> Verdict | None:
        if file.number not in self._stored:
            return None
        self._stored.discard(file.number)
        return Verdict(file.path, Outcome.UNCHANGED, "Another job has indexed it meanwhile.")

    def _stored_meanwhile(self, chunk: Sequence[PlannedFile]) -> set[int]:
        new = {record_id(file.path): file for file in chunk if file.planned is not Planned.CHANGED}
        known = self._at.index.fingerprints(list(new))
        alike = {id_ for id_, one in known.items() if (one.size, one.mtime_ns) == (new[id_].size, new[id_].mtime_ns)}
        return {new[id_].number for id_ in alike}


class _Waiting:
    """The files without a verdict, and what is to be done with each here."""

    def __init__(self, unread: Unread, prepare: Prepare) -> None:
        self._unread, self._prepare = unread, prepare

    def __iter__(self) -> Iterator[PlannedFile]:
        return iter(self._unread)

    def is_fetching(self, file: PlannedFile) -> bool:
        return self._prepare.is_fetching(file)

    def work(self, file: PlannedFile) -> Prepared | Verdict:
        return self._unread.settled(file) or self._prepare(file)


def read_round(files: Sequence[PlannedFile], prepare: Prepare, workers: int) -> Round:
    """Read these files in threads, as one round.

    Raises:
        SourceUnavailable: as `Prepare`, or several in a row are not given.
    """
    ahead = ReadAhead(iter(files), prepare, workers, FILE_SECONDS)
    try:
        return _next_round(ahead, len(files), prepare.is_fetching)
    finally:
        ahead.close()


def read_in_rounds(waiting: Waiting) -> Generator[Round, None, None]:
    """Read the files ahead in threads, and hand them out in rounds of about a second of the consumer's time."""
    size = MIN_ROUND
    ahead = ReadAhead(iter(waiting), waiting.work, _WORKERS, FILE_SECONDS)
    try:
        while (one := _next_round(ahead, size, waiting.is_fetching)).size:
            started = time.monotonic()
            yield one
            size = _next_size(size, time.monotonic() - started)
    finally:
        ahead.close()


def _next_round(
    ahead: ReadAhead[PlannedFile, Prepared | Verdict], size: int, is_fetching: Callable[[PlannedFile], bool]
) -> Round:
    one, unanswered = Round([], {}), 0
    while one.size < size:
        # Two rounds at most are in memory, each picture no larger than the model's input.
        ahead.fill(2 * size + _WORKERS)
        if not (taken := ahead.take()):
            break
        file, result = taken
        unanswered = unanswered + 1 if result is None and is_fetching(file) else 0
        if unanswered == _MAX_UNANSWERED:
            raise _unanswered(file.path)
        one.add(file, result or _given_up(file.path))
    return one


def _next_size(size: int, took: float) -> int:
    if took < _ROUND_SECONDS / 2:
        return min(MAX_ROUND, size * 2)
    return max(MIN_ROUND, size // 2) if took > _ROUND_SECONDS * 2 else size


def _given_up(path: str) -> Verdict:
    reason = f"{printable(path)} took longer than {FILE_SECONDS:.0f} s to read. Check its drive, or save it as JPEG."
    return Verdict(path, Outcome.FAILED, reason)


def _unanswered(path: str) -> SourceUnavailable:
    return SourceUnavailable(
        f"{_MAX_UNANSWERED} files in a row took longer than {FILE_SECONDS:.0f} s to read, the last {printable(path)}.",
        "Check the drive or network that they are on; what is done so far is kept.",
    )
