"""The main job from end to end: COCO128 through Inference's own code, on both engines."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from core.config import Settings
from core.embedding.worker import WorkerEmbedder
from core.index.records import ImageRecord
from core.ingest.progress import Counts
from core.search.query import Query
from core.services import Services

pytestmark = pytest.mark.clip

ROOT = Path(__file__).parents[1]
ENGINES = [pytest.param("lancedb"), pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)]
NAMED = ("giraffe", "zebra", "pizza", "elephant", "bus", "bear")


@pytest.fixture(scope="module")
def worker(clip_cache: Path) -> Iterator[WorkerEmbedder]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OFFLINE_MODE", "True")
        embedder = WorkerEmbedder.start("clip/ViT-B-16", clip_cache, None)
    yield embedder
    embedder.close()


@pytest.fixture(scope="module")
def make_services(
    worker: WorkerEmbedder, tmp_path_factory: pytest.TempPathFactory, clip_cache: Path
) -> Iterator[Callable[[str], Services]]:
    """Services on an index of their own, which share the model that is loaded."""
    made = []

    def make(engine: str) -> Services:
        url = os.environ.get("ELASTICSEARCH_URL")
        if engine == "elasticsearch" and not url:
            pytest.skip("ELASTICSEARCH_URL is not set")
        settings = Settings.load(
            data_dir=tmp_path_factory.mktemp("data"),
            index_name=f"test-{uuid.uuid4().hex}",
            model_cache=clip_cache,
            elasticsearch_url=(url if engine == "elasticsearch" else ""),
        )
        made.append(Services(settings))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.services.WorkerEmbedder.start", lambda *_: worker)
        yield make
    for services in made:
        if services.settings.uses_elasticsearch:
            services.index.drop()
            services.index.close()


@pytest.fixture(scope="module", params=ENGINES)
def indexed(request: pytest.FixtureRequest, make_services: Callable[[str], Services], coco: Path) -> Services:
    services = make_services(request.param)
    *_, last = services.ingest([coco])
    assert (last.total, last.counts) == (128, Counts(added=128))
    return services


def shown(coco: Path, label: str) -> set[str]:
    """The names of the pictures whose labels say that they show it."""
    lines = (coco / "data.yaml").read_text().splitlines()
    number = next(line.split(":")[0].strip() for line in lines if line.split(":")[-1].strip() == label)
    labels = sorted((coco / "train" / "labels").iterdir())
    return {
        f"{file.stem}.jpg" for file in labels if any(row.split()[0] == number for row in file.read_text().splitlines())
    }


def all_records(services: Services) -> tuple[list[ImageRecord], np.ndarray]:
    batches = list(services.index.scan())
    records = [record for batch, _ in batches for record in batch]
    return records, np.concatenate([embeddings for _, embeddings in batches])


def test_the_second_run_adds_nothing_and_loads_no_model(indexed, coco, monkeypatch):
    monkeypatch.setattr(indexed, "load", lambda: pytest.fail("the model was loaded"))
    *_, last = indexed.ingest([coco])
    assert last.counts == Counts(unchanged=128)
    assert indexed.index.count() == 128


@pytest.mark.parametrize("words", NAMED)
def test_words_find_what_they_name(indexed, coco, words):
    assert indexed.search(Query(words), 1).hits[0].record.name in shown(coco, words)


@pytest.mark.parametrize("words", [*NAMED, "a person surfing a wave", "something on a table"])
def test_hits_equal_brute_force(indexed, worker, words):
    records, embeddings = all_records(indexed)
    scores = embeddings @ worker.embed_texts([words])[0]
    expected = sorted(zip(-scores, [record.id for record in records], strict=True))[:24]
    hits = indexed.search(Query(words), 24).hits
    assert [hit.record.id for hit in hits] == [id_ for _, id_ in expected]
    assert np.allclose([hit.score for hit in hits], [-score for score, _ in expected], atol=1e-3)


def test_stored_embeddings_are_those_of_each_picture_alone(indexed, worker):
    records, embeddings = all_records(indexed)
    for at in (0, 63, 127):
        with Image.open(records[at].path) as image:
            alone = worker.embed_images([ImageOps.exif_transpose(image).convert("RGB")])[0]
        assert float(alone @ embeddings[at]) > 0.9999


def test_a_picture_finds_itself_and_its_twins(indexed, coco, tmp_path):
    original = coco / "train" / "images" / "000000000072.jpg"
    with Image.open(original) as image:
        image.save(tmp_path / "twin.png")
        exif = Image.Exif()
        exif[0x0112] = 6  # "turn it to the right to see it": so the bytes hold it turned to the left
        image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.jpg", exif=exif, quality=95)
    itself = indexed.queries.add(original.read_bytes(), original.name).id
    assert indexed.search(Query(images=(itself,)), 1).hits[0].score == pytest.approx(1.0, abs=1e-3)
    for twin in ("twin.png", "turned.jpg"):
        digest = indexed.queries.add((tmp_path / twin).read_bytes(), twin).id
        hit = indexed.search(Query(images=(digest,)), 1).hits[0]
        assert hit.record.name == original.name
        assert hit.score >= 0.99


@pytest.mark.parametrize("engine", ENGINES)
def test_killed_in_the_middle_and_run_again(engine, make_services, coco, clip_cache):
    services = make_services(engine)
    settings = services.settings
    environment = os.environ | {
        "IMAGE_SEARCH_DATA_DIR": str(settings.data_dir),
        "IMAGE_SEARCH_INDEX": settings.index_name,
        "MODEL_CACHE_DIR": str(clip_cache),
        "OFFLINE_MODE": "True",
        "ELASTICSEARCH_URL": ",".join(settings.elasticsearch_url),
    }
    command = [sys.executable, "-m", "core", "ingest", str(coco), "--json"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 200
    while not (stored := services.index.count()):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)  # another process gives no event to wait for
    process.send_signal(signal.SIGKILL)
    process.wait()
    stored = services.index.count()
    assert 0 < stored < 128
    *_, last = services.ingest([coco])
    assert last.counts == Counts(added=128 - stored, unchanged=stored)
    records, embeddings = all_records(services)
    assert len({record.path for record in records}) == len(records) == len(embeddings) == 128


def test_both_engines_give_the_same_hits(make_services, coco):
    lance, elastic = make_services("lancedb"), make_services("elasticsearch")
    for services in (lance, elastic):
        for _ in services.ingest([coco]):
            pass
    picture = next(iter(lance.index.scan()))[0][0].content_hash
    for query in [*(Query(words) for words in NAMED), Query(images=(picture,)), Query("zebra", (picture,))]:
        ours, theirs = lance.search(query, 24).hits, elastic.search(query, 24).hits
        assert [hit.record for hit in ours] == [hit.record for hit in theirs]
        assert np.allclose([hit.score for hit in ours], [hit.score for hit in theirs], atol=1e-3)
