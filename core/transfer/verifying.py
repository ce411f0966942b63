"""An exported collection, looked at as a whole before anything of it is written anywhere."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.errors import ImportRefused, InvalidEmbedding, SavedRefused
from core.index.records import ImageRecord, from_storable
from core.saved import MAX_NAME, MAX_URL, checked_address
from core.transfer import stamp as stamps
from core.transfer.checks import checked
from core.transfer.columns import ADDED, EMBEDDING, NULLABLE, schema, to_embeddings, to_records
from core.transfer.errors import refused
from core.transfer.ids import Ids
from core.transfer.reading import batches, missing_nulls, opened
from core.transfer.stamp import RECORDS, SEARCHES, SOURCES, ExportedFile, ExportStamp, digest
from core.vectors import Embeddings, check_embeddings

_MAX_PAIRS = 100_000
_MAX_LOCATION = 4_000


class Export:
    """One in a folder. Everything that reads it may raise `ImportRefused`, which names the file.

    Raises:
        ImportRefused: there is none that is whole, or it is of an unknown version.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.stamp: ExportStamp = stamps.read_stamp(folder)

    @property
    def total(self) -> int:
        """Records."""
        return self.stamp.rows(RECORDS)

    def verify(self) -> Iterator[int]:
        """All of it: files, columns, every row; yields how many records of the next batch are sound."""
        for file in self.stamp.files:
            self._check_bytes(file)
        seen = Ids()
        for file in self.stamp.of_kind(RECORDS):
            rows = 0
            for records, _ in self._read(file):
                if twice := seen.add([one.id for one in records]):
                    path = next(one.path for one in records if one.id == twice)
                    raise refused(self._folder / file.name, f"has a picture for the second time: {path[:200]}")
                rows += len(records)
                yield len(records)
            if rows != file.rows:
                raise refused(self._folder / file.name, f"has {rows:,} rows, not {file.rows:,}")
        self.searches()
        self.sources()

    def rows(self) -> Iterator[tuple[list[ImageRecord], Embeddings]]:
        """The records and their embeddings, checked once more."""
        for file in self.stamp.of_kind(RECORDS):
            yield from self._read(file)

    def searches(self) -> list[tuple[str, str]]:
        """The names of saved searches, and their URLs' queries."""

        def is_search(name: str, address: str) -> bool:
            try:
                checked_address(address)
            except SavedRefused:
                return False
            return 0 < len(name) <= MAX_NAME

        return self._pairs(SEARCHES, ("name", "query_string"), MAX_URL, is_search)

    def sources(self) -> list[tuple[str, str]]:
        """The locations of sources, and their titles."""
        found = self._pairs(SOURCES, ("location", "title"), _MAX_LOCATION, lambda location, _: bool(location))
        return [(from_storable(location), from_storable(title)) for location, title in found]

    def _check_bytes(self, file: ExportedFile) -> None:
        path = self._folder / file.name
        try:
            size = path.stat().st_size
            if size != file.size:
                raise refused(path, f"is incomplete, or was changed: it has {size:,} bytes, not {file.size:,}")
            if digest(path) != file.sha256:
                raise refused(path, "was changed since it was exported: its checksum differs")
        except FileNotFoundError as error:
            raise refused(path, "is missing") from error
        except OSError as error:
            raise refused(path, "cannot be read", "Check its drive, and that the app may read it.") from error

    def _read(self, file: ExportedFile) -> Iterator[tuple[list[ImageRecord], Embeddings]]:
        path, expected = self._folder / file.name, schema(self.stamp.model.dims)
        with opened(path, EMBEDDING, plain=True) as parquet:
            if reason := _differs(parquet.schema_arrow, expected):
                raise refused(path, reason)
            there = [name for name in expected.names if name in parquet.schema_arrow.names]
            for batch in batches(parquet, there):
                yield _sound(path, batch, self.stamp.model.dims)

    def _pairs(
        self, kind: str, names: tuple[str, str], longest: int, is_sound: Callable[[str, str], bool]
    ) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        target = pa.schema([pa.field(name, pa.string(), False) for name in names])
        for file in self.stamp.of_kind(kind):
            path = self._folder / file.name
            with opened(path, "", plain=True) as parquet:
                if reason := _differs(parquet.schema_arrow, target):
                    raise refused(path, reason)
                if parquet.metadata.num_rows != file.rows or file.rows > _MAX_PAIRS:
                    raise refused(path, "has another number of rows than it should")
                for batch in batches(parquet, names):
                    if missing_nulls(batch):
                        raise refused(path, "has rows without a value")
                    found += zip(*(column.to_pylist() for column in batch.columns), strict=True)
            if not all(max(map(len, pair)) <= longest and is_sound(*pair) for pair in found):
                raise refused(path, f"has a row that is none of the {kind}")
        return found


def _differs(found: Any, expected: Any) -> str:
    """How columns differ from those that are written here; "" where they do not. Others besides are not read."""
    for field in expected:
        at = found.get_field_index(field.name)
        if at < 0 and field.name in ADDED:
            continue
        if at < 0:
            return f"has no column {field.name}"
        if not _same(found.field(at).type, field.type):
            return f"has another kind of column {field.name}: {str(found.field(at).type)[:80]}, not {field.type}"
    return ""


def _same(found: Any, expected: Any) -> bool:
    """Whether types are the same, whatever elements are called and whether they may be missing."""
    if pa.types.is_fixed_size_list(expected):
        alike = pa.types.is_fixed_size_list(found) and found.list_size == expected.list_size
        return bool(alike) and _same(found.value_type, expected.value_type)
    if pa.types.is_list(expected):
        return bool(pa.types.is_list(found)) and _same(found.value_type, expected.value_type)
    if pa.types.is_struct(expected):
        return (
            bool(pa.types.is_struct(found))
            and _names(found) == _names(expected)
            and all(_same(found.field(at).type, expected.field(at).type) for at in range(expected.num_fields))
        )
    return bool(found == expected)


def _names(kind: Any) -> Sequence[str]:
    return [kind.field(at).name for at in range(kind.num_fields)]


def _sound(path: Path, batch: pa.RecordBatch, dims: int) -> tuple[list[ImageRecord], Embeddings]:
    if name := missing_nulls(batch, NULLABLE):
        raise refused(path, f"has rows without a value in {name}")
    try:
        records = [checked(record) for record in to_records(batch)]
        embeddings = to_embeddings(batch.column(EMBEDDING))
        check_embeddings(embeddings, dims)
    except InvalidEmbedding as error:
        raise refused(path, f"has an embedding that no index can hold: {error.message.rstrip('.')}") from error
    except ImportRefused:
        raise
    except (ValueError, TypeError, OverflowError) as error:
        reason = str(error) if str(error).startswith("has ") else "has a row that is not a record"
        raise refused(path, reason) from error
    return records, embeddings
