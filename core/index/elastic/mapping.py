"""Settings and mapping of the index on the server."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.index.index import ModelStamp
from core.index.records import FINDINGS

type Body = dict[str, Any]


type Quantisation = Literal["int8", "int4", "bbq", "none"]
"""What the server keeps of vectors to search in: a byte, half of one or a bit for each number, or the numbers."""

_INDEX_TYPES: dict[Quantisation, str] = {
    "int8": "int8_hnsw",
    "int4": "int4_hnsw",
    "bbq": "bbq_hnsw",
    "none": "hnsw",
}


@dataclass(frozen=True, slots=True)
class Storage:
    """How new indices are laid out on the servers."""

    shards: int = 1
    """Primary ones."""
    replicas: int | None = None
    """Of each; None: one as soon as there is a second node, so that a single one is not short of any."""
    quantisation: Quantisation = "int8"


@dataclass(frozen=True, slots=True)
class Layout:
    """One index on the server."""

    concrete: str
    """Its name, for which the alias stands."""
    stamp: ModelStamp
    lacking: Body
    """The fields that it has not got, because an earlier version of the app made it."""
    uuid: str
    """By which it is told from one of the same name that was made anew."""
    quantisation: Quantisation = "int8"


_KEYWORD: Body = {
    "type": "keyword",
    "ignore_above": 8191,
}  # Lucene refuses terms above 32766 bytes; 4 bytes a character
_LONG: Body = {"type": "long"}
_INTEGER: Body = {"type": "integer"}
_DOUBLE: Body = {"type": "double"}
_KEPT: Body = {"type": "object", "enabled": False}  # comes back with the row and is not looked at
_TEXTS = ("id", "path", "name", "name_folded", "folder", "content_hash", "format", "camera", "lens", "shape")
_LISTS = ("labels", "tags", "colour_names", "folder_names", "splits", *FINDINGS.values())
MADE_BY = "made_by_"
"""What the field begins with that says which model made a row's embedding: each model has one of its own. An index has
only that of its model, and takes no other fields: so the server refuses a row that was made for an index of another
model, which was put under the name while the row was on its way."""

_FIELDS: Body = {
    **dict.fromkeys((*_TEXTS, *_LISTS), _KEYWORD),
    **dict.fromkeys(("mtime_ns", "annotated_ns", "size", "pixels"), _LONG),
    **dict.fromkeys(("width", "height", "frames", "orientation", "described"), _INTEGER),
    **dict.fromkeys(("brightness", "sharpness"), _DOUBLE),
    **dict.fromkeys(("boxes", "colours", "gps", "phash"), _KEPT),
    # `date` keeps milliseconds and `date_nanos` begins in 1970: bounds compare the microseconds in a number instead.
    "taken_at": {"type": "date", "format": "strict_date_optional_time"},
    "taken_us": _LONG,
}


def index_body(stamp: ModelStamp, packs: bool, storage: Storage | None = None) -> Body:
    """Settings and mappings of a new index; `packs` where vectors are sent packed.

    Packed ones are also kept in the rows as they were sent: the server takes 0.2 ms and 64 KB of memory to write one as
    numbers. Those 2.7 KB a row are left out wherever a row is read without them.

    `fanout`: the default heuristic loses a quarter of the neighbours under filters that pass 5-10 % of the rows.
    `int8_hnsw`: the default for 512 dims, `bbq_hnsw`, finds eight of ten. `refresh_interval` keeps its default, with
    which a shard that nobody searches is not refreshed while it is loaded; searches refresh for themselves.
    `merge.policy`: each segment is a graph of its own, in which a search looks for all its candidates. The defaults
    leave some 28 of them at 300,000 rows, these nine.
    """
    storage = storage or Storage()
    embedding = {
        "type": "dense_vector",
        "dims": stamp.dims,
        "index": True,
        "similarity": "cosine",
        "index_options": {"type": _INDEX_TYPES[storage.quantisation]},
    }
    settings: Body = {
        "dense_vector": {"hnsw_filter_heuristic": "fanout"},
        "merge": {"policy": {"floor_segment": "64mb", "segments_per_tier": 4}},
    }
    if storage.shards > 1:
        settings["number_of_shards"] = storage.shards
    if storage.replicas is None:
        settings["auto_expand_replicas"] = "0-1"
    else:
        settings["number_of_replicas"] = storage.replicas
    if packs:
        settings["mapping"] = {"exclude_source_vectors": False}
    return {
        "settings": {"index": settings},
        "mappings": {
            "dynamic": "strict",
            "_meta": meta(stamp),
            "properties": _fields(stamp) | {"embedding": embedding},
        },
    }


def _fields(stamp: ModelStamp) -> Body:
    return {**_FIELDS, made_by(stamp): {"type": "boolean", "index": False, "doc_values": False}}


def made_by(stamp: ModelStamp) -> str:
    """The field that rows of this model have."""
    text = f"{stamp.model_id} {stamp.dims} {stamp.preprocessing}"
    return f"{MADE_BY}{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:16]}"


def meta(stamp: ModelStamp) -> Body:
    """Undone by `stamp_of`."""
    return {"model_id": stamp.model_id, "dims": stamp.dims, "preprocessing": stamp.preprocessing}


def stamp_of(mapping: Mapping[str, Any]) -> ModelStamp | None:
    """The stamp in a mapping; None where it is not one of ours."""
    meta = mapping.get("_meta", {})
    model_id, dims, preprocessing = (meta.get(key) for key in ("model_id", "dims", "preprocessing"))
    if isinstance(model_id, str) and isinstance(dims, int) and isinstance(preprocessing, int):
        return ModelStamp(model_id, dims, preprocessing)
    return None


def quantisation_of(mapping: Mapping[str, Any]) -> Quantisation:
    """How the index of a mapping keeps its vectors; those of earlier versions of the app have bytes."""
    kept = mapping.get("properties", {}).get("embedding", {}).get("index_options", {}).get("type")
    return next((one for one, type_ in _INDEX_TYPES.items() if type_ == kept), "int8")


def is_ours(mapping: Mapping[str, Any]) -> bool:
    """Whether it has the fields that every version of the app gave it, whatever its stamp says."""
    return {"id", "path", "folder", "content_hash", "mtime_ns", "embedding"} <= set(mapping.get("properties", {}))


def lacking(mapping: Mapping[str, Any], stamp: ModelStamp) -> Body:
    """The fields that an index made by an earlier version of the app has not got."""
    present = mapping.get("properties", {})
    return {field: described for field, described in _fields(stamp).items() if field not in present}
