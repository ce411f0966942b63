"""After `kill -9` in the middle exports and imports are gone on with, deletions finished; nothing is half there."""

import multiprocessing
import signal

import pyarrow.parquet as pq
import pytest

from core.errors import ImportRefused, NoSuchCollection
from core.services.collections import Collections
from core.transfer.exporting import UNFINISHED, export
from core.transfer.stamp import FILE
from tests.index.conftest import records
from tests.transfer import conftest
from tests.transfer.test_round_trip import assert_same, content

WAIT = 60
COUNT = 300

processes = multiprocessing.get_context("forkserver")
# Once for all, as they take seconds; not LanceDB itself, whose threads would be missing in the processes.
processes.set_forkserver_preload(["core.ingest.library", "lance_namespace", "pyarrow.dataset", "tests.colours"])


def _run(name, *args):
    from tests.transfer import killed

    getattr(killed, name)(*args)


def kill(*args):
    process = processes.Process(target=_run, args=args)
    process.start()
    process.join(WAIT)
    assert process.exitcode == -signal.SIGKILL
    process.close()


@pytest.mark.parametrize(
    ("method", "calls", "written"),
    [
        ("core.transfer.exporting.parquet_writer", 3, 200),  # between two files
        ("core.transfer.exporting.put", 2, 100),  # when one is written, and not in its place yet
        ("core.transfer.exporting.write_stamp", 1, COUNT),
    ],
)
def test_an_export(make, tmp_path, method, calls, written):
    source, folder = make("a", COUNT), tmp_path / "out"
    kill("export_until", tmp_path / "a", folder, method, calls)
    assert sum(pq.read_metadata(path).num_rows for path in folder.glob("records-*.parquet")) == written
    assert (folder / UNFINISHED).exists()
    target = make("b")
    with pytest.raises(ImportRefused, match="no whole export"):
        conftest.imported(folder, target)
    assert target.index.model() is None
    first = next(export(source, folder))
    assert (first.done, first.total) == (written, COUNT)
    conftest.imported(conftest.exported(source, folder), target)
    assert_same(content(source), content(target))
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".") or path.name == UNFINISHED]
    assert (folder / FILE).exists()


@pytest.mark.parametrize(
    ("method", "calls", "there"),
    [
        ("core.index.lance.engine.LanceIndex.prepare", 1, 0),  # when all is verified
        ("core.index.lance.engine.LanceIndex.upsert", 2, 100),
        ("core.saved.SavedSearches.save", 1, COUNT),
    ],
)
def test_an_import(make, tmp_path, method, calls, there):
    source = make("a", COUNT)
    source.saved.save("Red & busy", "q=red+bus")
    folder = conftest.exported(source, tmp_path / "out")
    kill("import_until", tmp_path / "b", folder, method, calls)
    target, whole = make("b"), content(source)
    so_far = content(target)
    assert len(so_far) == there
    assert_same(so_far, {id_: whole[id_] for id_ in so_far})
    done = conftest.imported(folder, target)
    assert (done.added, done.unchanged, done.searches) == (COUNT - there, there, 1)
    assert_same(whole, content(target))
    assert [one.name for one in target.saved.all()] == ["Red & busy"]


@pytest.mark.parametrize(
    "method",
    ["core.index.lance.engine.LanceIndex.drop", "core.services.administration.remove_tree"],
)
def test_the_deletion_of_a_collection(services, settings, method):
    collections = Collections(settings)
    collections.create("birds", model_id="starter")
    made, embeddings = records(COUNT, conftest.MODEL.dims)
    birds = collections.of("birds")
    birds.index.prepare(conftest.MODEL)
    birds.index.upsert(made, embeddings)
    birds.saved.save("mine", "q=red")
    collections.close()
    kill("delete_until", settings, "birds", method, 1)
    after = Collections(settings)
    assert [one.name for one in after.all()] == ["images"]
    with pytest.raises(NoSuchCollection):
        after.of("birds")
    after.finish_deletions()
    assert not (settings.data_dir / "collections" / "birds").exists()
    after.create("birds", model_id="starter")
    assert (after.of("birds").index.count(), after.of("birds").saved.all()) == (0, [])
    after.close()
