"""Inference's own code, on small towers in CLIP's format."""

import logging
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.embedding.clip import ClipEmbedder
from core.embedding.weights import WEIGHTS, weights_folder
from core.errors import ModelUnavailable
from core.vectors import Embeddings
from tests.embedding.conftest import MODEL, Pictures

pytestmark = pytest.mark.clip


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    """Coarse enough to survive being shrunk."""
    coarse = np.random.default_rng(seed).integers(0, 256, (5, 5, 3), np.uint8)
    return Image.fromarray(coarse).resize((width, height))


def tokens(text: str) -> int:
    from clip.clip import tokenize

    return int((tokenize([text])[0] != 0).sum())


def test_the_weights_lie_where_inference_looks(clip: ClipEmbedder, tmp_path: Path) -> None:
    from inference.core.cache.model_artifacts import get_cache_dir

    for model_id in (MODEL, "clip/RN50x4", "clip/ViT-L-14-336px"):
        assert get_cache_dir(model_id, cache_dir_root=str(tmp_path)) == str(weights_folder(model_id, tmp_path))


def test_it_is_inference_own_clip(clip: ClipEmbedder) -> None:
    from inference.models.clip.clip_model import Clip

    assert isinstance(clip.towers().clip, Clip)  # type: ignore[attr-defined]
    assert clip.towers().clip.visual_onnx_session.get_providers()[-1] == "CPUExecutionProvider"  # type: ignore[attr-defined]


def test_each_row_is_that_of_the_picture_alone(clip: ClipEmbedder) -> None:
    images = [noise(100 + 17 * n, 300 - 11 * n, n) for n in range(20)]
    together = clip.embed_images(images)
    assert together.shape == (20, 512)
    assert together.dtype == np.float32
    alone = np.concatenate([clip.embed_images([image]) for image in images])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    assert (together @ together.T)[0, 1] < 0.999


def test_red_goes_in_as_red(clip: ClipEmbedder, clip_cache: Path) -> None:
    import onnxruntime

    red, blue = Image.new("RGB", (300, 200), (255, 0, 0)), Image.new("RGB", (300, 200), (0, 0, 255))
    embeddings = clip.embed_images([red, blue])
    assert embeddings[0] @ embeddings[1] < 0.99
    session = onnxruntime.InferenceSession(
        weights_folder(clip.model_id, clip_cache) / "visual.onnx", providers=["CPUExecutionProvider"]
    )
    mean, deviation = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
    pixels = np.ones((1, 224, 224, 3)) * ((np.array([1.0, 0, 0]) - mean) / deviation)
    expected = session.run(None, {"input": pixels.transpose(0, 3, 1, 2).astype(np.float32)})[0][0]
    assert embeddings[0] @ (expected / np.linalg.norm(expected)) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    "size", [(640, 480), (481, 641), (333, 999), (225, 224), (224, 225), (224, 224), (50, 31), (1, 1), (3001, 211)]
)
def test_prepared_pictures_give_what_torchvision_gives(clip: ClipEmbedder, size: tuple[int, int]) -> None:
    image = noise(*size)
    assert clip.prepare(image).size == (224, 224)
    preprocess = clip.towers().clip.clip_preprocess  # type: ignore[attr-defined]
    np.testing.assert_array_equal(preprocess(clip.prepare(image)), preprocess(image))
    direct = clip.towers().clip.embed_image([image])[0]  # type: ignore[attr-defined]
    np.testing.assert_allclose(clip.embed_images([image])[0], direct / np.linalg.norm(direct), atol=1e-6)
    np.testing.assert_allclose(clip.embed_images([clip.prepare(image)]), clip.embed_images([image]), atol=1e-6)


@pytest.mark.parametrize("size", [(1, 10_000), (4480, 224), (225, 4601)])
def test_very_long_pictures_differ_by_rounding_only(clip: ClipEmbedder, size: tuple[int, int]) -> None:
    image = noise(*size)
    prepared = clip.embed_images([clip.prepare(image)])[0]
    np.testing.assert_allclose(prepared, clip.embed_images([image])[0], atol=1e-6)
    if max(size) < 5000:  # else torchvision needs gigabytes
        direct = clip.towers().clip.embed_image([image])[0]  # type: ignore[attr-defined]
        assert prepared @ (direct / np.linalg.norm(direct)) > 0.9999


