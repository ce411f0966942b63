"""An ingest on a Ray of two nodes: what one process makes, whoever dies meanwhile."""

import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.config import Settings
from core.embedding.embedder import Embedder
from core.index.records import ImageRecord
from core.ingest.journal.job import JobState, Status
from core.ingest.journal.progress import Outcome
from core.ingest.library import Library
from core.services import Services
from core.vectors import Embeddings
from tests.colours import COLOURS, ColourEmbedder
from tests.embedding.standin import embedded, listening
from tests.ingest.killed import on_server
from tests.ingest.libraries import ingest, kept, make_library, verdicts
from tests.material import NO_SERVER

ray = pytest.importorskip("ray", reason='Ray is not installed: pip install "image-search[ray]"')


class Dying(ColourEmbedder):
    """Ends its process, as the system does where memory is short, with the first pictures that it is shown; the next
    process does not."""

    def __init__(self, died: Path) -> None:
        super().__init__()
        self._died = died

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        if not self._died.exists():
            self._died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed_images(images)


class Waiting(ColourEmbedder):
    """Does not come back from the first white picture, which is in the third batch, until a file is there."""

    def __init__(self, go_on: Path) -> None:
        super().__init__()
        self._go_on = go_on

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        while any(image.getpixel((0, 0)) == COLOURS["white"] for image in images) and not self._go_on.exists():
            time.sleep(0.05)
        return super().embed_images(images)


