"""What people decided about duplicates, in the database: by content, so that it outlives rescans, moved files and
versions of the index."""

import json
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Integer, Table, cast, delete, func, insert, select, update

from core.access.actors import MAX_LABEL, Actor
from core.analysis.duplicates.decisions.tables import actions, decisions, distinct, merges
from core.analysis.duplicates.model import Action, Decision
from core.database import Database, as_id, transaction
from core.errors import DuplicatesRefused
from core.images.describe import Box
from core.index.records import from_storable, storable
from core.text.names import printable

KEPT_ACTIONS = 200
"""That can be undone; older ones stay decided."""

_CHUNK = 400
_SEEN = "seen"  # in place of a decision

type Pair = tuple[str, str]
"""Two content hashes, the smaller first."""


class File(NamedTuple):
    """A record, as far as it tells one copy from another."""

    id: str
    path: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision about one file."""

    content_hash: str
    path_hash: str
    path: str
    decision: Decision | None
    """None: it was there when something was decided about a copy of it, and nothing was about itself."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is decided at once."""

    title: str
    decided: Sequence[Decided] = ()
    cleared: Sequence[tuple[str, str]] = ()
    """Files about which nothing is decided any more: content hash and record id."""
    distinct: Collection[Pair] = ()
    boxes: Mapping[str, Sequence[Box]] = field(default_factory=dict)
    """Labels that are given, by the content hash of what gets them."""
    tags: Mapping[str, tuple[Sequence[str], Sequence[str]]] = field(default_factory=dict)
    """By the id of what gets them: its tags before, and after."""


