"""What was asked for and how far it came, on disk: jobs, their files, and the sources they came from.

The journal is where every job's state lives. The process that works on a job writes it after each round; all others,
and the same one after a crash, read it there.
"""

import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from itertools import batched
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, func, insert, or_, select, update

from core import errors
from core.access.actors import APP, Actor
from core.access.audit import Audit
from core.database import Database, as_id, transaction
from core.errors import ImageSearchError, NoSuchJob
from core.index.records import from_storable, storable
from core.ingest.journal.files import JobFiles
from core.ingest.journal.job import ACTIVE, ENDED, AnalysisTask, JobState, JobTaken, Kind, Plan, Rebuild, Status
from core.ingest.journal.progress import Counts, Phase
from core.ingest.journal.refused import Refusals
from core.ingest.journal.sources import KnownSources
from core.ingest.journal.tables import files as files_table
from core.ingest.journal.tables import jobs as table
from core.ingest.journal.tables import sources as sources_table
from core.telemetry.context import request_id
from core.text.command import command

KEPT_JOBS = 50
"""Of those that have ended; older ones are forgotten with their files."""

_RATE_JOBS = 5
_CHUNK = 500  # jobs
_RATE_PICTURES = 16  # fewer say little about how fast a machine is

_column = table.c
_ALWAYS: Mapping[str, Any] = MappingProxyType({})


