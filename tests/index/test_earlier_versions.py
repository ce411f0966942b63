"""An index of an earlier version of the app: it is read as it is, and brought up to date in place when it is next
written to. Schemas, mappings and rows are written out here as those versions made them."""

import json
import os
import unicodedata
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import lancedb
import numpy as np
import pyarrow as pa
import pytest
from lancedb.index import BTree

import core.index.records as records_module
from core.errors import ModelMismatch
from core.images.colour.palette import NAMES
from core.index.filters import AnyOf, Between, Either, Filter, Glob, NameContains, meets
from core.index.index import FACETS, Index, Totals
from core.index.records import ImageRecord, record_id, storable
from core.index.tags import change_tags
from core.vectors import Embeddings
from tests.index.conftest import STAMP

LABELLED = Filter((AnyOf("label", ("cat", "dog")),))
NEW = (
    AnyOf("shape", ("landscape", "portrait", "square", "panorama")),
    AnyOf("folder", ("pictures",)),
    AnyOf("colour", NAMES),
    AnyOf("tag", ("Anna", "日本")),
    AnyOf("split", ("train", "val", "test")),
    NameContains("jpg"),
    Glob("name", "*.jpg"),
)
"""Conditions on what neither version kept apart."""

KEYWORD = {"type": "keyword", "ignore_above": 8191}
LONG, INTEGER, DOUBLE = {"type": "long"}, {"type": "integer"}, {"type": "double"}
KEPT = {"type": "object", "enabled": False}
FIRST_COLUMNS = [
    pa.field("id", pa.string(), nullable=False),
    pa.field("folder", pa.string(), nullable=False),
    pa.field("content_hash", pa.string(), nullable=False),
    pa.field("size", pa.int64(), nullable=False),
    pa.field("mtime_ns", pa.int64(), nullable=False),
    pa.field("width", pa.int32(), nullable=False),
    pa.field("height", pa.int32(), nullable=False),
    pa.field("format", pa.string(), nullable=False),
    pa.field("taken_at", pa.timestamp("us")),
    pa.field("record", pa.string(), nullable=False),
]
FIRST_FIELDS = {
    **dict.fromkeys(("id", "path", "name", "folder", "content_hash", "format"), KEYWORD),
    **dict.fromkeys(("mtime_ns", "size", "taken_us"), LONG),
    **dict.fromkeys(("width", "height", "frames"), INTEGER),
    "taken_at": {"type": "date", "format": "strict_date_optional_time"},
}
SECOND_COLUMNS = [
    *FIRST_COLUMNS,
    pa.field("annotated_ns", pa.int64()),
    pa.field("described", pa.int32()),
    pa.field("labels", pa.list_(pa.string())),
    pa.field("camera", pa.string()),
    pa.field("lens", pa.string()),
    pa.field("orientation", pa.int32()),
    pa.field("brightness", pa.float64()),
    pa.field("sharpness", pa.float64()),
]
SECOND_FIELDS = {
    **FIRST_FIELDS,
    **dict.fromkeys(("camera", "lens", "labels"), KEYWORD),
    "annotated_ns": LONG,
    **dict.fromkeys(("orientation", "described"), INTEGER),
    **dict.fromkeys(("brightness", "sharpness"), DOUBLE),
    **dict.fromkeys(("boxes", "colours", "gps"), KEPT),
}


def first_values(record: ImageRecord) -> dict:
    """What the first version kept of a record; it knew no labels."""
    return {
        "id": record.id,
        "path": record.path,
        "name": record.name,
        "content_hash": record.content_hash,
        "size": record.size,
        "mtime_ns": record.mtime_ns,
        "width": record.width,
        "height": record.height,
        "format": record.format,
        "taken_at": record.taken_at and record.taken_at.isoformat(),
        "frames": record.frames,
    }


