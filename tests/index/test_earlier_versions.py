"""An index of the first version of the app, which knew no labels: it is read as it is, and brought up to date in place
when it is next written to. Schema, mapping and rows are written out here as that version made them."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import lancedb
import numpy as np
import pyarrow as pa
import pytest
from lancedb.index import BTree

from core.errors import ModelMismatch
from core.index.records import Filter, Fingerprint, ImageRecord, Index, ModelStamp, Totals, record_id, storable
from core.vectors import Embeddings

STAMP = ModelStamp("clip/ViT-B-16", 32)
LABELLED = Filter(labels=("cat", "dog"))


def values(record: ImageRecord) -> dict:
    """A record as it was then."""
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


def make_table(index: Index, records: list[ImageRecord], embeddings: Embeddings) -> None:
    schema = pa.schema(
        [
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
            pa.field("vector", pa.list_(pa.float32(), 32), nullable=False),
        ],
        metadata={"model_id": "clip/ViT-B-16", "dims": "32", "preprocessing": "1"},
    )
    rows = [
        {
            **values(record),
            "folder": storable(record.folder),
            "taken_at": record.taken_at,
            "record": json.dumps(values(record)),
            "vector": row,
        }
        for record, row in zip(records, embeddings, strict=True)
    ]
    table = lancedb.connect(index.location).create_table(index.name, pa.Table.from_pylist(rows, schema))
    table.create_index("id", config=BTree())


def make_elastic(index: Index, records: list[ImageRecord], embeddings: Embeddings) -> None:
    from elasticsearch import Elasticsearch, helpers

    keyword, long, integer = {"type": "keyword", "ignore_above": 8191}, {"type": "long"}, {"type": "integer"}
    properties = {
        **dict.fromkeys(("id", "path", "name", "folder", "content_hash", "format"), keyword),
        **dict.fromkeys(("mtime_ns", "size", "taken_us"), long),
        **dict.fromkeys(("width", "height", "frames"), integer),
        "taken_at": {"type": "date", "format": "strict_date_optional_time"},
        "embedding": {
            "type": "dense_vector",
            "dims": 32,
            "similarity": "cosine",
            "index_options": {"type": "int8_hnsw"},
        },
    }
    meta = {"model_id": "clip/ViT-B-16", "dims": 32, "preprocessing": 1}
    concrete = f"{index.name}-000001"
    with Elasticsearch(os.environ["ELASTICSEARCH_URL"].split(",")) as client:
        client.indices.create(
            index=concrete,
            aliases={index.name: {"is_write_index": True}},
            mappings={"dynamic": "strict", "_meta": meta, "properties": properties},
        )
        rows = [
            {
                "_index": concrete,
                "_id": record.id,
                **{field: value for field, value in values(record).items() if value is not None},
                "path": storable(record.path),
                "name": storable(record.name),
                "folder": storable(record.folder),
                "embedding": row.tolist(),
            }
            for record, row in zip(records, embeddings, strict=True)
        ]
        helpers.bulk(client, rows, refresh=True)


MAKERS = {"lancedb": make_table, "elasticsearch": make_elastic}


@pytest.fixture
def described(make_records):
    """Records as this version describes them, and their embeddings."""
    records, embeddings = make_records(60)
    path = os.fsdecode(b"/pictures/caf\xe9/x.jpg")
    return [*records[:-1], replace(records[-1], id=record_id(path), path=path)], embeddings


@pytest.fixture
def earlier(described):
    """The same as the earlier version described them."""
    return [
        replace(
            record, camera="", lens="", gps=None, orientation=1, colours=(), brightness=None, sharpness=None,
            described=0, boxes=(), annotated_ns=0,
        )
        for record in described[0]
    ]  # fmt: skip


@pytest.fixture
def index(index, described):
    MAKERS[index.engine](index, *described)
    return index


def scanned(index: Index) -> dict[str, ImageRecord]:
    return {record.id: record for batch, _ in index.scan() for record in batch}


def assert_reads(index: Index, earlier: list[ImageRecord], embeddings: Embeddings) -> None:
    """Everything is there, and nothing has a label."""
    ids = [record.id for record in earlier]
    assert index.model() == STAMP
    assert index.count() == 60
    assert index.get(ids) == earlier
    assert scanned(index) == {record.id: record for record in earlier}
    assert {record for batch in index.records(Filter(formats=("PNG",))) for record in batch} == {
        record for record in earlier if record.format == "PNG"
    }
    np.testing.assert_allclose(index.embeddings(ids), embeddings, atol=1e-6)
    assert index.by_content([earlier[3].content_hash])[earlier[3].content_hash][0] == earlier[3]
    assert index.search(embeddings[59], 1)[0].record == earlier[59]
    assert index.search(embeddings[4], 60, Filter(min_size=4, max_size=4))[0].record == earlier[4]
    for some in (ids, ids[:2]):
        found = index.fingerprints(some)
        assert found == {r.id: Fingerprint(r.size, r.mtime_ns, 0, 0) for r in earlier if r.id in some}
    assert index.totals() == Totals(60, sum(range(60)))
    assert index.label_counts() == index.label_counts(Filter(min_size=3)) == {}
    assert index.count(LABELLED) == 0
    assert index.totals(LABELLED) == Totals(0, 0)
    assert index.search(embeddings[0], 5, LABELLED) == []
    assert list(index.scan(LABELLED)) == list(index.records(LABELLED)) == []


def test_it_is_read_as_it_is(index, earlier, described):
    assert_reads(index, earlier, described[1])


def test_claiming_keeps_every_record(index, earlier, described, open_index):
    index.claim(STAMP)
    for handle in (index, open_index()):
        assert_reads(handle, earlier, described[1])
    index.claim(STAMP)
    assert index.count() == 60


def test_another_model_is_still_refused(index, earlier, described):
    with pytest.raises(ModelMismatch):
        index.claim(replace(STAMP, preprocessing=2))
    assert_reads(index, earlier, described[1])


@pytest.mark.parametrize("claims", [True, False], ids=["claimed", "not claimed"])
def test_what_is_read_again_is_described(index, earlier, described, open_index, claims):
    records, embeddings = described
    reader = open_index()
    assert reader.count(LABELLED) == 0
    if claims:
        index.claim(STAMP)
    index.upsert(records[:20], embeddings[:20])
    expected = {record.id: record for record in [*records[:20], *earlier[20:]]}
    labelled = {record.id for record in records[:20] if {"cat", "dog"} & set(record.labels)}
    assert labelled
    for handle in (index, reader):
        assert scanned(handle) == expected
        assert handle.count(LABELLED) == len(labelled)
        assert {hit.record.id for hit in handle.search(embeddings[0], 60, LABELLED)} == labelled
        assert handle.fingerprints(list(expected)) == {id_: record.fingerprint for id_, record in expected.items()}
    index.upsert(records, embeddings)
    index.settle()
    assert scanned(reader) == {record.id: record for record in records}
    assert reader.label_counts()["cat"] == sum("cat" in record.labels for record in records)


def test_what_only_takes_away_works_too(index, earlier, described):
    assert index.delete([record.id for record in earlier[:10]]) == 10
    index.settle()
    assert scanned(index) == {record.id: record for record in earlier[10:]}
    assert index.count(LABELLED) == 0


def test_two_bring_it_up_to_date_at_once(index, described, open_index):
    records, embeddings = described
    handles = [open_index() for _ in range(4)]

    def claim_and_store(position: int) -> None:
        part = slice(position * 15, position * 15 + 15)
        handles[position].claim(STAMP)
        handles[position].upsert(records[part], embeddings[part])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(claim_and_store, range(4)))
    assert scanned(index) == {record.id: record for record in records}


def test_no_file_of_a_table_is_written_anew(described, tmp_path):
    from core.index.lance.engine import LanceIndex

    index = LanceIndex(tmp_path / "index", "images")
    make_table(index, *described)
    before = {path: path.stat() for path in Path(index.location).rglob("*.lance") if path.is_file()}
    index.claim(STAMP)
    after = {path: path.stat() for path in Path(index.location).rglob("*.lance") if path.is_file()}
    assert before
    assert after == before
