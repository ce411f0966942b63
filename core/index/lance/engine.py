"""The embedded index: a LanceDB table in a folder, without a server."""

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import lancedb
import numpy as np
import pyarrow as pa

from core.errors import ImageSearchError, IndexUnavailable, ModelMismatch
from core.index.effort import EXACT_SECONDS, Effort, Efforts, Neighbour
from core.index.filters import Filter
from core.index.index import FACETS, ModelStamp, Order, Replacements, Totals, counted
from core.index.lance import switching, versions
from core.index.lance.columns import ColumnCache
from core.index.lance.errors import is_vanished, translate_errors
from core.index.lance.known import KnownTable
from core.index.lance.query import browsing, measuring, queries, statistics
from core.index.lance.query.conditions import any_of
from core.index.lance.query.facets import facets
from core.index.lance.readers import Readers
from core.index.lance.rows import (
    FINGERPRINT,
    lacking,
    new_schema,
    stamp_of,
    to_embeddings,
    to_fingerprints,
    to_records,
    to_table,
)
from core.index.lance.upkeep import maintain, optimize
from core.index.records import Fingerprint, Hit, ImageRecord, storable
from core.index.statistics import Statistics, unreachable
from core.runtime.heap import trim
from core.text.command import command
from core.vectors import Embedding, Embeddings, check_embeddings

_COMMIT = 10_000  # rows
SCAN = 2_048
"""Rows of one batch."""

_ATTEMPTS = 3  # of a read whose version was removed by another process


