"""A table that is brought up to date with the one in use: rows are compared as the engine holds them, by whole columns.

A row never changes where it lies: what is written anew lies elsewhere. So after the first time only rows are read that
lie where none was before.
"""

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import IndexUnavailable
from core.index.index import Replacements
from core.index.lance import scan
from core.index.lance.columns import MADE, Rows, among, row_ids
from core.index.lance.query import queries
from core.index.lance.query.conditions import any_of
from core.index.lance.rows import stamp_of, to_embeddings
from core.index.versions import FEW, MAX_COPIED, MAX_MISSING, Gap
from core.vectors import Embeddings

if TYPE_CHECKING:
    from core.index.lance.engine import LanceIndex

_COMPARED = ["id", "content_hash", "record"]
CHUNK = 8_192
"""Rows whose vectors are in memory at once."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """The rows of the version in use that the other has as they are."""

    of: tuple[int, object]
    """Which version, and when its table was made."""
    version: int
    """Of its table."""
    rows: Rows
    """Where they lie, ascending."""
    ids: pa.Array
    """Of these rows."""
    is_whole: bool
    """Whether these were all of them, and there were no others in the other."""


class LanceUpdate:
    """Keeps `Update`.

    Args:
        index: Whose version in use is followed.
        target: The version that is brought up to date, as an index of its own.
    """

    def __init__(self, index: "LanceIndex", target: "LanceIndex") -> None:
        self._index, self._target = index, target
        self._seen: _Seen | None = None
        self._without: frozenset[str] = frozenset()
        self._rows: tuple[tuple[object, int], Rows] | None = None

    def step(self, replacements: Replacements, without: Collection[str] = ()) -> Gap:
        with self._index.translate_errors():
            place = self._index.current_place()
            self._check_other(place.number)
            with place.readers.reading():  # what is looked at stays until it was
                return self._bring(place.number, self._opened(place.table_name), replacements, without, MAX_COPIED)

    def swap(self, replacements: Replacements, without: Collection[str] = ()) -> Gap:
        target = self._target.current_place()
        with self._index.translate_errors(), self._index.writing() as place:
            self._check_other(place.number)
            source = self._opened(place.table_name)
            if self._lags(place.number, source):
                return Gap(behind=True)
            gap = self._bring(place.number, source, replacements, without)
            if gap.missing:
                return gap
            manifest, now = self._index.pointer.read(), time.time()
            before = replace(manifest.entries[place.number], ready=True, retired_at=now)
            after = replace(manifest.entries[target.number], ready=True, retired_at=None)
            manifest = manifest.with_entry(place.number, before).with_entry(target.number, after)
            self._index.pointer.write(replace(manifest, current=target.number))
        return gap

    def _check_other(self, number: int) -> None:
        if number == self._target.current_place().number:
            raise IndexUnavailable(
                f"Version {number} of {self._index.base} is in use already.", "Nothing is left to do."
            )

    def _opened(self, name: str) -> Any:
        """The table as it is now, which no other thread takes further."""
        return self._index.connect().open_table(name)

    def _lags(self, number: int, source: Any) -> bool:
        """Whether so much has changed since the last step that writers would wait for long."""
        seen = self._seen
        if seen is None or not seen.is_whole or seen.of != (number, _made(source)):
            return int(source.count_rows()) > FEW
        if seen.version == source.version:
            return False
        return int((~among(self._rows_of(source), seen.rows)).sum()) > FEW

    def _rows_of(self, source: Any) -> Rows:
        """Where all rows lie, ascending; read once of each version of a table."""
        version = _made(source), source.version
        if self._rows is None or self._rows[0] != version:
            self._rows = version, np.sort(row_ids(source))
        return self._rows[1]

    def _bring(
        self, number: int, source: Any, replacements: Replacements, without: Collection[str], most: int | None = None
    ) -> Gap:
        of, seen, left_out = (number, _made(source)), self._seen, frozenset(without)
        if seen is None or seen.of != of or self._without != left_out:
            seen = _Seen(of, -1, np.empty(0, np.uint64), _NONE, is_whole=False)
        if seen.version == source.version:
            return Gap()
        self._without = left_out
        work = _Work(self._target, source, replacements, without)
        rows = self._rows_of(source)
        new, stay = rows[~among(rows, seen.rows)], among(seen.rows, rows)
        more, parts = False, [(seen.rows[stay], seen.ids.filter(pa.array(stay)))]
        for part in _parts(new):
            if more := most is not None and work.copied >= most:
                break
            parts.append(work.copy(part))
        removed = 0
        if not more:
            removed = work.remove(work.extra() if not seen.is_whole else work.gone(seen.ids.filter(pa.array(~stay))))
        found = np.concatenate([one for one, _ in parts])
        order = np.argsort(found)
        ids = pa.concat_arrays([one for _, one in parts]).take(pa.array(order))
        is_whole = not more and not work.missing
        self._seen = _Seen(of, source.version if is_whole else -1, found[order], ids, is_whole)
        return Gap(work.copied, removed, sorted(work.missing), more)


class _Work:
    """One step.

    Args:
        source: The table of the version in use, as it was at one moment.
    """

    def __init__(self, target: "LanceIndex", source: Any, replacements: Replacements, without: Collection[str]) -> None:
        self._target, self._source, self._replacements = target, source, replacements
        self._without = pa.array(list(without), pa.string())
        table = self._table()
        self._schema = table.schema
        self._is_same = stamp_of(source.schema) == stamp_of(table.schema)
        self._dims = stamp_of(table.schema).dims
        self._ids = pa.concat_arrays([_NONE, *(batch.column("id") for batch in _ids(table))])
        self.copied = 0
        self.missing: set[str] = set()
        self._present: list[pa.Array] = []

    def copy(self, rows: Rows) -> tuple[Rows, pa.Array]:
        """Copy what is new or different among these rows; returns where those lie that are there as they are now, and
        their ids."""
        part = scan.taken(self._source, rows.tolist(), _COMPARED)
        kept = part.filter(pc.invert(self._is_left_out(part)))
        self._present.append(_column(kept, "id"))
        there = self._there(kept)
        at = pc.index_in(_column(kept, "id"), value_set=_column(there, "id"))
        same = pc.fill_null(pc.equal(_column(there, "record").take(at), _column(kept, "record")), False)
        differs = pc.invert(same)
        due, is_new = kept.filter(differs), pc.is_null(at).filter(differs)
        found = pa.concat_tables([kept.filter(same), self._write(due, is_new)]) if len(due) else kept
        return found.column(scan.ROW).to_numpy(), _column(found, "id")

    def _there(self, part: pa.Table) -> pa.Table:
        """What the target has of these ids."""
        empty = pa.schema([self._schema.field(name) for name in ("id", "record")]).empty_table()
        ids = _column(part, "id")
        known = ids.filter(pc.is_in(ids, value_set=self._ids)).to_pylist()
        found = queries.look_up(self._table(), "id", known, ["id", "record"]) if known else ()
        return pa.concat_tables([empty, *(rows.cast(empty.schema) for rows in found)])

    def _write(self, due: pa.Table, is_new: pa.Array) -> pa.Table:
        """Write those of which there is an embedding; which these are."""
        rows = scan.taken(self._source, due.column(scan.ROW).to_pylist(), self._columns())
        at = pc.index_in(_column(due, scan.ROW), value_set=_column(rows, scan.ROW))
        rows = rows.take(at)
        vectors, has = self._vectors(rows)
        names = [name for name in self._schema.names if name != "vector"]
        columns = [_cast(rows, name, self._schema.field(name)).filter(has) for name in names]
        flat = pa.array(vectors.ravel(), pa.float32())
        columns.append(pa.FixedSizeListArray.from_arrays(flat, self._dims))
        whole = pa.Table.from_arrays(
            columns, schema=pa.schema([*map(self._schema.field, names), self._schema.field("vector")])
        )
        is_new = is_new.filter(has)
        if len(added := whole.filter(is_new)):
            self._target.commit(lambda table: table.add(added), tending=_leave)
        if len(changed := whole.filter(pc.invert(is_new))):
            self._target.commit(lambda table: queries.merge(table, changed), tending=_leave)
        self.copied += len(whole)
        return due.filter(has)

    def _columns(self) -> list[str]:
        names = [name for name in self._schema.names if name in self._source.schema.names and name != "vector"]
        return [*names, "vector"] if self._is_same else names

    def _vectors(self, rows: pa.Table) -> tuple[Embeddings, pa.Array]:
        """The embeddings of those rows that have one, an array of shape `(n, dims)`, and which these are."""
        if self._is_same:
            return to_embeddings(rows), pa.array(np.ones(len(rows), np.bool_))
        hashes = _column(rows, "content_hash")
        unique = hashes.unique()
        known = self._known(unique)
        lacking = unique.filter(pc.invert(pc.is_in(unique, value_set=_column(known, "content_hash")))).to_pylist()
        made = [one for one in lacking if one in self._replacements]
        if len(self.missing) < MAX_MISSING:
            self.missing.update(one for one in lacking if one not in self._replacements)
        of = pa.concat_arrays([_column(known, "content_hash"), pa.array(made, pa.string())])
        vectors = np.concatenate([to_embeddings(known), self._replacements.rows(made).reshape(len(made), self._dims)])
        at = pc.index_in(hashes, value_set=of)
        has = pc.is_valid(at)
        return vectors[at.drop_null().to_numpy()], has

    def _known(self, hashes: pa.Array) -> pa.Table:
        """Rows of `content_hash` and `vector` that the target has of these contents, perhaps several of one."""
        names = ["content_hash", "vector"]
        empty = pa.schema([self._schema.field(name) for name in names]).empty_table()
        found = queries.look_up(self._table(), "content_hash", hashes.to_pylist(), names)
        return pa.concat_tables([empty, *(rows.cast(empty.schema) for rows in found)])

    def extra(self) -> pa.Array:
        """The ids of the target that the version in use has not got."""
        columns = [batch.filter(pc.invert(self._is_left_out(batch))).column("id") for batch in _ids(self._source)]
        ours = pa.concat_arrays([_NONE, *columns])
        return self._ids.filter(pc.invert(pc.is_in(self._ids, value_set=ours)))

    def _is_left_out(self, rows: Any) -> pa.Array:
        return pc.is_in(rows.column("content_hash"), value_set=self._without)

    def gone(self, ids: pa.Array) -> pa.Array:
        """Those of these that were not written anew."""
        return ids.filter(pc.invert(pc.is_in(ids, value_set=pa.concat_arrays([_NONE, *self._present]))))

    def remove(self, ids: pa.Array) -> int:
        """How many of these rows the target had."""
        removed = 0
        for start in range(0, len(ids), queries.IN_LIST):
            condition = any_of("id", ids.slice(start, queries.IN_LIST).to_pylist())
            gone = self._target.commit(partial(queries.delete, condition=condition), tending=_leave)
            removed += int(gone.num_deleted_rows)
        return removed

    def _table(self) -> Any:
        table = self._target.current_place().open(self._target.connect)
        assert table is not None
        return table


_NONE = pa.array([], pa.string())


def _ids(table: Any) -> Iterator[pa.RecordBatch]:
    return scan.batches(table, ["id", "content_hash"], None, scan.WHOLE)


def _leave(*_: object) -> bool:
    """Nothing is tended: at the end all is."""
    return False


def _made(table: Any) -> object:
    return (table.schema.metadata or {}).get(MADE)


def _column(table: pa.Table, name: str) -> pa.Array:
    """In one piece."""
    column = table.column(name).combine_chunks()
    return (
        pa.concat_arrays(column.chunks) if isinstance(column, pa.ChunkedArray) and column.num_chunks else _array(column)
    )


def _array(column: Any) -> pa.Array:
    return pa.array([], column.type) if isinstance(column, pa.ChunkedArray) else column


def _cast(rows: pa.Table, name: str, field: pa.Field) -> pa.Array:
    """A column as the target has it; what a table of an earlier version has no column for is empty."""
    if name not in rows.schema.names:
        return pa.nulls(len(rows), field.type)
    return _column(rows, name).cast(field.type)


def _parts(rows: Rows) -> Iterator[Rows]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
