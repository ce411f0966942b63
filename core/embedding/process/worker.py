"""The model in a process of its own.

Importing Inference holds Python's interpreter lock for half a second at a time, for fifteen to twenty seconds, and
preparing pictures for the model keeps it busy while it runs: in the server's process no page would open meanwhile.
Pictures are shrunk before they are sent, so what goes between the processes is small.

CLIP's weights, where they are there, are run by onnxruntime alone at first, which is ready within a second. Inference
is loaded in a second process, which then takes over: at once where it uses what the machine has besides the processor,
else after work on many pictures, when no more come in, for its import takes as much of that as hundreds of them. The
vectors are the same.
"""

import logging
import math
import subprocess
import threading
import time
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.embedding.crop import centre_square, squeezed
from core.embedding.process.child import Child, Retired
from core.errors import ImageSearchError
from core.telemetry.context import carried
from core.telemetry.events import Embedded, tell
from core.vectors import Embeddings

_TICK_SECONDS = 0.5
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Takeover:
    """When Inference is imported, and takes over: seconds."""

    worth: float = 20.0
    """Of work on pictures, before that: as many as the import takes, and a gigabyte stays free."""
    calm: float = 5.0
    """Without pictures."""
    latest: float = 300.0
    """After which it is done though pictures still come in."""


TAKEOVER = Takeover()


class WorkerEmbedder:
    """An `Embedder` whose model runs in a child process; made by `start`. The child ends with it."""

    def __init__(self, child: "Child", cache_dir: Path, takeover: Takeover = TAKEOVER) -> None:
        self.model_id = child.traits.model_id
        self.dims = child.traits.dims
        self.preprocessing = child.traits.preprocessing
        self.max_text_cosine = child.traits.max_text_cosine
        self.crop = child.traits.crop
        self._squeezes = child.traits.squeezes
        self._cache_dir = cache_dir
        self._takeover = takeover
        self._children = [child]
        self._succession = threading.Lock()  # taken once, by who starts the successor
        self._worked = 0.0  # seconds, on pictures
        self._pictures_at = -math.inf  # when the last came in or were done
        self.close = weakref.finalize(self, _stop_all, self._children)

    @classmethod
    def start(
        cls, model_id: str, cache_dir: Path, made_by: str | None, takeover: Takeover = TAKEOVER
    ) -> "WorkerEmbedder":
        """Load a model as `load_embedder` does, in a new process; waits until it is ready.

        Raises:
            ModelUnavailable, ModelMismatch: as `load_embedder`.
        """
        embedder = cls(Child.start(model_id, cache_dir, made_by, direct=True), cache_dir, takeover)
        if embedder._children[-1].traits.accelerated:
            embedder._load_inference(at_once=True)
        return embedder

    @property
    def alive(self) -> bool:
        return self._children[-1].alive

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The one that answers."""
        return self._children[-1].process

    @property
    def direct(self) -> bool:
        """Whether onnxruntime alone runs the model, until Inference takes over."""
        return self._children[-1].traits.direct

    def prepare(self, image: Image.Image) -> Image.Image:
        return squeezed(image, self.crop[1]) if self._squeezes else centre_square(image, *self.crop)

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        prepared = [np.asarray(self.prepare(image)) for image in images]
        began = self._pictures_at = time.monotonic()
        embeddings: Embeddings = self._call("embed_images", prepared)
        self._pictures_at = time.monotonic()
        tell(Embedded("images", len(prepared), self._pictures_at - began))
        self._worked += self._pictures_at - began
        if self._worked >= self._takeover.worth:
            self._load_inference()
        return embeddings

    @property
    def calm(self) -> bool:
        """Whether no pictures have come in for a while."""
        return time.monotonic() - self._pictures_at >= self._takeover.calm

    def embed_texts(self, texts: Sequence[str]) -> Embeddings:
        began = time.monotonic()
        embeddings: Embeddings = self._call("embed_texts", list(texts))
        tell(Embedded("texts", len(texts), time.monotonic() - began))
        return embeddings

    def fit_text(self, text: str) -> str:
        return str(self._call("fit_text", text))

    def _call(self, method: str, argument: object) -> Any:
        while True:
            with suppress(Retired):
                return self._children[-1].call(method, argument)

    def _load_inference(self, *, at_once: bool = False) -> None:
        """In the background, once."""
        if self.direct and self._succession.acquire(blocking=False):
            arguments = weakref.ref(self), self.model_id, self._cache_dir, at_once, self._takeover.latest
            threading.Thread(target=carried(_succeed), args=arguments, name="inference-loader", daemon=True).start()

    def replace(self, child: "Child") -> None:
        """Let another process with the same model answer from now on; the one before ends when it has answered."""
        before = self._children[-1]
        self._children.append(child)
        before.retire()
        self._children.remove(before)


def _succeed(
    embedder: "weakref.ref[WorkerEmbedder]", model_id: str, cache_dir: Path, at_once: bool, latest: float
) -> None:
    if not at_once and not await_calm(embedder, latest):
        return
    try:
        child = Child.start(model_id, cache_dir, model_id, direct=False)
    except ImageSearchError as error:  # the one that is there goes on
        _logger.warning("Inference does not take over. %s", error)
        return
    if (served := embedder()) is None or not served.close.alive:
        child.stop()
    else:
        served.replace(child)


def await_calm(embedder: "weakref.ref[WorkerEmbedder]", seconds: float) -> bool:
    """Wait until no more pictures come in, but no longer than so many seconds; returns whether the embedder is still
    there."""
    latest = time.monotonic() + seconds
    while (served := embedder()) is not None and served.close.alive:
        if served.calm or time.monotonic() >= latest:
            return True
        del served  # nobody may want it any more
        time.sleep(_TICK_SECONDS)
    return False


def _stop_all(children: list[Child]) -> None:
    for child in children:
        child.stop()
