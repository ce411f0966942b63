"""How records and their embeddings look as rows of the index, and as hits in the server's answers."""

from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from core.index.elastic.mapping import Body
from core.index.index import SCORE_DECIMALS
from core.index.records import FINDINGS, Fingerprint, Hit, ImageRecord, from_storable, storable
from core.index.serialization import from_plain, to_plain
from core.vectors import Embedding

FINGERPRINT = ["size", "mtime_ns", "annotated_ns", "described"]
"""The fields that `fingerprint_of` reads."""

EPOCH = datetime(1970, 1, 1)
_PACKED = ">f4"  # what `helpers.pack_dense_vector` writes, in base64
_MICROSECOND = timedelta(microseconds=1)
_TEXTS = ("path", "name", "format", "camera", "lens")  # may hold bytes that are not UTF-8
_CHOSEN = ("tags", *FINDINGS.values())  # likewise
_TIMES = ("mtime_ns", "annotated_ns")
_COUNTS = ("frames", "orientation", "described", "pixels")
_LATEST = 2**63 - 1  # nanoseconds, in the year 2262; some file systems go further


def document(record: ImageRecord, vector: str | list[float]) -> Body:
    """The row of a record; `vector` packed, or as numbers for servers that cannot unpack it."""
    row = _with_texts(to_plain(record), storable)
    # What rows are filtered by stands in each of them, be it the default.
    row |= {time: max(-_LATEST, min(getattr(record, time), _LATEST)) for time in _TIMES}
    row |= {count: getattr(record, count) for count in _COUNTS}
    row |= {text: storable(getattr(record, text)) for text in ("folder", "name_folded", "shape")}
    row |= {texts: list(map(storable, getattr(record, texts))) for texts in ("labels", "colour_names", "folder_names")}
    row["embedding"] = vector
    return row if record.taken_at is None else row | {"taken_us": microseconds(record.taken_at)}


def record_of(row: Mapping[str, Any]) -> ImageRecord:
    """Undoes `document`, of a hit's `_source`."""
    return from_plain(_with_texts(row, from_storable))


def fingerprint_of(row: Mapping[str, Any]) -> Fingerprint:
    """The fingerprint in a hit's `_source`; what a row of an earlier version lacks is 0."""
    return Fingerprint(*(row.get(field, 0) for field in FINGERPRINT))


def vector_of(hit: Mapping[str, Any]) -> Embedding | None:
    """An array of shape `(dims,)` from a hit that came with its vector, be it packed or numbers; None without."""
    vector = hit.get("_source", {}).get("embedding") or hit.get("fields", {}).get("embedding")
    if isinstance(vector, str):
        return np.frombuffer(b64decode(vector), _PACKED).astype(np.float32)
    return None if vector is None else np.asarray(vector, np.float32)


def hit_of(row: Mapping[str, Any]) -> Hit:
    return Hit(record_of(row["_source"]), cosine_of(row))


def cosine_of(row: Mapping[str, Any]) -> float:
    """The cosine behind a `_score`, which is (1 + cosine) / 2 (reference of `dense_vector`).

    The server adds up equal vectors in different orders: rounded, they tie.
    """
    return round(max(-1.0, min(1.0, 2.0 * float(row["_score"]) - 1.0)), SCORE_DECIMALS)


def microseconds(moment: datetime) -> int:
    """Since the epoch."""
    return (moment - EPOCH) // _MICROSECOND


def _with_texts(row: Mapping[str, Any], change: Callable[[str], str]) -> Body:
    changed: Body = {field: change(row[field]) for field in _TEXTS if field in row}
    if "boxes" in row:
        changed["boxes"] = [[change(label), *place] for label, *place in row["boxes"]]
    changed |= {texts: list(map(change, row[texts])) for texts in _CHOSEN if texts in row}
    return {**row, **changed}
