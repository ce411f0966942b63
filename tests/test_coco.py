"""The main job from end to end: COCO128 through Inference's own code, on both engines."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.config import Settings
from core.embedding.process.worker import WorkerEmbedder
from core.images.reading.reader import open_upright
from core.index.records import ImageRecord
from core.ingest.journal.progress import Counts
from core.search.language.parser import parse
from core.search.options import Collapse, Options
from core.search.query import Picture, Query, Region, Search, Words
from core.services import Services
from tests.ask.conftest import ask
from tests.ask.stand_in import MODEL, standing_in, zebras
from tests.material import NO_SERVER

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
            pytest.skip(NO_SERVER)
        settings = Settings.load(
            data_dir=tmp_path_factory.mktemp("data"),
            index_name=f"test-{uuid.uuid4().hex}",
            model_cache=clip_cache,
            elasticsearch_url=(url if engine == "elasticsearch" else ""),
        )
        made.append(Services(settings))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.model.start_model", lambda *_: worker)
        yield make
    for services in made:
        if services.settings.uses_elasticsearch:
            services.index.drop()
            services.index.close()  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def index_coco(make_services: Callable[[str], Services], coco: Path) -> Callable[[str], Services]:
    """Services with COCO128 in an index of this engine, once for all tests."""

    @cache
    def index(engine: str) -> Services:
        services = make_services(engine)
        *_, last = services.ingest([coco])
        assert (last.total, last.counts) == (128, Counts(added=128))
        return services

    return index


@pytest.fixture(scope="module", params=ENGINES)
def indexed(request: pytest.FixtureRequest, index_coco: Callable[[str], Services]) -> Services:
    return index_coco(request.param)


def printable(coco: Path, label: str) -> set[str]:
    """The names of the pictures whose labels say that they show it."""
    lines = (coco / "data.yaml").read_text().splitlines()
    number = next(line.split(":")[0].strip() for line in lines if line.split(":")[-1].strip() == label)
    labels = sorted((coco / "train" / "labels").iterdir())
    return {
        f"{file.stem}.jpg" for file in labels if any(row.split()[0] == number for row in file.read_text().splitlines())
    }


def words(text: str) -> Search:
    return Search(Query((Words(text),)), options=Options(collapse=Collapse.OFF))


def picture(digest: str) -> Search:
    return Search(Query(pictures=(Picture(digest),)), options=Options(collapse=Collapse.OFF))


def all_records(services: Services) -> tuple[list[ImageRecord], np.ndarray]:
    batches = list(services.index.scan())
    records = [record for batch, _ in batches for record in batch]
    return records, np.concatenate([embeddings for _, embeddings in batches])


def test_the_second_run_adds_nothing_and_loads_no_model(indexed, coco, monkeypatch):
    monkeypatch.setattr(indexed.model, "load_for_job", lambda: pytest.fail("the model was loaded"))
    *_, last = indexed.ingest([coco])
    assert last.counts == Counts(unchanged=128)
    assert indexed.index.count() == 128


@pytest.mark.parametrize("text", NAMED)
def test_words_find_what_they_name(indexed, coco, text):
    assert indexed.search(words(text)).hits[0].record.name in printable(coco, text)


def test_a_model_says_which_pictures_show_zebras_and_how_many_there_are(indexed, coco):
    with standing_in(zebras) as endpoint:
        asked = replace(indexed.settings, llm_url=endpoint.url, llm_model=MODEL)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(indexed, "settings", asked)
            answered = ask(indexed, "Which pictures show zebras, and how many are there?")
    labelled = printable(coco, "zebra")
    cited = indexed.index.get([answered.pictures[number] for number in answered.done["cited"]])
    assert {record.name for record in cited} == labelled
    assert answered.text.startswith(f"{len(labelled)} pictures show zebras: [")


@pytest.mark.parametrize("text", [*NAMED, "a person surfing a wave", "something on a table"])
def test_hits_equal_brute_force(indexed, worker, text):
    records, embeddings = all_records(indexed)
    scores = embeddings @ worker.embed_texts([text])[0]
    expected = sorted(zip(-scores, [record.id for record in records], strict=True))[:24]
    hits = indexed.search(words(text), limit=24).hits
    assert [hit.record.id for hit in hits] == [id_ for _, id_ in expected]
    assert np.allclose([hit.score for hit in hits], [-score for score, _ in expected], atol=1e-3)


def test_stored_embeddings_are_those_of_each_picture_alone(indexed, worker):
    records, embeddings = all_records(indexed)
    for at in (0, 63, 127):
        path = Path(records[at].path)
        alone = worker.embed_images([open_upright(path.read_bytes(), path.name).image])[0]
        assert float(alone @ embeddings[at]) > 0.9999


def test_a_picture_finds_itself_and_its_twins(indexed, coco, tmp_path):
    original = coco / "train" / "images" / "000000000072.jpg"
    with Image.open(original) as image:
        image.save(tmp_path / "twin.png")
        exif = Image.Exif()
        exif[0x0112] = 6  # "turn it to the right to see it": so the bytes hold it turned to the left
        image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.jpg", exif=exif, quality=95)
    itself = indexed.queries.add(original.read_bytes(), original.name).id
    assert indexed.search(picture(itself)).hits[0].score == pytest.approx(1.0, abs=1e-3)
    for twin in ("twin.png", "turned.jpg"):
        digest = indexed.queries.add((tmp_path / twin).read_bytes(), twin).id
        hit = indexed.search(picture(digest)).hits[0]
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
    *_, last = services.ingest([coco])
    unchanged = last.counts.unchanged  # the last batch may have come after `stored`
    assert stored <= unchanged < 128
    assert last.counts == Counts(added=128 - unchanged, unchanged=unchanged)
    records, embeddings = all_records(services)
    assert len({record.path for record in records}) == len(records) == len(embeddings) == 128


@pytest.fixture(scope="module")
def both(index_coco: Callable[[str], Services]) -> tuple[Services, Services]:
    """COCO128 in each engine, and what scores mean there learned."""
    made = index_coco("lancedb"), index_coco("elasticsearch")
    for services in made:
        services.learn_scores()
    return made


@pytest.mark.parametrize("text", [*NAMED, "2:zebra + giraffe − people", "dog label:dog,cat width:>=500 -colour:blue"])
@pytest.mark.parametrize("region", [None, Region(0.1, 0.2, 0.6, 0.7)])
@pytest.mark.parametrize("pictures", [0, 1, 2])
def test_both_engines_give_the_same_results(both, text, region, pictures):
    terms, where = parse(text)
    records = next(both[0].index.records())[:pictures]
    examples = tuple(record.content_hash for record in records)
    composed = Query(terms, tuple(Picture(digest, 0.8, region) for digest in examples), more=examples[:1])
    ours, theirs = (services.search(Search(composed, where), limit=24) for services in both)
    assert ours.hits
    assert [hit.record for hit in ours.hits] == [hit.record for hit in theirs.hits]
    assert np.allclose([hit.score for hit in ours.hits], [hit.score for hit in theirs.hits], atol=1e-3)
    assert [result.others for result in ours.results] == [result.others for result in theirs.results]
    assert (ours.searched, ours.facets) == (theirs.searched, theirs.facets)
