"""CLIP, run by Roboflow Inference in this process."""

import logging
import os
import threading
import warnings
from collections.abc import Sequence
from itertools import batched
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.embedding.weights import damaged
from core.vectors import Embeddings

_logger = logging.getLogger(__name__)

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
"""What Inference reads from the environment when it is imported: no routes of its own but CLIP's, and nothing sent
anywhere."""

_LOGGERS = ("inference", "roboflow_workflows", "streamvision")
IMPORTING = threading.Lock()
"""Held while Inference is imported and a model of it is made: it changes what belongs to the whole process."""


class InferenceClip:
    """Inference's `Clip`, which fetches the weights where they are missing; made by `load`."""

    def __init__(self, clip: Any, batch: int) -> None:
        self.clip = clip
        self._batch = batch

    @classmethod
    def load(cls, model_id: str, cache_dir: Path) -> "InferenceClip":
        """Import Inference and load the model, in 15 to 30 seconds; one at a time.

        Raises:
            ModelUnavailable: the weights do not load.
        """
        try:
            with IMPORTING:
                return cls(*_open(model_id, cache_dir))
        # Inference, requests, filelock and onnxruntime raise errors of their own without a parent in common.
        except Exception as error:
            _logger.warning("%s does not load: %s: %s", model_id, type(error).__name__, error)
            raise damaged(model_id, cache_dir) from error

    def embed_image(self, images: Sequence[Image.Image]) -> Embeddings:
        """RGB pictures. Returns shape `(n, dims)`, not of unit length."""
        return np.concatenate([self.clip.embed_image(list(batch)) for batch in batched(images, self._batch)])

    def embed_text(self, texts: Sequence[str]) -> Embeddings:
        """Texts that CLIP reads to their end. Returns shape `(n, dims)`, not of unit length."""
        embeddings: Embeddings = self.clip.embed_text(list(texts))
        return embeddings


def import_inference(cache_dir: Path) -> None:
    """What takes long of `InferenceClip.load`.

    Raises:
        Exception: whatever keeps it from being imported.
    """
    prepare_import(cache_dir)
    import inference.models.clip.clip_model  # noqa: F401


def prepare_import(cache_dir: Path) -> None:
    """What comes before Inference is imported: its settings, and quiet."""
    _set_environment(cache_dir)
    _silence_import()


def _open(model_id: str, cache_dir: Path) -> tuple[Any, int]:
    """The model, and how many pictures it takes at once."""
    import_inference(cache_dir)
    import onnxruntime
    from inference.core.env import CLIP_MAX_BATCH_SIZE, ONNXRUNTIME_EXECUTION_PROVIDERS
    from inference.core.utils.onnx import get_onnxruntime_execution_providers
    from inference.models.clip.clip_model import Clip

    class QuietClip(Clip):  # type: ignore[misc]
        def log(self, m: object) -> None:
            """Inference prints to the standard output, which belongs to the command line's JSON."""
            _logger.debug("%s", m)

    hand_over_logs()
    wanted = get_onnxruntime_execution_providers(ONNXRUNTIME_EXECUTION_PROVIDERS)
    # A GPU where onnxruntime has one; naming providers it was built without only draws warnings.
    available = [provider for provider in wanted if provider in onnxruntime.get_available_providers()]
    providers = available or ["CPUExecutionProvider"]
    return QuietClip(model_id=model_id, onnxruntime_execution_providers=providers), CLIP_MAX_BATCH_SIZE


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


def hand_over_logs() -> None:
    """Let Inference log where the app logs, rather than to the standard output."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.disabled = False
