"""A rebuild that is ended by `kill -9` at each of its steps: the index stays in use, and the next process goes on."""

import multiprocessing
import os
import signal
import uuid

import pytest

from core.index.tags import change_tags
from core.ingest.journal.job import Rebuild, Status
from tests.colours import COLOURS, ColourEmbedder
from tests.ingest.libraries import WAIT, ingest, make_library
from tests.ingest.models import COLOUR, OTHER, TwoModels
from tests.material import NO_SERVER

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["core.ingest.library", "lance_namespace", "pyarrow.dataset", "tests.colours"])


@pytest.fixture
def folder(tmp_path, picture):
    for n in range(10):
        picture(f"{n:02}.png", list(COLOURS)[n], size=(10 + n, 10))
    return tmp_path / "pictures"


@pytest.fixture
def name():
    """Of an index on a server."""
    if not os.environ.get("ELASTICSEARCH_URL"):
        pytest.skip(NO_SERVER)
    from tests.ingest.killed import on_server

    name = f"test-{uuid.uuid4().hex}"
    yield name
    on_server(name).drop()


def _run(*args):
    from tests.ingest import killed

    killed.rebuild_until(*args)


def kill(tmp_path, name, method, calls):
    process = processes.Process(target=_run, args=(tmp_path / "data", name, method, calls))
    process.start()
    process.join(WAIT)
    assert process.exitcode == -signal.SIGKILL
    process.close()


def opened(tmp_path, index=None):
    return make_library(tmp_path / "data", ColourEmbedder(), index, models=TwoModels())


def records(library):
    return sorted((record for some in library.index.records() for record in some), key=lambda record: record.path)


def assert_goes_on(tmp_path, index, *, was_swapped):
    """What was in use is; it takes tags and pictures; the job goes on, and all is there."""
    before = records(library := opened(tmp_path, index))
    assert library.index.model() == (OTHER if was_swapped else COLOUR)
    (hit,) = library.index.search(library.models.known[library.index.model().model_id].embed_texts(["red"])[0], 1)
    assert hit.record.name == "00.png"
    change_tags(library.index, [before[3].id], ["since"])
    assert records(library)[3].tags == ("since",)
    library.start()
    job = library.jobs.wait(library.jobs.states()[0].id, WAIT)
    assert (job.status, library.index.model(), library.index.count()) == (Status.DONE, OTHER, 10)
    assert records(library)[3].tags == ("since",)
    (hit,) = library.index.search(library.models.target.embed_texts(["blue"])[0], 1)
    assert hit.record.name == "02.png"
    assert sorted(one.state for one in library.index.versions.all()) == ["current", "retired"]
    library.close()


@pytest.mark.parametrize(
    ("method", "calls", "was_swapped"),
    [
        ("core.index.lance.history.versions.LanceVersions.begin", 1, False),  # before it is built
        ("core.index.lance.engine.LanceIndex.upsert", 2, False),  # while it is filled
        ("core.index.lance.history.update.LanceUpdate.step", 1, False),  # while it catches up
        ("core.index.pointer.Pointer.write", 3, False),  # with the lock of writers
        ("tests.ingest.models.TwoModels.switched", 1, True),  # when it is in use
    ],
)
def test_embedded(tmp_path, folder, method, calls, was_swapped):
    library = opened(tmp_path)
    ingest(library, folder)
    library.close()
    kill(tmp_path, "", method, calls)
    assert_goes_on(tmp_path, None, was_swapped=was_swapped)


@pytest.mark.elasticsearch
@pytest.mark.parametrize(
    ("method", "calls", "was_swapped"),
    [
        ("core.index.elastic.engine.ElasticIndex.upsert", 2, False),  # while it is filled
        ("core.index.elastic.history.update.ElasticUpdate.step", 1, False),  # while it catches up
        ("core.index.elastic.swapping.change_meta", 3, False),  # with the block set
        ("core.index.elastic.swapping.put_in_place", 1, False),  # between block and alias
        ("core.index.elastic.swapping.unblock", 2, True),  # after the alias
    ],
)
def test_on_a_server(tmp_path, folder, name, monkeypatch, method, calls, was_swapped):
    """Writers that meet a block that nobody lifts lift it."""
    from tests.ingest.killed import on_server

    monkeypatch.setattr("core.index.elastic.bulk.ABANDONED_SECONDS", 0.5)
    library = opened(tmp_path, on_server(name))
    ingest(library, folder)
    library.close()
    kill(tmp_path, name, method, calls)
    assert_goes_on(tmp_path, on_server(name), was_swapped=was_swapped)


def test_a_version_whose_deletion_was_cut_short_is_none_any_more(tmp_path, folder, monkeypatch):
    library = opened(tmp_path)
    ingest(library, folder)
    job = library.jobs.wait(library.rebuild("Rebuild", Rebuild(OTHER.model_id)), WAIT)
    assert job.status is Status.DONE

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("core.index.lance.history.versions.remove_folder", killed)
        with pytest.raises(KeyboardInterrupt):
            library.index.versions.delete(1)
    assert [one.number for one in library.index.versions.all()] == [2]
    assert (tmp_path / "data" / "index" / "images.lance").is_dir()
    library.jobs.wait(library.rebuild("Rebuild", Rebuild(COLOUR.model_id)), WAIT)
    assert not (tmp_path / "data" / "index" / "images.lance").exists()
    assert [one.state for one in library.index.versions.all()] == ["retired", "current"]
    assert library.index.count() == 10
    library.close()
