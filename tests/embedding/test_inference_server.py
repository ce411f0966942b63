"""Roboflow Inference's own HTTP server: what it embeds is what is embedded here."""

import shutil

import pytest

from core.config import Settings
from core.embedding.embedder import Embedder
from core.embedding.loading import load_served
from core.embedding.servers.pool import ServerPool
from core.errors import EmbeddingServersAway
from core.services import Services
from tests.embedding.conftest import MODEL, opened
from tests.material import TEST_DATA, no_data

PICTURES = 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Photographs, one of them twice, and a file that is none."""
    found = sorted((TEST_DATA / "data" / "coco128" / "train" / "images").glob("*.jpg"))[:PICTURES]
    if not found:
        pytest.skip(no_data("COCO128", TEST_DATA / "data" / "coco128"))
    folder = tmp_path_factory.mktemp("served").resolve() / "pictures"
    folder.mkdir()
    for path in found:
        shutil.copy2(path, folder)
    shutil.copy2(found[0], folder / "again.jpg")
    (folder / "damaged.jpg").write_bytes(found[1].read_bytes()[:200])
    return folder


@pytest.fixture
def served(inference_server, tmp_path) -> Embedder:
    return load_served(MODEL, tmp_path, None, ServerPool([inference_server]))


def test_pictures_and_words_are_embedded_alike(served, direct, folder):
    images = [opened(path) for path in sorted(folder.glob("0*.jpg"))]
    ours, theirs = direct.embed_images(images), served.embed_images(images)
    assert (ours * theirs).sum(axis=1).min() > 0.9999
    texts = ["a dog", "zwei Hunde — Ännchens", "x " * 500, "<b>&amp;</b>"]
    assert (direct.embed_texts(texts) * served.embed_texts(texts)).sum(axis=1).min() > 0.9999
    assert served.fit_text("x " * 500) == direct.fit_text("x " * 500)
    assert (served.dims, served.preprocessing, served.crop) == (direct.dims, direct.preprocessing, direct.crop)


def test_records_thumbnails_and_verdicts_are_the_same(inference_server, clip_cache, folder, tmp_path, monkeypatch):
    monkeypatch.delenv("ELASTICSEARCH_URL", raising=False)
    found = []
    for servers in ((), (inference_server,)):
        data = tmp_path / ((servers and "served") or "here")
        settings = Settings.load(
            data_dir=data,
            library_roots=(folder,),
            inference_servers=servers,
            model_cache=None if servers else clip_cache,
        )
        services = Services(settings, command_line=True)
        job = services.jobs.wait(services.library.add([str(folder)], auto_start=True), 60)
        rows = {
            record.id: (record, row)
            for some, rows in services.index.scan()
            for record, row in zip(some, rows, strict=True)
        }
        thumbnails = {path.name: path.read_bytes() for path in (data / "thumbnails").glob("??/*.jpg")}
        verdicts = list(services.library.journal.files(job.id).verdicts())
        found.append((rows, thumbnails, verdicts, job.counts, services.index.model()))
        services.close()
    here, there = found
    assert here[1:] == there[1:]
    assert here[3].stored == PICTURES + 1
    assert {id_: record for id_, (record, _) in here[0].items()} == {
        id_: record for id_, (record, _) in there[0].items()
    }
    assert len(here[0]) == PICTURES + 1
    for id_, (_, row) in here[0].items():
        assert float(row @ there[0][id_][1]) > 0.9999


def test_a_model_that_it_has_not_is_said(inference_server, tmp_path):
    with pytest.raises(EmbeddingServersAway, match=r"can run clip/ViT-L-14.*answers with 5"):
        load_served("clip/ViT-L-14", tmp_path, None, ServerPool([inference_server]))
