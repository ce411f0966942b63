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
from core.index.records import record_id
from core.ingest.journal.files import JobFiles
from core.ingest.journal.job import TO_READ, JobState, Planned, PlannedFile
from core.ingest.journal.progress import Outcome, Phase, Progress, Verdict
from core.ingest.journal.refused import Refusals
from core.ingest.pipeline.embed import Embed, Round, embedded
from core.ingest.pipeline.prepare import Prepare, Prepared
from core.ingest.pipeline.read_ahead import ReadAhead
from core.ingest.pipeline.reports import Reports
from core.ingest.pipeline.store import Store
from core.sources.source import Source
from core.text.names import printable

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
    store = Store(at.files, at.index, at.thumbnails, at.is_gone)
    if next(at.files.planned(TO_READ), None):
        loading = at.load()
        while not (embedder := within(loading, seconds=0.25)):
            yield replace(reports.last, phase=Phase.LOADING)
        at.index.prepare(ModelStamp(embedder.model_id, embedder.dims, embedder.preprocessing))
        yield reports.begin(embedder.model_id)
        waiting = read_in_rounds(_Waiting(job, at, Prepare(sources, embedder, at.thumbnails, at.name_of)))
        with closing(embedded(waiting, Embed(at.index, embedder))) as rounds:
            for done in rounds:
                verdicts = store.round(done)
                if at.refusals:
                    at.refusals.note(verdicts.values())
                yield reports.stored(done, verdicts)
        at.index.optimize()
    for verdicts in store.gone(sources, job.prunes):
        yield reports.concluded(verdicts)
    yield reports.phase(Phase.INDEXING)


def within(loading: Future[Embedder], seconds: float) -> Embedder | None:
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


class _Waiting:
    """The files without a verdict, and what is to be done with each."""

    def __init__(self, job: JobState, at: Context, prepare: Prepare) -> None:
        self._job = job
        self._at = at
        self._prepare = prepare
        self._stored: set[int] = set()  # by another job, since this one was planned

    def __iter__(self) -> Iterator[PlannedFile]:
        for chunk in self._at.files.planned(TO_READ):
            if not self._job.interruptions:  # after one it may well have been this job
                self._stored |= self._stored_meanwhile(chunk)
            yield from chunk

    def is_fetching(self, file: PlannedFile) -> bool:
        return self._prepare.is_fetching(file)

    def work(self, file: PlannedFile) -> Prepared | Verdict:
        if file.number in self._stored:
            self._stored.discard(file.number)
            return Verdict(file.path, Outcome.UNCHANGED, "Another job has indexed it meanwhile.")
        return self._prepare(file)

    def _stored_meanwhile(self, chunk: Sequence[PlannedFile]) -> set[int]:
        new = {record_id(file.path): file for file in chunk if file.planned is not Planned.CHANGED}
        known = self._at.index.fingerprints(list(new))
        alike = {id_ for id_, one in known.items() if (one.size, one.mtime_ns) == (new[id_].size, new[id_].mtime_ns)}
        return {new[id_].number for id_ in alike}


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
