"""Vectors that others made: a Parquet file with a path and an embedding in each row."""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.embedding.loading import preprocessing
from core.errors import ImportRefused, InvalidEmbedding
from core.index.index import Index, ModelStamp
from core.index.records import ImageRecord, from_storable, record_id
from core.models import MODELS
from core.sources.remote.urls import is_url
from core.text.names import printable
from core.transfer.checks import checked
from core.transfer.columns import EMBEDDING, to_embeddings
from core.transfer.errors import refused
from core.transfer.ids import Ids
from core.transfer.importing import VERIFYING, Importing, write
from core.transfer.reading import batches, missing_nulls, opened
from core.transfer.stamp import MAX_DIMS
from core.vectors import Embeddings, check_embeddings, unit

PATH = "path"
REQUIRED = (PATH, EMBEDDING)
OPTIONAL: Mapping[str, pa.DataType] = {
    "name": pa.string(),
    "content_hash": pa.string(),
    "format": pa.string(),
    "size": pa.int64(),
    "width": pa.int64(),
    "height": pa.int64(),
    "taken_at": pa.timestamp("us"),
    "tags": pa.list_(pa.string()),
}
"""What else may be said of a picture; a row may leave it out."""

_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,99}")
_REMEDY = "Write the file again."


@dataclass(frozen=True, slots=True)
class _Vectors:
    path: Path
    columns: tuple[str, ...]
    dims: int
    rows: int


def import_vectors(path: Path, model_id: str, index: Index) -> Iterator[Importing]:
    """Write the rows into a collection. All are verified before any is written.

    The pictures need not exist; of those that do, size and time are noted. Embeddings are scaled to unit length.

    Args:
        model_id: Which model made them. Of one that the app has not, words cannot be searched for, nor new pictures.

    Raises:
        ImportRefused: the file is not sound, or the collection holds embeddings of another model.
        IndexUnavailable, StorageFull: as they occur.
    """
    if not _MODEL.fullmatch(model_id):
        raise ImportRefused("A model is named by up to 100 letters, digits and . _ : @ / + -", "Correct --model.")
    found = _looked_at(path)
    stamp = ModelStamp(model_id, found.dims, preprocessing_of(model_id))
    _check(path, index, stamp)
    at = 0
    yield Importing(VERIFYING, 0, found.rows)
    seen = Ids()
    for records, _ in _read(found):
        if twice := seen.add([one.id for one in records]):
            name = next(one.path for one in records if one.id == twice)
            raise refused(path, f"has a path for the second time: {printable(name)[:200]}", _REMEDY)
        at += len(records)
        yield Importing(VERIFYING, at, found.rows)
    yield from write(index, stamp, _read(found), found.rows)


def is_known(model_id: str) -> bool:
    """Whether the app has this model, so that words can be searched for."""
    return model_id in MODELS


def preprocessing_of(model_id: str) -> int:
    """Of a model as this version of the app prepares pictures for it; 1 of those that it has not."""
    return preprocessing(model_id) if is_known(model_id) else 1


def _check(path: Path, index: Index, stamp: ModelStamp) -> None:
    if is_known(stamp.model_id) and stamp.dims != (dims := MODELS[stamp.model_id].dims):
        reason = f"has embeddings of {stamp.dims} dimensions, and those of {stamp.model_id} have {dims}"
        raise refused(path, reason, "Name the model that made them with --model.")
    holds = index.model()
    if holds not in (None, stamp):
        raise ImportRefused(
            f"The embeddings are of {stamp.model_id} with {stamp.dims} dimensions, the collection {index.name} holds "
            f"those of {holds.model_id} with {holds.dims}.",
            "Import into another, empty collection. Nothing was imported.",
        )