class Falling(Dying):
    """Ends the node that it is on, with all that runs there, unless it is the one of the test."""

    def __init__(self, died: Path, staying: str) -> None:
        super().__init__(died)
        self._staying = staying

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        if ray.get_runtime_context().get_node_id() != self._staying:
            self._died.touch()
            os.kill(os.getppid(), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)
        return ColourEmbedder.embed_images(self, images)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Two nodes. Each has an actor; it is soon known that one has died."""
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 3, "object_store_memory": 100 << 20, "include_dashboard": False}
    soon = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 300, "health_check_failure_threshold": 3}
    before = signal.getsignal(signal.SIGTERM)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("USAGE_STATS_ENABLED", "ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "memory_monitor_refresh_ms"):
            patch.setenv(f"RAY_{name}", "0")
        made = Cluster(initialize_head=True, head_node_args=node | {"_system_config": soon})
        made.add_node(num_cpus=3, object_store_memory=100 << 20)
        ray.init(made.address, log_to_driver=False)
        signal.signal(signal.SIGTERM, before)  # Ray takes it, for all the tests that come after
        yield made.address
        ray.shutdown()
        made.shutdown()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Forty pictures, of which some have the same bytes, and what is none."""
    folder = tmp_path / "pictures"
    for part in ("a", "b", "c", "d"):
        (folder / part).mkdir(parents=True)
        for place, (name, colour) in enumerate(COLOURS.items()):
            size = (40, 30) if part in "ad" else (40 + place, 30 + ord(part))
            Image.new("RGB", size, colour).save(folder / part / f"{name}.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    (folder / "notes.txt").write_text("no picture")
    return folder


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.ingest.cluster.crew.BATCH", 4)


@pytest.fixture
def on_ray(tmp_path: Path, cluster: str) -> Iterator[Callable[..., Library]]:
    made = []

    def make(load: Callable[[], ColourEmbedder] = ColourEmbedder, **how: Any) -> Library:
        def never() -> Future[Embedder]:
            raise AssertionError("the model is loaded where pictures are read, not here")

        library = make_library(
            tmp_path / "ray", ColourEmbedder(), load=never, elsewhere=lambda: load, cluster=cluster, **how
        )
        made.append(library)
        return library

    yield make
    for library in made:
        library.close()


def told(library: Library, job: JobState) -> dict[str, tuple[Outcome, str]]:
    return {one.path: (one.outcome, one.reason) for one in library.journal.files(job.id).verdicts()}


def assert_same(one: Library, other: Library) -> None:
    """The same records, embeddings and thumbnails."""
    ids = sorted(record.id for records in other.index.records() for record in records)
    assert one.index.count() == len(ids)
    assert one.index.get(ids) == other.index.get(ids)
    np.testing.assert_allclose(one.index.embeddings(ids), other.index.embeddings(ids), atol=1e-6)
    assert kept(one) == kept(other)
    assert all(one.thumbnails.read(each) == other.thumbnails.read(each) for each in kept(one))


@pytest.fixture
def here(tmp_path: Path, pictures: Path) -> Iterator[tuple[Library, JobState]]:
    library = make_library(tmp_path / "here", ColourEmbedder())
    yield library, ingest(library, pictures)
    library.close()


def test_the_same_comes_of_it_as_of_one_process_though_an_actor_dies(here, on_ray, pictures, tmp_path):
    library, died = on_ray(partial(Dying, tmp_path / "died")), tmp_path / "died"
    job = ingest(library, pictures)
    assert job.error is None
    assert died.exists()
    assert job.status is Status.DONE
    assert job.counts == here[1].counts
    assert told(library, job) == told(*here)
    assert_same(library, here[0])
    assert job.embedded == here[1].embedded

    before = library.index.revision()
    again = ingest(library, pictures)
    assert (again.counts.unchanged, again.counts.stored) == (40, 0)
    assert library.index.revision() == before


def test_a_job_that_is_paused_goes_on_where_it_was(here, on_ray, pictures, tmp_path):
    library = on_ray(partial(Waiting, tmp_path / "go on"))
    id_ = library.add([str(pictures)], auto_start=True)
    library.jobs.wait_for(id_, lambda job: job.done > 1, 60)
    library.jobs.pause(id_)
    assert library.jobs.wait(id_, 60).status is Status.PAUSED
    assert 0 < library.jobs.state(id_).done < 40
    (tmp_path / "go on").touch()
    library.jobs.resume(id_)
    job = library.jobs.wait(id_, 60)
    assert job.counts == here[1].counts
    assert_same(library, here[0])


def test_a_source_that_a_machine_lacks_pauses_the_job_and_names_the_machine(on_ray, pictures, monkeypatch):
    library = on_ray()
    id_ = library.add([str(pictures)])
    library.jobs.wait_for(id_, lambda job: job.status is Status.PLANNED, 30)
    pictures.rename(pictures.with_name("elsewhere"))
    library.jobs.start(id_)
    job = library.jobs.wait(id_, 60)
    assert job.status is Status.PAUSED
    assert "On " in str(job.error)
    assert "Every machine of the cluster needs the files under the same paths." in str(job.error)
    assert not verdicts(library, job, Outcome.ADDED)


@pytest.mark.elasticsearch
def test_on_elasticsearch_the_actors_store(here, on_ray, pictures):
    if not os.environ.get("ELASTICSEARCH_URL"):
        pytest.skip(NO_SERVER)
    opening = partial(on_server, f"test-{uuid.uuid4().hex}")
    index, written = opening(), list[int]()
    upsert = index.upsert

    def counted(records: Sequence[ImageRecord], embeddings: Embeddings) -> None:
        written.append(len(records))
        upsert(records, embeddings)

    index.upsert = counted  # type: ignore[method-assign]
    try:
        library = on_ray(index=index, open_index=opening)
        job = ingest(library, pictures)
        assert job.counts == here[1].counts
        assert_same(library, here[0])
        assert set(written) == {1}  # the last of each round, which makes all of them visible here
        assert ingest(library, pictures).counts.unchanged == 40
    finally:
        index.drop()


def test_the_actors_ask_the_servers_that_embed(cluster, pictures, tmp_path, monkeypatch):
    monkeypatch.delenv("ELASTICSEARCH_URL", raising=False)
    with listening(embedded) as (one,):
        made = []
        for name, how in {"here": {}, "there": {"ray": cluster}}.items():
            made.append(Services(Settings.load(data_dir=tmp_path / name, inference_servers=(one.url,), **how)))
            assert ingest(made[-1].library, pictures).counts.stored == 40
        assert_same(made[1].library, made[0].library)
        assert (made[0].model.condition, made[1].model.condition) == ("ready", "idle")
    for services in made:
        services.close()


def test_a_node_that_dies_costs_its_batches_and_nothing_else(here, on_ray, pictures, tmp_path):
    """The last of them: the cluster has one node then."""
    died = tmp_path / "died"
    library = on_ray(partial(Falling, died, ray.get_runtime_context().get_node_id()))
    job = ingest(library, pictures)
    assert died.exists()
    assert job.error is None
    assert job.counts == here[1].counts
    assert told(library, job) == told(*here)
    assert_same(library, here[0])
    assert ingest(library, pictures).counts.unchanged == 40
