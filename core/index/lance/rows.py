"""How records and their embeddings look as LanceDB rows."""

import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from core.index.index import ModelStamp
from core.index.lance.columns import MADE
from core.index.lance.errors import Damaged
from core.index.records import FINDINGS, Fingerprint, ImageRecord, storable
from core.index.serialization import from_plain, to_plain
from core.vectors import Embeddings

FINGERPRINT = ["id", "size", "mtime_ns", "annotated_ns", "described"]
"""The columns that `to_fingerprints` reads."""

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
# What tables of earlier versions lack until they are written to next. Added there without a value, so without touching
# their rows: for these there is no label, and 0 for the numbers that tell what was read out of a picture.
_ADDED = [
    pa.field("annotated_ns", pa.int64()),
    pa.field("described", pa.int32()),
    pa.field("labels", pa.list_(pa.string())),
    pa.field("camera", pa.string()),
    pa.field("lens", pa.string()),
    pa.field("orientation", pa.int32()),
    pa.field("brightness", pa.float64()),
    pa.field("sharpness", pa.float64()),
    pa.field("tags", pa.list_(pa.string())),
    pa.field("colour_names", pa.list_(pa.string())),
    pa.field("folder_names", pa.list_(pa.string())),
    pa.field("shape", pa.string()),
    pa.field("name_folded", pa.string()),
    pa.field("splits", pa.list_(pa.string())),
    *(pa.field(name, pa.list_(pa.string())) for name in FINDINGS.values()),
]
_NAMES = [column.name for column in _COLUMNS]
_TEXTS = (
    "folder",
    "format",
    "camera",
    "lens",
    "shape",
    "name_folded",
)  # may hold bytes that are not UTF-8; JSON escapes them by itself
_LISTS = ("labels", "tags", "colour_names", "folder_names", "splits", *FINDINGS.values())  # likewise
_TIMES = ("mtime_ns", "annotated_ns")
_LATEST = 2**63 - 1  # nanoseconds, in the year 2262; some file systems go further


def schema(stamp: ModelStamp) -> pa.Schema:
    """The columns of a table, with the model's stamp as metadata."""
    vector = pa.field("vector", pa.list_(pa.float32(), stamp.dims), nullable=False)
    metadata = {"model_id": stamp.model_id, "dims": str(stamp.dims), "preprocessing": str(stamp.preprocessing)}
    return pa.schema([*_COLUMNS, *_ADDED, vector], metadata=metadata)


def new_schema(stamp: ModelStamp) -> pa.Schema:
    """The schema of a table that is made, which is told by it from the one that it takes the place of."""
    made = schema(stamp)
    return made.with_metadata({**made.metadata, MADE: uuid.uuid4().bytes.hex().encode()})


def stamp_of(found: pa.Schema) -> ModelStamp:
    """Undo `schema`.

    Raises:
        ValueError: the table was not made by this app.
    """
    metadata = {key.decode(): value.decode() for key, value in (found.metadata or {}).items()}
    if not {"model_id", "dims", "preprocessing"} <= metadata.keys() or {*_NAMES, "vector"} - {*found.names}:
        raise Damaged("its table has other columns than this version of the app writes")
    return ModelStamp(metadata["model_id"], int(metadata["dims"]), int(metadata["preprocessing"]))


def lacking(found: pa.Schema) -> list[pa.Field]:
    """The columns that a table made by an earlier version of the app has not got."""
    return [column for column in _ADDED if column.name not in found.names]


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
        return [json.dumps(to_plain(record), separators=(",", ":")) for record in records]
    values = [getattr(record, name) for record in records]
    if name in _LISTS:
        return [list(map(storable, texts)) for texts in values]
    if name in _TIMES:
        return [max(-_LATEST, min(value, _LATEST)) for value in values]
    return [storable(value) for value in values] if name in _TEXTS else values


def to_records(rows: pa.Table | pa.RecordBatch) -> list[ImageRecord]:
    """
    Raises:
        Damaged: a row holds no record.
    """
    try:
        return [from_plain(parsed(text)) for text in rows.column("record").to_pylist()]
    except (ValueError, TypeError, AttributeError, KeyError) as error:  # bytes that have changed on the disk
        raise Damaged("one of its rows is damaged") from error


def parsed(text: str) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = orjson.loads(text)  # three times as fast
    except orjson.JSONDecodeError:  # lone surrogates: bytes that are not UTF-8
        parsed = json.loads(text)
    return parsed


def to_embeddings(rows: pa.Table | pa.RecordBatch) -> Embeddings:
    """The column `vector` as an array of shape `(n, dims)` of its own memory."""
    dims = rows.schema.field("vector").type.list_size
    column = rows.column("vector")
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    parts = [_numbers(chunk, dims).to_numpy(zero_copy_only=False).reshape(-1, dims) for chunk in chunks]
    return np.concatenate([np.empty((0, dims), np.float32), *parts])


def _numbers(rows: pa.FixedSizeListArray, dims: int) -> pa.Array:
    """As `rows.flatten()`, which imports all of pyarrow's functions first."""
    if rows.null_count:
        return rows.flatten()
    return rows.values.slice(rows.offset * dims, len(rows) * dims)


def to_fingerprints(rows: pa.Table | pa.RecordBatch) -> dict[str, Fingerprint]:
    """The fingerprints of rows with those columns of `FINGERPRINT` that their table has; what they lack is 0."""
    unknown = pa.nulls(len(rows), pa.int64())
    ids, *columns = (rows.column(name) if name in rows.schema.names else unknown for name in FINGERPRINT)
    numbers = (pc.fill_null(column, 0).to_pylist() for column in columns)
    return dict(zip(ids.to_pylist(), map(Fingerprint, *numbers), strict=True))
