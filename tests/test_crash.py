"""An ingest that is killed twenty times at random moments, on both engines, and a server that is."""

import multiprocessing
import os
import random
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.embedding.embedder import Embedder
from core.errors import IndexUnavailable
from core.images.thumbnails import Thumbnails
from core.index.index import Index
from core.ingest.journal.job import Status
from core.ingest.journal.journal import Journal
from core.ingest.journal.progress import Counts
from core.ingest.library import Library
from tests.colours import COLOURS, ColourEmbedder
from tests.material import NO_SERVER
from tests.nodes import wait_until

KILLS = 20
FILES = 600
MOST = FILES // KILLS
"""Files that a process does at most before it is killed, whatever the machine's speed: together less than all."""
ROUND, ROUND_SECONDS = 4, 0.05
WAIT = 120

processes = multiprocessing.get_context("forkserver")
# Once for all, as they take seconds; not LanceDB itself, whose threads would be missing in the processes.
processes.set_forkserver_preload(
    ["core.ingest.library", "core.index.elastic.engine", "lance_namespace", "pyarrow.dataset", "tests.colours"]
)


class SlowEmbedder(ColourEmbedder):
    """Takes a moment for each round, so that there is time to be killed in."""

    def embed_images(self, images):
        time.sleep(ROUND_SECONDS)
        return super().embed_images(images)


def open_index(url: str, name: str, data: Path) -> Index:
    if url:
        from core.index.elastic.engine import ElasticIndex

        return ElasticIndex([url], name)
    from core.index.lance.engine import LanceIndex

    return LanceIndex(data / "index", name)


def open_library(index: Index, data: Path) -> Library:
    model: Future[Embedder] = Future()
    model.set_result(SlowEmbedder())
    journal = Journal(f"sqlite:///{data / 'jobs' / 'jobs.db'}", "images")
    return Library(index, Thumbnails(data / "thumbnails"), journal, data / "jobs", lambda: model, lambda path: path)


def live(url: str, name: str, data: Path, folder: Path, begun: Event) -> None:
    """One life of the app: goes on with what is there, or begins."""
    from core.ingest.pipeline import run

    run.MIN_ROUND = run.MAX_ROUND = ROUND
    library = open_library(open_index(url, name, data), data)
    library.start()
    states = library.jobs.states()
    job_id = states[0].id if states else library.add([str(folder)], auto_start=True)
    if library.jobs.state(job_id).status is Status.INTERRUPTED:  # killed three times before it got anywhere
        library.jobs.resume(job_id)
    begun.set()
    library.jobs.wait(job_id)
    library.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures that are all different: of ten colours, each with a little noise."""
    folder = tmp_path_factory.mktemp("crash").resolve() / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for at, colour in zip(range(FILES), list(COLOURS.values()) * FILES, strict=False):
        noise = rng.integers(-3, 4, (12, 16, 3))
        Image.fromarray((np.array(colour) + noise).clip(0, 255).astype(np.uint8)).save(folder / f"{at:03}.png")
    return folder


@pytest.fixture(params=["lancedb", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def server(request: pytest.FixtureRequest) -> str:
    """The address of the server; empty for the embedded index."""
    if request.param == "lancedb":
        return ""
    if not os.environ.get("ELASTICSEARCH_URL"):
        pytest.skip(NO_SERVER)
    return os.environ["ELASTICSEARCH_URL"].split(",")[0]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[str], tuple[Index, Library]]]:
    """An index on a server, or embedded, and the library on it; gone at the end."""
    kept: list[tuple[Index, Library]] = []

    def open_(url: str, name: str = "images") -> tuple[Index, Library]:
        index = open_index(url, name, tmp_path)
        kept.append((index, open_library(index, tmp_path)))
        return kept[-1]

    yield open_
    for index, library in kept:
        library.close()
        if index.engine == "elasticsearch":
            index.drop()
            index.close()  # type: ignore[attr-defined]


def assert_whole(index: Index, library: Library, folder: Path) -> None:
    """Exactly the files, each once and as it is, with its thumbnail, and no other thumbnails."""
    records = [record for some in index.records() for record in some]
    assert sorted(record.path for record in records) == sorted(map(str, folder.iterdir()))
    assert index.count() == FILES
    thumbnails = {path.stem for path in library.thumbnails.folder.glob("??/*.jpg")}
    assert thumbnails == {record.content_hash for record in records}


def test_killed_at_twenty_random_moments(server, opened, folder, tmp_path):
    name = f"test-{uuid.uuid4().hex}"
    index, library = opened(server, name)
    moments = random.Random(1)
    reached = []
    for _ in range(KILLS):
        begun = processes.Event()
        process = processes.Process(target=live, args=(server, name, tmp_path, folder, begun))
        process.start()
        assert begun.wait(WAIT)
        (job,) = library.jobs.states()
        files = library.journal.files(job.id)
        enough = files.counts().done + moments.randint(0, MOST)
        ends = time.monotonic() + WAIT
        while files.counts().done < enough:
            assert time.monotonic() < ends
            hits = index.search(ColourEmbedder().embed_texts(["red"])[0], 5)  # answers all the while
            assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        time.sleep(moments.uniform(0, 2 * ROUND_SECONDS))  # anywhere in a round
        process.kill()
        process.join(WAIT)
        assert process.exitcode == -signal.SIGKILL
        (job,) = library.jobs.states()
        assert job.status in (Status.INTERRUPTED, Status.WAITING)
        reached.append(library.journal.files(job.id).counts().done)
    assert reached == sorted(reached)
    assert 0 < reached[-1] < FILES
    assert len(set(reached)) > KILLS // 2  # they were killed at different points of the work

    library.jobs.resume(job.id) if job.status is Status.INTERRUPTED else library.start()
    job = library.jobs.wait(job.id, WAIT)
    assert (job.status, job.counts) == (Status.DONE, Counts(added=FILES))
    assert_whole(index, library, folder)
    (hit, *_) = index.search(ColourEmbedder().embed_texts(["green"])[0], 1)
    assert Image.open(hit.record.path).getpixel((0, 0))[1] > 240


@pytest.mark.elasticsearch
def test_a_server_killed_in_the_middle_pauses_the_job_which_goes_on_by_itself(node, opened, folder, monkeypatch):
    monkeypatch.setattr("core.index.elastic.bulk.PAUSES", (0.1,))  # how long it is patient before that
    monkeypatch.setattr("core.ingest.jobs.worker.PAUSES", (1.0,))
    monkeypatch.setattr("core.ingest.pipeline.run.MAX_ROUND", 8)
    index, library = opened(node.url)
    job_id = library.add([str(folder)], auto_start=True)
    wait_until(lambda: library.jobs.state(job_id).done > 50, WAIT, "some of it is done")
    node.kill()
    wait_until(lambda: library.jobs.state(job_id).status is Status.PAUSED, WAIT, "the job has paused")
    job = library.jobs.state(job_id)
    assert isinstance(job.error, IndexUnavailable)
    assert node.url.removeprefix("http://") in job.error.message
    assert 0 < job.done < FILES
    node.start()
    wait_until(lambda: library.jobs.state(job_id).ended, WAIT, "it has gone on by itself")
    job = library.jobs.state(job_id)
    assert (job.status, job.counts) == (Status.DONE, Counts(added=FILES))
    assert_whole(index, library, folder)
