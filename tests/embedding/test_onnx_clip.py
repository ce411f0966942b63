"""CLIP on onnxruntime alone: Inference's own numbers, and nothing of what it imports."""

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.embedding.clip import ClipEmbedder
from core.embedding.inference_clip import InferenceClip
from core.embedding.onnx_clip import OnnxClip
from core.embedding.tokens import count_tokens, tokenize
from core.embedding.weights import WEIGHTS, weights_folder
from core.errors import ModelUnavailable
from core.images.reading.reader import open_upright
from tests.embedding.conftest import MODEL
from tests.hostile.pictures import PICTURES
from tests.material import TEST_DATA, no_data

pytestmark = pytest.mark.clip

ODD = [
    *("", " ", "\n\t", ".", "?!", "a", "A PHOTO of a DOG", "cat's", "it's 10:30", "&amp;&lt;b&gt;", "naïve café"),
    *("ÀÉÎ", "e\u0301te\u0301", "\ufeffbom", "zero\u200bwidth", "“quotes” — dashes", "大象", "слон", "فيل", "ฟักทอง"),
    *("🐘", "👩\u200d🚀 in space", "\ud800", "x" * 60, "1234567890 " * 7, "<|startoftext|>", "<|endoftext|> a dog"),
    *("http://a.b/c?d=e#f", "C:\\a\\b.jpg", "ﬁne ﬂags", "½ cup", "H₂O", "Straße", "İstanbul", "ǅ", "a\u0000b", "…"),
    *("ﷺ", "\U0001f1e8\U0001f1ed"),
]
WORDS = ("a", "the", "two", "old", "green", "dogs", "zebra", "coffee", "street", "under", "with", "extraordinarily")


def texts() -> list[str]:
    """200: odd ones, and sentences of every length up to what the model reads and beyond."""
    chosen = random.Random(12)
    rest = [" ".join(chosen.choices(WORDS, k=2 + n % 90)) for n in range(200 - len(ODD))]
    return [*ODD, *rest]


@pytest.fixture(scope="module")
def pictures(direct: ClipEmbedder, tmp_path_factory: pytest.TempPathFactory) -> list[Image.Image]:
    """200, as the app prepares them: COCO128, and the good ones of the hostile set."""
    data = TEST_DATA / "data" / "coco128" / "train" / "images"
    if not data.is_dir():
        pytest.skip(no_data("pictures", data))
    folder = tmp_path_factory.mktemp("good")
    fates = []
    for number, put in enumerate(PICTURES.values()):
        (folder / str(number)).mkdir()
        fates += [folder / str(number) / fate.path for fate in put(folder / str(number)) if fate.colour]
    paths = [*sorted(data.glob("*.jpg")), *fates][:200]
    return [direct.prepare(open_upright(path.read_bytes(), path.name).image) for path in paths]


def test_pictures_come_out_as_from_inference(
    clip: ClipEmbedder, direct: ClipEmbedder, pictures: list[Image.Image]
) -> None:
    assert isinstance(clip.towers(), InferenceClip)
    assert isinstance(direct.towers(), OnnxClip)
    assert len(pictures) == 200
    np.testing.assert_allclose(direct.embed_images(pictures), clip.embed_images(pictures), atol=1e-5, rtol=0)


def test_pictures_that_nobody_prepared_come_out_as_from_inference(clip: ClipEmbedder, direct: ClipEmbedder) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (5, 40, 300, 3), np.uint8)
    images = [Image.fromarray(pixels) for pixels in noise]
    np.testing.assert_allclose(direct.embed_images(images), clip.embed_images(images), atol=1e-5, rtol=0)


def test_words_come_out_as_from_inference(clip: ClipEmbedder, direct: ClipEmbedder) -> None:
    asked = texts()
    assert len(set(asked)) == 200
    fitted = [direct.fit_text(text) for text in asked]
    assert fitted == [clip.fit_text(text) for text in asked]
    np.testing.assert_allclose(direct.embed_texts(asked), clip.embed_texts(asked), atol=1e-5, rtol=0)


def test_words_are_read_as_clip_reads_them(clip: ClipEmbedder, direct: ClipEmbedder) -> None:
    from clip import tokenize as reference

    fitted = [direct.fit_text(text) for text in texts()]
    np.testing.assert_array_equal(tokenize(fitted), reference(fitted).numpy())
    assert max(map(count_tokens, fitted)) == 75


def test_inference_prepares_pictures_as_it_did(clip: ClipEmbedder) -> None:
    """What `onnx_clip` does by itself: size, order of channels, mean and deviation."""
    from core.embedding.onnx_clip import pixels_of

    towers = clip.towers()
    assert isinstance(towers, InferenceClip)
    pixels = np.random.default_rng(4).integers(0, 256, (224, 224, 3), np.uint8)
    image = Image.fromarray(pixels)
    np.testing.assert_allclose(pixels_of(image), towers.clip.preproc_image(image)[0], atol=1e-6, rtol=0)


def test_many_pictures_come_out_as_one_by_one_and_in_their_order(clip_cache: Path, pictures: list[Image.Image]) -> None:
    few, many = (OnnxClip(MODEL, clip_cache) for _ in range(2))
    few.embed_image(pictures[:1])  # what comes first decides how the processors are shared
    for count in (30, 5, 4, 1):
        np.testing.assert_allclose(many.embed_image(pictures[-count:]), few.embed_image(pictures[-count:]), atol=1e-6)


def test_it_imports_nothing_heavy(clip_cache: Path) -> None:
    code = (
        "import sys, pathlib; from PIL import Image; from core.embedding.clip import ClipEmbedder\n"
        f"e = ClipEmbedder.load({MODEL!r}, pathlib.Path({str(clip_cache)!r}), direct=True)\n"
        "e.embed_images([Image.new('RGB', (300, 200))])\n"
        "print(e.embed_texts(['cat']).shape, {'torch', 'torchvision', 'inference', 'clip'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "(1, 512) set()"


@pytest.mark.parametrize("tower", WEIGHTS)
def test_damaged_weights_are_named(clip_cache: Path, tmp_path: Path, tower: str) -> None:
    folder = weights_folder(MODEL, tmp_path)
    folder.mkdir()
    for name in WEIGHTS:
        data = (weights_folder(MODEL, clip_cache) / name).read_bytes()
        (folder / name).write_bytes(b"not a network" if name == tower else data)
    with pytest.raises(ModelUnavailable, match="clip/ViT-B-16 does not load") as raised:
        ClipEmbedder.load(MODEL, tmp_path, direct=True).embed_images([Image.new("RGB", (300, 200))])
    assert str(folder) in raised.value.remedy


def test_weights_that_have_to_be_fetched_are_for_inference(tmp_path: Path) -> None:
    assert not ClipEmbedder(MODEL, tmp_path, direct=True).direct
