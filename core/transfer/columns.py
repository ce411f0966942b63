"""The columns of an exported collection: records and their embeddings as Parquet has them, and back.

Texts are UTF-8. Bytes of a path that are not stand as characters of the last private-use plane, as `storable` has it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from core.images.describe import Box, Colour
from core.index.records import FINDINGS, ImageRecord, from_storable, storable
from core.vectors import Embeddings

_COLOUR = pa.struct([pa.field("rgb", pa.string(), False), pa.field("share", pa.float64(), False)])
_BOX = pa.struct(
    [pa.field("label", pa.string(), False)]
    + [pa.field(name, pa.float64(), False) for name in ("left", "top", "width", "height")]
)
_GPS = pa.struct([pa.field("latitude", pa.float64(), False), pa.field("longitude", pa.float64(), False)])


def _list(kind: pa.DataType) -> pa.DataType:
    return pa.list_(pa.field("element", kind, False))


TYPES: Mapping[str, pa.DataType] = {
    "id": pa.string(),
    "path": pa.string(),
    "name": pa.string(),
    "content_hash": pa.string(),
    "size": pa.int64(),
    "mtime_ns": pa.int64(),
    "width": pa.int64(),
    "height": pa.int64(),
    "format": pa.string(),
    "frames": pa.int64(),
    "taken_at": pa.timestamp("us"),
    "camera": pa.string(),
    "lens": pa.string(),
    "gps": _GPS,
    "orientation": pa.int64(),
    "colours": _list(_COLOUR),
    "brightness": pa.float64(),
    "sharpness": pa.float64(),
    "phash": pa.string(),
    "described": pa.int64(),
    "boxes": _list(_BOX),
    "annotated_ns": pa.int64(),
    "tags": _list(pa.string()),
    "splits": _list(pa.string()),
    **{name: _list(pa.string()) for name in FINDINGS.values()},
}
"""Of the fields of a record, by their names."""

ADDED = frozenset(FINDINGS.values())
"""Which exports of earlier versions of the app have not got."""

NULLABLE = frozenset({"taken_at", "gps", "brightness", "sharpness"})

EMBEDDING = "embedding"

_TEXTS = ("tags", "splits", *FINDINGS.values())
_LARGEST = 2**63 - 1
_NUMBERS = frozenset({"size", "mtime_ns", "annotated_ns"})  # of files, which systems may give any


def schema(dims: int) -> pa.Schema:
    fields = [pa.field(name, kind, name in NULLABLE) for name, kind in TYPES.items()]
    return pa.schema([*fields, embedding_field(dims)])


def embedding_field(dims: int) -> pa.Field:
    return pa.field(EMBEDDING, pa.list_(pa.field("element", pa.float32(), False), dims), False)


def to_batch(records: Sequence[ImageRecord], embeddings: Embeddings, target: pa.Schema) -> pa.RecordBatch:
    """Rows of n records, with their embeddings of shape `(n, dims)`."""
    columns = [pa.array([_written(name, getattr(one, name)) for one in records], kind) for name, kind in TYPES.items()]
    flat = pa.array(np.ascontiguousarray(embeddings, np.float32).ravel(), pa.float32())
    columns.append(pa.FixedSizeListArray.from_arrays(flat, type=target.field(EMBEDDING).type))
    return pa.RecordBatch.from_arrays(columns, schema=target)


def to_records(batch: pa.RecordBatch) -> list[ImageRecord]:
    """Undoes `to_batch`, but for the embeddings.

    Raises:
        ValueError, TypeError, OverflowError: a row holds no record.
    """
    names = [name for name in TYPES if name in batch.schema.names or name not in ADDED]
    columns = [map(_READ.get(name, _as_it_is), batch.column(name).to_pylist()) for name in names]
    return [ImageRecord(**dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)]


def to_embeddings(column: pa.Array) -> Embeddings:
    """An array of shape `(n, dims)` of a column of lists of any kind of numbers.

    Raises:
        ValueError: a row has no embedding, or they differ in length.
    """
    if column.null_count:
        raise ValueError("has rows without an embedding")
    numbers = column.flatten()
    if numbers.null_count:
        raise ValueError("has embeddings with numbers missing")
    if len(column) and len(numbers) % len(column):
        raise ValueError("has embeddings of different lengths")
    if not pa.types.is_fixed_size_list(column.type) and len(set(column.value_lengths().to_pylist())) > 1:
        raise ValueError("has embeddings of different lengths")
    rows: Embeddings = numbers.to_numpy(zero_copy_only=False).astype(np.float32).reshape(len(column), -1)
    return rows


def _written(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if name in _TEXTS:
        return list(map(storable, value))
    if name == "boxes":
        return [{**box._asdict(), "label": storable(box.label)} for box in value]
    if name == "colours":
        return [colour._asdict() for colour in value]
    if name == "gps" and value is not None:
        return {"latitude": value[0], "longitude": value[1]}
    return max(-_LARGEST, min(value, _LARGEST)) if name in _NUMBERS else value


def _as_it_is(value: Any) -> Any:
    return value


def _texts(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(from_storable, values))


def _boxes(rows: Sequence[Mapping[str, Any]]) -> tuple[Box, ...]:
    return tuple(Box(**{**row, "label": from_storable(row["label"])}) for row in rows)


_READ: Mapping[str, Callable[[Any], Any]] = {
    **{name: from_storable for name, kind in TYPES.items() if kind == pa.string()},
    **dict.fromkeys(_TEXTS, _texts),
    "boxes": _boxes,
    "colours": lambda rows: tuple(Colour(**row) for row in rows),
    "gps": lambda place: place and (place["latitude"], place["longitude"]),
}
