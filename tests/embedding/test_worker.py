"""The model in a process of its own: the same answers, errors that arrive, and no process left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from core.embedding.process.serving import answer
from core.embedding.process.worker import TAKEOVER, Takeover, WorkerEmbedder, await_calm
from core.errors import ModelUnavailable
from tests.material import NO_STARTER

pytestmark = pytest.mark.clip

CLIP = "clip/ViT-B-16"


@pytest.fixture
def start(clip_cache, monkeypatch):
    """Starts workers: within a second, where the starter model needs ten."""
    monkeypatch.setenv("OFFLINE_MODE", "True")
    return lambda takeover=TAKEOVER: WorkerEmbedder.start(CLIP, clip_cache, None, takeover)


@pytest.mark.starter
def test_the_starter_model_answers(tmp_path):
    pytest.importorskip("efficientnet_lite_pytorch", reason=NO_STARTER)
    worker = WorkerEmbedder.start("starter", tmp_path, None)
    assert (worker.model_id, worker.dims, worker.max_text_cosine) == ("starter", 512, 0.8)
    image = Image.effect_mandelbrot((500, 300), (-2, -1, 1, 1), 50).convert("RGB")
    prepared = worker.prepare(image)
    assert max(prepared.size) == 260
    assert np.allclose(worker.embed_images([image]), worker.embed_images([prepared]), atol=1e-6)
    assert not worker.direct  # nobody takes over
    worker.close()


def test_it_answers_as_the_model_does(start):
    worker = start()
    assert (worker.model_id, worker.dims, worker.max_text_cosine) == (CLIP, 512, 1.0)
    colours = ("red", "blue", "green", "white", "black", "pink")  # more than go through the network at once
    images = [Image.new("RGB", (600, 400), colour) for colour in colours]
    together, alone = worker.embed_images(images), worker.embed_images(images[:1])
    assert together.shape == (6, 512)
    assert np.allclose(together[0], alone[0], atol=1e-5)
    assert np.allclose(worker.embed_images([worker.prepare(images[5])]), together[5:], atol=1e-6)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert worker.embed_texts(["cat", "dog"]).shape == (2, 512)
    assert worker.fit_text("cat") == "cat"
    worker.close()


def test_the_server_imports_neither_torch_nor_inference(clip_cache, monkeypatch):
    monkeypatch.setenv("OFFLINE_MODE", "True")
    code = (
        "import sys, pathlib; from core.embedding.process.worker import WorkerEmbedder\n"
        f"e = WorkerEmbedder.start({CLIP!r}, pathlib.Path({str(clip_cache)!r}), None)\n"
        "print(e.embed_texts(['cat']).shape, {'torch', 'inference'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "(1, 512) set()"


def test_what_keeps_the_model_from_loading_arrives(tmp_path, monkeypatch):
    monkeypatch.setenv("OFFLINE_MODE", "True")
    with pytest.raises(ModelUnavailable, match="OFFLINE_MODE") as caught:
        WorkerEmbedder.start(CLIP, tmp_path, CLIP)
    assert caught.value.remedy


def test_a_model_whose_process_died_says_so(start):
    worker = start()
    assert worker.alive
    os.kill(worker.process.pid, signal.SIGKILL)
    worker.process.wait(10)
    assert not worker.alive
    with pytest.raises(ModelUnavailable, match="stopped unexpectedly"):
        worker.embed_texts(["cat"])


def test_a_process_that_dies_while_it_loads_keeps_nobody_waiting(start, monkeypatch):
    monkeypatch.setattr("core.embedding.process.launching.CHILD", "import os; os._exit(3)")
    with pytest.raises(ModelUnavailable, match="stopped unexpectedly"):
        start()


def test_the_process_ends_with_its_embedder(start):
    worker = start()
    process = worker.process
    del worker
    process.wait(20)
    assert process.returncode is not None


def test_who_waits_for_an_answer_when_it_is_closed_is_told(start):
    worker = start()
    waiting = threading.Barrier(3)

    def ask():
        waiting.wait(20)
        for _ in range(10_000):
            worker.embed_texts(["cat", "dog"])

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(ask) for _ in range(2)]
        waiting.wait(20)
        worker.close()
        for one in asked:
            with pytest.raises(ModelUnavailable, match="stopped unexpectedly"):
                one.result(20)


def test_an_answer_that_nobody_waits_for_any_more_ends_it_quietly():
    ours, theirs = Pipe()

    class Leaving:
        def embed_texts(self, texts):
            ours.close()  # the server goes while the model works
            return texts

    ours.send(("embed_texts", ["cat"]))
    answer(theirs, Leaving())  # type: ignore[arg-type]  # a broken pipe would be raised
    assert ours.closed


class Served:
    """An embedder as far as its successor looks at it."""

    def __init__(self, calm, alive=True):
        self._calm = iter(calm)
        self.close = SimpleNamespace(alive=alive)

    @property
    def calm(self):
        return next(self._calm)


def test_inference_is_imported_when_no_more_pictures_come_in(monkeypatch):
    slept = []
    monkeypatch.setattr(
        "core.embedding.process.worker.time", SimpleNamespace(monotonic=lambda: len(slept), sleep=slept.append)
    )
    served = Served([False, False, True])
    assert await_calm(weakref.ref(served), 300)  # type: ignore[arg-type]
    assert len(slept) == 2
    served = Served([False] * 9)
    assert await_calm(weakref.ref(served), 5)  # type: ignore[arg-type]
    assert len(slept) == 7
    served = Served([], alive=False)
    assert not await_calm(weakref.ref(served), 300)  # type: ignore[arg-type]
    unwanted = weakref.ref(Served([True]))
    assert not await_calm(unwanted, 300)  # type: ignore[arg-type]


def test_few_pictures_are_done_before_inference_would_be_there(start):
    worker, before = start(), threading.active_count()
    worker.embed_images([Image.new("RGB", (300, 200))])
    assert worker.direct
    assert threading.active_count() == before  # nobody waits to load it
    worker.close()


def test_inference_takes_over_once_pictures_have_come_in(start):
    worker = start(Takeover(worth=0.0, calm=1.0))
    words, first = worker.embed_texts(["zebra"]), worker.process
    assert worker.direct
    images = [Image.effect_mandelbrot((300, 200), (-2, -1, 1, 1), 50).convert("RGB")]
    pictures = worker.embed_images(images)
    deadline = time.monotonic() + 120
    with ThreadPoolExecutor(8) as threads:  # more than there are channels: some wait while the other takes over
        while worker.direct or first.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.1)  # it loads beside this
            for vectors in threads.map(worker.embed_texts, [[f"{n}"] for n in range(8)] + [["zebra"]] * 8):
                assert vectors.shape == (1, 512)
    assert worker.process is not first
    np.testing.assert_allclose(worker.embed_texts(["zebra"]), words, atol=1e-5)
    np.testing.assert_allclose(worker.embed_images(images), pictures, atol=1e-5)
    worker.close()


def test_without_inference_it_goes_on_as_it_was(start, monkeypatch, caplog):
    worker = start(Takeover(worth=0.0, calm=0.0))
    monkeypatch.setattr("core.embedding.process.launching.CHILD", "import os; os._exit(3)")
    image = Image.new("RGB", (300, 200))
    worker.embed_images([image])
    while "does not take over" not in caplog.text:
        time.sleep(0.05)
    assert worker.direct
    assert worker.alive
    assert worker.embed_images([image]).shape == (1, 512)
    worker.close()