class Journal:
    """Safe between threads and processes. Every method may raise `JournalUnavailable`.

    Args:
        url: A database as SQLAlchemy takes it, or the absolute path of a SQLite file; `sqlite://` keeps it in memory.
        index_name: Which index the jobs fill: those of others are not seen.
        kept_jobs: Of those that have ended; older ones are forgotten.
    """

    def __init__(self, url: str, index_name: str, kept_jobs: int = KEPT_JOBS) -> None:
        self._database = Database(url)
        self._index_name = index_name
        self._kept_jobs = kept_jobs

    @property
    def _engine(self) -> Engine:
        return self._database.engine

    def close(self) -> None:
        """Let go of the database; it is opened again where it is needed."""
        self._database.close()

    def files(self, job_id: int, owner: str | None = None) -> JobFiles:
        """The files of a job, whether there is one of this id or not; written by this owner of it, or by anybody."""
        return JobFiles(self._engine, job_id, owner)

    @property
    def audit(self) -> Audit:
        """Who did what with the index."""
        return Audit(self._database, self._index_name)

    @property
    def refusals(self) -> Refusals:
        """Files that are not opened again as long as they stay as they are."""
        return Refusals(self._engine)

    @property
    def sources(self) -> KnownSources:
        """Where the pictures of the index came from."""
        return KnownSources(self._engine, self._index_name)

    def create(
        self,
        title: str,
        sources: Sequence[str],
        *,
        auto_start: bool = False,
        prunes: bool = False,
        discard_if_empty: bool = False,
        owner: str = "",
        kind: Kind = Kind.INGEST,
        rebuild: Rebuild | None = None,
        analysis: AnalysisTask | None = None,
        by: Actor = APP,
    ) -> int:
        """Note a new job, which waits to be planned; returns its id. The arguments are those of `JobState`."""
        state = JobState(
            id=0,
            title=title,
            sources=tuple(sources),
            status=Status.PLANNING,
            auto_start=auto_start,
            discard_if_empty=discard_if_empty,
            prunes=prunes,
            owner=owner,
            created_at=time.time(),
            kind=kind,
            rebuild=rebuild or Rebuild(),
            analysis=analysis or AnalysisTask(),
            started_by=by.label,
            started_key=by.key,
            request_id=request_id(),
        )
        parts = ("plan", "counts", "rebuild", "analysis")
        row = _row(asdict(state) | {name: getattr(state, name) for name in parts})
        del row["id"]
        with transaction(self._engine, alone=f"jobs {self._index_name}") as connection:
            made = connection.execute(insert(table).values(index_name=self._index_name, **row)).inserted_primary_key
            self._forget_old(connection)
        assert made
        return int(made[0])

    def job(self, job_id: int) -> JobState:
        """
        Raises:
            NoSuchJob: there is none of this id.
        """
        with transaction(self._engine) as connection:
            row = connection.execute(self._jobs().where(*self._is(job_id))).first()
        if row is None:
            raise NoSuchJob(f"There is no job {job_id}.", f"List them: {command('jobs')}")
        return _state(row)

    def jobs(self, statuses: Collection[Status] = (), limit: int = KEPT_JOBS) -> list[JobState]:
        """Newest first; of these statuses, or all."""
        query = self._jobs().order_by(_column.id.desc()).limit(limit)
        if statuses:
            query = query.where(_column.status.in_([status.value for status in statuses]))
        with transaction(self._engine) as connection:
            return [_state(row) for row in connection.execute(query)]

    def by_status(self) -> dict[Status, int]:
        """How many jobs there are of each status."""
        query = select(_column.status, func.count()).where(_column.index_name == self._index_name)
        with transaction(self._engine) as connection:
            found = {str(status): int(count) for status, count in connection.execute(query.group_by(_column.status))}
        return {status: found.get(status.value, 0) for status in Status}

    def last_ended(self) -> float | None:
        """When the last ingest ended that ran to its end: seconds since the epoch."""
        query = select(func.max(_column.ended_at)).where(
            _column.index_name == self._index_name,
            _column.status == Status.DONE.value,
            or_(_column.kind.is_(None), _column.kind == Kind.INGEST.value),
        )
        with transaction(self._engine) as connection:
            last: float | None = connection.scalar(query)
            return last

    def check(self) -> None:
        """Nothing happens where it can be read and written; else `JournalUnavailable` is raised."""
        with transaction(self._engine) as connection:  # a row that no job is: it is changed by nobody
            connection.execute(update(table).where(_column.id == -1).values(note=""))

    def update(self, job_id: int, **values: Any) -> None:
        """Set fields of its `JobState`."""
        with transaction(self._engine) as connection:
            connection.execute(update(table).where(*self._is(job_id)).values(_row(values)))

    def claim(self, job_id: int, of: Collection[Status], where: Mapping[str, Any] = _ALWAYS, **values: Any) -> bool:
        """Set fields where it still has one of these statuses, and these values in other fields: of several that try at
        once, one succeeds."""
        has_status = _column.status.in_([status.value for status in of])
        statement = update(table).where(*self._is(job_id), has_status)
        statement = statement.where(*(_column[name] == value for name, value in _row(dict(where)).items()))
        with transaction(self._engine) as connection:
            return connection.execute(statement.values(_row(values))).rowcount > 0

    def note(self, job: JobState, **values: Any) -> None:
        """As `update`, for who is at work on a job.

        Raises:
            JobTaken: it has another owner by now, or nobody is to be at work on it any more.
        """
        if not self.claim(job.id, ACTIVE, {"owner": job.owner}, **values):
            raise JobTaken

    def counts(self, job: JobState) -> Counts:
        """What became of its files; of one whose files are not noted one by one, as it last said."""
        return job.counts if job.counts_by_itself else self.files(job.id).counts()

    def forget(self, job_id: int, owner: str | None = None) -> None:
        """Delete a job and its lines; where an owner is named, only if it is still that one's."""
        these = select(_column.id).where(*self._is(job_id))
        if owner is not None:
            these = these.where(_column.owner == owner).with_for_update()
        with transaction(self._engine) as connection:
            _delete(connection, connection.scalars(these).all())

    def clear(self) -> None:
        """Forget all jobs and sources of the index."""
        with transaction(self._engine) as connection:
            own = select(_column.id).where(_column.index_name == self._index_name)
            for job_ids in batched(connection.scalars(own).all(), _CHUNK):
                _delete(connection, job_ids)
            connection.execute(delete(sources_table).where(sources_table.c.index_name == self._index_name))

    def rate(self, model_id: str) -> float | None:
        """Pictures a second that the latest jobs with this model reached; None where there were none."""
        query = select(_column.embedded, _column.working).where(_column.model_id == model_id)
        query = query.where(_column.embedded >= _RATE_PICTURES).order_by(_column.id.desc()).limit(_RATE_JOBS)
        with transaction(self._engine) as connection:
            rows = connection.execute(query).all()
        seconds = sum(row.working for row in rows)
        return sum(row.embedded for row in rows) / seconds if seconds else None

    def _is(self, job_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """Numbers of jobs are given once for all indexes: who names one of another's means none of these."""
        return _column.id == as_id(job_id), _column.index_name == self._index_name

    def _jobs(self) -> Any:
        return select(table).where(_column.index_name == self._index_name)

    def _forget_old(self, connection: Connection) -> None:
        ended = self._jobs().with_only_columns(_column.id).where(_column.status.in_([one.value for one in ENDED]))
        old = ended.order_by(_column.id.desc()).offset(self._kept_jobs).limit(1000)
        _delete(connection, connection.scalars(old).all())


def _delete(connection: Connection, job_ids: Sequence[int]) -> None:
    # The job first, as who writes about its files holds on to it first: in another order each would wait for the other.
    connection.execute(delete(table).where(_column.id.in_(job_ids)))
    connection.execute(delete(files_table).where(files_table.c.job.in_(job_ids)))


def _row(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _TO_COLUMN[name](value) if name in _TO_COLUMN else value for name, value in values.items()}


def _state(row: Row[Any]) -> JobState:
    values: dict[str, Any] = {name: value for name, value in row._mapping.items() if name != "index_name"}
    values |= {name: read(values[name]) for name, read in _FROM_COLUMN.items()}
    return JobState(**values)


def _error_to_json(error: ImageSearchError | None) -> str | None:
    return json.dumps([type(error).__name__, error.message, error.remedy]) if error else None


def _error_from_json(text: str | None) -> ImageSearchError | None:
    if text is None:
        return None
    kind, message, remedy = json.loads(text)
    error: ImageSearchError = getattr(errors, kind, ImageSearchError)(message, remedy)
    return error


# JSON escapes what is not ASCII, lone surrogates too: paths need no more.
_TO_COLUMN: dict[str, Callable[[Any], Any]] = {
    "title": storable,
    "note": storable,
    "sources": json.dumps,
    "recent": json.dumps,
    "plan": lambda plan: json.dumps(asdict(plan)),
    "counts": lambda counts: json.dumps(asdict(counts)),
    "error": _error_to_json,
    "status": lambda status: status.value,
    "phase": lambda phase: phase.name,
    "kind": lambda kind: kind.value,
    "rebuild": lambda rebuild: json.dumps(asdict(rebuild)),
    "analysis": lambda task: json.dumps(asdict(task)),
    "started_by": storable,
    "changed_by": storable,
}
_FROM_COLUMN: dict[str, Callable[[Any], Any]] = {
    "title": from_storable,
    "note": from_storable,
    "sources": lambda text: tuple(json.loads(text)),
    "recent": lambda text: tuple(json.loads(text)),
    "plan": lambda text: Plan(**json.loads(text)),
    "counts": lambda text: Counts(**json.loads(text)),
    "error": _error_from_json,
    "status": Status,
    "phase": lambda name: Phase[name],
    "kind": lambda kind: Kind(kind or Kind.INGEST),
    "rebuild": lambda text: Rebuild(**json.loads(text)) if text else Rebuild(),
    "analysis": lambda text: AnalysisTask(**json.loads(text)) if text else AnalysisTask(),
    "started_by": lambda text: from_storable(text or ""),
    "started_key": lambda text: text or "",
    "changed_by": lambda text: from_storable(text or ""),
    "request_id": lambda text: text or "",
}
