"""CLIP, run by Roboflow Inference in this process."""

import bisect
import logging
import os
import re
import threading
import warnings
from collections.abc import Sequence
from itertools import batched
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.config import CLIP_MODELS
from core.embedding.crop import centre_square
from core.embedding.texts import TextCache
from core.embedding.weights import check_obtainable, remedy
from core.errors import ModelUnavailable
from core.vectors import Embeddings, unit

_logger = logging.getLogger(__name__)

_TOKENS = 75
"""CLIP reads 77 tokens; the first and the last are its own."""

_LONGEST_TEXT = 2000
"""Characters: 75 tokens of CLIP's longest words. Splitting one endless word takes time that grows with its square."""

_DEFAULTS = {
    "METRICS_ENABLED": "False",
    "TELEMETRY_OPT_OUT": "True",
    "TELEMETRY_USE_PERSISTENT_QUEUE": "False",  # else it keeps a database among the weights
    "DISABLE_VERSION_CHECK": "True",
    "USE_INFERENCE_MODELS": "False",
    "LOG_LEVEL": "ERROR",
} | {
    f"CORE_MODEL_{name}_ENABLED": "False"
    for name in (
        *("DOCTR", "EASYOCR", "GAZE", "GROUNDINGDINO", "OWLV2", "PE", "PPOCR"),
        *("SAM", "SAM2", "SAM3", "TROCR", "YOLO_WORLD"),
    )
}
"""What Inference reads from the environment when it is imported: CLIP alone, and nothing sent anywhere."""

_LOGGERS = ("inference", "roboflow_workflows", "streamvision")
_importing = threading.Lock()


class ClipEmbedder:
    """A CLIP model of `core.config.CLIP_MODELS`. Making one costs nothing; the first use loads it."""

    preprocessing = 1
    text_ceiling = 1.0

    def __init__(self, model_id: str, cache_dir: Path) -> None:
        self.model_id = model_id
        self.dims, side = CLIP_MODELS[model_id]
        self.crop = side, side
        self._cache_dir = cache_dir
        self._texts = TextCache()
        self._model: Any = None
        self._loading = threading.Lock()

    @classmethod
    def load(cls, model_id: str, cache_dir: Path) -> "ClipEmbedder":
        """An embedder that is ready to use, after 15 to 30 seconds and at first a download of some 600 MB.

        Raises:
            ModelUnavailable: within five seconds where the weights are neither in `cache_dir` nor to be had;
                later where the download or the files themselves fail.
        """
        embedder = cls(model_id, cache_dir)
        embedder._clip()
        return embedder

    def prepare(self, image: Image.Image) -> Image.Image:
        return centre_square(image, *self.crop)

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        for image in images:
            # Inference would fetch a string as an address, open it as a file, and take an array for BGR.
            if not isinstance(image, Image.Image):
                raise TypeError(f"expected a picture, got {type(image).__name__}")
        if not images:
            return np.empty((0, self.dims), np.float32)
        model = self._clip()
        from inference.core.env import CLIP_MAX_BATCH_SIZE

        batches = batched(map(self.prepare, images), CLIP_MAX_BATCH_SIZE)
        return unit(np.concatenate([model.embed_image(list(batch)) for batch in batches]))

    def embed_texts(self, texts: Sequence[str]) -> Embeddings:
        if not texts:
            return np.empty((0, self.dims), np.float32)
        return self._texts.get([self.fit_text(text) for text in texts], self._compute_texts)

    def fit_text(self, text: str) -> str:
        """Cut at the last word, or within a single endless one at the last character, that CLIP still reads."""
        start = text[:_LONGEST_TEXT]
        if _count_tokens(start) <= _TOKENS:
            return start
        ends = [word.end() for word in re.finditer(r"\S+", start)]
        fitting = bisect.bisect_right(ends, _TOKENS, key=lambda end: _count_tokens(start[:end]))
        length = ends[fitting - 1] if fitting else _fitting_characters(start)
        return start[:length]

    def _compute_texts(self, texts: list[str]) -> Embeddings:
        return unit(self._clip().embed_text(texts))

    def _clip(self) -> Any:
        with self._loading:
            if self._model is None:
                self._model = _load(self.model_id, self._cache_dir)
            return self._model


def _load(model_id: str, cache_dir: Path) -> Any:
    check_obtainable(model_id, cache_dir)
    try:
        with _importing:
            return _open(model_id, cache_dir)
    # Inference, requests, filelock and onnxruntime raise errors of their own without a parent in common.
    except Exception as error:
        _logger.warning("%s does not load: %s: %s", model_id, type(error).__name__, error)
        raise ModelUnavailable(
            f"{model_id} does not load: its weights are damaged, or are not those of a CLIP model.",
            remedy(model_id, cache_dir),
        ) from error


def _open(model_id: str, cache_dir: Path) -> Any:
    _set_environment(cache_dir)
    _silence_import()
    import onnxruntime
    from inference.core.env import ONNXRUNTIME_EXECUTION_PROVIDERS
    from inference.core.utils.onnx import get_onnxruntime_execution_providers
    from inference.models.clip.clip_model import Clip

    class QuietClip(Clip):  # type: ignore[misc]
        def log(self, m: object) -> None:
            """Inference prints to the standard output, which belongs to the command line's JSON."""
            _logger.debug("%s", m)

    _hand_over_logs()
    wanted = get_onnxruntime_execution_providers(ONNXRUNTIME_EXECUTION_PROVIDERS)
    # A GPU where onnxruntime has one; naming providers it was built without only draws warnings.
    available = [provider for provider in wanted if provider in onnxruntime.get_available_providers()]
    return QuietClip(model_id=model_id, onnxruntime_execution_providers=available or ["CPUExecutionProvider"])


def _set_environment(cache_dir: Path) -> None:
    os.environ["MODEL_CACHE_DIR"] = str(cache_dir)
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)


def _silence_import() -> None:
    """Ignore what Inference's own modules warn about while they are imported.

    Filters that name modules, and stay: `warnings.catch_warnings` would swap the filters of all threads.
    """
    for module in (r"inference\b", r"inference_\w+\b", r"roboflow_workflows\b", r"streamvision\b", r"clip\b"):
        warnings.filterwarnings("ignore", module=module)
    # Pydantic warns in its own name about the models that Inference declares.
    warnings.filterwarnings("ignore", module=r"pydantic\b", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message="Field name .* shadows an attribute", module=r"pydantic\b")
    for name in _LOGGERS:
        logging.getLogger(name).disabled = True


def _hand_over_logs() -> None:
    """Let Inference log where the app logs, rather than to the standard output."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.disabled = False


def _count_tokens(text: str) -> int:
    from clip.clip import _tokenizer

    return len(_tokenizer.encode(text))


def _fitting_characters(text: str) -> int:
    length = bisect.bisect_right(range(len(text) + 1), _TOKENS, key=lambda end: _count_tokens(text[:end])) - 1
    # A character more can be a token less, so the search may end one past the mark.
    while _count_tokens(text[:length]) > _TOKENS:
        length -= 1
    return length
