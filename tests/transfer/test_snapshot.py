"""A copy of the data folder opens and searches by itself, and was taken while others wrote."""

import os
import sqlite3
import threading
from contextlib import closing

import pytest

from core.config import Settings
from core.errors import ExportRefused
from core.index.versions import Vectors
from core.ingest.journal.journal import Journal
from core.transfer.snapshot import snapshot
from tests.ingest.libraries import assert_whole, ingest, make_library


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def filled(data, embedder, picture):
    for name in ("red.png", "green.png", "blue.png"):
        picture(name)
    library = make_library(data, embedder)
    ingest(library, picture("red.png").parent)
    yield library
    library.close()


def copied(data, folder):
    return [path.relative_to(folder.parent).as_posix() for path in snapshot(Settings.load(data_dir=data), folder)]


def test_the_copy_is_a_data_folder(data, filled, embedder, picture, tmp_path):
    for name in (".running.json", ".previews/ab/x.webp", ".exports/1/2"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text("private")
    (data / "datasets" / "index").mkdir(parents=True)
    (data / "datasets" / "index" / "a.txt").write_text("kept")
    (data / "uploads" / ".abc.part").parent.mkdir(exist_ok=True)
    (data / "uploads" / ".abc.part").write_text("half")
    target = tmp_path / "copy"
    copied(data, target)
    names = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert not [name for name in names if name.startswith((".running", ".previews", ".exports")) or ".lock" in name]
    assert {"datasets/index/a.txt", "jobs/jobs.db"} <= names
    assert not [name for name in names if name.endswith((".part", "-wal", "-shm"))]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "data", "pictures"], "nothing is left beside"
    assert not list(data.glob(".snapshot*"))
    other = make_library(target, embedder)
    assert_whole(other, *sorted((tmp_path / "pictures").iterdir()))
    assert len(other.jobs.states()) == 1
    picture("more.png", "yellow")
    ingest(other, tmp_path / "pictures")
    assert (other.index.count(), filled.index.count()) == (4, 3), "they have nothing in common"
    other.close()


def test_while_others_write(data, filled, embedder, tmp_path):
    """Copies that are taken one after the other while rows come, go and are merged: each opens, and is one moment."""
    from tests.index.conftest import records

    stop, written = threading.Event(), []
    stamp = filled.index.model()

    def write():
        while not stop.is_set():
            made, embeddings = records(20, stamp.dims, seed=len(written))
            filled.index.upsert(made, embeddings)
            written.append(len(made))
            if len(written) % 5 == 0:
                filled.index.optimize()

    thread = threading.Thread(target=write)
    thread.start()
    counts = []
    try:
        for n in range(6):
            before = 3 + sum(written)
            copied(data, tmp_path / f"copy{n}")
            counts.append((before, 3 + sum(written) + 20))
    finally:
        stop.set()
        thread.join()
    for n, (least, most) in enumerate(counts):
        index = make_library(tmp_path / f"copy{n}", embedder).index
        found = sum(len(some) for some, _ in index.scan())
        assert least <= found <= most
        assert found == index.count()
        assert (found - 3) % 20 == 0


def test_a_job_that_runs_is_gone_on_with_in_the_copy(data, embedder, picture, tmp_path, one_by_one, monkeypatch):
    for n in range(6):
        picture(f"{n}.png", "red", (40 + n, 30))
    library = make_library(data, embedder)
    stored = library.index.upsert
    at_work, go_on = threading.Event(), threading.Event()

    def pausing(rows, embeddings):
        stored(rows, embeddings)
        if library.index.count() == 3:
            at_work.set()
            go_on.wait(20)

    monkeypatch.setattr(library.index, "upsert", pausing)
    job = library.add([str(tmp_path / "pictures")], auto_start=True)
    assert at_work.wait(20)
    copied(data, tmp_path / "copy")
    go_on.set()
    library.jobs.wait(job, 20)
    library.close()
    other = make_library(tmp_path / "copy", embedder)
    other.start()
    assert other.jobs.wait(job, 20).ended
    assert_whole(other, *sorted((tmp_path / "pictures").iterdir()))
    other.close()


def test_collections_beside_the_first(data, filled, tmp_path):
    from core.index.lance.engine import LanceIndex
    from tests.index.conftest import STAMP, records

    index = LanceIndex(data / "collections" / "other" / "index", "other")
    index.prepare(STAMP)
    index.upsert(*records(10))
    copied(data, tmp_path / "copy")
    assert LanceIndex(tmp_path / "copy" / "collections" / "other" / "index", "other").count() == 10


def test_what_links_lead_to_is_copied_and_circles_end(data, filled, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (data / "thumbnails").rename(elsewhere)
    (data / "thumbnails").symlink_to(elsewhere)
    (data / "datasets").mkdir()
    (data / "datasets" / "round").symlink_to(data)
    copied(data, tmp_path / "copy")
    assert len(list((tmp_path / "copy" / "thumbnails").rglob("*.jpg"))) == 3
    assert not (tmp_path / "copy" / "datasets" / "round" / "datasets").exists()


def test_where_files_have_one_name_only(data, filled, tmp_path, embedder, monkeypatch):
    def refuse(*_, **__):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    copied(data, tmp_path / "copy")
    assert make_library(tmp_path / "copy", embedder).index.count() == 3


def test_the_database_is_copied_with_what_is_not_in_its_file_yet(data, filled, tmp_path):
    with closing(sqlite3.connect(data / "jobs" / "jobs.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM jobs").fetchall()  # who reads keeps the log from being written back
        filled.journal.sources.note("/late", "Late", ())
        copied(data, tmp_path / "copy")
    journal = Journal(str(tmp_path / "copy" / "jobs" / "jobs.db"), "images")
    assert "/late" in [one.location for one in journal.sources.all()]
    journal.close()


def test_what_is_there_is_left_alone(data, filled, tmp_path):
    for place in (data, data / "copy", tmp_path / "pictures"):
        with pytest.raises(ExportRefused):
            copied(data, place)
    with pytest.raises(ExportRefused, match="no data folder"):
        copied(tmp_path / "nowhere", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_one_that_is_stopped_leaves_nothing(data, filled, tmp_path):
    steps = snapshot(Settings.load(data_dir=data), tmp_path / "copy")
    next(steps)
    steps.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "pictures"]
    assert not list(data.glob(".snapshot*"))


def test_all_versions_and_which_is_in_use(data, filled, tmp_path, embedder):
    versions, stamp = filled.index.versions, filled.index.model()
    number = versions.begin(stamp)
    assert not versions.update(number).swap(Vectors(stamp.dims)).missing
    versions.begin(stamp)  # one that is being built
    filled.index.retag({record.id: ("late",) for records in filled.index.records() for record in records})
    copied(data, tmp_path / "copy")
    index = make_library(tmp_path / "copy", embedder).index
    assert index.versions.current() == number
    assert [one.state for one in index.versions.all()] == [one.state for one in versions.all()]
    assert [record.tags for records in index.records() for record in records] == [("late",)] * 3
