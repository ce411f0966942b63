"""What people have said of labels, by the content of the picture: it survives every scan, and moves with the file."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, delete, func, insert, select

from core.access.actors import MAX_LABEL as MAX_WHO
from core.access.actors import Actor
from core.analysis.labels.tables import MAX_LABEL
from core.analysis.labels.tables import decisions as table
from core.database import Database, transaction
from core.errors import LabelsRefused
from core.images.describe import is_content_hash
from core.search.query import clean

MAX_AT_ONCE = 1_000

type Verdict = Literal["right", "wrong", "replaced"]
type Kind = Literal["given", "missing"]

_column = table.c
_VERDICTS = ("right", "wrong", "replaced")


@dataclass(frozen=True, slots=True)
class Decision:
    content_hash: str
    label: str
    kind: Kind
    """Whether the picture has the label, or was found to look like it."""
    verdict: Verdict | None
    """`right`: as it is. `wrong`: the label is to go, or, where it is missing, to come. `replaced`: it should be
    another one. None takes back what was said."""
    replacement: str = ""
    who: str = ""
    at: float = 0.0


class Decisions:
    """Those about one index. Safe between threads and processes. Every method may raise `JournalUnavailable`."""

    def __init__(self, database: Database, scope: str) -> None:
        self._database, self._scope = database, scope

    def save(self, said: Sequence[Decision], by: Actor) -> int:
        """The last of those about one label of a picture holds; returns how many are kept.

        Raises:
            LabelsRefused: one is about no picture or no label, or says nothing.
        """
        if len(said) > MAX_AT_ONCE:
            raise LabelsRefused("So much cannot be said at once.", f"Send {MAX_AT_ONCE:,} at most.")
        checked = {(one.content_hash, one.label): _checked(one) for one in said}
        now, who = time.time(), by.label[:MAX_WHO]
        rows = [_row(one, self._scope, who, now) for one in checked.values() if one.verdict]
        with transaction(self._database.engine, alone=f"labels {self._scope}") as connection:
            for digest, label in checked:
                of_it = self._own, _column.content_hash == digest, _column.label == label
                connection.execute(delete(table).where(*of_it))
            if rows:
                connection.execute(insert(table), rows)
        return len(rows)

    def of(self, digests: Sequence[str]) -> dict[tuple[str, str], Decision]:
        """By content hash and label."""
        found: dict[tuple[str, str], Decision] = {}
        with transaction(self._database.engine) as connection:
            for some in batched(dict.fromkeys(digests), 500):
                query = select(table).where(self._own, _column.content_hash.in_(some))
                for row in connection.execute(query).mappings():
                    found[row["content_hash"], row["label"]] = _read(dict(row))
        return found

    def all(self) -> Iterator[Decision]:
        """The latest first."""
        with transaction(self._database.engine) as connection:
            query = select(table).where(self._own).order_by(_column.decided_at.desc(), _column.content_hash)
            rows = [dict(row) for row in connection.execute(query).mappings()]
        yield from map(_read, rows)

    def count(self) -> int:
        with transaction(self._database.engine) as connection:
            return int(connection.scalar(select(func.count()).select_from(table).where(self._own)) or 0)

    @property
    def _own(self) -> ColumnElement[bool]:
        return _column.index_name == self._scope


def _checked(one: Decision) -> Decision:
    label, replacement = clean(one.label), clean(one.replacement)
    if not is_content_hash(one.content_hash):
        raise LabelsRefused("This is about no picture.", "Name it by its content hash.")
    if not one.label or len(one.label) > MAX_LABEL or len(replacement) > MAX_LABEL or not label:
        raise LabelsRefused("This is not a label.", f"It has 1 to {MAX_LABEL} characters.")
    if one.verdict is not None and one.verdict not in _VERDICTS:
        raise LabelsRefused("This cannot be said of a label.", "Say right, wrong, or what it should be.")
    if one.verdict == "replaced" and replacement in ("", one.label):
        raise LabelsRefused("It is not said what the label should be.", "Name another label.")
    return replace(one, replacement=replacement if one.verdict == "replaced" else "")


def _row(one: Decision, scope: str, who: str, now: float) -> dict[str, Any]:
    return {
        "index_name": scope,
        "content_hash": one.content_hash,
        "label": one.label,
        "kind": one.kind,
        "verdict": one.verdict,
        "replacement": one.replacement,
        "who": who,
        "decided_at": now,
    }


def _read(row: dict[str, Any]) -> Decision:
    return Decision(
        row["content_hash"],
        row["label"],
        cast(Kind, row["kind"]),
        cast(Verdict, row["verdict"]),
        row["replacement"],
        row["who"],
        row["decided_at"],
    )
