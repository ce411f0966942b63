"""Perception Encoder (Bolya et al., 2025): trained as CLIP is, on more; run by Roboflow Inference.

It has CLIP's vocabulary, reads fewer words, and looks at the whole of a picture, squeezed into a square.
"""

import logging
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.embedding.clip import ClipEmbedder, Towers
from core.embedding.crop import squeezed
from core.embedding.weights import damaged, refused
from core.vectors import Embeddings

if TYPE_CHECKING:
    from PIL import Image

_logger = logging.getLogger(__name__)
_REFUSALS = ("NotAuthorized", "Forbidden", "NotFound")
"""In the names of what Inference raises where Roboflow does not hand out the weights."""


class PerceptionEmbedder(ClipEmbedder):
    """A Perception Encoder of `core.models.MODELS`; only Inference runs it."""

    def __init__(self, model_id: str, cache_dir: Path, *, direct: bool = False, towers: Towers | None = None) -> None:
        super().__init__(model_id, cache_dir, towers=towers)

    def prepare(self, image: "Image.Image") -> "Image.Image":
        return squeezed(image, self.crop[1])

    def _load(self) -> Towers:
        return InferenceEncoder.load(self.model_id, self._cache_dir)


class InferenceEncoder:
    """Inference's `PerceptionEncoder`, which fetches the weights where they are missing; made by `load`."""

    def __init__(self, encoder: Any, batch: int) -> None:
        self.encoder = encoder
        self._batch = batch

    @classmethod
    def load(cls, model_id: str, cache_dir: Path) -> "InferenceEncoder":
        """Import Inference and load the model; takes minutes where the weights are fetched.

        Raises:
            ModelUnavailable: the weights do not load, or are not handed out.
        """
        from core.embedding.inference_clip import IMPORTING

        try:
            # It prints which weights it found to the standard output, which belongs to the command line's JSON.
            with IMPORTING, redirect_stdout(StringIO()):
                return cls(*_open(model_id, cache_dir))
        except Exception as error:  # as for CLIP: they have no parent in common
            _logger.warning("%s does not load: %s: %s", model_id, type(error).__name__, error)
            is_refused = any(word in type(error).__name__ for word in _REFUSALS)
            raise (refused if is_refused else damaged)(model_id, cache_dir) from error

    def embed_image(self, images: "Sequence[Image.Image]") -> Embeddings:
        """RGB pictures. Returns shape `(n, dims)`."""
        return np.concatenate([self.encoder.embed_image(list(batch)) for batch in batched(images, self._batch)])

    def embed_text(self, texts: Sequence[str]) -> Embeddings:
        """Texts that the model reads to their end. Returns shape `(n, dims)`."""
        embeddings: Embeddings = self.encoder.embed_text(list(texts))
        return embeddings


def _open(model_id: str, cache_dir: Path) -> tuple[Any, int]:
    """The model, and how many pictures it takes at once."""
    from core.embedding.inference_clip import hand_over_logs, prepare_import

    prepare_import(cache_dir)
    from inference.core.env import CLIP_MAX_BATCH_SIZE
    from inference.models.perception_encoder.perception_encoder import DEVICE, PerceptionEncoder

    class QuietEncoder(PerceptionEncoder):  # type: ignore[misc]
        def log(self, m: object) -> None:
            """Inference prints to the standard output."""
            _logger.debug("%s", m)

    hand_over_logs()
    # Inference names a device by its number, too, which torch's autocast does not take.
    return QuietEncoder(model_id=model_id, device=str(DEVICE).partition(":")[0]), CLIP_MAX_BATCH_SIZE