def second_values(record: ImageRecord) -> dict:
    """What the second version kept: no more tags, no shape, and only what was not the default."""
    described = {
        "camera": record.camera or None,
        "lens": record.lens or None,
        "gps": record.gps,
        "orientation": record.orientation,
        "colours": record.colours or None,
        "brightness": record.brightness,
        "sharpness": record.sharpness,
        "described": record.described,
        "boxes": record.boxes or None,
        "annotated_ns": record.annotated_ns,
    }
    return {field: value for field, value in (first_values(record) | described).items() if value is not None}


class Version(NamedTuple):
    columns: list[pa.Field]
    fields: dict
    values: Callable[[ImageRecord], dict]
    record: Callable[[ImageRecord], ImageRecord]
    """A record of today as it was read then."""


def first_record(record: ImageRecord) -> ImageRecord:
    return replace(
        second_record(record), camera="", lens="", gps=None, orientation=1, colours=(), brightness=None, sharpness=None,
        described=0, boxes=(), annotated_ns=0,
    )  # fmt: skip


def second_record(record: ImageRecord) -> ImageRecord:
    return replace(record, described=1, phash="", tags=(), splits=())


VERSIONS = {
    "first": Version(FIRST_COLUMNS, FIRST_FIELDS, first_values, first_record),
    "second": Version(SECOND_COLUMNS, SECOND_FIELDS, second_values, second_record),
}


def make_table(index: Index, version: Version, records: list[ImageRecord], embeddings: Embeddings) -> None:
    names = [column.name for column in version.columns]
    rows = []
    for record, row in zip(records, embeddings, strict=True):
        derived = {
            "folder": storable(record.folder),
            "labels": record.labels,
            "record": json.dumps(version.values(record)),
        }
        rows.append({**{name: derived.get(name, getattr(record, name, None)) for name in names}, "vector": row})
    schema = pa.schema(
        [*version.columns, pa.field("vector", pa.list_(pa.float32(), 32), nullable=False)],
        metadata={"model_id": "clip/ViT-B-16", "dims": "32", "preprocessing": "1"},
    )
    table = lancedb.connect(index.location).create_table(index.name, pa.Table.from_pylist(rows, schema))
    table.create_index("id", config=BTree())


def make_elastic(index: Index, version: Version, records: list[ImageRecord], embeddings: Embeddings) -> None:
    from elasticsearch import Elasticsearch, helpers

    vector = {"type": "dense_vector", "dims": 32, "similarity": "cosine", "index_options": {"type": "int8_hnsw"}}
    meta = {"model_id": "clip/ViT-B-16", "dims": 32, "preprocessing": 1}
    concrete = f"{index.name}-000001"
    with Elasticsearch(os.environ["ELASTICSEARCH_URL"].split(",")) as client:
        client.indices.create(
            index=concrete,
            aliases={index.name: {"is_write_index": True}},
            mappings={"dynamic": "strict", "_meta": meta, "properties": {**version.fields, "embedding": vector}},
        )
        rows = []
        for record, row in zip(records, embeddings, strict=True):
            values = {field: value for field, value in version.values(record).items() if value is not None}
            texts = {field: storable(getattr(record, field)) for field in ("path", "name", "folder")}
            derived = {"labels": record.labels, "taken_us": taken_us(record)}
            known = {field: value for field, value in derived.items() if field in version.fields and value is not None}
            rows.append({"_index": concrete, "_id": record.id, **values, **texts, **known, "embedding": row.tolist()})
        helpers.bulk(client, rows, refresh=True)


def taken_us(record: ImageRecord) -> int | None:
    return record.taken_at and (record.taken_at - datetime(1970, 1, 1)) // timedelta(microseconds=1)  # type: ignore[return-value]


MAKERS = {"lancedb": make_table, "elasticsearch": make_elastic}


@pytest.fixture(params=VERSIONS)
def version(request):
    return VERSIONS[request.param]


@pytest.fixture
def described(make_records):
    """Records as this version describes them, and their embeddings."""
    records, embeddings = make_records(60)
    path = os.fsdecode(b"/pictures/caf\xe9/x.jpg")
    return [*records[:-1], replace(records[-1], id=record_id(path), path=path)], embeddings


