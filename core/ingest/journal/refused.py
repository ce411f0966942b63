"""Files whose bytes are no picture that is read: known by their size and time, they need not be opened again."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import batched
from typing import TYPE_CHECKING

from sqlalchemy import Engine, delete, insert, select

from core.database import transaction
from core.errors import Problem
from core.index.records import from_storable, record_id, storable
from core.ingest.journal.progress import Verdict
from core.ingest.journal.tables import refusals as table

if TYPE_CHECKING:
    from core.sources.source import Found

_CHUNK = 1000
_LARGEST = 2**63 - 1  # of databases; file systems and servers may say more

_column = table.c


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is not read."""

    reason: str
    problem: Problem | None


class Refusals:
    """Safe between threads and processes. Every method may raise `JournalUnavailable`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def known(self, found: "Mapping[str, Found]") -> dict[str, Refusal]:
        """Of files by the ids of their records those that are as they were when they were refused by what would read
        them now; what was noted of the others is forgotten."""
        known: dict[str, Refusal] = {}
        outdated: list[str] = []
        for ids in batched(found, _CHUNK):
            with transaction(self._engine) as connection:
                rows = connection.execute(select(table).where(_column.id.in_(ids))).all()
            for row in rows:
                if (row.size, row.mtime_ns, row.reader) == (*_fingerprint(found[row.id]), self._reader):
                    known[row.id] = Refusal(from_storable(row.reason), Problem(row.problem) if row.problem else None)
                else:
                    outdated.append(row.id)
        self._forget(outdated)
        return known

    def hold(self, paths: Collection[str]) -> bool:
        """Whether all of these are refused by what would read them now, unless they have changed."""
        ids, held = [record_id(path) for path in paths], 0
        for chunk in batched(ids, _CHUNK):
            same = _column.id.in_(chunk), _column.reader == self._reader
            with transaction(self._engine) as connection:
                held += len(connection.execute(select(_column.id).where(*same)).all())
        return held == len(set(ids))

    def note(self, verdicts: Iterable[Verdict]) -> None:
        """Remember those among them that hold as long as their files stay as they are."""
        rows = {
            record_id(verdict.path): {
                "id": record_id(verdict.path),
                "size": (fingerprint := _fingerprint(verdict.refused))[0],
                "mtime_ns": fingerprint[1],
                "reader": self._reader,
                "reason": storable(verdict.reason),
                "problem": verdict.problem and verdict.problem.value,
            }
            for verdict in verdicts
            if verdict.refused
        }
        if rows:
            with transaction(self._engine, alone="refusals") as connection:
                connection.execute(delete(table).where(_column.id.in_(rows)))
                connection.execute(insert(table), list(rows.values()))

    def forget(self, paths: Iterable[str]) -> None:
        """Have these read again."""
        for chunk in batched(paths, _CHUNK):
            self._forget([record_id(path) for path in chunk])

    @cached_property
    def _reader(self) -> str:
        from core.images.reading.reader import reader  # who asks for jobs reads no pictures

        return reader()

    def _forget(self, ids: Collection[str]) -> None:
        if ids:
            with transaction(self._engine, alone="refusals") as connection:
                connection.execute(delete(table).where(_column.id.in_(ids)))


def _fingerprint(found: "Found") -> tuple[int, int]:
    """As the database holds it."""
    return min(found.size, _LARGEST), max(-_LARGEST, min(found.mtime_ns, _LARGEST))
