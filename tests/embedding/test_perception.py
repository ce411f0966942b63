"""Perception Encoder, over a class with the interface of Inference's: its weights cannot be fetched by tests."""

import importlib.util
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.embedding.loading import load_embedder
from core.embedding.perception import PerceptionEmbedder
from core.embedding.tokens import count_tokens, encode
from core.embedding.weights import weights_folder
from core.errors import ModelUnavailable
from core.models import MODELS
from core.vectors import Embeddings

MODEL = "perception_encoder/PE-Core-B16-224"
BATCH = 8
SIDE = MODELS[MODEL].side


class FakeEncoder:
    """As `inference.models.perception_encoder.perception_encoder.PerceptionEncoder` takes and gives: at most eight
    pictures as PIL has them, any number of texts; unit rows."""

    made: list["FakeEncoder"]
    failure: Exception | None = None

    def __init__(self, model_id: str, device: str) -> None:
        if self.failure:
            raise self.failure
        self.model_id, self.device = model_id, device
        self.batches: list[list[Image.Image]] = []
        print("Missing keys for loading vision encoder: []")  # as it does
        self.log("Creating PE-CLIP model")
        self.made.append(self)

    def log(self, m: object) -> None:
        print(m)

    def embed_image(self, image: list[Image.Image]) -> Embeddings:
        assert isinstance(image, list)
        assert len(image) <= BATCH, "The maximum number of images that can be embedded at once is 8"
        self.batches.append(image)
        means = np.stack([np.asarray(one, np.float64).mean(axis=(0, 1)) for one in image])
        return self._rows(means)

    def embed_text(self, text: list[str]) -> Embeddings:
        assert all(len(encode(one)) <= MODELS[MODEL].tokens - 2 for one in text)
        return self._rows(np.array([[len(one), one.count("a"), 1.0] for one in text]))

    def _rows(self, values: np.ndarray) -> Embeddings:
        rows = np.zeros((len(values), MODELS[MODEL].dims), np.float32)
        rows[:, : values.shape[1]] = values + 1
        return rows


@pytest.fixture
def inference(monkeypatch: pytest.MonkeyPatch) -> type[FakeEncoder]:
    """Inference's modules, with the fake in place of its class."""
    fake = type("Fake", (FakeEncoder,), {"made": []})
    modules: dict[str, dict[str, Any]] = {
        "inference": {},
        "inference.core": {},
        "inference.core.env": {"CLIP_MAX_BATCH_SIZE": BATCH},
        "inference.models": {},
        "inference.models.perception_encoder": {},
        "inference.models.perception_encoder.perception_encoder": {"PerceptionEncoder": fake, "DEVICE": "cuda:0"},
    }
    for name, contents in modules.items():
        module = types.ModuleType(name)
        module.__dict__.update(contents)
        monkeypatch.setitem(sys.modules, name, module)
    return fake


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = weights_folder(MODEL, tmp_path)
    folder.mkdir(parents=True)
    (folder / "model.pt").touch()
    return tmp_path


@pytest.fixture
def encoder(inference: type[FakeEncoder], cache: Path) -> PerceptionEmbedder:
    made = load_embedder(MODEL, cache, None, direct=True)
    assert isinstance(made, PerceptionEmbedder)
    return made


def picture(width: int, height: int, seed: int = 0) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (5, 5, 3), np.uint8)
    return Image.fromarray(coarse).resize((width, height))


def test_it_is_loaded_as_inference_has_it(encoder, inference, capsys):
    [made] = inference.made
    assert (made.model_id, made.device) == (MODEL, "cuda")  # no number: torch's autocast takes the kind alone
    assert (encoder.dims, encoder.crop, encoder.direct, encoder.max_text_cosine) == (1024, (224, 224), False, 1.0)
    assert capsys.readouterr().out == ""  # which belongs to the command line's JSON


def test_pictures_are_embedded_in_batches_each_as_alone(encoder, inference):
    images = [picture(100 + 31 * n, 300 - 11 * n, n) for n in range(20)]
    together = encoder.embed_images(images)
    assert together.shape == (20, 1024)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    assert [len(batch) for batch in inference.made[0].batches] == [8, 8, 4]
    np.testing.assert_allclose(encoder.embed_images(images[3:4])[0], together[3], atol=1e-6)
    assert encoder.embed_images([]).shape == encoder.embed_texts([]).shape == (0, 1024)