@pytest.mark.parametrize(
    "given", ["https://example.com/cat.jpg", "/etc/hostname", b"bytes", np.zeros((9, 9, 3), np.uint8)]
)
def test_only_pictures_are_taken_for_pictures(clip: ClipEmbedder, given: object) -> None:
    with pytest.raises(TypeError, match="expected a picture"):
        clip.embed_images([given])  # type: ignore[list-item]


def test_an_address_is_words_like_any_other(clip: ClipEmbedder) -> None:
    embeddings = clip.embed_texts(["https://example.com/cat.jpg", "/etc/hostname", ""])
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("query", ["giraffe", "zebra", "pizza", "elephant", "bus", "bear"])
def test_finds_what_the_words_name(clip: ClipEmbedder, coco: Pictures, shows: dict[str, set[str]], query: str) -> None:
    name, score = coco.best(clip, query)
    assert name in shows[query]
    assert score > 0.3


def test_texts_are_rows_in_their_order(clip: ClipEmbedder) -> None:
    texts = ["giraffe", "pizza", "giraffe", *(f"{n} zebras" for n in range(10))]
    together = clip.embed_texts(texts)
    alone = np.concatenate([clip.embed_texts([text]) for text in texts])
    assert together.shape == (13, 512)
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_array_equal(together[0], together[2])


def test_a_text_is_computed_once(clip: ClipEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    first = clip.embed_texts(["a text that no other test asks for"])

    def refuse(*_: object) -> Embeddings:
        raise AssertionError("computed again")

    monkeypatch.setattr(clip.towers().clip, "embed_text", refuse)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(clip.embed_texts(["a text that no other test asks for"]), first)


@pytest.mark.parametrize("text", ["", "  ", "a dog", "Two  CATS\n&amp; a “dog” 🐶", " ".join(["dog"] * 75)])
def test_a_text_that_fits_stays_as_it_is(clip: ClipEmbedder, text: str) -> None:
    assert clip.fit_text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"word{n}" for n in range(500)),
        "🐘🦒" * 200,
        "大象和长颈鹿" * 60,
        "x1y2z3" * 400,
        "dog \ud800\udfff " * 100,
        " ".join(["dog"] * 76),
        "x" * 100_000,
    ],
)
def test_a_longer_text_is_cut_where_clip_stops_reading(clip: ClipEmbedder, text: str) -> None:
    fitted = clip.fit_text(text)
    assert text.startswith(fitted)
    assert 0 < len(fitted) < len(text)
    assert 60 <= tokens(fitted) <= 77 or text.startswith("xx")
    assert clip.fit_text(fitted) == fitted
    np.testing.assert_array_equal(clip.embed_texts([text]), clip.embed_texts([fitted]))


def test_words_are_not_cut_apart(clip: ClipEmbedder) -> None:
    assert clip.fit_text(" ".join(["elephant"] * 500)) == " ".join(["elephant"] * 75)


def test_nothing_is_printed(clip: ClipEmbedder, clip_cache: Path, capfd: pytest.CaptureFixture[str]) -> None:
    again = ClipEmbedder.load(MODEL, clip_cache)
    again.embed_images([noise(30, 40)])
    again.embed_texts(["quiet"])
    assert capfd.readouterr() == ("", "")


def test_inference_logs_where_the_app_does(clip: ClipEmbedder, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("inference")
    with caplog.at_level(logging.ERROR, logger="inference"):
        logger.error("something of Inference's")
    assert "something of Inference's" in caplog.messages
    assert not logger.handlers


def test_damaged_weights_are_named(clip: ClipEmbedder, clip_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "clip/RN50"
    folder = weights_folder(other, clip_cache)
    folder.mkdir()
    for name in WEIGHTS:
        (folder / name).write_bytes(b"not a network")
    with pytest.raises(ModelUnavailable, match="clip/RN50 does not load") as raised:
        ClipEmbedder.load(other, clip_cache)
    assert str(folder) in raised.value.remedy
