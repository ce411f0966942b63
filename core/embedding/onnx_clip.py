"""CLIP on onnxruntime alone: the files that Inference keeps, without what Inference imports.

Words are ready within a second instead of twenty. The numbers are Inference's own: the same files, the same tokens, the
same pixels.
"""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from core.embedding.tokens import tokenize
from core.embedding.weights import damaged, present_weights, weights_folder
from core.vectors import Embeddings

if TYPE_CHECKING:  # words need no pictures
    from PIL import Image

BATCH = 4
"""Rows that go through a network at once. More do not fit into a processor's caches: of ViT-B-16 8 take a tenth longer
each, of a smaller network too, and one alone as long as one of 8."""

_SIDE_BY_SIDE = 8  # batches at most: each takes memory of its own
_VISUAL, _TEXTUAL = 0, 1  # places in `WEIGHTS`
_logger = logging.getLogger(__name__)
_ACCELERATORS = {"CUDAExecutionProvider", "OpenVINOExecutionProvider", "CoreMLExecutionProvider"}
"""What Inference prefers to the processor where onnxruntime has it."""

_MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
_DEVIATION = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
"""Of the pictures that CLIP was trained with (Radford et al., 2021), by channel."""

_SCALED = ((np.arange(256, dtype=np.float32) / np.float32(255))[:, None] - _MEAN) / _DEVIATION
"""What each of the 256 levels is to the network, by channel: looked up, a picture takes a third of the time."""


def accelerated() -> bool:
    """Whether Inference would use more than the processor."""
    return not _ACCELERATORS.isdisjoint(onnxruntime.get_available_providers())


class OnnxClip:
    """The two towers of weights that are there, each opened when it is first used. Safe to share between threads."""

    def __init__(self, model_id: str, cache_dir: Path, *, words: bool = True) -> None:
        """Opens the tower of words, or else that of pictures, for many.

        Raises:
            ModelUnavailable: it does not load.
        """
        self._model = model_id, cache_dir
        self._opening = threading.Lock()
        self._sessions: dict[int, Any] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._session(_TEXTUAL if words else _VISUAL, many=not words)

    def embed_image(self, images: "Sequence[Image.Image]") -> Embeddings:
        """RGB pictures of the size that the model takes. Returns shape `(n, dims)`, not of unit length.

        Raises:
            ModelUnavailable: the tower of pictures does not load.
        """
        session = self._session(_VISUAL, many=len(images) > BATCH)
        return _run(session, images, lambda batch: np.stack([pixels_of(image) for image in batch]), self._pool)

    def embed_text(self, texts: Sequence[str]) -> Embeddings:
        """Texts that CLIP reads to their end. Returns shape `(n, dims)`, not of unit length."""
        return _run(self._session(_TEXTUAL), texts, tokenize)

    def _session(self, tower: int, many: bool = False) -> Any:
        """
        Args:
            many: Whether the first who wants it comes with many: then several batches go through the network side by
                side, which takes a tenth less than to share out each among the processors.
        """
        with self._opening:
            if tower not in self._sessions:
                threads, processors = 0, os.cpu_count() or 1
                if many:
                    side_by_side = min(_SIDE_BY_SIDE, processors)
                    self._pool = ThreadPoolExecutor(side_by_side, thread_name_prefix="tower")
                    threads = processors // side_by_side
                self._sessions[tower] = _open(*self._model, tower, threads)
            return self._sessions[tower]


def _open(model_id: str, cache_dir: Path, tower: int, threads: int = 0) -> Any:
    """
    Args:
        threads: That share one batch; 0: one for each processor.
    """
    files = present_weights(model_id, cache_dir)
    file = files[tower] if files else weights_folder(model_id, cache_dir)  # gone since it was found
    try:
        return onnxruntime.InferenceSession(str(file), _session_options(threads), providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's have no parent in common
        _logger.warning("%s does not load: %s: %s", model_id, type(error).__name__, error)
        raise damaged(model_id, cache_dir) from error


def _session_options(threads: int) -> onnxruntime.SessionOptions:
    """Its threads sleep while there is nothing to do. By default they spin, which is no faster where nothing else runs
    (12 ms a picture of the small network on two cores either way, 90 ms a text of ViT-B-16 rather than 130 to 200), and
    takes the processors from those who decode the next pictures: twice the processor time beside them.

    Weights lie in memory of their own. In the arena of what runs, which grows by doubling, ViT-B-16 would take 150 MB
    more, and a tenth longer to open."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.use_device_allocator_for_initializers", "1")
    return options


def _run[T](
    session: Any,
    items: Sequence[T],
    prepare: Callable[[Sequence[T]], NDArray[Any]],
    pool: ThreadPoolExecutor | None = None,
) -> Embeddings:
    name = session.get_inputs()[0].name

    def run(batch: Sequence[T]) -> Embeddings:
        rows: Embeddings = session.run(None, {name: prepare(batch)})[0]
        return rows

    embeddings: Embeddings = np.concatenate([*(pool.map if pool else map)(run, batched(items, BATCH))])
    return embeddings


def pixels_of(image: "Image.Image") -> NDArray[np.float32]:
    """A prepared picture as CLIP takes it, shape `(3, side, side)`."""
    levels = np.asarray(image)
    return np.stack([_SCALED[:, channel].take(levels[..., channel]) for channel in range(3)])
