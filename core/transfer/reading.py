"""Parquet files as they are read: nothing in them is believed before it was looked at.

A file is read a row group's pages at a time, and may claim no more memory than its rows can need.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import ImportRefused
from core.transfer.errors import EXPORT_AGAIN, refused

ROWS = 2_048
"""Of one batch."""

MAX_CHUNK = 64 << 20
"""Bytes of one column in one row group, but for embeddings."""
_MAX_GROUP = 4 << 30  # of a whole one
_BUFFER = 1 << 20
_LIMITS = {"thrift_string_size_limit": 16 << 20, "thrift_container_size_limit": 1 << 20}
_DICTIONARIES = frozenset({"PLAIN_DICTIONARY", "RLE_DICTIONARY"})


@contextmanager
def opened(path: Path, vectors: str, remedy: str = EXPORT_AGAIN, *, plain: bool = False) -> Iterator[pq.ParquetFile]:
    """A file, and what is raised while it is read as a refusal that names it.

    Args:
        vectors: The column of embeddings.
        plain: Whether it has no dictionaries, as none that is written here has: a short text in one can stand for
            gigabytes.

    Raises:
        ImportRefused: it is missing, no Parquet, damaged, or claims too much memory.
    """
    try:
        with pq.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False, memory_map=False, **_LIMITS) as file:
            if reason := _claims(file.metadata, vectors, plain):
                raise refused(path, reason, remedy)
            yield file
    except FileNotFoundError as error:
        raise refused(path, "is missing", remedy) from error
    except ImportRefused:
        raise
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError, MemoryError) as error:
        raise refused(path, "is damaged, or not a Parquet file", remedy) from error


def batches(file: pq.ParquetFile, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """The rows, so many at a time."""
    yield from file.iter_batches(batch_size=ROWS, columns=list(columns), use_threads=False)


def missing_nulls(batch: pa.RecordBatch, optional: frozenset[str] = frozenset()) -> str:
    """The first column that has rows without a value, though it must have one in each; "" where there is none."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name not in optional and _nulls(column):
            return str(name)
    return ""


def _nulls(column: pa.Array) -> bool:
    if column.null_count:
        return True
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind) or pa.types.is_large_list(kind):
        return _nulls(column.flatten())
    return pa.types.is_struct(kind) and any(map(_nulls, column.flatten()))


def _claims(found: Any, vectors: str, plain: bool) -> str:
    """What is wrong with the sizes that a file states; "" where nothing is."""
    for at in range(found.num_row_groups):
        group = found.row_group(at)
        if group.total_byte_size > _MAX_GROUP:
            return "has row groups that are too large"
        for place in range(group.num_columns):
            column = group.column(place)
            if column.path_in_schema.partition(".")[0] == vectors:
                continue
            if column.total_uncompressed_size > MAX_CHUNK:
                return f"has too much in the column {column.path_in_schema[:80]}"
            if plain and _DICTIONARIES & set(column.encodings):
                return "was not written by this app"
    return ""
