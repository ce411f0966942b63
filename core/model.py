"""The model that goes with the index: which one it is, loaded in the background, tried again where that may help."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.config import Settings
from core.embedding.embedder import Embedder
from core.embedding.loading import ModelLoader, ModelState, load_embedder, load_served, preprocessing
from core.embedding.process import ahead
from core.embedding.weights import check_obtainable, how_to_obtain, remedy
from core.errors import EmbeddingServersAway, ImageSearchError, IndexUnavailable, ModelUnavailable, StorageUnavailable
from core.index.index import Index, ModelStamp
from core.index.versions import Overtaken
from core.models import MODELS, STARTER
from core.telemetry.events import ModelRestarted, tell

_log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from core.embedding.servers.pool import ServerPool

AGAIN_SECONDS = 10.0
"""After which embedding servers that were away are asked again."""

type Start = Callable[[str, Path, str | None, bool], Embedder]


def start_model(model_id: str, cache_dir: Path, made_by: str | None, in_process: bool) -> Embedder:
    """Load a model as `load_embedder` does: in this process, or in one of its own.

    Raises:
        ModelUnavailable, ModelMismatch: as `load_embedder`.
    """
    if not in_process:
        from core.embedding.process.worker import WorkerEmbedder

        return WorkerEmbedder.start(model_id, cache_dir, made_by)
    return load_embedder(model_id, cache_dir, made_by, direct=ahead.is_open(model_id, cache_dir) or not _accelerated())


def _accelerated() -> bool:
    from core.embedding.onnx_clip import accelerated  # imports onnxruntime

    return accelerated()


class IndexModel:
    """One per index. Making it loads nothing. Safe to share between threads.

    It is the model that made the index, as its stamp says; the settings say which one a new index gets.

    Args:
        in_process: Whether the model is loaded in this process, which has no pages to keep open meanwhile; CLIP's
            without Inference where its weights are there and nothing but the processor is.
        start: Loads a model, or gives one that others use too; by default `start_model`.
    """

    def __init__(
        self, settings: Settings, index: Index, *, in_process: bool = False, start: Start | None = None
    ) -> None:
        self._settings = settings
        self._index = index
        self._loader = ModelLoader(self._load)
        self._target: tuple[str, ModelLoader] | None = None
        self._in_process = in_process
        self._start_shared = start
        self._expected: Embedder | None = None
        self._seen: tuple[str, ModelStamp | None] | None = None

    def _load(self) -> Embedder:
        stamp = self._index.model()
        if _died(self._loader.state.embedder):
            _log.warning("The process of the model has ended; another is started.")
            tell(ModelRestarted())
        if (expected := self._expected) and not _died(expected) and stamp == stamp_of(expected):
            return expected
        made_by = stamp.model_id if stamp else None
        return self._start(made_by if made_by and made_by in MODELS else self._settings.model_id, made_by)

    def _start(self, model_id: str, made_by: str | None) -> Embedder:
        if self._settings.is_served(made_by or model_id):
            return load_served(model_id, self._settings.model_cache_dir, made_by, self._servers)
        start = self._start_shared or start_model
        return start(model_id, self._settings.model_cache_dir, made_by, self._in_process)

    def elsewhere(self) -> Callable[[], Embedder]:
        """What loads the model of the index, or reaches the servers that have it, in whatever process it is called."""
        stamp = self._index.model()
        made_by = stamp.model_id if stamp else None
        wanted = made_by if made_by and made_by in MODELS else self._settings.model_id
        at = wanted, self._settings.model_cache_dir, made_by
        if self._settings.is_served(made_by or wanted):
            return partial(_load_served, *at, self._settings.inference_servers, self._settings.inference_api_key)
        return partial(start_model, *at, True)

    @cached_property
    def _servers(self) -> "ServerPool":
        from core.embedding.servers.pool import ServerPool

        return ServerPool(self._settings.inference_servers, self._settings.inference_api_key)

    def _unreachable(self) -> ImageSearchError | None:
        """What keeps us from the servers that embed."""
        try:
            self.check_servers()
        except ModelUnavailable as error:
            return error
        return None

    @property
    def is_served(self) -> bool:
        """Whether servers run the model that is loaded."""
        return self.loaded is not None and self._settings.is_served(self.loaded.model_id)

    def check_servers(self) -> None:
        """Find out within seconds whether any server that embeds is there.

        Raises:
            EmbeddingServersAway: none answers.
        """
        self._servers.check()

    @property
    def state(self) -> ModelState:
        """How far loading is; never waits."""
        return self._loader.state

    @property
    def condition(self) -> str:
        """How far loading is, as `state` says; `stopped` where the model was loaded, its process has ended, and no
        other has been started yet."""
        state = self.state
        return "stopped" if state.status != "failed" and _died(state.embedder) else state.status

    @property
    def works(self) -> bool:
        """Whether a model is loaded and its process, where it has one, alive."""
        return self.loaded is not None and not _died(self.loaded)

    @property
    def loaded(self) -> Embedder | None:
        """The model, None while it is not loaded."""
        return self.state.embedder

    def load(self) -> Future[Embedder]:
        """Start loading the model, or give the attempt that was made; a new one where the reason may have passed: the
        index did not answer, the model's process died, or no embedding server answered a while ago."""
        error = self.state.error
        stale = isinstance(error, IndexUnavailable | StorageUnavailable) or _died(self.loaded)
        if isinstance(error, EmbeddingServersAway):  # not at once: the page that shows it would only wait again
            stale = self._loader.rested >= AGAIN_SECONDS
        return self._loader.retry() if stale else self._loader.start()

    def retry(self) -> Future[Embedder]:
        """Try once more for the model that the settings ask for; the one in use stays until then."""
        return self._loader.retry()

    def load_for_job(self) -> Future[Embedder]:
        """For a job that tries again, which wants another attempt and not the one that has failed."""
        loaded = self.loaded
        outdated = loaded is not None and not self._fits(loaded)
        return self._loader.retry() if outdated or self.state.status == "failed" else self.load()

    @property
    def wanted(self) -> str:
        """The id of the model that the settings ask for."""
        return self._settings.model_id

    def preprocessing(self, model_id: str) -> int:
        """Of this model, as this version of the app prepares pictures for it."""
        return preprocessing(model_id)

    def load_target(self, model_id: str) -> Future[Embedder]:
        """Start loading this model, whatever made the index; or give the attempt."""
        if self._target is None or self._target[0] != model_id:
            self._target = model_id, ModelLoader(partial(self._load_target, model_id))
        loader = self._target[1]
        attempt = loader.start()
        failed = attempt.done() and (attempt.exception() or _died(attempt.result()))
        return loader.retry() if failed else attempt

    def _load_target(self, asked_for: str) -> Embedder:
        loaded = self.loaded
        if loaded is not None and loaded.model_id == asked_for and not _died(loaded):
            return loaded
        if asked_for != STARTER and not self._settings.is_served(asked_for):
            check_obtainable(asked_for, self._settings.model_cache_dir)
        embedder = self._start(asked_for, None)
        if embedder.model_id == asked_for:
            return embedder
        if self._start_shared is None:  # else others may use it
            _close(embedder)
        raise ModelUnavailable(
            f"{asked_for} could not be loaded. The log has the details.",
            remedy(asked_for, self._settings.model_cache_dir),
        )

    def expect(self, embedder: Embedder) -> None:
        """The index is about to hold the embeddings of this model: it is used from the moment on that it does."""
        self._expected = embedder

    def switched(self) -> None:
        """The index holds the embeddings of the model that was expected."""
        self._loader.retry()
        self._target = None

    def embedder(self) -> Embedder:
        """The model; waits until it is loaded.

        Raises:
            ModelUnavailable, ModelMismatch, IndexUnavailable: why there is none.
            Overtaken: it is the model of a version that has come into use since a `consistent` action has begun.
        """
        attempt = self.load()
        embedder = self._loader.embedder()
        if _died(embedder):
            embedder = attempt.result()
        if self._fits(embedder):
            return embedder
        if not self._index.is_current:
            raise Overtaken
        return self._loader.retry().result()  # another process filled an index that was empty to us

    @property
    def in_use(self) -> Embedder | None:
        """The model that is loaded, None where there is none or the index holds embeddings of another."""
        loaded = self.loaded
        return loaded if loaded is not None and self._fits(loaded) else None

    def made_by(self) -> ModelStamp | None:
        """As `Index.model`; looked up whenever the index has changed."""
        revision, seen = self._index.revision(), self._seen
        if seen is None or seen[0] != revision:
            self._seen = seen = revision, self._index.model()
        return seen[1]

    def _fits(self, embedder: Embedder) -> bool:
        """Whether the index has records of this model or none."""
        return self.made_by() in (None, stamp_of(embedder))

    def obstacle(self, model_id: str = "") -> ImageSearchError | None:
        """What keeps a model, by default the one that the settings ask for, from being had; found out in seconds."""
        wanted = model_id or self._settings.model_id
        if wanted == STARTER:
            return None
        if self._settings.is_served(wanted):
            return self._unreachable()
        try:
            check_obtainable(wanted, self._settings.model_cache_dir)
        except ModelUnavailable as error:
            how = how_to_obtain(wanted, self._settings.model_cache_dir)
            return ModelUnavailable(error.message, f"{how}.")
        return None


def _load_served(
    model_id: str, cache_dir: Path, made_by: str | None, servers: tuple[str, ...], api_key: str | None
) -> Embedder:
    from core.embedding.servers.pool import ServerPool

    return load_served(model_id, cache_dir, made_by, ServerPool(servers, api_key))


def stamp_of(embedder: Embedder) -> ModelStamp:
    """What an index of its embeddings is stamped with."""
    return ModelStamp(embedder.model_id, embedder.dims, embedder.preprocessing)


def _close(embedder: Embedder) -> None:
    if close := getattr(embedder, "close", None):
        close()


def _died(embedder: Embedder | None) -> bool:
    """Only one that has a process of its own can; it says so."""
    return not getattr(embedder, "alive", True)
