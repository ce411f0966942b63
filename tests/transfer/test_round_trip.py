"""What is exported and imported is what it was, from one engine to the other and back; what is stopped goes on."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.access.actors import APP  # noqa: F401
from core.errors import ExportRefused, ImportRefused, NotIndexed
from core.index.index import ModelStamp
from core.index.records import record_id
from core.transfer import exporting
from core.transfer.exporting import UNFINISHED, export
from core.transfer.stamp import FILE, read_stamp
from tests.records import a_record
from tests.transfer.conftest import MODEL, exported, imported


def content(collection):
    """All records by id, and their embeddings."""
    found = {}
    for records, embeddings in collection.index.scan():
        found |= {record.id: (record, row) for record, row in zip(records, embeddings, strict=True)}
    return found


def assert_same(one, other):
    assert one.keys() == other.keys()
    for id_, (record, row) in one.items():
        assert other[id_][0] == record
        np.testing.assert_allclose(other[id_][1], row, rtol=0, atol=1e-6)


def test_all_of_a_collection(make, tmp_path):
    source = make("a", 300)
    odd = os.fsdecode(b"/pictures/\xff\xfe.jpg")
    odd_one = a_record(id=record_id(odd), path=odd, name="\udcff \U0001f600.jpg", tags=("“x”", "日本"))
    source.index.upsert([odd_one], np.eye(1, MODEL.dims, dtype=np.float32))
    source.saved.save("Red & busy", "q=red+bus")
    source.sources.note("/pictures", "Pictures", ())
    folder = exported(source, tmp_path / "out")
    assert {path.name for path in folder.iterdir()} == {
        *("records-00001.parquet", "searches.parquet", "sources.parquet", FILE)
    }
    target = make("b")
    done = imported(folder, target)
    assert (done.added, done.updated, done.unchanged, done.searches) == (301, 0, 0, 1)
    assert_same(content(source), content(target))
    assert target.index.model() == MODEL
    assert [(one.name, one.address) for one in target.saved.all()] == [("Red & busy", "q=red+bus")]
    assert [(one.location, one.title, one.followed) for one in target.sources.all()] == [
        ("/pictures", "Pictures", False)
    ]


@pytest.mark.elasticsearch
def test_to_elasticsearch_and_back(make, on_server, tmp_path):
    source, back = make("a", 300), make("c")
    assert imported(exported(source, tmp_path / "there"), on_server).added == 300
    assert_same(content(source), content(on_server))
    assert imported(exported(on_server, tmp_path / "back"), back).added == 300
    assert_same(content(source), content(back))
    assert read_stamp(tmp_path / "back").engine == "elasticsearch"


def test_what_is_there_is_updated_and_the_rest_stays(make, tmp_path):
    source = make("a", 50)
    folder = exported(source, tmp_path / "out")
    target = make("b", 20)
    other = a_record("other.jpg")
    target.index.upsert([other], np.eye(1, MODEL.dims, dtype=np.float32))
    first = next(iter(content(source).values()))[0]
    target.index.retag({first.id: ("changed",)})
    done = imported(folder, target)
    assert (done.added, done.updated, done.unchanged) == (30, 1, 19)
    assert_same(content(source), {id_: one for id_, one in content(target).items() if id_ != other.id})
    assert imported(folder, target).unchanged == 50


def test_files_and_groups_are_bounded(make, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "GROUP_BYTES", 4 * MODEL.dims * 16)
    monkeypatch.setattr(exporting, "FILE_BYTES", 4 * MODEL.dims * 100)
    folder = exported(make("a", 250), tmp_path / "out")
    files = sorted(folder.glob("records-*.parquet"))
    rows = [pq.ParquetFile(file).metadata for file in files]
    assert [one.num_rows for one in rows] == [96, 96, 58]
    assert all(one.row_group(at).num_rows <= 16 for one in rows for at in range(one.num_row_groups))
    assert imported(folder, make("b")).added == 250


def test_what_is_stopped_goes_on(make, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "GROUP_BYTES", 4 * MODEL.dims * 16)
    monkeypatch.setattr(exporting, "FILE_BYTES", 4 * MODEL.dims * 64)
    source, folder = make("a", 250), tmp_path / "out"
    scan = type(source.index).scan

    def few(index, where=None):
        for records, embeddings in scan(index, where):
            for start in range(0, len(records), 50):
                yield records[start : start + 50], embeddings[start : start + 50]

    monkeypatch.setattr(type(source.index), "scan", few)
    for moved in (steps := export(source, folder)):
        if moved.done >= 150:
            break
    steps.close()  # as Ctrl-C does
    assert not (folder / FILE).exists()
    assert not list(folder.glob(".*"))
    kept = {file: file.stat().st_mtime_ns for file in folder.glob("records-*")}
    assert len(kept) == 2
    with pytest.raises(ImportRefused, match="no whole export"):
        imported(folder, make("b"))
    (folder / ".records-00009.parquet.part").write_bytes(b"of one that was killed")
    assert next(export(source, folder)).done == 128
    exported(source, folder)
    assert {file: file.stat().st_mtime_ns for file in kept} == kept
    assert not (folder / UNFINISHED).exists()
    target = make("c")
    assert imported(folder, target).added == 250
    assert_same(content(source), content(target))


def test_what_has_changed_meanwhile_begins_again(make, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "GROUP_BYTES", 4 * MODEL.dims * 16)
    monkeypatch.setattr(exporting, "FILE_BYTES", 4 * MODEL.dims * 64)
    source, folder = make("a", 250), tmp_path / "out"
    steps = export(source, folder)
    while not list(folder.glob("records-00002*")):
        next(steps)
    steps.close()
    source.index.retag(dict.fromkeys(content(source), ("new",)))
    assert next(export(source, folder)).done == 0
    target = make("b")
    imported(exported(source, folder), target)
    assert {one[0].tags for one in content(target).values()} == {("new",)}


def test_an_import_that_was_killed_is_run_again(make, tmp_path, monkeypatch):
    source, target = make("a", 300), make("b")
    folder = exported(source, tmp_path / "out")
    monkeypatch.setattr("core.transfer.reading.ROWS", 50)
    monkeypatch.setattr("core.transfer.importing.WRITTEN_AT_ONCE", 100)
    upsert, calls = target.index.upsert, []

    def killed(records, embeddings):
        if len(calls) == 1:
            raise KeyboardInterrupt
        calls.append(len(records))
        upsert(records, embeddings)

    monkeypatch.setattr(target.index, "upsert", killed)
    with pytest.raises(KeyboardInterrupt):
        imported(folder, target)
    monkeypatch.setattr(target.index, "upsert", upsert)
    done = imported(folder, target)
    assert (done.added, done.unchanged) == (200, 100)
    assert_same(content(source), content(target))


def test_nothing_is_written_over(make, tmp_path):
    source, folder = make("a", 5), tmp_path / "out"
    exported(source, folder)
    with pytest.raises(ExportRefused, match="already"):
        exported(source, folder)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine")
    for place in (tmp_path / "other", tmp_path / "other" / "mine.txt"):
        with pytest.raises(ExportRefused):
            exported(source, place)
    assert (tmp_path / "other" / "mine.txt").read_text() == "mine"
    with pytest.raises(NotIndexed):
        exported(make("empty"), tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(
    ("there", "wanted", "goes"),
    [
        (None, "clip/ViT-B-16", True),
        (None, "clip/RN50", False),
        (MODEL, "clip/RN50", True),
        (replace(MODEL, preprocessing=2), "clip/ViT-B-16", False),
        (ModelStamp("clip/RN50", 32), "clip/ViT-B-16", False),
        (ModelStamp("clip/ViT-B-16", 16), "clip/ViT-B-16", False),
    ],
)
def test_embeddings_of_another_model_do_not_go_in(make, tmp_path, there, wanted, goes):
    folder = exported(make("a", 10), tmp_path / "out")
    target = make("b", 3, there) if there else make("b")
    before = target.index.count()
    if goes:
        assert imported(folder, target, wanted).done == 10
        return
    with pytest.raises(ImportRefused, match=r"Nothing was imported\.") as told:
        imported(folder, target, wanted)
    assert "clip/" in told.value.message
    assert target.index.count() == before
    assert target.index.model() == there


def test_the_starter_models_go_wherever_nothing_is(make, tmp_path):
    folder = exported(make("a", 10, ModelStamp("starter", 32)), tmp_path / "out")
    assert imported(folder, make("b"), "clip/ViT-B-16").added == 10


def test_the_stamp_says_what_there_is(make, tmp_path):
    folder = exported(make("a", 12), tmp_path / "out")
    said = json.loads((folder / FILE).read_text())
    assert (said["format"], said["version"], said["counts"]) == (
        *("image-search collection", 1),
        {"records": 12, "searches": 0, "sources": 0},
    )
    assert said["model"] == {"model_id": "clip/ViT-B-16", "dims": 32, "preprocessing": 1}
    assert Path(folder / said["files"][0]["name"]).stat().st_size == said["files"][0]["size"]
