"""The narrow columns of a table in memory: all rows are counted and ordered without reading them from the disk again.

A row never changes where it lies: what is written anew lies elsewhere. So after a change only the rows that were not
there before are read. Of a million rows that are asked for all facets and all orders, this takes some 150 MB.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.index.lance.scan import ROW, WHOLE, batches, taken

MAX_ROWS = 2_000_000
"""Of larger tables nothing is kept."""

MAX_TAKEN = 0.1
"""Of the rows: it is faster to read all of them than more, one by one."""

MAX_CHUNKS = 32
"""Pieces of a column, from which they are joined."""

_CONDITIONS = 4  # of which it is kept where the rows are that meet them, 8 bytes each
_SMALL = "size"  # without any column the engine takes a hundred times as long
MADE = b"made"
"""In a table's metadata: another value for each that was made anew, where rows lie as in the one before."""

type Rows = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Columns:
    """The narrow columns of all rows of a table, as they were at one moment."""

    of: tuple[object, ...]
    """Which table, of which columns."""
    rows: Rows
    """Where each row lies, ascending."""
    kept: Mapping[str, pa.ChunkedArray]
    """Texts are dictionary-encoded, but for those that are all different."""
    version: int | None = None
    """The version of the table, where it is known."""
    found: dict[str, pa.Array] = field(default_factory=dict)
    """Where the rows are that met a condition."""

    def table(self, names: Iterable[str]) -> pa.Table:
        return pa.table({name: self.kept[name] for name in names})

    def positions(self, table: Any, condition: str) -> pa.Array:
        """Where among all rows those are that meet a condition, ascending."""
        found = self.found.get(condition)
        if found is None:
            rows = np.sort(row_ids(table, condition))
            if len(self.found) >= _CONDITIONS:
                self.found.clear()
            found = self.found[condition] = pa.array(np.flatnonzero(among(self.rows, rows)))
        return found


class ColumnCache:
    """The columns of the newest version of one table that was asked for. Safe to share between threads.

    Args:
        plain: Columns whose texts are all different, and not worth encoding.
    """

    def __init__(self, plain: Collection[str]) -> None:
        self._plain = plain
        self._lock = threading.Lock()
        self._kept: Columns | None = None

    @property
    def memory(self) -> int:
        """Bytes that are kept."""
        kept = self._kept
        return kept.rows.nbytes + sum(column.nbytes for column in kept.kept.values()) if kept else 0

    def columns(self, table: Any, names: Sequence[str]) -> Columns:
        """These columns of all rows, of those that the table has."""
        with self._lock:
            found = self._columns(table, names)
            self._kept = found if len(found.rows) <= MAX_ROWS else None
            return found

    def _columns(self, table: Any, names: Sequence[str]) -> Columns:
        schema, kept, version = table.schema, self._kept, table.version
        of = (schema.metadata or {}).get(MADE), *schema.names
        known = kept.kept.keys() if kept is not None and kept.of == of else ()
        wanted = [name for name in dict.fromkeys(names) if name in schema.names]
        if kept is not None and known and set(wanted) <= known:
            if kept.version == version:
                return kept
            updated = _updated(table, kept, self._plain)
            if updated is not None:
                return _at(updated, table, version)
        read = read_columns(table, of, list(dict.fromkeys((*known, *wanted))), self._plain)
        return _at(read, table, version)


def _at(columns: Columns, table: Any, version: int) -> Columns:
    """The columns and the version that they are of, unless the table went on meanwhile."""
    return replace(columns, version=version if table.version == version else None, found={})


def row_ids(table: Any, condition: str | None = None) -> Rows:
    """Where the rows of the table lie that meet a condition."""
    parts = [batch.column(ROW).to_numpy() for batch in _batches(table, [_SMALL], condition)]
    return np.concatenate([np.empty(0, np.uint64), *parts])


def read_columns(table: Any, of: tuple[object, ...], names: Sequence[str], plain: Collection[str]) -> Columns:
    schema = pa.schema([*(table.schema.field(name) for name in names), pa.field(ROW, pa.uint64())])
    batches = [batch.select(schema.names) for batch in _batches(table, [*names, _SMALL])]
    found = _ascending(pa.Table.from_batches(batches, schema))
    columns = {name: _encoded(found.column(name), name in plain) for name in names}
    return Columns(of, found.column(ROW).to_numpy(), columns)


def _updated(table: Any, kept: Columns, plain: Collection[str]) -> Columns | None:
    """The columns of the rows that are there now; None where it is better to read them all."""
    rows = row_ids(table)
    if np.array_equal(rows, kept.rows):
        return kept
    rows = np.sort(rows)
    still = among(kept.rows, rows)
    new = rows[~among(rows, kept.rows)]
    if len(new) > MAX_TAKEN * len(rows) or (len(new) and new[0] < kept.rows[-1]):
        return None
    added = _take(table, new, list(kept.kept))
    if added.num_rows != len(new):  # it has changed meanwhile
        return None
    columns = {
        name: _joined(column if still.all() else column.filter(pa.array(still)), added.column(name), name in plain)
        for name, column in kept.kept.items()
    }
    return Columns(kept.of, rows, columns)


def _take(table: Any, rows: Rows, names: Sequence[str]) -> pa.Table:
    return _ascending(taken(table, rows.tolist(), names))


def among(rows: Rows, others: Rows) -> NDArray[np.bool_]:
    """Which of the rows are among the others, both ascending."""
    found = np.minimum(np.searchsorted(others, rows), max(0, len(others) - 1))
    return others[found] == rows if len(others) else np.zeros(len(rows), np.bool_)


def _ascending(found: pa.Table) -> pa.Table:
    rows = found.column(ROW).to_numpy()
    return found if (rows[1:] > rows[:-1]).all() else found.sort_by(ROW)


def _joined(column: pa.ChunkedArray, added: pa.ChunkedArray, plain: bool) -> pa.ChunkedArray:
    chunks = [*column.chunks, *_encoded(added, plain).chunks]
    joined = pa.chunked_array(chunks, column.type)
    return joined if len(chunks) <= MAX_CHUNKS else _encoded(joined, plain)


def _encoded(column: pa.ChunkedArray, plain: bool) -> pa.ChunkedArray:
    """In one piece, its texts encoded."""
    whole = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if plain:
        return pa.chunked_array([whole])
    if pa.types.is_list(whole.type):
        values = whole.flatten()
        offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(_lengths(whole))])
        return pa.chunked_array([pa.ListArray.from_arrays(offsets, _dictionary(values))])
    return pa.chunked_array([_dictionary(whole)])


def _lengths(lists: pa.ListArray) -> pa.Array:
    return pc.fill_null(pc.list_value_length(lists), 0).cast(pa.int32())


def _dictionary(values: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    return values.dictionary_encode() if pa.types.is_string(values.type) else values


def _batches(table: Any, names: Sequence[str], condition: str | None = None) -> Iterator[pa.RecordBatch]:
    return batches(table, dict.fromkeys(names), condition, WHOLE, places=True)