class LanceIndex:
    """An `Index` in a folder of this machine; several processes may use it at once.

    Every call reads the newest version of the table, so that it sees what other processes wrote.

    Args:
        folder: Where the index is kept; created when it is first claimed.
        name: The table's name.
    """

    engine = "lancedb"

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.location = str(folder)
        self._folder = folder
        self._path = folder / f"{name}.lance"
        self._readers = Readers(folder, name)
        self._known = KnownTable()
        self._columns = ColumnCache(plain=("id", "name_folded"))
        self._claimed: ModelStamp | None = None
        self._table: Any = None

    def model(self) -> ModelStamp | None:
        return self._run(lambda table: stamp_of(table.schema) if table.count_rows() else None, None)

    def prepare(self, stamp: ModelStamp) -> None:
        if not self._run(lambda table: stamp_of(table.schema) == stamp and not lacking(table.schema), False):
            with translate_errors(self._folder, self.name):
                self._folder.mkdir(parents=True, exist_ok=True)
                with self._writing():
                    self._make_ready(stamp)
        self._claimed = stamp

    def upsert(self, records: Sequence[ImageRecord], embeddings: Embeddings) -> None:
        if len(records) != len(embeddings):
            raise ValueError(f"{len(records)} records, but {len(embeddings)} embeddings")
        if not records:
            return
        stamp = self._claimed or self._stamp()
        if stamp is None:
            raise self._unclaimed()
        check_embeddings(embeddings, stamp.dims)
        rows = to_table(records, embeddings, stamp)
        for start in range(0, len(rows), _COMMIT):
            self._commit(partial(self._merge, rows=rows.slice(start, _COMMIT), stamp=stamp))

    def search(
        self, embedding: Embedding, k: int, where: Filter | None = None, *, embeddings: bool = False
    ) -> list[Hit]:
        return self.search_and_count(embedding, k, where, embeddings=embeddings)[0]

    def search_and_count(
        self, embedding: Embedding, k: int, where: Filter | None = None, *, embeddings: bool = False
    ) -> tuple[list[Hit], int]:
        check_embeddings(embedding[None], embedding.shape[-1])
        nothing: tuple[list[Hit], int] = ([], 0)
        return self._run(lambda table: queries.nearest(table, self._known, embedding, k, where, embeddings), nothing)

    def get(self, ids: Sequence[str]) -> list[ImageRecord]:
        parts = self._look_up("id", ids, ["record"], to_records)
        found = {record.id: record for records in parts for record in records}
        return [found[id_] for id_ in ids if id_ in found]

    def embeddings(self, ids: Sequence[str]) -> Embeddings:
        found: dict[str, Embedding] = {}
        for part in self._look_up("id", ids, ["id", "vector"], lambda rows: (_ids(rows), to_embeddings(rows))):
            found.update(zip(*part, strict=True))
        if ids:
            return np.stack([found[id_] for id_ in ids])
        stamp = self._stamp()
        return np.empty((0, stamp.dims if stamp else 0), np.float32)

    def by_content(self, content_hashes: Sequence[str]) -> dict[str, tuple[ImageRecord, Embedding]]:
        found: dict[str, tuple[ImageRecord, Embedding]] = {}
        for part in self._look_up("content_hash", content_hashes, ["record", "vector"], _whole):
            for record, embedding in zip(*part, strict=True):
                known = found.get(record.content_hash)
                if known is None or record.id < known[0].id:
                    found[record.content_hash] = record, embedding
        return found

    def fingerprints(self, ids: Sequence[str]) -> dict[str, Fingerprint]:
        if 10 * len(ids) < self.count():
            parts = self._look_up("id", ids, FINGERPRINT, to_fingerprints)
        else:
            wanted = pa.array(map(storable, ids), pa.string())
            matching = partial(queries.matching, columns=FINGERPRINT, column="id", values=wanted)
            parts = self._run(lambda table: list(map(to_fingerprints, matching(table))), [])
        return {id_: one for part in parts for id_, one in part.items()}

    def scan(self, where: Filter | None = None) -> Iterator[tuple[list[ImageRecord], Embeddings]]:
        return self._batches(["record", "vector"], where, _whole)

    def records(self, where: Filter | None = None) -> Iterator[list[ImageRecord]]:
        return self._batches(["record"], where, to_records)

    def retag(self, tags: Mapping[str, Sequence[str]]) -> int:
        if not tags or self._stamp() is None:
            return 0
        return int(self._commit(partial(_retag, tags=tags)).num_updated_rows)

    def switch(self, stamp: ModelStamp, replacements: Replacements, without: Collection[str] = ()) -> list[str]:
        with translate_errors(self._folder, self.name):
            if self._open() is None:
                return []
            with self._writing():
                if (table := self._open()) is None:
                    return []
                queries.bring_up_to_date(table)
                if missing := switching.lacking(table, replacements, without):
                    return missing
                spool = self._folder / f".{self.name}.switch"
                switching.overwrite(self._connection, table, stamp, replacements, without, spool)
                self._claimed, self._table = stamp, None
                if (switched := self._open()) is not None and maintain(switched, switched.version, self._readers):
                    self._start_afresh()
        return []

    def delete(self, ids: Sequence[str]) -> int:
        if self._stamp() is None:
            return 0
        parts = [any_of("id", ids[start : start + queries.IN_LIST]) for start in range(0, len(ids), queries.IN_LIST)]
        return sum(self._commit(partial(queries.delete, condition=part)).num_deleted_rows for part in parts)

    def optimize(self) -> None:
        if self._stamp() is not None:
            self._commit(lambda table: table, tending=optimize)

    def drop(self) -> None:
        with translate_errors(self._folder, self.name):
            if self._path.is_dir():
                dropped = self._folder / f".{self.name}.dropped"  # in one step: nobody finds half a table
                with self._writing():
                    shutil.rmtree(dropped, ignore_errors=True)
                    self._path.rename(dropped)
                    shutil.rmtree(dropped, ignore_errors=True)
            self._claimed = None
            self._start_afresh()

    def count(self, where: Filter | None = None) -> int:
        return self._run(lambda table: queries.count(table, where), 0)

    def totals(self, where: Filter | None = None) -> Totals:
        return self._run(lambda table: queries.totals(table, where), Totals(0, 0))

    def facets(self, where: Filter | None = None, fields: Sequence[str] = FACETS) -> dict[str, dict[str, int]]:
        names = [counted(field) for field in fields]
        return self._run(
            lambda table: facets(table, self._columns.columns(table, names), where, fields),
            {field: {} for field in fields},
        )

    def browse(
        self, where: Filter | None = None, order: Order | None = None, offset: int = 0, limit: int = 100
    ) -> list[ImageRecord]:
        names = browsing.needed(order)
        return self._run(
            lambda table: browsing.page(table, self._columns.columns(table, names), where, order, offset, limit), []
        )

    def sample(self, count: int) -> Embeddings:
        names = browsing.needed(None)
        return self._run(
            lambda table: browsing.sample(table, self._columns.columns(table, names), count),
            np.empty((0, 0), np.float32),
        )

    def revision(self) -> str:
        # Its folder is younger where the table was made anew, and counts its versions from 1.
        return self._run(lambda table: f"{table.version} {self._path.stat().st_mtime_ns}", "")

    def statistics(self) -> Statistics:
        try:
            return self._run(
                lambda table: statistics.of_table(table, self._path, self._known.memory + self._columns.memory),
                statistics.of_nothing(self._folder),
            )
        except ImageSearchError as error:
            return unreachable(error)

    def efforts(self, k: int, where: Filter | None = None) -> Efforts:
        nothing = Efforts("partitions", measuring.PARAMETERS, None, ())
        return self._run(lambda table: measuring.efforts(table, self._known, k, where), nothing)

    def search_with(self, effort: Effort, embedding: Embedding, k: int, where: Filter | None = None) -> list[Hit]:
        return self._run(lambda table: measuring.nearest_with(table, self._known, effort, embedding, k, where), [])

    def search_exactly(
        self, embeddings: Embeddings, k: int, where: Filter | None = None, seconds: float = EXACT_SECONDS
    ) -> list[list[Neighbour]]:
        nothing: list[list[Neighbour]] = [[] for _ in embeddings]
        return self._run(lambda table: measuring.nearest_exactly(table, embeddings, k, where, seconds), nothing)

    @cached_property
    def _connection(self) -> Any:
        # Without a `read_consistency_interval`: many calls ask for the schema several times, and would look for a newer
        # version each time (0.4 ms). `_open` looks once.
        return lancedb.connect(str(self._folder))

    def _writing(self) -> AbstractContextManager[object]:
        from filelock import FileLock  # reading needs none

        # One writer at a time: two that insert the same new id at the same moment would both succeed (seen with 0.40).
        return FileLock(self._folder / f".{self.name}.lock", poll_interval=0.01)

    def _open(self) -> Any | None:
        if not self._path.is_dir():  # connecting would create the folder
            self._table = None
            versions.check_absent(self._path)
            return None
        if (table := self._table) is not None:
            with suppress(RuntimeError, ValueError):  # the table was made anew: open that
                table.checkout_latest()
                return table
        noted = versions.newest(self._path)
        try:
            table = self._connection.open_table(self.name)
        except ValueError as error:
            if "was not found" in str(error):
                versions.check_nothing_lost(self._path)
                return None
            raise
        versions.check_newest(noted, table.version)
        self._table, self._known = table, KnownTable()  # another may have taken its place, and count from 1
        return table

    def _run[T](self, action: Callable[[Any], T], without: T) -> T:
        """What the action answers on the newest version of the table; `without` where there is no table."""
        with translate_errors(self._folder, self.name):
            for attempt in range(1, _ATTEMPTS + 1):
                table = self._open()
                try:
                    return without if table is None else action(table)
                except (RuntimeError, OSError, ValueError) as error:
                    # Another process cleaned up the version that was being read, or made the table anew.
                    if attempt == _ATTEMPTS or not is_vanished(error):
                        raise
                self._table = None
        raise AssertionError

    def _commit(self, action: Callable[[Any], Any], tending: Callable[[Any, int, Readers], bool] = maintain) -> Any:
        """The result of an action that changes the table, which is then tended."""
        with translate_errors(self._folder, self.name):
            if self._open() is None:  # before the lock, whose file needs the folder
                raise self._unclaimed()
            with self._writing():
                table = self._open()
                if table is None:
                    raise self._unclaimed()
                queries.bring_up_to_date(table)
                result = action(table)
                if tending(table, result.version, self._readers):
                    self._start_afresh()
                return result

    def _start_afresh(self) -> None:
        """Drop what the engine keeps of parts that were merged and indices that were replaced; others may be reading
        from the connection, and keep it alive until they have done."""
        self._table = None
        self.__dict__.pop("_connection", None)
        trim()

    def _merge(self, table: Any, rows: pa.Table, stamp: ModelStamp) -> Any:
        found = stamp_of(table.schema)
        if found != stamp:  # emptied, and claimed by another process
            raise self._mismatch(found, stamp)
        return queries.merge(table, rows)

    def _look_up[T](
        self, column: str, values: Sequence[str], columns: list[str], read: Callable[[pa.Table], T]
    ) -> list[T]:
        """What is read out of the rows with these values, in parts."""
        unique = list(dict.fromkeys(values))
        return self._run(lambda table: list(map(read, queries.look_up(table, column, unique, columns))), [])

    def _batches[T](self, columns: list[str], where: Filter | None, read: Callable[[pa.RecordBatch], T]) -> Iterator[T]:
        if not self._path.is_dir():
            self._run(lambda _: None, None)  # absent, or not to be reached
            return
        with translate_errors(self._folder, self.name), self._readers.reading():
            table = self._open()
            if table is not None:
                yield from map(read, queries.batches(table, columns, where, SCAN))

    def _stamp(self) -> ModelStamp | None:
        return self._run(lambda table: stamp_of(table.schema), None)

    def _make_ready(self, stamp: ModelStamp) -> None:
        table = self._open()
        if table is not None:
            found = stamp_of(table.schema)
            if found == stamp:
                queries.bring_up_to_date(table)
                return
            if table.count_rows():
                raise self._mismatch(found, stamp)
        mode = "create" if table is None else "overwrite"
        self._table = None
        self._connection.create_table(self.name, schema=new_schema(stamp), mode=mode)

    def _unclaimed(self) -> IndexUnavailable:
        return IndexUnavailable(
            f"There is no index {self.name} in {self._folder}.", "Start the app again, and index the pictures again."
        )

    def _mismatch(self, found: ModelStamp, wanted: ModelStamp) -> ModelMismatch:
        return ModelMismatch(
            f"The index {self.name} in {self._folder} holds embeddings of {_named(found)}, not of {_named(wanted)}.",
            f"Re-embed its pictures ({command('reembed')}), set IMAGE_SEARCH_MODEL to "
            f"{found.model_id}, or choose another IMAGE_SEARCH_INDEX.",
        )


def _ids(rows: pa.Table) -> list[str]:
    ids: list[str] = rows.column("id").to_pylist()
    return ids


def _whole(rows: pa.Table | pa.RecordBatch) -> tuple[list[ImageRecord], Embeddings]:
    return to_records(rows), to_embeddings(rows)


def _retag(table: Any, tags: Mapping[str, Sequence[str]]) -> Any:
    """Write the rows again with these tags, by their ids; for the one who holds the lock for writing."""
    stamp = stamp_of(table.schema)
    found = pa.concat_tables(queries.look_up(table, "id", list(tags), ["record", "vector"]))
    records = [replace(record, tags=tuple(tags[record.id])) for record in to_records(found)]
    return queries.merge(table, to_table(records, to_embeddings(found), stamp))


def _named(stamp: ModelStamp) -> str:
    return f"{stamp.model_id} ({stamp.dims} dimensions, preprocessing {stamp.preprocessing})"
