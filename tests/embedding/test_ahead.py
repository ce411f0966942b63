"""Towers in a process beside the command that has begun to open them: the same numbers, and no harm where it dies."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.embedding.clip import ClipEmbedder
from core.embedding.loading import load_embedder
from core.embedding.onnx_clip import OnnxClip
from core.embedding.process import ahead
from core.embedding.process.ahead import TowersAhead
from core.embedding.weights import WEIGHTS, weights_folder
from core.errors import ModelUnavailable
from core.model import start_model
from core.models import STARTER
from tests.embedding.conftest import MODEL
from tests.nodes import wait_until

pytestmark = pytest.mark.clip

TEXTS = ["a zebra", "é 🐘", " ".join(["dog"] * 200), ""]


@pytest.fixture
def opened(clip_cache: Path) -> Iterator[TowersAhead]:
    ahead.launch_towers()
    ahead.open_ahead(MODEL, clip_cache)
    towers = ahead.taken(MODEL, clip_cache)
    assert towers
    yield towers
    towers.close()


def _pictures() -> list[Image.Image]:
    noise = np.random.default_rng(5).integers(0, 256, (3, 224, 224, 3), np.uint8)
    return [Image.fromarray(pixels) for pixels in noise]


def test_numbers_are_those_of_the_networks_here(opened: TowersAhead, clip_cache: Path, direct: ClipEmbedder) -> None:
    here, texts = OnnxClip(MODEL, clip_cache), [direct.fit_text(text) for text in TEXTS]
    np.testing.assert_allclose(opened.embed_text(texts), here.embed_text(texts), atol=1e-6, rtol=0)
    np.testing.assert_allclose(opened.embed_image(_pictures()), here.embed_image(_pictures()), atol=1e-6, rtol=0)


def test_who_begins_with_pictures_has_words_too(clip_cache: Path) -> None:
    ahead.open_ahead(MODEL, clip_cache, words=False)
    towers = ahead.taken(MODEL, clip_cache)
    assert towers
    here, pictures = OnnxClip(MODEL, clip_cache), _pictures() * 4
    np.testing.assert_allclose(towers.embed_image(pictures), here.embed_image(pictures), atol=1e-5, rtol=0)
    np.testing.assert_allclose(towers.embed_text(["dog"]), here.embed_text(["dog"]), atol=1e-6, rtol=0)
    towers.close()


def test_a_command_uses_what_was_begun_and_only_once(clip_cache: Path) -> None:
    ahead.open_ahead(MODEL, clip_cache)
    first, second = (start_model(MODEL, clip_cache, None, True) for _ in range(2))
    assert isinstance(first, ClipEmbedder)
    assert isinstance(second, ClipEmbedder)
    towers = first.towers()
    assert isinstance(towers, TowersAhead)
    assert isinstance(second.towers(), OnnxClip)
    np.testing.assert_allclose(first.embed_texts(TEXTS), second.embed_texts(TEXTS), atol=1e-6, rtol=0)
    towers.close()


def test_where_it_dies_the_networks_run_here(opened: TowersAhead, clip_cache: Path) -> None:
    opened.process.kill()
    opened.process.wait(30)
    here = OnnxClip(MODEL, clip_cache)
    for _ in range(2):
        np.testing.assert_allclose(opened.embed_text(["a zebra"]), here.embed_text(["a zebra"]), atol=1e-6, rtol=0)
    np.testing.assert_allclose(opened.embed_image(_pictures()), here.embed_image(_pictures()), atol=1e-6, rtol=0)


def test_what_it_cannot_do_is_done_here_and_without_a_traceback(clip_cache: Path, capfd: pytest.CaptureFixture) -> None:
    ahead.open_ahead(MODEL, clip_cache)
    towers = ahead.taken(MODEL, clip_cache)
    assert towers
    with pytest.raises(Exception, match=r"(?i)invalid"):
        towers.embed_image([Image.new("RGB", (10, 10))])
    assert towers.process.wait(30) == 0
    assert "Traceback" not in capfd.readouterr().err


def test_one_that_died_before_it_was_told_is_done_without(clip_cache: Path) -> None:
    ahead.launch_towers()
    (waiting,) = ahead.waiting
    waiting.kill()
    waiting.wait(30)
    ahead.open_ahead(MODEL, clip_cache)
    assert not ahead.is_open(MODEL, clip_cache)
    assert ahead.taken(MODEL, clip_cache) is None
    assert isinstance(ClipEmbedder.load(MODEL, clip_cache, direct=True).towers(), OnnxClip)


def test_damaged_weights_are_told_as_without_it(tmp_path: Path) -> None:
    folder = weights_folder(MODEL, tmp_path)
    folder.mkdir()
    for name in WEIGHTS:
        (folder / name).write_bytes(b"not a network")
    ahead.open_ahead(MODEL, tmp_path)
    with pytest.raises(ModelUnavailable, match="damaged"):
        load_embedder(MODEL, tmp_path, MODEL, direct=True)


@pytest.mark.parametrize("model_id", [MODEL, STARTER])
def test_nothing_is_begun_without_weights_of_clip(model_id: str, tmp_path: Path) -> None:
    ahead.launch_towers()
    (waiting,) = ahead.waiting
    ahead.open_ahead(model_id, tmp_path)
    assert waiting.wait(30) == -signal.SIGKILL
    assert ahead.taken(model_id, tmp_path) is None


@pytest.mark.parametrize("told", [True, False])
def test_it_ends_with_the_process_that_started_it(told: bool, clip_cache: Path) -> None:
    code = f"""
        import sys, time
        from pathlib import Path
        from core.embedding.process import ahead
        ahead.launch_towers()
        print(ahead.waiting[0].pid, flush=True)
        if {told}:
            ahead.open_ahead({MODEL!r}, Path({str(clip_cache)!r}))
        time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        os.kill(child, 0)  # it is there
        process.kill()
    wait_until(lambda: not _is_there(child), 30, "The process of the towers ends")


def _is_there(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_search_leaves_the_networks_to_it(clip_cache: Path, tmp_path: Path, picture: Callable[..., Path]) -> None:
    red = picture("red.png")
    variables = {
        **os.environ,
        "IMAGE_SEARCH_DATA_DIR": str(tmp_path / "data"),
        "IMAGE_SEARCH_ROOTS": str(tmp_path),
        "MODEL_CACHE_DIR": str(clip_cache),
        "OFFLINE_MODE": "True",
    }
    variables.pop("ELASTICSEARCH_URL", None)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-X", "importtime", "-m", "core", *arguments]
        return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)

    assert run("ingest", str(red)).returncode == 0
    found = run("search", "zebra")
    assert found.returncode == 0, found.stderr
    assert str(red) in found.stdout
    assert "| numpy" in found.stderr.replace("  ", "")
    assert "onnxruntime" not in found.stderr
    assert run("search", "--help").returncode == 0