@pytest.fixture
def earlier(described, version):
    """The same as the earlier version described them."""
    return list(map(version.record, described[0]))


@pytest.fixture
def index(index, version, earlier, described):
    MAKERS[index.engine](index, version, earlier, described[1])
    return index


def scanned(index: Index) -> dict[str, ImageRecord]:
    return {record.id: record for batch, _ in index.scan() for record in batch}


def assert_reads(index: Index, earlier: list[ImageRecord], embeddings: Embeddings) -> None:
    """Everything is there, and meets what was known of it then."""
    ids = [record.id for record in earlier]
    assert index.model() == STAMP
    assert index.count() == 60
    assert index.get(ids) == earlier
    assert scanned(index) == {record.id: record for record in earlier}
    np.testing.assert_allclose(index.embeddings(ids), embeddings, atol=1e-6)
    assert index.by_content([earlier[3].content_hash])[earlier[3].content_hash][0] == earlier[3]
    assert index.search(embeddings[59], 1)[0].record == earlier[59]
    for some in (ids, ids[:2]):
        assert index.fingerprints(some) == {r.id: r.fingerprint for r in earlier if r.id in some}
    for where in (
        None, Filter((AnyOf("format", ("PNG",)),)), Filter((Between("size", 4, 5),)), LABELLED,
        Filter((AnyOf("camera", ("Canon EOS R5",)), Between("brightness", 0.3))),
        Filter((Between("megapixels", 230_000, 260_000),)), Filter((Between("megapixels", 230_000.5, excluded=True),)),
        Filter((Either((Filter((Between("megapixels", high=215_000),)), LABELLED)), Glob("folder", "1*"))),
    ):  # fmt: skip
        assert_finds(index, where, [record for record in earlier if meets(record, where)], embeddings[4])


def assert_finds(index: Index, where: Filter | None, expected: list[ImageRecord], query: np.ndarray) -> None:
    assert {hit.record for hit in index.search(query, 60, where)} == set(expected)
    assert {record for batch in index.records(where) for record in batch} == set(expected)
    assert set(index.browse(where)) == set(expected)
    assert index.count(where) == len(expected)
    assert index.totals(where) == Totals(len(expected), sum(record.size for record in expected))
    labels = Counter(label for record in expected for label in record.labels)
    assert index.facets(where, ["label"]) == {"label": labels}


def test_it_is_read_as_it_is(index, earlier, described):
    assert_reads(index, earlier, described[1])


def test_claiming_keeps_every_record(index, earlier, described, open_index):
    index.prepare(STAMP)
    for handle in (index, open_index()):
        assert_reads(handle, earlier, described[1])
    index.prepare(STAMP)
    assert index.count() == 60


def test_another_model_is_still_refused(index, earlier, described):
    with pytest.raises(ModelMismatch):
        index.prepare(replace(STAMP, preprocessing=2))
    assert_reads(index, earlier, described[1])


@pytest.mark.parametrize("condition", NEW, ids=str)
def test_what_it_kept_nowhere_is_met_by_none(index, earlier, described, condition):
    assert_finds(index, Filter((condition,)), [], described[1][0])
    assert_finds(index, Filter((replace(condition, excluded=True),)), earlier, described[1][0])


def test_names_that_were_not_composed_are_found(index, described):
    """As versions before this one kept them."""
    records, embeddings = described
    names = [unicodedata.normalize(form, "Straße von Müller.jpg") for form in ("NFC", "NFD")]
    stored = [replace(record, name=name) for record, name in zip(records, names, strict=False)]
    with patch.object(records_module, "folded", str.casefold):
        index.upsert(stored, embeddings[:2])
    for where in (
        NameContains("von MÜLLER"),
        NameContains("MU\u0308LLER"),
        Glob("name", "*müller.*"),
        Glob("name", "*mu\u0308ller.???"),
    ):
        assert_finds(index, Filter((where,)), stored, embeddings[0])


