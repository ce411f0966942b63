"""The model in a process of its own: the same answers, errors that arrive, and no process left behind."""

import os
import signal
import subprocess
import sys
from multiprocessing import Pipe

import numpy as np
import pytest
from PIL import Image

from core.embedding.worker import WorkerEmbedder, _answer
from core.errors import ModelUnavailable

pytest.importorskip("efficientnet_lite_pytorch", reason="the starter model's packages are not installed")
pytestmark = pytest.mark.starter


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    embedder = WorkerEmbedder.start("starter", tmp_path_factory.mktemp("models"), None)
    yield embedder
    embedder.close()


def test_it_answers_as_the_model_does(worker):
    assert (worker.model_id, worker.dims, worker.text_ceiling) == ("starter", 512, 0.8)
    images = [Image.new("RGB", (600, 400), colour) for colour in ("red", "blue")]
    together, alone = worker.embed_images(images), worker.embed_images(images[:1])
    assert together.shape == (2, 512)
    assert np.allclose(together[0], alone[0], atol=1e-5)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert worker.embed_texts(["cat", "dog"]).shape == (2, 512)
    assert worker.fit_text("cat") == "cat"


def test_prepared_pictures_are_small_and_embed_the_same(worker):
    image = Image.effect_mandelbrot((500, 300), (-2, -1, 1, 1), 50).convert("RGB")
    prepared = worker.prepare(image)
    assert max(prepared.size) == 260
    assert np.allclose(worker.embed_images([image]), worker.embed_images([prepared]), atol=1e-6)


def test_the_server_imports_neither_torch_nor_inference(tmp_path):
    code = (
        "import sys, pathlib; from core.embedding.worker import WorkerEmbedder\n"
        f"e = WorkerEmbedder.start('starter', pathlib.Path({str(tmp_path)!r}), None)\n"
        "print(e.embed_texts(['cat']).shape, {'torch', 'inference'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "(1, 512) set()"


def test_what_keeps_the_model_from_loading_arrives(tmp_path, monkeypatch):
    monkeypatch.setenv("OFFLINE_MODE", "True")
    with pytest.raises(ModelUnavailable, match="OFFLINE_MODE") as caught:
        WorkerEmbedder.start("clip/ViT-B-16", tmp_path, "clip/ViT-B-16")
    assert caught.value.remedy


def test_a_model_whose_process_died_says_so(tmp_path):
    worker = WorkerEmbedder.start("starter", tmp_path, None)
    assert worker.alive
    os.kill(worker._process.pid, signal.SIGKILL)
    worker._process.wait(10)
    assert not worker.alive
    with pytest.raises(ModelUnavailable, match="ended unexpectedly"):
        worker.embed_texts(["cat"])


def test_a_process_that_dies_while_it_loads_keeps_nobody_waiting(tmp_path, monkeypatch):
    monkeypatch.setattr("core.embedding.worker._CHILD", "import os; os._exit(3)")
    with pytest.raises(ModelUnavailable, match="ended unexpectedly"):
        WorkerEmbedder.start("starter", tmp_path, None)


def test_the_process_ends_with_its_embedder(tmp_path):
    worker = WorkerEmbedder.start("starter", tmp_path, None)
    process = worker._process
    del worker
    process.wait(20)
    assert process.returncode is not None


def test_an_answer_that_nobody_waits_for_any_more_ends_it_quietly():
    ours, theirs = Pipe()

    class Leaving:
        def embed_texts(self, texts):
            ours.close()  # the server goes while the model works
            return texts

    ours.send(("embed_texts", ["cat"]))
    _answer(theirs, Leaving())  # a broken pipe would be raised
    assert ours.closed
