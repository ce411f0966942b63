"""How records and their embeddings look as LanceDB rows."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from core.index.records import Fingerprint, ImageRecord, ModelStamp, storable
from core.vectors import Embeddings

_COLUMNS = [
    pa.field("id", pa.string(), nullable=False),
    pa.field("folder", pa.string(), nullable=False),
    pa.field("content_hash", pa.string(), nullable=False),
    pa.field("size", pa.int64(), nullable=False),
    pa.field("mtime_ns", pa.int64(), nullable=False),
    pa.field("width", pa.int32(), nullable=False),
    pa.field("height", pa.int32(), nullable=False),
    pa.field("format", pa.string(), nullable=False),
    pa.field("taken_at", pa.timestamp("us")),
    # The whole record as JSON. The columns above are there to look rows up and to filter them: to read a record from
    # one column rather than from eleven saves a search of 100,000 rows 3 of its 15 ms.
    pa.field("record", pa.string(), nullable=False),
]
_NAMES = [column.name for column in _COLUMNS]
_TEXTS = ("folder", "format")  # what may hold bytes that are not UTF-8; JSON escapes them by itself


def schema(stamp: ModelStamp) -> pa.Schema:
    """The columns of a table, with the model's stamp as metadata."""
    vector = pa.field("vector", pa.list_(pa.float32(), stamp.dims), nullable=False)
    metadata = {"model_id": stamp.model_id, "dims": str(stamp.dims), "preprocessing": str(stamp.preprocessing)}
    return pa.schema([*_COLUMNS, vector], metadata=metadata)


def stamp_of(found: pa.Schema) -> ModelStamp:
    """Undo `schema`.

    Raises:
        ValueError: the table was not made by this app, or by a version of it with other columns.
    """
    metadata = {key.decode(): value.decode() for key, value in (found.metadata or {}).items()}
    if not {"model_id", "dims", "preprocessing"} <= metadata.keys() or {*_NAMES, "vector"} - {*found.names}:
        raise ValueError("the table has other columns than this version of the app writes")
    return ModelStamp(metadata["model_id"], int(metadata["dims"]), int(metadata["preprocessing"]))


def to_table(records: Sequence[ImageRecord], embeddings: Embeddings, stamp: ModelStamp) -> pa.Table:
    """Records and their embeddings, shape `(n, dims)`, as rows; of several with one id the last stays."""
    last = {record.id: position for position, record in enumerate(records)}
    kept = [records[position] for position in last.values()]
    vectors = np.ascontiguousarray(embeddings[list(last.values())], dtype=np.float32)
    target = schema(stamp)
    columns = [pa.array(_column(kept, field.name), field.type) for field in target if field.name != "vector"]
    columns.append(pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), stamp.dims))
    return pa.Table.from_arrays(columns, schema=target)


def _column(records: Iterable[ImageRecord], name: str) -> list[Any]:
    if name == "record":
        return [_to_json(record) for record in records]
    values = [getattr(record, name) for record in records]
    return [storable(value) for value in values] if name in _TEXTS else values


def to_records(rows: pa.Table | pa.RecordBatch) -> list[ImageRecord]:
    return [_from_json(text) for text in rows.column("record").to_pylist()]


def _to_json(record: ImageRecord) -> str:
    return json.dumps(asdict(record), default=datetime.isoformat)


def _from_json(text: str) -> ImageRecord:
    values = json.loads(text)
    taken_at = values.pop("taken_at")
    return ImageRecord(**values, taken_at=taken_at and datetime.fromisoformat(taken_at))


def to_embeddings(rows: pa.Table | pa.RecordBatch) -> Embeddings:
    """The column `vector` as an array of shape `(n, dims)` of its own memory."""
    dims = rows.schema.field("vector").type.list_size
    column = rows.column("vector")
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    parts = [chunk.flatten().to_numpy(zero_copy_only=False).reshape(-1, dims) for chunk in chunks]
    return np.concatenate([np.empty((0, dims), np.float32), *parts])


def to_fingerprints(rows: pa.Table | pa.RecordBatch) -> dict[str, Fingerprint]:
    columns = (rows.column(name).to_pylist() for name in ("id", "size", "mtime_ns"))
    return {id_: Fingerprint(size, mtime_ns) for id_, size, mtime_ns in zip(*columns, strict=True)}