def test_it_is_counted_and_browsed(index, earlier):
    counts = index.facets()
    assert counts.keys() == set(FACETS)
    assert sum(counts["year"].values()) == sum(record.taken_at is not None for record in earlier)
    assert sum(counts["folder"].values()) == 60
    assert counts["tag"] == counts["shape"] == counts["colour"] == counts["split"] == {}
    assert [record.size for record in index.browse(order="largest", limit=60)] == list(range(59, -1, -1))
    assert [record.id for record in index.browse(order="name", limit=60)] == sorted(record.id for record in earlier)
    assert index.sample(10).shape == (10, 32)
    assert index.revision() == index.revision() != ""


@pytest.mark.parametrize("claims", [True, False], ids=["claimed", "not claimed"])
def test_what_is_read_again_is_described(index, earlier, described, open_index, claims):
    records, embeddings = described
    reader = open_index()
    assert reader.count() == 60
    if claims:
        index.prepare(STAMP)
    index.upsert(records[:20], embeddings[:20])
    expected = {record.id: record for record in [*records[:20], *earlier[20:]]}
    for handle in (index, reader):
        assert scanned(handle) == expected
        assert_finds(handle, LABELLED, [r for r in expected.values() if meets(r, LABELLED)], embeddings[0])
        for where in (Filter((condition,)) for condition in NEW):
            assert_finds(handle, where, [record for record in records[:20] if meets(record, where)], embeddings[0])
        assert handle.fingerprints(list(expected)) == {id_: record.fingerprint for id_, record in expected.items()}
    index.upsert(records, embeddings)
    index.optimize()
    assert scanned(reader) == {record.id: record for record in records}
    assert_finds(reader, Filter(NEW), [record for record in records if meets(record, Filter(NEW))], embeddings[0])


@pytest.mark.parametrize("stored", [0, 20, 60], ids="{} stored since".format)
def test_hits_come_with_their_embeddings(index, described, stored):
    records, embeddings = described
    index.upsert(records[:stored], embeddings[:stored])
    found = index.search(embeddings[0], 60, embeddings=True)
    position = {record.id: at for at, record in enumerate(records)}
    assert len(found) == 60
    expected = embeddings[[position[hit.record.id] for hit in found]]
    np.testing.assert_allclose(np.stack([hit.embedding for hit in found]), expected, atol=1e-6)
    scanned = {record.id: row for batch, rows in index.scan() for record, row in zip(batch, rows, strict=True)}
    np.testing.assert_allclose([scanned[record.id] for record in records], embeddings, atol=1e-6)


def test_its_records_can_be_tagged(index, earlier):
    assert change_tags(index, [earlier[3].id], add=["Anna"]) == 1
    assert index.get([earlier[3].id]) == [replace(earlier[3], tags=("Anna",))]
    assert index.browse(Filter((AnyOf("tag", ("Anna",)),))) == index.get([earlier[3].id])


def test_what_only_takes_away_works_too(index, earlier, described):
    assert index.delete([record.id for record in earlier[:10]]) == 10
    index.optimize()
    assert scanned(index) == {record.id: record for record in earlier[10:]}
    assert index.count(LABELLED) == sum(meets(record, LABELLED) for record in earlier[10:])


def test_two_bring_it_up_to_date_at_once(index, described, open_index):
    records, embeddings = described
    handles = [open_index() for _ in range(4)]

    def claim_and_store(position: int) -> None:
        part = slice(position * 15, position * 15 + 15)
        handles[position].prepare(STAMP)
        handles[position].upsert(records[part], embeddings[part])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(claim_and_store, range(4)))
    assert scanned(index) == {record.id: record for record in records}


def test_no_file_of_a_table_is_written_anew(version, earlier, described, tmp_path):
    from core.index.lance.engine import LanceIndex

    index = LanceIndex(tmp_path / "index", "images")
    make_table(index, version, earlier, described[1])
    before = {path: path.stat() for path in Path(index.location).rglob("*.lance") if path.is_file()}
    index.prepare(STAMP)
    after = {path: path.stat() for path in Path(index.location).rglob("*.lance") if path.is_file()}
    assert before
    assert after == before