class Decisions:
    """Of one index. Safe between threads and processes. Every method may raise `JournalUnavailable`."""

    def __init__(self, database: Database, index_name: str) -> None:
        self._database, self._index_name = database, index_name

    def revision(self) -> tuple[int, int]:
        """Another value whenever something was decided or undone."""
        column = actions.c
        query = select(func.coalesce(func.max(column.id), 0), func.coalesce(func.sum(cast(column.undone, Integer)), 0))
        with transaction(self._database.engine) as connection:
            newest, undone = connection.execute(query.where(self._own(actions))).one()
            return int(newest), int(undone)

    def files(self) -> list[Decided]:
        """All that was decided about files."""
        column = decisions.c
        query = select(column.content_hash, column.path_hash, column.path, column.decision)
        with transaction(self._database.engine) as connection:
            rows = connection.execute(query.where(self._own(decisions)).order_by(column.content_hash, column.path_hash))
            return [Decided(one, other, from_storable(path), _decision(what)) for one, other, path, what in rows]

    def distinct(self) -> set[Pair]:
        """Contents that are not duplicates of each other."""
        query = select(distinct.c.first, distinct.c.second).where(self._own(distinct))
        with transaction(self._database.engine) as connection:
            return {(first, second) for first, second in connection.execute(query)}

    def boxes(self) -> dict[str, tuple[Box, ...]]:
        """Labels that contents were given."""
        query = select(merges.c.content_hash, merges.c.boxes).where(self._own(merges))
        with transaction(self._database.engine) as connection:
            return {digest: _boxes(text) for digest, text in connection.execute(query)}

    def actions(self, limit: int = KEPT_ACTIONS) -> list[Action]:
        """Newest first."""
        query = select(actions).where(self._own(actions)).order_by(actions.c.id.desc()).limit(limit)
        with transaction(self._database.engine) as connection:
            return [_action(row) for row in connection.execute(query)]

    def latest(self) -> Action | None:
        """The one that is undone next."""
        query = select(actions).where(self._own(actions), actions.c.undone.is_(False), actions.c.before != "")
        with transaction(self._database.engine) as connection:
            row = connection.execute(query.order_by(actions.c.id.desc()).limit(1)).first()
            return _action(row) if row else None

    def decide(self, change: Change, by: Actor) -> Action:
        """Write it, all or nothing."""
        counts = {
            "set_aside": sum(one.decision is Decision.SET_ASIDE for one in change.decided),
            "kept": sum(one.decision is Decision.KEPT for one in change.decided),
            "distinct": len(change.distinct),
        }
        row = {
            "index_name": self._index_name,
            "at": time.time(),
            "by": printable(by.label)[:MAX_LABEL],
            "title": change.title,
            "counts": json.dumps(counts),
            "undone": False,
            "before": "{}",
        }
        with transaction(self._database.engine, alone=f"duplicates {self._index_name}") as connection:
            made = connection.execute(insert(actions).values(row)).inserted_primary_key
            assert made
            number = int(made[0])
            before = self._write(connection, change, number)
            connection.execute(update(actions).where(actions.c.id == number).values(before=json.dumps(before)))
            self._forget_old(connection, number)
        told = counts["set_aside"], counts["kept"], counts["distinct"]
        return Action(number, float(str(row["at"])), str(row["by"]), change.title, *told)

    def undo(self, action: int) -> tuple[Action, dict[str, Any]]:
        """Bring back what was before it; returns it and what was kept for it: `tags` and `boxes` are for the index.

        Raises:
            DuplicatesRefused: there is none of this number, or it cannot be undone any more.
        """
        with transaction(self._database.engine, alone=f"duplicates {self._index_name}") as connection:
            one = self._own(actions), actions.c.id == as_id(action)
            row = connection.execute(select(actions).where(*one)).first()
            if row is None or row.undone or not row.before:
                raise DuplicatesRefused("This can no longer be undone.", "Decide about the pictures again.")
            before = json.loads(row.before)
            claimed = update(actions).where(actions.c.id == action, actions.c.undone.is_(False)).values(undone=True)
            if not connection.execute(claimed).rowcount:
                raise DuplicatesRefused("This has just been undone.", "Reload the page.")
            self._bring_back(connection, before, action)
            return _action(row, undone=True), before

    def _own(self, table: Table) -> ColumnElement[bool]:
        return table.c.index_name == self._index_name

    def _write(self, connection: Connection, change: Change, number: int) -> dict[str, Any]:
        column = decisions.c
        files = [(one.content_hash, one.path_hash) for one in change.decided] + list(change.cleared)
        before = []
        for digest, path_hash in files:
            of_file = self._own(decisions), column.content_hash == digest, column.path_hash == path_hash
            row = connection.execute(select(column.path, column.decision).where(*of_file)).first()
            before.append([digest, path_hash, row.path if row else "", row.decision if row else ""])
            connection.execute(delete(decisions).where(*of_file))
        rows = [
            {
                "index_name": self._index_name,
                "content_hash": one.content_hash,
                "path_hash": one.path_hash,
                "path": storable(one.path),
                "decision": one.decision.value if one.decision else _SEEN,
                "action": number,
            }
            for one in change.decided
        ]
        if rows:
            connection.execute(insert(decisions), rows)
        pairs = self._write_distinct(connection, change.distinct, number)
        boxes = self._write_boxes(connection, change.boxes, number)
        tags = {id_: [list(old), list(new)] for id_, (old, new) in change.tags.items()}
        return {"files": before, "distinct": pairs, "boxes": boxes, "tags": tags}

    def _write_distinct(self, connection: Connection, pairs: Iterable[Pair], number: int) -> list[list[str]]:
        new = []
        for first, second in sorted(set(pairs)):
            of_pair = self._own(distinct), distinct.c.first == first, distinct.c.second == second
            if connection.execute(select(distinct.c.action).where(*of_pair)).first() is None:
                values = {"index_name": self._index_name, "first": first, "second": second, "action": number}
                connection.execute(insert(distinct).values(values))
                new.append([first, second])
        return new

    def _write_boxes(
        self, connection: Connection, boxes: Mapping[str, Sequence[Box]], number: int
    ) -> dict[str, list[Any]]:
        """Returns those that were there before, and those that are there now."""
        before = {}
        for digest, given in boxes.items():
            of_content = self._own(merges), merges.c.content_hash == digest
            known = connection.scalar(select(merges.c.boxes).where(*of_content))
            had = _boxes(known) if known else ()
            now = tuple(dict.fromkeys((*had, *given)))
            before[digest] = [_plain(had), _plain(now)]
            connection.execute(delete(merges).where(*of_content))
            values = {"index_name": self._index_name, "content_hash": digest, "action": number}
            connection.execute(insert(merges).values(boxes=json.dumps(_plain(now)), **values))
        return before

    def _bring_back(self, connection: Connection, before: Mapping[str, Any], number: int) -> None:
        column = decisions.c
        for digest, path_hash, path, decision in before["files"]:
            of_file = self._own(decisions), column.content_hash == digest, column.path_hash == path_hash
            connection.execute(delete(decisions).where(*of_file))
            if decision:
                values = {"content_hash": digest, "path_hash": path_hash, "path": path, "decision": decision}
                connection.execute(insert(decisions).values(index_name=self._index_name, action=number, **values))
        for first, second in before["distinct"]:
            of_pair = self._own(distinct), distinct.c.first == first, distinct.c.second == second
            connection.execute(delete(distinct).where(*of_pair))
        for digest, (had, _) in before["boxes"].items():
            connection.execute(delete(merges).where(self._own(merges), merges.c.content_hash == digest))
            if had:
                values = {"index_name": self._index_name, "content_hash": digest, "action": number}
                connection.execute(insert(merges).values(boxes=json.dumps(had), **values))

    def _forget_old(self, connection: Connection, number: int) -> None:
        """What undoing them would take."""
        query = select(actions.c.id).where(self._own(actions), actions.c.before != "")
        old = connection.scalars(query.order_by(actions.c.id.desc()).offset(KEPT_ACTIONS).limit(_CHUNK)).all()
        if old:
            connection.execute(update(actions).where(actions.c.id.in_(old)).values(before=""))


