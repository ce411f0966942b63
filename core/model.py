"""The model that goes with the index: which one it is, loaded in the background, tried again where that may help."""

import time
from concurrent.futures import Future

from core.config import Settings
from core.embedding.embedder import Embedder
from core.embedding.loading import ModelLoader, ModelState
from core.embedding.weights import check_obtainable
from core.embedding.worker import WorkerEmbedder
from core.errors import ImageSearchError, IndexUnavailable, ModelMismatch, ModelUnavailable
from core.index.index import Index

_LOOK_EVERY = 5.0  # seconds


class IndexModel:
    """One per index. Making it loads nothing. Safe to share between threads."""

    def __init__(self, settings: Settings, index: Index) -> None:
        self._settings = settings
        self._index = index
        self._loader = ModelLoader(self._load)
        self._fitted, self._looked = False, 0.0

    def _load(self) -> Embedder:
        stamp = self._index.model()
        made_by = stamp.model_id if stamp else None
        return WorkerEmbedder.start(self._settings.model_id, self._settings.model_cache_dir, made_by)

    @property
    def state(self) -> ModelState:
        """How far loading is; never waits."""
        return self._loader.state

    @property
    def loaded(self) -> Embedder | None:
        """The model, None while it is not loaded."""
        return self.state.embedder

    def load(self) -> Future[Embedder]:
        """Start loading the model, or give the attempt that was made; a new one where the reason may have passed: the
        index did not answer, or the model's process died."""
        stale = isinstance(self.state.error, IndexUnavailable) or _died(self.loaded)
        return self._loader.retry() if stale else self._loader.start()

    def retry(self) -> Future[Embedder]:
        """Try once more for the model that the settings ask for; the one in use stays until then."""
        return self._loader.retry()

    def load_for_job(self) -> Future[Embedder]:
        """For a job that tries again, which wants another attempt and not the one that has failed."""
        return self._loader.retry() if self.state.status == "failed" else self.load()

    def embedder(self) -> Embedder:
        """The model; waits until it is loaded.

        Raises:
            ModelUnavailable, ModelMismatch, IndexUnavailable: why there is none.
        """
        attempt = self.load()
        embedder = self._loader.embedder()
        if _died(embedder):
            embedder = attempt.result()
        if self._fits(embedder):
            return embedder
        return self._loader.retry().result()  # another process filled an index that was empty to us

    def _fits(self, embedder: Embedder) -> bool:
        """Whether the index has records of this model or none; looked up every few seconds."""
        now = time.monotonic()
        if now - self._looked > _LOOK_EVERY or not self._fitted:
            stamp = self._index.model()
            self._fitted, self._looked = stamp is None or stamp.model_id == embedder.model_id, now
        return self._fitted

    def obstacle(self) -> ImageSearchError | None:
        """What keeps the model that the settings ask for from being used; found out within seconds."""
        asked_for = self._settings.model_id
        try:
            check_obtainable(asked_for, self._settings.model_cache_dir)
        except ModelUnavailable as error:
            return error
        stamp = self._index.model()
        if stamp is None or stamp.model_id == asked_for:
            return None
        return ModelMismatch(
            f"{asked_for} is there now, but the {self._index.count():,} pictures in the index were indexed with "
            f"{stamp.model_id}, and the two cannot be compared.",
            "Take them out (python -m core remove FOLDER) and index them again, or name another index in "
            "IMAGE_SEARCH_INDEX.",
        )


def _died(embedder: Embedder | None) -> bool:
    return isinstance(embedder, WorkerEmbedder) and not embedder.alive
