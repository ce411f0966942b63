"""A collection written as Parquet: files of bounded size, each whole, and a stamp that says so of all."""

import json
import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core import __version__
from core.errors import ExportRefused, NotIndexed
from core.index.index import Index, ModelStamp
from core.index.records import ImageRecord, storable
from core.ingest.journal.sources import KnownSources
from core.runtime.files import is_there
from core.saved import SavedSearches
from core.storage import PART_SUFFIX, make_folder, write_whole, writing_in
from core.text.command import command
from core.text.names import printable
from core.transfer.columns import EMBEDDING, schema, to_batch
from core.transfer.ids import Ids
from core.transfer.stamp import (
    FILE,
    RECORDS,
    SEARCHES,
    SOURCES,
    ExportedFile,
    ExportStamp,
    digest,
    write_stamp,
)
from core.vectors import Embeddings

FILE_BYTES = 256 << 20
"""Of embeddings in one file."""

GROUP_BYTES = 16 << 20
"""Of embeddings in one row group: what is held in memory while it is written or read."""

UNFINISHED = "unfinished.json"
"""What is written so far, as long as the export is not whole."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How far it is."""

    done: int
    """Records."""
    total: int


@dataclass(frozen=True, slots=True)
class Collection:
    """What there is to be written, or written to."""

    index: Index
    saved: SavedSearches
    sources: KnownSources


def export(collection: Collection, folder: Path) -> Generator[Moved]:
    """Write a collection into a folder, which is made where it is not there.

    Records are as they were at one moment. What is stopped goes on when it is called again, as long as the index has
    not changed meanwhile; else it begins again.

    Raises:
        NotIndexed: nothing is in the index.
        ExportRefused: there is something else in the folder.
        IndexUnavailable, JournalUnavailable, StorageFull, StorageUnavailable: as they occur.
    """
    stamp = collection.index.model()
    if stamp is None:
        raise NotIndexed("The collection is empty.", f"Index pictures first: {command('ingest SOURCE')}")
    _check_free(folder)
    make_folder(folder)
    begun = _Begun.open(folder, collection.index, stamp)
    yield from _write_records(collection.index, begun, stamp)
    searches = [(one.name, one.address) for one in collection.saved.all()]
    sources = [(storable(one.location), storable(one.title)) for one in collection.sources.all()]
    files = [
        *begun.files,
        _write_pairs(folder, SEARCHES, ("name", "query_string"), searches),
        _write_pairs(folder, SOURCES, ("location", "title"), sources),
    ]
    write_stamp(
        folder,
        ExportStamp(
            model=stamp,
            engine=collection.index.engine,
            collection=collection.index.name,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            made_by=__version__,
            files=tuple(files),
        ),
    )
    begun.end()


def _check_free(folder: Path) -> None:
    if is_there(folder / FILE):
        raise ExportRefused(f"There is an export in {printable(folder)} already.", "Name another folder, or delete it.")
    try:
        found = {path.name for path in folder.iterdir()} if is_there(folder) else set()
    except NotADirectoryError as error:
        raise ExportRefused(f"{printable(folder)} is a file.", "Name a folder.") from error
    except OSError as error:
        raise ExportRefused(
            f"{printable(folder)} cannot be read.", "Name a folder that the app may write to."
        ) from error
    if found and UNFINISHED not in found:
        raise ExportRefused(f"{printable(folder)} is not empty.", "Name a new folder, or an empty one.")


class _Begun:
    """An export that is not whole yet: its files so far, and what they were written of."""

    def __init__(self, folder: Path, of: dict[str, Any], files: list[ExportedFile]) -> None:
        self.folder, self._of, self.files = folder, of, files

    @classmethod
    def open(cls, folder: Path, index: Index, stamp: ModelStamp) -> "_Begun":
        """The one in the folder where the index is as it was; else a new one, in an empty folder."""
        of = {"engine": index.engine, "index": index.name, "model": asdict(stamp), "revision": index.revision()}
        files = []
        with suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads((folder / UNFINISHED).read_bytes())
            if said["of"] == of:
                files = [ExportedFile(**one) for one in said["files"]]
                files = [one for one in files if (folder / one.name).stat().st_size == one.size]
        begun = cls(folder, of, files)
        kept = {file.name for file in files} | {UNFINISHED}
        with writing_in(folder):
            for path in folder.iterdir():
                if path.name not in kept:
                    path.unlink()
        begun._note()
        return begun

    def ids(self) -> Ids:
        """Of what is written."""
        ids = Ids()
        for file in self.files:
            for batch in pq.ParquetFile(self.folder / file.name).iter_batches(columns=["id"]):
                ids.add(batch.column("id").to_pylist())
        return ids

    def next_name(self) -> str:
        taken = {file.name for file in self.files}
        return next(name for at in range(1, len(taken) + 2) if (name := f"records-{at:05d}.parquet") not in taken)

    def add(self, file: ExportedFile) -> None:
        self.files.append(file)
        self._note()

    def end(self) -> None:
        with writing_in(self.folder):
            (self.folder / UNFINISHED).unlink(missing_ok=True)

    def _note(self) -> None:
        said = {"of": self._of, "files": [asdict(file) for file in self.files]}
        write_whole(self.folder / UNFINISHED, json.dumps(said).encode())