@pytest.mark.parametrize("size", [(640, 480), (481, 641), (50, 31), (1, 1), (3001, 211), (224, 224)])
def test_the_whole_picture_is_squeezed_as_torchvision_does(encoder, size):
    """`Resize((side, side), BILINEAR)` of a picture in PIL is Pillow's own: see `torchvision.transforms`."""
    image = picture(*size)
    prepared = encoder.prepare(image)
    assert prepared.size == (SIDE, SIDE)
    expected = image.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(np.asarray(prepared), np.asarray(expected))
    assert encoder.prepare(prepared) is prepared


def test_what_is_no_picture_never_reaches_inference(encoder, inference):
    for wrong in ("https://example.org/a.jpg", np.zeros((3, 3, 3), np.uint8)):
        with pytest.raises(TypeError):
            encoder.embed_images([wrong])
    assert inference.made[0].batches == []


@pytest.mark.parametrize("text", ["cat " * 100, "a" * 5_000, "日" * 90, "short", "", "one two three " * 11])
def test_texts_are_cut_to_what_the_model_reads(encoder, text):
    fitted = encoder.fit_text(text)
    assert text.startswith(fitted)
    assert count_tokens(fitted) <= 30
    assert fitted == text or count_tokens(text[: len(fitted) + len(text) // 10 + 4]) > 29
    assert encoder.embed_texts([text]).shape == (1, 1024)


@pytest.mark.parametrize("name", ["RoboflowAPINotAuthorizedError", "RoboflowAPIForbiddenError"])
def test_weights_that_are_not_handed_out(inference, cache, name):
    inference.failure = type(name, (Exception,), {})("no")
    with pytest.raises(ModelUnavailable, match="does not hand out") as caught:
        load_embedder(MODEL, cache, MODEL)
    assert "ROBOFLOW_API_KEY" in caught.value.remedy


def test_weights_that_are_damaged(inference, cache):
    inference.failure = RuntimeError("PytorchStreamReader failed")
    with pytest.raises(ModelUnavailable, match="are not those of a Perception Encoder") as caught:
        load_embedder(MODEL, cache, MODEL)
    assert "Pytorch" not in str(caught.value)


def test_weights_that_are_missing_are_told_before_inference_is_imported(tmp_path, monkeypatch):
    monkeypatch.setenv("OFFLINE_MODE", "True")
    with pytest.raises(ModelUnavailable, match=r"model|weights") as caught:
        load_embedder(MODEL, tmp_path, MODEL)
    assert "model.pt" in caught.value.remedy
    assert str(weights_folder(MODEL, tmp_path)) in str(caught.value)


def test_the_weights_lie_where_inference_looks(tmp_path):
    """`get_cache_dir` of `inference.core.cache.model_artifacts`: an id in small letters is a path as it is."""
    assert weights_folder(MODEL, tmp_path) == tmp_path / "perception_encoder" / "pe-core-b16-224"


def test_the_interface_is_inference_s():
    """What the fake takes: held against the source, which would import torch for twenty seconds."""
    found = importlib.util.find_spec("inference")
    if found is None or found.origin is None:
        pytest.skip("Inference is not installed")
    folder = Path(found.origin).parent / "models" / "perception_encoder"
    source = (folder / "perception_encoder.py").read_text("utf-8")
    for line in (
        "model_id: str = PERCEPTION_ENCODER_MODEL_ID,\n        device: str = DEVICE,",
        "super().__init__(model_id=model_id.lower(), *args, **kwargs)",
        'return ["model.pt"]',
        "if len(image) > CLIP_MAX_BATCH_SIZE:",
        "    def embed_text(\n        self,\n        text: Union[str, List[str]],",
    ):
        assert line in source
    transforms = (folder / "vision_encoder" / "transforms.py").read_text("utf-8")
    assert "crop = [T.Resize((image_size, image_size), interpolation=interpolation)]" in transforms
    assert "center_crop: bool = False" in transforms
    assert "T.InterpolationMode.BILINEAR" in transforms


def test_its_vocabulary_is_clip_s():
    folder = importlib.util.find_spec("inference"), importlib.util.find_spec("clip")
    if None in folder:
        pytest.skip("Inference or the package clip is not installed")
    name = "bpe_simple_vocab_16e6.txt.gz"
    inference, clip = (Path(str(spec.origin)).parent for spec in folder if spec)
    ours = inference / "models" / "perception_encoder" / "vision_encoder" / name
    assert ours.read_bytes() == (clip / name).read_bytes()
