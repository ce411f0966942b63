"""The models that are loaded in a process: collections with the same model share one."""

import threading
from collections import defaultdict
from collections.abc import Hashable
from pathlib import Path
from weakref import WeakValueDictionary

from core import model
from core.embedding.embedder import Embedder
from core.models import STARTER


class ModelPool:
    """Gives the model that is loaded, or loads it. Safe to share between threads.

    It holds none itself: a model goes when nothing uses it any more, and stays as long as anything does.
    """

    def __init__(self) -> None:
        self._models: WeakValueDictionary[Hashable, Embedder] = WeakValueDictionary()
        self._loading: defaultdict[Hashable, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    def start(self, model_id: str, cache_dir: Path, made_by: str | None, in_process: bool) -> Embedder:
        """As `core.model.start_model`, and raises the same."""
        wanted = STARTER if made_by == STARTER else model_id
        with self._turn(wanted):
            if made_by in (None, wanted) and (kept := self._kept(wanted)):
                return kept
            started = model.start_model(model_id, cache_dir, made_by, in_process)
            return self._shared(started)

    def _shared(self, started: Embedder) -> Embedder:
        """The one that was there before it, where another was to be had than what was asked for."""
        with self._lock:
            if kept := self._alive(started.model_id):
                return kept
            self._models[started.model_id] = started
            return started

    def _kept(self, model_id: str) -> Embedder | None:
        with self._lock:
            return self._alive(model_id)

    def _alive(self, model_id: str) -> Embedder | None:
        """A model that has a process of its own may have died with it."""
        kept = self._models.get(model_id)
        return kept if kept is not None and getattr(kept, "alive", True) else None

    def _turn(self, wanted: str) -> threading.Lock:
        with self._lock:
            return self._loading[wanted]
