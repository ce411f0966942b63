"""A model that Inference servers run: pictures and words are prepared here as for any other, and embedded there."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import batched
from typing import TYPE_CHECKING

import numpy as np

from core.embedding.servers.pool import ServerPool
from core.embedding.servers.wire import IMAGES, TEXTS, images_body, path_of, rows_of, texts_body
from core.telemetry.events import Embedded, tell
from core.vectors import Embeddings

if TYPE_CHECKING:
    from PIL import Image

BATCH = 8
"""Pictures or texts of one request: more, an Inference server does not take, as it is delivered."""

IN_FLIGHT = 2
"""Requests to each server at once: one travels while another is embedded."""

IMAGE_SECONDS, TEXT_SECONDS = 60.0, 10.0
"""That a server has to answer."""

LOADING_SECONDS = 300.0
"""That it has for the first, for which it fetches and loads the model."""


class ServedTowers:
    """The two towers of a model, as servers run them. Safe to share between threads."""

    def __init__(self, model_id: str, pool: ServerPool) -> None:
        self.model_id, self.pool = model_id, pool
        self._making = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None

    def load(self) -> None:
        """Have a server load the model.

        Raises:
            ModelUnavailable: none of them can.
        """
        self._texts(("a",), LOADING_SECONDS)

    def embed_image(self, images: "Sequence[Image.Image]") -> Embeddings:
        """RGB pictures of the size that the model takes. Returns shape `(n, dims)`, not of unit length.

        Raises:
            ModelUnavailable: no server can embed them.
        """
        return self._embedded("images", images, partial(self._images, seconds=IMAGE_SECONDS))

    def embed_text(self, texts: Sequence[str]) -> Embeddings:
        """Texts that the model reads to their end; as `embed_image`."""
        return self._embedded("texts", texts, partial(self._texts, seconds=TEXT_SECONDS))

    def _embedded[T](self, kind: str, items: Sequence[T], embed: "partial[Embeddings]") -> Embeddings:
        began = time.monotonic()
        batches = list(batched(items, BATCH))
        rows = [embed(batches[0])] if len(batches) == 1 else list(self._pooled().map(embed, batches))
        tell(Embedded(kind, len(items), time.monotonic() - began))
        return np.concatenate(rows)

    def _images(self, images: "Sequence[Image.Image]", seconds: float) -> Embeddings:
        return self._ask(IMAGES, images_body(self.model_id, images), len(images), seconds)

    def _texts(self, texts: Sequence[str], seconds: float) -> Embeddings:
        return self._ask(TEXTS, texts_body(self.model_id, texts), len(texts), seconds)

    def _ask(self, task: str, body: bytes, count: int, seconds: float) -> Embeddings:
        def read(answer: bytes) -> Embeddings:
            return rows_of(answer, self.model_id, count)

        return self.pool.ask(path_of(self.model_id, task), body, read, seconds, f"run {self.model_id}")

    def _pooled(self) -> ThreadPoolExecutor:
        with self._making:
            if self._threads is None:
                workers = IN_FLIGHT * len(self.pool.urls)
                self._threads = ThreadPoolExecutor(workers, thread_name_prefix="to-server")
            return self._threads
