"""CLIP: pictures and words to vectors, by Inference or by onnxruntime alone."""

import bisect
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from core.cache import LRUCache
from core.embedding.crop import centre_square
from core.embedding.embedder import KEPT_TEXTS
from core.embedding.offers.speeds import timed
from core.embedding.process import ahead
from core.embedding.tokens import OWN_TOKENS, count_tokens, fits
from core.embedding.weights import check_obtainable, present_weights
from core.models import MODELS
from core.vectors import Embedding, Embeddings, unit

if TYPE_CHECKING:  # words need no pictures
    from PIL import Image

_MAX_TEXT = 2000
"""Characters: 75 tokens of CLIP's longest words. Splitting one endless word takes time that grows with its square."""


class Towers(Protocol):
    """What runs the model's two networks."""

    def embed_image(self, images: "Sequence[Image.Image]") -> Embeddings: ...

    def embed_text(self, texts: Sequence[str]) -> Embeddings: ...


class ClipEmbedder:
    """A CLIP model of `core.models.MODELS`. Making one costs nothing; the first use loads it."""

    preprocessing = 1
    max_text_cosine = 1.0

    def __init__(self, model_id: str, cache_dir: Path, *, direct: bool = False, towers: Towers | None = None) -> None:
        """Args:
        direct: Whether onnxruntime alone is to run weights that are there, on the processor: ready within a second.
            Inference runs what it has to fetch.
        towers: What runs the networks, where it is elsewhere: neither weights nor libraries are needed here.
        """
        self.model_id = model_id
        model = MODELS[model_id]
        self.dims = model.dims
        self.crop = model.side, model.side
        self.direct = direct and present_weights(model_id, cache_dir) is not None
        self._cache_dir = cache_dir
        self._max_tokens = model.tokens - OWN_TOKENS
        self._texts: LRUCache[Embedding] = LRUCache(KEPT_TEXTS)
        self._towers = towers
        self._noted_in = None if towers else cache_dir  # how fast it is elsewhere says nothing of this machine
        self._loading = threading.Lock()

    @classmethod
    def load(cls, model_id: str, cache_dir: Path, *, direct: bool = False) -> Self:
        """An embedder that is ready to use: within a second where it is direct, else after 15 to 30 seconds and at
        first a download of some 600 MB.

        Raises:
            ModelUnavailable: within five seconds where the weights are neither in `cache_dir` nor to be had;
                later where the download or the files themselves fail.
        """
        embedder = cls(model_id, cache_dir, direct=direct)
        embedder.towers()
        return embedder

    def prepare(self, image: "Image.Image") -> "Image.Image":
        return centre_square(image, *self.crop)

    def embed_images(self, images: "Sequence[Image.Image]") -> Embeddings:
        from PIL import Image

        for image in images:
            # Inference would fetch a string as an address, open it as a file, and take an array for BGR.
            if not isinstance(image, Image.Image):
                raise TypeError(f"expected a picture, got {type(image).__name__}")
        if not images:
            return np.empty((0, self.dims), np.float32)
        prepared, towers = [self.prepare(image) for image in images], self.towers()
        with timed(self._noted_in, self.model_id, len(images)):
            return unit(towers.embed_image(prepared))

    def embed_texts(self, texts: Sequence[str]) -> Embeddings:
        if not texts:
            return np.empty((0, self.dims), np.float32)
        return np.stack(self._texts.get_all([self.fit_text(text) for text in texts], self._compute_texts))

    def fit_text(self, text: str) -> str:
        """Cut at the last word, or within a single endless one at the last character, that the model still reads."""
        return _fitting(text[:_MAX_TEXT], self._max_tokens)

    def _compute_texts(self, texts: list[str]) -> Embeddings:
        return unit(self.towers().embed_text(texts))

    def towers(self) -> Towers:
        """What runs the networks; loads it at the first call, and raises as `load` does."""
        with self._loading:
            if self._towers is None:
                check_obtainable(self.model_id, self._cache_dir)
                self._towers = self._load()
            return self._towers

    def _load(self) -> Towers:
        if self.direct:
            if towers := ahead.taken(self.model_id, self._cache_dir):
                return towers
            from core.embedding.onnx_clip import OnnxClip

            return OnnxClip(self.model_id, self._cache_dir)
        from core.embedding.inference_clip import InferenceClip

        return InferenceClip.load(self.model_id, self._cache_dir)


def _fitting(text: str, most: int) -> str:
    """As much of the text as has so many tokens at most."""
    if fits(text, most):
        return text
    ends = [word.end() for word in re.finditer(r"\S+", text)]
    fitting = bisect.bisect_right(ends, most, key=lambda end: count_tokens(text[:end]))
    return text[: ends[fitting - 1] if fitting else _fitting_characters(text, most)]


def _fitting_characters(text: str, most: int) -> int:
    length = bisect.bisect_right(range(len(text) + 1), most, key=lambda end: count_tokens(text[:end])) - 1
    # A character more can be a token less, so the search may end one past the mark.
    while count_tokens(text[:length]) > most:
        length -= 1
    return length