def _action(row: Any, undone: bool | None = None) -> Action:
    is_undone = bool(row.undone) if undone is None else undone
    return Action(row.id, row.at, row.by, row.title, **json.loads(row.counts), undone=is_undone)


def _decision(text: str) -> Decision | None:
    return None if text == _SEEN else Decision(text)


def _plain(boxes: Iterable[Box]) -> list[list[Any]]:
    return [list(box) for box in boxes]


def _boxes(text: str) -> tuple[Box, ...]:
    return tuple(Box(*box) for box in json.loads(text))


def decided_of(records: Sequence[File], known: Sequence[Decided]) -> dict[str, Decision]:
    """What was decided about these records of one content, by their ids.

    A decision is about the file at its path. Where there is none any more, it has been moved: then the file is meant
    whose path ends most like it, and about which nothing else was decided.
    """
    by_id = {one.path_hash: one.decision for one in known}
    found = {record.id: by_id[record.id] for record in records if record.id in by_id}
    free = [record for record in records if record.id not in by_id]
    moved = [one for one in known if one.path_hash not in found]
    both = ((at, place) for at in range(len(moved)) for place in range(len(free)))
    likeness = sorted(
        ((_common_end(moved[at].path, free[place].path), -at, -place) for at, place in both), reverse=True
    )
    used_decisions, used_records = set[int](), set[int]()
    for _, at, place in likeness:
        if at not in used_decisions and place not in used_records:
            used_decisions.add(at)
            used_records.add(place)
            found[free[-place].id] = moved[-at].decision
    return {id_: decision for id_, decision in found.items() if decision}


def _common_end(one: str, other: str) -> int:
    """How many names at the end of two paths are equal."""
    count = 0
    for left, right in zip(reversed(one.split("/")), reversed(other.split("/")), strict=False):
        if left != right:
            break
        count += 1
    return count
