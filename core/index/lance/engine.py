"""The embedded index: a LanceDB table in a folder, without a server."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cached_property, partial
from itertools import batched
from pathlib import Path
from typing import Any

import lancedb
import numpy as np
import pyarrow as pa

from core.errors import ImageSearchError, IndexUnavailable, ModelMismatch
from core.index.effort import EXACT_SECONDS, Effort, Efforts, Neighbour
from core.index.filters import Filter
from core.index.index import FACETS, ModelStamp, Order, Totals, Values, counted
from core.index.lance import scan
from core.index.lance.errors import is_vanished, translate_errors
from core.index.lance.history.versions import LanceVersions
from core.index.lance.place import Place
from core.index.lance.query import browsing, field_values, measuring, queries, statistics
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
from core.index.pointer import FIRST, Manifest, Pointer
from core.index.records import FINDINGS, Finding, Fingerprint, Hit, ImageRecord, storable
from core.index.statistics import Statistics, unreachable
from core.index.versions import Overtaken
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
        name: The name of the index.
        number: Of the version that is meant, whichever is in use; None: the one in use, at every moment.
    """

    engine = "lancedb"

    def __init__(self, folder: Path, name: str, number: int | None = None) -> None:
        self.base = name
        self.name = name if number is None else f"{name}-{number:06}"
        self.location = str(folder)
        self.folder = folder
        self.pointer = Pointer(folder, name)
        self._fixed = None if number is None else Place(folder, name, number)
        self._now: Place | None = self._fixed
        self._pin: ContextVar[Place | None] = ContextVar("version", default=None)
        self._claimed: ModelStamp | None = None
        self._connection: Any = None

    @cached_property
    def versions(self) -> LanceVersions:
        return LanceVersions(self)

    def consistent[T](self, action: Callable[[], T]) -> T:
        if self._pin.get() is not None or self._fixed is not None:
            return action()
        for left in reversed(range(_ATTEMPTS)):
            with self.translate_errors():
                place = self.current_place()
            token = self._pin.set(place)
            try:
                return action()
            except Overtaken:
                if not left:
                    raise IndexUnavailable(f"The versions of {self.base} keep changing.", "Try again.") from None
            except IndexUnavailable:  # perhaps its table was removed
                if not left or self.pointer.read().current == place.number:
                    raise
            finally:
                self._pin.reset(token)
        raise AssertionError

    @property
    def is_current(self) -> bool:
        with self.translate_errors():
            return self._place().number == self.pointer.read().current

    def drop(self) -> None:
        with self.translate_errors():
            if self.folder.is_dir():
                with self.writing():
                    # In one step there is no index any more: what is killed on the way is ended the next time.
                    current = self.pointer.read().current
                    self._discard(Place(self.folder, self.base, FIRST).path)
                    if current != FIRST:
                        self.pointer.write(Manifest())
                    for path in self.folder.glob(f"{self.base}.[0-9][0-9][0-9][0-9][0-9][0-9].lance"):
                        self._discard(path)
                    self.pointer.path.unlink(missing_ok=True)
            self._claimed = None
            self.start_afresh()

    def _discard(self, table: Path) -> None:
        dropped = self.folder / f".{self.base}.dropped"  # nobody finds half a table
        shutil.rmtree(dropped, ignore_errors=True)
        if table.is_dir():
            table.rename(dropped)
            shutil.rmtree(dropped, ignore_errors=True)

    def model(self) -> ModelStamp | None:
        return self._run(lambda table, _: stamp_of(table.schema) if table.count_rows() else None, None)

    def prepare(self, stamp: ModelStamp) -> None:
        if not self._run(lambda table, _: stamp_of(table.schema) == stamp and not lacking(table.schema), False):
            with self.translate_errors():
                self.folder.mkdir(parents=True, exist_ok=True)
                with self.writing() as place:
                    self._make_ready(place, stamp)
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
            self.commit(partial(self._merge, rows=rows.slice(start, _COMMIT), stamp=stamp))

    def search(
        self, embedding: Embedding, k: int, where: Filter | None = None, *, embeddings: bool = False
    ) -> list[Hit]:
        return self.search_and_counts(embedding, k, (where,), embeddings=embeddings)[0]

    def search_and_counts(
        self, embedding: Embedding, k: int, wheres: Sequence[Filter | None], *, embeddings: bool = False
    ) -> tuple[list[Hit], list[int]]:
        def ask(table: Any, at: Place) -> tuple[list[Hit], list[int]]:
            hits, count = queries.nearest(table, at.known, embedding, k, wheres[0], embeddings)
            return hits, [count, *(queries.count(table, where) for where in wheres[1:])]

        check_embeddings(embedding[None], embedding.shape[-1])
        nothing: tuple[list[Hit], list[int]] = ([], [0] * len(wheres))
        return self._run(ask, nothing)

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
            parts = self._run(lambda table, _: list(map(to_fingerprints, matching(table))), [])
        return {id_: one for part in parts for id_, one in part.items()}

    def scan(self, where: Filter | None = None) -> Iterator[tuple[list[ImageRecord], Embeddings]]:
        return self._batches(["record", "vector"], where, _whole)

    def records(self, where: Filter | None = None) -> Iterator[list[ImageRecord]]:
        return self._batches(["record"], where, to_records)

    def retag(self, tags: Mapping[str, Sequence[str]]) -> int:
        if not tags or self._stamp() is None:
            return 0
        return int(self.commit(partial(_rewrite, field="tags", values=tags)).num_updated_rows)

    def mark(self, finding: Finding, values: Mapping[str, Sequence[str]]) -> int:
        if not values or self._stamp() is None:
            return 0
        field, count = FINDINGS[finding], 0
        for ids in batched(values, _COMMIT):  # each a step that writers wait for
            known = {record.id: getattr(record, field) for record in self.get(ids)}
            if differ := {id_: values[id_] for id_, had in known.items() if had != tuple(values[id_])}:
                count += int(self.commit(partial(_rewrite, field=field, values=differ)).num_updated_rows)
        return count

    def contents(self) -> Iterator[tuple[list[str], list[str]]]:
        return self._batches(["id", "content_hash"], None, _contents, scan.WHOLE)

    def values(
        self, fields: Sequence[str], where: Filter | None = None
    ) -> Iterator[tuple[list[str], dict[str, Values]]]:
        read = partial(field_values.read, fields=fields)
        return self._batches(field_values.needed(fields), where, read, scan.WHOLE)

    def delete(self, ids: Sequence[str]) -> int:
        if self._stamp() is None:
            return 0
        parts = [any_of("id", ids[start : start + queries.IN_LIST]) for start in range(0, len(ids), queries.IN_LIST)]
        return sum(self.commit(partial(queries.delete, condition=part)).num_deleted_rows for part in parts)

    def optimize(self) -> None:
        if self._stamp() is not None:
            self.commit(lambda table: table, tending=optimize)

    def count(self, where: Filter | None = None) -> int:
        return self._run(lambda table, _: queries.count(table, where), 0)

    def totals(self, where: Filter | None = None) -> Totals:
        return self._run(lambda table, _: queries.totals(table, where), Totals(0, 0))

    def facets(self, where: Filter | None = None, fields: Sequence[str] = FACETS) -> dict[str, dict[str, int]]:
        names = [counted(field) for field in fields]
        return self._run(
            lambda table, at: facets(table, at.columns.columns(table, names), where, fields),
            {field: {} for field in fields},
        )

    def browse(
        self, where: Filter | None = None, order: Order | None = None, offset: int = 0, limit: int = 100
    ) -> list[ImageRecord]:
        names = browsing.needed(order)
        return self._run(
            lambda table, at: browsing.page(table, at.columns.columns(table, names), where, order, offset, limit), []
        )

    def sample(self, count: int) -> Embeddings:
        names = browsing.needed(None)
        return self._run(
            lambda table, at: browsing.sample(table, at.columns.columns(table, names), count),
            np.empty((0, 0), np.float32),
        )

    def revision(self) -> str:
        return self._run(lambda table, at: at.revision(table), "")

    def statistics(self) -> Statistics:
        try:
            return self._run(
                lambda table, at: statistics.of_table(table, at.path, at.known.memory + at.columns.memory),
                statistics.of_nothing(self.folder),
            )
        except ImageSearchError as error:
            return unreachable(error)

    def efforts(self, k: int, where: Filter | None = None) -> Efforts:
        nothing = Efforts("partitions", measuring.PARAMETERS, None, ())
        return self._run(lambda table, at: measuring.efforts(table, at.known, k, where), nothing)

    def search_with(self, effort: Effort, embedding: Embedding, k: int, where: Filter | None = None) -> list[Hit]:
        return self._run(lambda table, at: measuring.nearest_with(table, at.known, effort, embedding, k, where), [])

    def search_exactly(
        self, embeddings: Embeddings, k: int, where: Filter | None = None, seconds: float = EXACT_SECONDS
    ) -> list[list[Neighbour]]:
        nothing: list[list[Neighbour]] = [[] for _ in embeddings]
        return self._run(lambda table, _: measuring.nearest_exactly(table, embeddings, k, where, seconds), nothing)

    def connect(self) -> Any:
        """The connection to the folder."""
        # Without a `read_consistency_interval`: many calls ask for the schema several times, and would look for a newer
        # version each time (0.4 ms). `Place.open` looks once.
        if (connection := self._connection) is None:
            connection = self._connection = lancedb.connect(str(self.folder))
        return connection

    def translate_errors(self) -> AbstractContextManager[None]:
        """Turns what the engine raises into `IndexUnavailable` or `StorageFull`."""
        return translate_errors(self.folder, self.base)

    @contextmanager
    def writing(self) -> Iterator[Place]:
        """The table to be written to, which nobody else writes to meanwhile; nor is another version put in its place.

        One writer at a time: two that insert the same new id at the same moment would both succeed (seen with 0.40).
        Each table has a lock of its own, so that one can be filled while another is in use; who writes to the one in
        use holds that of the name, too.
        """
        from filelock import FileLock  # reading needs none

        with ExitStack() as held:
            if self._fixed is None:
                held.enter_context(FileLock(self.folder / f".{self.base}.lock", poll_interval=0.01))
            place = self.current_place()
            held.enter_context(FileLock(place.lock, poll_interval=0.01))
            yield place

    def current_place(self) -> Place:
        """The table of the version in use."""
        if self._fixed is not None:
            return self._fixed
        number, place = self.pointer.read().current, self._now
        if place is None or place.number != number:
            self._now = place = Place(self.folder, self.base, number)
        return place

    def _open(self, place: Place) -> Any | None:
        """
        Raises:
            Overtaken: the version that is read was removed, since another is in use.
        """
        table = place.open(self.connect)
        if table is None and place is self._pin.get() and self.pointer.read().current != place.number:
            raise Overtaken
        return table

    def _place(self) -> Place:
        return self._pin.get() or self.current_place()

    def _run[T](self, action: Callable[[Any, Place], T], without: T) -> T:
        """What the action answers on the newest version of the table; `without` where there is no table."""
        with self.translate_errors():
            for attempt in range(1, _ATTEMPTS + 1):
                place = self._place()
                try:
                    table = self._open(place)
                    return without if table is None else action(table, place)
                except (RuntimeError, OSError, ValueError) as error:
                    # Another process cleaned up the version that was being read, or made the table anew.
                    if attempt == _ATTEMPTS or not is_vanished(error):
                        raise
                place.table = None
        raise AssertionError

    def commit(self, action: Callable[[Any], Any], tending: Callable[[Any, int, Readers], bool] = maintain) -> Any:
        """The result of an action that changes the table, which is then tended."""
        with self.translate_errors():
            if not self.folder.is_dir():  # the lock's file needs it
                raise self._unclaimed()
            with self.writing() as place:
                table = place.open(self.connect)
                if table is None:
                    raise self._unclaimed()
                queries.bring_up_to_date(table)
                result = action(table)
                if tending(table, result.version, place.readers):
                    self.start_afresh()
                return result

    def start_afresh(self) -> None:
        """Drop what the engine keeps of parts that were merged and indices that were replaced; others may be reading
        from the connection, and keep it alive until they have done."""
        if (place := self._now) is not None:
            place.table = None
        self._connection = None
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
        return self._run(lambda table, _: list(map(read, queries.look_up(table, column, unique, columns))), [])

    def _batches[T](
        self, columns: list[str], where: Filter | None, read: Callable[[pa.RecordBatch], T], rows: int = SCAN
    ) -> Iterator[T]:
        with self.translate_errors():
            place = self._place()
            if not place.path.is_dir():
                self._open(place)  # absent, or not to be reached
                return
        with self.translate_errors(), place.readers.reading():
            table = self._open(place)
            if table is not None:
                yield from map(read, queries.batches(table, columns, where, rows))

    def _stamp(self) -> ModelStamp | None:
        return self._run(lambda table, _: stamp_of(table.schema), None)

    def _make_ready(self, place: Place, stamp: ModelStamp) -> None:
        table = place.open(self.connect)
        if table is not None:
            found = stamp_of(table.schema)
            if found == stamp:
                queries.bring_up_to_date(table)
                return
            if table.count_rows():
                raise self._mismatch(found, stamp)
        mode = "create" if table is None else "overwrite"
        place.table = None
        self.connect().create_table(place.table_name, schema=new_schema(stamp), mode=mode)

    def _unclaimed(self) -> IndexUnavailable:
        return IndexUnavailable(
            f"There is no index {self.name} in {self.folder}.", "Start the app again, and index the pictures again."
        )

    def _mismatch(self, found: ModelStamp, wanted: ModelStamp) -> ModelMismatch:
        return ModelMismatch(
            f"The index {self.name} in {self.folder} holds embeddings of {_named(found)}, not of {_named(wanted)}.",
            f"Re-embed its pictures ({command('reembed')}), set IMAGE_SEARCH_MODEL to "
            f"{found.model_id}, or choose another IMAGE_SEARCH_INDEX.",
        )


def _ids(rows: pa.Table) -> list[str]:
    ids: list[str] = rows.column("id").to_pylist()
    return ids


def _whole(rows: pa.Table | pa.RecordBatch) -> tuple[list[ImageRecord], Embeddings]:
    return to_records(rows), to_embeddings(rows)


def _contents(rows: pa.RecordBatch) -> tuple[list[str], list[str]]:
    return rows.column("id").to_pylist(), rows.column("content_hash").to_pylist()


def _rewrite(table: Any, field: str, values: Mapping[str, Sequence[str]]) -> Any:
    """Write the rows again with these values of a field, by their ids; for the one who holds the lock for writing."""
    stamp = stamp_of(table.schema)
    found = pa.concat_tables(queries.look_up(table, "id", list(values), ["record", "vector"]))
    changed: dict[str, dict[str, Any]] = {id_: {field: tuple(texts)} for id_, texts in values.items()}
    records = [replace(record, **changed[record.id]) for record in to_records(found)]
    return queries.merge(table, to_table(records, to_embeddings(found), stamp))


def _named(stamp: ModelStamp) -> str:
    return f"{stamp.model_id} ({stamp.dims} dimensions, preprocessing {stamp.preprocessing})"
