"""Exports that are damaged, or made to do harm: each is refused with its file and a remedy, and nothing is written."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import ImportRefused
from core.index.records import record_id
from core.transfer.columns import schema, to_batch
from core.transfer.exporting import parquet_writer
from core.transfer.stamp import FILE, digest
from tests.index.conftest import records
from tests.transfer.conftest import MODEL, exported, imported

NAME = "records-00001.parquet"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """An export of twenty records."""
    from core.index.lance.engine import LanceIndex
    from tests.transfer.conftest import collection_of

    folder = tmp_path_factory.mktemp("whole")
    index = LanceIndex(folder / "index", "images")
    made, embeddings = records(20, MODEL.dims)
    index.prepare(MODEL)
    index.upsert(made, embeddings)
    collection = collection_of(index, folder)
    collection.saved.save("A search", "q=red")
    return exported(collection, folder / "out")


@pytest.fixture
def folder(whole, tmp_path):
    return Path(shutil.copytree(whole, tmp_path / "export"))


def restamp(folder: Path, change: Callable[[dict], object] = lambda said: None) -> None:
    """Have the stamp say what the files are, and something else besides."""
    said = json.loads((folder / FILE).read_text())
    for file in said["files"]:
        path = folder / file["name"]
        if path.is_file():
            file["size"], file["sha256"] = path.stat().st_size, digest(path)
    change(said)
    (folder / FILE).write_text(json.dumps(said))


def rewrite(folder: Path, change: Callable[[pa.Table], pa.Table], name: str = NAME) -> None:
    """Change a file, and have the stamp agree."""
    table = change(pq.read_table(folder / name))
    pq.write_table(table, folder / name, use_dictionary=False)
    rows = table.num_rows

    def count(said):
        next(file for file in said["files"] if file["name"] == name)["rows"] = rows

    restamp(folder, count)


def with_column(name, values, kind=None):
    """A change of one column."""

    def change(table):
        at = table.schema.get_field_index(name)
        column = values(table.column(name).to_pylist()) if callable(values) else values
        return table.set_column(
            at,
            pa.field(name, kind or table.schema.field(name).type),
            pa.array(column, kind or table.schema.field(name).type),
        )

    return change


def with_path(path):
    """The first row at another path, its id with it."""

    def change(table):
        paths, ids = table.column("path").to_pylist(), table.column("id").to_pylist()
        paths[0], ids[0] = path, record_id(path)
        return with_column("id", ids)(with_column("path", paths)(table))

    return change


def first(value):
    return lambda values: [value, *values[1:]]


def with_embedding(row):
    kind = pa.list_(pa.float32(), MODEL.dims)
    return with_column("embedding", first(row), kind)


NAN = [float("nan")] * MODEL.dims
BAD_ROWS = {
    "not a number": with_embedding(NAN),
    "infinite": with_embedding([float("inf"), *[0.0] * (MODEL.dims - 1)]),
    "of length zero": with_embedding([0.0] * MODEL.dims),
    "fewer dimensions": with_column("embedding", lambda rows: [row[:16] for row in rows], pa.list_(pa.float32(), 16)),
    "of any length": with_column("embedding", lambda rows: rows, pa.list_(pa.float32())),
    "doubles": with_column("embedding", lambda rows: rows, pa.list_(pa.float64(), MODEL.dims)),
    "no embedding": with_column("embedding", first(None), pa.list_(pa.float32(), MODEL.dims)),
    "twice": lambda table: pa.concat_tables([table, table.slice(3, 1)]),
    "no tags": lambda table: table.drop_columns(["tags"]),
    "a number for a text": with_column("name", [1] * 20, pa.int64()),
    "no name": with_column("name", first(None)),
    "another's id": with_column("id", first("0" * 32)),
    "no id": with_column("id", first("../../etc/passwd")),
    "a hash that leads out": with_column("content_hash", first("../" * 20 + "etc/passwd")),
    "a hash in capitals": with_column("content_hash", first("A" * 64)),
    "a relative path": with_path("a.jpg"),
    "a path with a zero": with_path("/a\0b.jpg"),
    "an endless path": with_path("/" + "a" * 9000 + ".jpg"),
    "another file": with_path("/etc/passwd"),
    "negative": with_column("width", first(-1)),
    "gigantic": with_column("height", first(2**40)),
    "turned nine times": with_column("orientation", first(9)),
    "no split": with_column("splits", first(["everything"])),
    "no colour": with_column("colours", first([{"rgb": "url(x)", "share": 1.0}])),
    "brightness": with_column("brightness", first(float("nan"))),
    "a box of nothing": with_column(
        "boxes", first([{"label": "x", "left": float("inf"), "top": 0.0, "width": 0.0, "height": 0.0}])
    ),
    "too many tags": with_column("tags", first([f"tag {n}" for n in range(60)])),
    "a long name": with_column("name", first("x" * 5000)),
    "no text": with_column("tags", first([None]), pa.list_(pa.string())),
}


def assert_refused(folder, target, *, names=NAME):
    with pytest.raises(ImportRefused) as told:
        imported(folder, target)
    assert names in told.value.message
    assert told.value.remedy
    assert not any(word in str(told.value) for word in ("Arrow", "Errno", "Traceback", "pyarrow", "Error:"))
    assert target.index.count() == 0
    assert target.index.model() is None
    assert target.saved.all() == []
    return str(told.value)


@pytest.mark.parametrize("why", BAD_ROWS)
def test_rows(folder, make, why):
    rewrite(folder, BAD_ROWS[why])
    assert_refused(folder, make("target"))


def test_a_file_is_missing_cut_off_or_changed(folder, make):
    path = folder / NAME
    data = path.read_bytes()
    for changed in (data[:-1], data[: len(data) // 2], b"", data[:500] + b"!" + data[501:], data + b"more"):
        path.write_bytes(changed)
        assert_refused(folder, make("target"))
    path.unlink()
    assert "is missing" in assert_refused(folder, make("target"))
    path.mkdir()
    assert_refused(folder, make("target"))


@pytest.mark.parametrize("size", [0, 3, 4, 100, 2000, -8, -1])
def test_no_parquet(folder, make, size):
    path = folder / NAME
    path.write_bytes(path.read_bytes()[:size])
    restamp(folder)
    assert_refused(folder, make("target"))


@pytest.mark.parametrize("seed", range(30))
def test_damaged_bytes(folder, make, seed):
    """Whatever it comes to, it is told, and nothing is half there."""
    rng = np.random.default_rng(seed)
    data = bytearray((folder / NAME).read_bytes())
    for at in rng.integers(4, len(data) - 4, 5):
        data[at] = int(rng.integers(256))
    (folder / NAME).write_bytes(data)
    restamp(folder)
    target = make("target")
    try:
        imported(folder, target)
    except ImportRefused as told:
        refused = told.message
    else:
        refused = ""
    assert NAME in refused or not refused
    assert target.index.count() == (0 if refused else 20)


def set_(*keys, to):
    def change(said):
        for key in keys[:-1]:
            said = said[key]
        said[keys[-1]] = to

    return change


BAD_STAMPS = {
    "newer": set_("version", to=2),
    "no version": lambda said: said.pop("version"),
    "another format": set_("format", to="something"),
    "no model": lambda said: said.pop("model"),
    "gigantic dimensions": set_("model", "dims", to=2**40),
    "dimensions in words": set_("model", "dims", to="many"),
    "other dimensions": set_("model", "dims", to=64),
    "another folder": set_("files", 0, "name", to="../../records-00001.parquet"),
    "any file": set_("files", 0, "name", to="/etc/passwd"),
    "another kind": set_("files", 0, "kind", to="searches"),
    "twice": lambda said: said["files"].append(said["files"][0]),
    "fewer rows": set_("files", 0, "rows", to=19),
    "more rows": set_("files", 0, "rows", to=2**62),
    "half a row": set_("files", 0, "rows", to=1.5),
    "no checksum": set_("files", 0, "sha256", to=""),
    "no files": set_("files", to="none"),
    "long": set_("collection", to="x" * 1000),
}


@pytest.mark.parametrize("why", BAD_STAMPS)
def test_stamps(folder, make, why):
    restamp(folder, BAD_STAMPS[why])
    assert_refused(
        folder, make("target"), names=NAME if why in {"other dimensions", "fewer rows", "more rows"} else FILE
    )


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "[" * 100_000, "\xff", '{"format": "image-search collection"}']
)
def test_no_stamp(folder, make, text):
    (folder / FILE).write_text(text, "latin-1")
    assert_refused(folder, make("target"), names=FILE)


def test_nothing_is_there(tmp_path, make):
    assert "no whole export" in assert_refused(tmp_path, make("target"), names=FILE)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "unknown=1", "", "q=" + "x" * 9000])
def test_searches_that_are_none(folder, make, address):
    rewrite(folder, with_column("query_string", [address]), "searches.parquet")
    assert_refused(folder, make("target"), names="searches.parquet")


def test_a_short_text_may_not_stand_for_gigabytes(folder, make):
    table = with_column("name", lambda values: ["x" * 4000] * len(values))(pq.read_table(folder / NAME))
    pq.write_table(table, folder / NAME, use_dictionary=True)
    restamp(folder)
    assert "not written by this app" in assert_refused(folder, make("target"))


def test_more_memory_than_rows_can_need(folder, make, monkeypatch):
    monkeypatch.setattr("core.transfer.reading.MAX_CHUNK", 1000)
    assert "too much" in assert_refused(folder, make("target"))


def test_what_is_written_here_has_no_dictionaries(tmp_path):
    target = schema(MODEL.dims)
    with parquet_writer(tmp_path / "a.parquet", target) as writer:
        writer.write_batch(to_batch(*records(50, MODEL.dims), target))
    group = pq.ParquetFile(tmp_path / "a.parquet").metadata.row_group(0)
    encodings = {one for at in range(group.num_columns) for one in group.column(at).encodings}
    assert not any("DICTIONARY" in one for one in encodings)