def _looked_at(path: Path) -> _Vectors:
    """What its columns say."""
    with opened(path, EMBEDDING, _REMEDY) as file:
        kinds = {field.name: field.type for field in file.schema_arrow}
        for name in REQUIRED:
            if name not in kinds:
                raise refused(path, f"has no column {name}", f"It needs the columns {' and '.join(REQUIRED)}.")
        columns = tuple(name for name in (*REQUIRED, *OPTIONAL) if name in kinds)
        if not _is_list_of_numbers(kinds[EMBEDDING]):
            raise refused(path, "has no lists of numbers in the column embedding", _REMEDY)
        for name in columns:
            expected = pa.string() if name == PATH else OPTIONAL.get(name)
            if expected is not None and not _can_be(kinds[name], expected):
                raise refused(
                    path, f"has another kind of column {name}: {str(kinds[name])[:80]}, not {expected}", _REMEDY
                )
        if not file.metadata.num_rows:
            raise refused(path, "has no rows", _REMEDY)
        first = next(batches(file, [EMBEDDING]))
        dims = to_embeddings(first.column(EMBEDDING).slice(0, 1)).shape[1]
        if not 1 <= dims <= MAX_DIMS:
            raise refused(path, f"has embeddings of {dims:,} dimensions", f"Up to {MAX_DIMS:,} are possible.")
        return _Vectors(path, columns, dims, file.metadata.num_rows)


def _is_list_of_numbers(kind: Any) -> bool:
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return is_list and bool(pa.types.is_floating(kind.value_type))


def _can_be(found: Any, expected: Any) -> bool:
    if pa.types.is_list(expected):
        is_list = pa.types.is_list(found) or pa.types.is_large_list(found)
        return is_list and _can_be(found.value_type, expected.value_type)
    if pa.types.is_string(expected):
        found = found.value_type if pa.types.is_dictionary(found) else found
        return bool(pa.types.is_string(found) or pa.types.is_large_string(found))
    if pa.types.is_timestamp(expected):
        return bool(pa.types.is_timestamp(found)) and found.tz is None
    return bool(pa.types.is_integer(found))


def _read(found: _Vectors) -> Iterator[tuple[list[ImageRecord], Embeddings]]:
    with opened(found.path, EMBEDDING, _REMEDY) as file:
        for batch in batches(file, found.columns):
            yield _sound(found, batch)


def _sound(found: _Vectors, batch: pa.RecordBatch) -> tuple[list[ImageRecord], Embeddings]:
    if name := missing_nulls(batch, frozenset(OPTIONAL)):
        raise refused(found.path, f"has rows without a value in {name}", _REMEDY)
    try:
        rows = to_embeddings(batch.column(EMBEDDING))
        check_embeddings(rows, found.dims)
        names = [name for name in found.columns if name != EMBEDDING]
        columns = [batch.column(name).to_pylist() for name in names]
        said = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
        return [checked(_record(one)) for one in said], unit(rows)
    except InvalidEmbedding as error:
        raise refused(
            found.path, f"has an embedding that no index can hold: {error.message.rstrip('.')}", _REMEDY
        ) from error
    except (ValueError, TypeError, OverflowError) as error:
        reason = str(error) if str(error).startswith("has ") else "has a row that is not a picture"
        raise refused(found.path, reason, _REMEDY) from error


def _record(said: Mapping[str, Any]) -> ImageRecord:
    given = from_storable(said[PATH])
    path = given if is_url(given) else os.path.abspath(given)  # noqa: PTH100 - a Path for each is slow
    size, mtime_ns = _on_disk(path)
    tags: Sequence[str] = [tag for tag in said.get("tags") or () if tag]
    return ImageRecord(
        id=record_id(path),
        path=path,
        name=said.get("name") or path.rpartition("/")[2],
        content_hash=said.get("content_hash") or stand_in_hash(path),
        size=said.get("size") or size,
        mtime_ns=mtime_ns,
        width=said.get("width") or 0,
        height=said.get("height") or 0,
        format=said.get("format") or "",
        taken_at=said.get("taken_at"),
        tags=tuple(map(from_storable, tags)),
    )


def stand_in_hash(path: str) -> str:
    """Of a picture whose bytes nobody has read: another for each path."""
    return hashlib.sha256(b"path:" + os.fsencode(path)).hexdigest()


def _on_disk(path: str) -> tuple[int, int]:
    with suppress(OSError, ValueError):
        if not is_url(path):
            found = os.stat(path)  # noqa: PTH116
            return found.st_size, found.st_mtime_ns
    return 0, 0
