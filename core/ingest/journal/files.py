"""The files of a job in the journal: what was found about each, and what became of it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, delete, func, insert, select, update

from core.database import transaction
from core.errors import Problem
from core.index.records import from_storable, storable
from core.ingest.journal.job import JobTaken, Planned, PlannedFile
from core.ingest.journal.progress import Counts, Outcome, Verdict
from core.ingest.journal.tables import files as table
from core.ingest.journal.tables import jobs

CHUNK = 1000
"""Files that are read of the journal at once."""

_LARGEST = 2**63 - 1  # of databases; file systems and servers may say more
_AT_ONCE = {
    Planned.UNCHANGED: Outcome.UNCHANGED.value,
    Planned.SKIPPED: Outcome.SKIPPED.value,
    Planned.FAILED: Outcome.FAILED.value,
}
"""The outcome of what needs no reading."""

_column = table.c
_one = (_column.job == bindparam("of_job"), _column.number == bindparam("at"))


class JobFiles:
    """The files of one job. Safe between threads and processes. Every method may raise `JournalUnavailable`.

    Args:
        owner: Who writes: where the job is another's by then, nothing is written, and `JobTaken` raised. None: anybody.
    """

    def __init__(self, engine: Engine, job_id: int, owner: str | None = None) -> None:
        self._engine = engine
        self._job_id = job_id
        self._owner = owner

    def add(self, planned: Sequence[PlannedFile]) -> None:
        """Note what was found. What needs no reading has its outcome at once."""
        self._execute_many(insert(table), [_row(self._job_id, file) for file in planned])

    def clear(self) -> None:
        """Forget what was found, to plan once more."""
        with self._writing() as connection:
            connection.execute(delete(table).where(_column.job == self._job_id))

    def planned(self, planned: Collection[Planned], *, is_open: bool = True) -> Iterator[list[PlannedFile]]:
        """Those planned so, in the order found, a thousand at a time; those without a verdict, or all."""
        query = select(table).where(_column.job == self._job_id, _column.planned.in_([one.value for one in planned]))
        query = (query.where(_column.outcome.is_(None)) if is_open else query).order_by(_column.number).limit(CHUNK)
        after = 0
        while True:
            with transaction(self._engine) as connection:
                rows = connection.execute(query.where(_column.number > after)).all()
            if not rows:
                return
            after = rows[-1].number
            yield [_file(row) for row in rows]

    def replan(self, numbers: Sequence[int], planned: Planned) -> None:
        """Change what files are found to be."""
        rows = [{"of_job": self._job_id, "at": number, "planned": planned.value} for number in numbers]
        self._execute_many(update(table).where(*_one), rows)

    def note_copies(self, reasons: Mapping[int, str]) -> None:
        """Mark files as copies, by their numbers, and say of what."""
        rows = [
            {"of_job": self._job_id, "at": number, "planned": Planned.COPY.value, "reason": storable(reason)}
            for number, reason in reasons.items()
        ]
        self._execute_many(update(table).where(*_one), rows)

    def gone(self, content_hashes: Collection[str]) -> list[PlannedFile]:
        """The records with these bytes whose file is gone, as far as they have no verdict."""
        query = select(table).where(_column.job == self._job_id, _column.content_hash.in_(content_hashes))
        query = query.where(_column.planned == Planned.GONE.value, _column.outcome.is_(None)).order_by(_column.number)
        with transaction(self._engine) as connection:
            return [_file(row) for row in connection.execute(query)]

    def conclude(self, verdicts: Mapping[int, Verdict], moved: Sequence[int] = ()) -> None:
        """Note what became of files, by their numbers.

        Args:
            moved: Lines of records that moved along with one of these files: they are taken out.
        """
        rows = [
            {
                "of_job": self._job_id,
                "at": at,
                "outcome": verdict.outcome.value,
                "reason": storable(verdict.reason) or None,
                "problem": verdict.problem and verdict.problem.value,
            }
            for at, verdict in verdicts.items()
        ]
        if rows:
            with self._writing() as connection:
                connection.execute(update(table).where(*_one), rows)
                if moved:
                    connection.execute(delete(table).where(_column.job == self._job_id, _column.number.in_(moved)))

    def reopen(self, outcome: Outcome) -> None:
        """Take back these verdicts, so that the files are read again."""
        these = update(table).where(_column.job == self._job_id, _column.outcome == outcome.value)
        with self._writing() as connection:
            connection.execute(these.values(outcome=None, reason=None, problem=None))

    def counts(self) -> Counts:
        query = select(_column.outcome, func.count()).where(_column.job == self._job_id, _column.outcome.is_not(None))
        with transaction(self._engine) as connection:
            rows = connection.execute(query.group_by(_column.outcome)).all()
        return Counts(**{str(outcome): int(count) for outcome, count in rows})

    def problems(self, outcomes: Collection[Outcome] = ()) -> Counter[Problem]:
        """How many files are in which of the situations, of these outcomes or all."""
        query = select(_column.problem, func.count()).where(_column.job == self._job_id, _column.problem.is_not(None))
        if outcomes:
            query = query.where(_column.outcome.in_([outcome.value for outcome in outcomes]))
        with transaction(self._engine) as connection:
            found = {str(problem): int(count) for problem, count in connection.execute(query.group_by(_column.problem))}
        return Counter({problem: found[problem] for problem in Problem if problem in found})

    def verdicts(
        self,
        outcomes: Collection[Outcome] = (),
        text: str = "",
        limit: int | None = None,
        problems: Collection[Problem] = (),
    ) -> Iterator[Verdict]:
        """In the order found: of these outcomes and problems or all, with this text in the path or the reason."""
        query = select(_column.path, _column.outcome, _column.reason, _column.problem)
        query = (
            query.where(_column.job == self._job_id, _column.outcome.is_not(None)).order_by(_column.number).limit(limit)
        )
        if outcomes:
            query = query.where(_column.outcome.in_([outcome.value for outcome in outcomes]))
        if problems:
            query = query.where(_column.problem.in_([problem.value for problem in problems]))
        if part := storable(text):
            found = (column.icontains(part, autoescape=True) for column in (_column.path, _column.reason))
            query = query.where(next(found) | next(found))
        with transaction(self._engine) as connection:
            for row in connection.execution_options(yield_per=CHUNK).execute(query):
                reason, problem = from_storable(row.reason or ""), row.problem
                yield Verdict(
                    from_storable(row.path), Outcome(row.outcome), reason, Problem(problem) if problem else None
                )

    def _execute_many(self, statement: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            with self._writing() as connection:
                connection.execute(statement, rows)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """As `transaction`; meanwhile nobody takes the job over."""
        with transaction(self._engine) as connection:
            if self._owner is not None:
                own = select(jobs.c.id).where(jobs.c.id == self._job_id, jobs.c.owner == self._owner)
                if connection.scalar(own.with_for_update(read=True)) is None:
                    raise JobTaken
            yield connection


def _row(job_id: int, file: PlannedFile) -> dict[str, Any]:
    return {
        "job": job_id,
        "number": file.number,
        "source": file.source,
        "path": storable(file.path),
        "size": min(file.size, _LARGEST),
        "mtime_ns": max(-_LARGEST, min(file.mtime_ns, _LARGEST)),
        "planned": file.planned.value,
        "content_hash": file.content_hash or None,
        "reason": storable(file.reason) or None,
        "problem": file.problem and file.problem.value,
        "outcome": _AT_ONCE.get(file.planned),
    }


def _file(row: Row[Any]) -> PlannedFile:
    return PlannedFile(
        number=row.number,
        source=row.source,
        path=from_storable(row.path),
        size=row.size,
        mtime_ns=row.mtime_ns,
        planned=Planned(row.planned),
        content_hash=row.content_hash or "",
        reason=from_storable(row.reason or ""),
        problem=Problem(row.problem) if row.problem else None,
    )