def _write_records(index: Index, begun: _Begun, stamp: ModelStamp) -> Iterator[Moved]:
    target, total, known = schema(stamp.dims), index.count(), begun.ids()
    group = max(1, GROUP_BYTES // (4 * stamp.dims))
    most = max(group, FILE_BYTES // (4 * stamp.dims) // group * group)
    done, file = len(known), None
    yield Moved(done, max(done, total))
    try:
        for records, embeddings in index.scan():
            new = [at for at, there in enumerate(known.has([one.id for one in records])) if not there]
            done += len(new)
            while new:
                file = file or _RecordFile(begun.folder / begun.next_name(), target, group, most)
                rows, new = new[: file.room], new[file.room :]
                file.write([records[row] for row in rows], embeddings[rows])
                if not file.room:
                    begun.add(file.end())
                    file = None
            yield Moved(done, max(done, total))
        if file:
            begun.add(file.end())
            file = None
    finally:
        if file:
            file.discard()


class _RecordFile:
    """A file of records that is being written, in row groups; closed, it is moved to its place."""

    def __init__(self, path: Path, target: pa.Schema, group: int, most: int) -> None:
        self._path, self._target, self._group, self._most = path, target, group, most
        self._part = path.with_name(f".{path.name}{PART_SUFFIX}")
        self._waiting: list[pa.RecordBatch] = []
        self._waits = 0
        self.rows = 0
        with writing_in(path.parent):
            self._writer = parquet_writer(self._part, target)

    @property
    def room(self) -> int:
        """How many rows can be written at once; none where it is full."""
        return min(self._group - self._waits, self._most - self.rows)

    def write(self, records: Sequence[ImageRecord], embeddings: Embeddings) -> None:
        self._waiting.append(to_batch(records, embeddings, self._target))
        self._waits += len(records)
        self.rows += len(records)
        if self._waits >= self._group:
            self._flush()

    def _flush(self) -> None:
        with writing_in(self._path.parent):
            self._writer.write_table(pa.Table.from_batches(self._waiting, self._target), row_group_size=self._waits)
        self._waiting, self._waits = [], 0

    def end(self) -> ExportedFile:
        if self._waiting:
            self._flush()
        with writing_in(self._path.parent):
            self._writer.close()
        return put(self._part, self._path, RECORDS, self.rows)

    def discard(self) -> None:
        with suppress(OSError, pa.ArrowException):
            self._writer.close()
        self._part.unlink(missing_ok=True)


def parquet_writer(part: Path, target: pa.Schema) -> pq.ParquetWriter:
    # Without dictionaries, a file takes as much memory as it says, whoever has written it: see `reading`. Embeddings
    # cannot be made smaller.
    compression = {name: "NONE" if name == EMBEDDING else "ZSTD" for name in _leaves(target)}
    return pq.ParquetWriter(part, target, compression=compression, use_dictionary=False, write_statistics=False)


def _leaves(target: pa.Schema) -> list[str]:
    """The columns as Parquet names them, nested ones by their paths."""
    empty = pa.BufferOutputStream()
    pq.write_table(target.empty_table(), empty)
    found = pq.ParquetFile(pa.BufferReader(empty.getvalue())).schema
    return [found.column(at).path for at in range(len(found))]


def _write_pairs(folder: Path, kind: str, names: tuple[str, str], rows: Sequence[tuple[str, str]]) -> ExportedFile:
    target = pa.schema([pa.field(name, pa.string(), False) for name in names])
    path = folder / f"{kind}.parquet"
    part = path.with_name(f".{path.name}{PART_SUFFIX}")
    columns = [pa.array([row[at] for row in rows], pa.string()) for at in (0, 1)]
    with writing_in(folder):
        pq.write_table(pa.Table.from_arrays(columns, schema=target), part, compression="ZSTD", use_dictionary=False)
    return put(part, path, kind, len(rows))


def put(part: Path, path: Path, kind: str, rows: int) -> ExportedFile:
    """Give a file that is written its place; it is on the disk by then."""
    with writing_in(path.parent):
        with part.open("rb") as opened:
            os.fsync(opened.fileno())
        file = ExportedFile(path.name, kind, rows, part.stat().st_size, digest(part))
        part.replace(path)
    return file
