"""Which model to use, and how to load it once while the app is already being used."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.embedding.embedder import Embedder
from core.embedding.weights import how_to_obtain
from core.errors import ImageSearchError, ModelMismatch, ModelUnavailable
from core.models import MODELS, STARTER, ask_for
from core.telemetry.context import carried
from core.text.command import command

if TYPE_CHECKING:
    from core.embedding.clip import ClipEmbedder
    from core.embedding.servers.pool import ServerPool

_logger = logging.getLogger(__name__)


def load_embedder(model_id: str, cache_dir: Path, made_by: str | None, *, direct: bool = False) -> Embedder:
    """Load the model that was asked for, as far as the index and the machine allow it.

    Without the model to be had and with nothing indexed, the starter model stands in. An index that the starter
    model made is searched with it, whatever was asked for.

    Args:
        made_by: The model id of the index, or None while nothing is in it.
        direct: As for `ClipEmbedder`.

    Raises:
        ModelMismatch: the index was made by another model than the one asked for.
        ModelUnavailable: the model that has to be used does not load.
    """
    if made_by == STARTER or (model_id == STARTER and made_by is None):
        return _starter(cache_dir)
    if made_by is not None and made_by != model_id:
        raise _mismatch(model_id, made_by)
    try:
        return embedder_class(model_id).load(model_id, cache_dir, direct=direct)
    except ModelUnavailable as error:
        if made_by is None:
            return _stand_in(error, cache_dir)
        message = f"The index was made with {made_by} and can only be searched with it. {error.message}"
        remedy = f"{how_to_obtain(model_id, cache_dir)}; or build the index with another model, on the page Index."
        raise ModelUnavailable(message, remedy) from error


def embedder_class(model_id: str) -> "type[ClipEmbedder]":
    """What embeds with a model that is not the starter model. Each brings its libraries, and one is used."""
    if MODELS[model_id].family == "perception_encoder":
        from core.embedding.perception import PerceptionEmbedder

        return PerceptionEmbedder
    from core.embedding.clip import ClipEmbedder

    return ClipEmbedder


def load_served(model_id: str, cache_dir: Path, made_by: str | None, pool: "ServerPool") -> Embedder:
    """The model that was asked for, run by Inference servers: no other stands in for it.

    Raises:
        ModelMismatch: as `load_embedder`.
        ModelUnavailable: no server can run it.
    """
    from core.embedding.servers.served import ServedTowers

    if made_by not in (None, model_id):
        raise _mismatch(model_id, str(made_by))
    towers = ServedTowers(model_id, pool)
    towers.load()
    return embedder_class(model_id)(model_id, cache_dir, towers=towers)


def preprocessing(model_id: str) -> int:
    """That of a model, as this version of the app prepares pictures for it."""
    if model_id == STARTER:
        from core.embedding.starter import StarterEmbedder

        return StarterEmbedder.preprocessing
    return embedder_class(model_id).preprocessing


def _stand_in(reason: ModelUnavailable, cache_dir: Path) -> Embedder:
    _logger.warning("Using the starter model. %s", reason)
    try:
        return _starter(cache_dir)
    except ModelUnavailable as error:
        raise ModelUnavailable(f"{reason.message} {error.message}", reason.remedy) from error


def _starter(cache_dir: Path) -> Embedder:
    from core.embedding.starter import StarterEmbedder

    return StarterEmbedder.load(cache_dir)


def _mismatch(model_id: str, made_by: str) -> ModelMismatch:
    if made_by not in MODELS:  # somebody has imported what another program has embedded
        return ModelMismatch(
            f"The pictures were embedded with {made_by}, which this app does not have: words cannot be searched for.",
            f"Search with pictures of the collection, or re-embed all with {model_id} ({command('reembed')}).",
        )
    return ModelMismatch(
        f"The index was made with {made_by}, but {model_id} is asked for; their embeddings cannot be compared.",
        f"Re-embed the pictures ({command('reembed')}), or ask for {made_by} again: {ask_for(made_by)}.",
    )


@dataclass(frozen=True, slots=True)
class ModelState:
    """Where loading stands. Search as long as `embedder` is set, whatever the status of the latest attempt."""

    status: Literal["idle", "loading", "ready", "failed"]
    """How the latest attempt stands."""
    seconds: float
    """How long the latest attempt has been going on, or took."""
    embedder: Embedder | None
    """The model to use: the one from before while a retry is loading or when it has failed."""
    error: ImageSearchError | None
    """Why the latest attempt failed."""


class ModelLoader:
    """Loads a model once, in a thread of its own, for all who ask. Safe to share between threads."""

    def __init__(self, load: Callable[[], Embedder]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._attempt: Future[Embedder] | None = None
        self._embedder: Embedder | None = None
        self._started = self._ended = 0.0

    @property
    def state(self) -> ModelState:
        with self._lock:
            if self._attempt is None:
                return ModelState("idle", 0.0, None, None)
            if not self._attempt.done():
                return ModelState("loading", time.monotonic() - self._started, self._embedder, None)
            error = self._attempt.exception()
            seconds = self._ended - self._started
        if error is None:
            return ModelState("ready", seconds, self._embedder, None)
        return ModelState("failed", seconds, self._embedder, _expected(error))

    @property
    def rested(self) -> float:
        """Seconds since the latest attempt ended; 0 where none has."""
        with self._lock:
            ended = self._attempt is not None and self._attempt.done()
            return time.monotonic() - self._ended if ended else 0.0

    def start(self) -> Future[Embedder]:
        """Begin to load unless that was done before; the future of the latest attempt."""
        with self._lock:
            return self._attempt or self._begin()

    def retry(self) -> Future[Embedder]:
        """Load again, unless an attempt is under way: after a failure, or for a better model than the one in use."""
        with self._lock:
            if self._attempt is not None and not self._attempt.done():
                return self._attempt
            return self._begin()

    def embedder(self, timeout: float | None = None) -> Embedder:
        """The model in use; waits for it where there is none yet.

        Args:
            timeout: Seconds; None: until it is there.

        Raises:
            ImageSearchError: as `load` raises it.
            ModelUnavailable: it is not there in time.
        """
        attempt = self.start()
        with self._lock:
            if self._embedder is not None:
                return self._embedder
        wait([attempt], timeout)
        if not attempt.done():
            raise ModelUnavailable("The model is still loading.", "Try again in a moment.")
        return attempt.result()

    def _begin(self) -> Future[Embedder]:
        attempt: Future[Embedder] = Future()
        attempt.set_running_or_notify_cancel()  # shared by all: none of them may cancel it
        self._attempt, self._started = attempt, time.monotonic()
        threading.Thread(target=carried(self._run), args=(attempt,), name="model-loader", daemon=True).start()
        return attempt

    def _run(self, attempt: "Future[Embedder]") -> None:
        try:
            embedder = self._load()
        except ImageSearchError as error:
            self._finish(attempt, error)
        # Whatever it is, even SystemExit: those who wait for this thread must hear of it.
        except BaseException as error:
            _logger.exception("Loading the model failed")
            self._finish(attempt, _expected(error))
        else:
            self._finish(attempt, embedder)

    def _finish(self, attempt: "Future[Embedder]", outcome: Embedder | ImageSearchError) -> None:
        with self._lock:
            self._ended = time.monotonic()
            if isinstance(outcome, ImageSearchError):
                attempt.set_exception(outcome)
            else:
                self._embedder = outcome
                attempt.set_result(outcome)


def _expected(error: BaseException) -> ImageSearchError:
    if isinstance(error, ImageSearchError):
        return error
    unexpected = ModelUnavailable(
        "The model could not be loaded.",
        f"The log has the details. Try again, or use the starter model: {ask_for(STARTER)}.",
    )
    unexpected.__cause__ = error
    return unexpected
