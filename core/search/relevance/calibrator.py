"""Keeps what is known of the scores of an index up to date, in the background."""

import hashlib
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from itertools import batched
from pathlib import Path

import numpy as np

from core.embedding.embedder import Embedder
from core.errors import ImageSearchError, InvalidEmbedding, ModelUnavailable, StorageUnavailable
from core.index.index import Index
from core.search.relevance.concepts import CONCEPTS, EDITION, Bank
from core.search.relevance.learned import learned_file, read_learned, write_learned
from core.search.relevance.scores import SAMPLE, Calibration, learn
from core.storage import write_whole
from core.telemetry.context import carried
from core.vectors import Embeddings, check_embeddings

_CHUNK = 16  # concepts embedded at once: what a visitor searches for goes in between
_CHANGED = 0.2  # of the number of pictures: after so much what was learned is learned again
_LOOK_EVERY = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class _Learned:
    of: str
    """The edition of the bank that it was learned with."""
    count: int
    calibration: Calibration


class Calibrations:
    """Gives what was learned last and never waits. Safe to share between threads.

    Whatever goes wrong in the background is tried again with a later search: the search itself will say what is wrong.

    Args:
        folder: Where the embeddings of everyday concepts are kept, and what was learned; None: in memory only.
    """

    def __init__(self, index: Index, folder: Path | None = None, look_every: float = _LOOK_EVERY) -> None:
        self._index = index
        self._folder = folder
        self._look_every = look_every
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._looked = -np.inf
        self._bank: tuple[str, Bank] | None = None
        self._learned: _Learned | None = None

    def current(self, embedder: Embedder | None) -> Calibration | None:
        """The one learned last, None where none is yet; learns again when the index has changed much.

        Args:
            embedder: The model, None while it is not loaded: then nothing new is learned.
        """
        if embedder is not None:
            self._look(embedder)
        learned = self._learned
        if learned is None or (embedder is not None and learned.of != bank_edition(embedder)):
            return None
        return learned.calibration

    def await_current(self, embedder: Embedder, seconds: float) -> None:
        """Until there is one, or it is clear that none can be learned now; not longer than so many seconds."""
        if self.current(embedder) is None:
            self._look(embedder, at_once=True)
            if (thread := self._thread) is not None:
                thread.join(max(0.0, seconds))

    def learn(self, embedder: Embedder) -> None:
        """Do at once what `current` has done in the background."""
        with suppress(ImageSearchError):
            self._index.consistent(lambda: self._learn(embedder))

    def bank(self, embedder: Embedder) -> Bank | None:
        """The everyday concepts as this model embeds them, None while it has not."""
        self._look(embedder)
        bank = self._bank
        return bank[1] if bank and bank[0] == bank_edition(embedder) else None

    def wait(self) -> None:
        """Until what is being learned in the background is learned."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _look(self, embedder: Embedder, at_once: bool = False) -> None:
        """See whether there is something to learn: in a thread, for the index may take its time."""
        with self._lock:
            busy = self._thread is not None and self._thread.is_alive()
            if busy or (not at_once and time.monotonic() - self._looked < self._look_every):
                return
            # No daemon: one that is inside the index when Python ends may take the process down.
            self._thread = threading.Thread(target=carried(self._work), args=(embedder,), name="calibration")
            self._thread.start()

    def _work(self, embedder: Embedder) -> None:
        self.learn(embedder)
        self._looked = time.monotonic()

    def _learn(self, embedder: Embedder) -> None:
        edition, count, before = bank_edition(embedder), self._index.count(), self._learned
        if self._bank is None or self._bank[0] != edition:
            self._bank = edition, (CONCEPTS, self._embedded(embedder))
        if before and before.of == edition and abs(count - before.count) < _CHANGED * max(1, before.count):
            return
        revision, stamp = self._index.revision(), self._index.model()
        if stamp and stamp.model_id == embedder.model_id and (kept := self._kept(edition, revision)):
            self._learned = _Learned(edition, count, kept)
            return
        sample = self._index.sample(SAMPLE)
        if len(sample) and stamp and stamp.model_id == embedder.model_id:
            self._learned = _Learned(edition, count, learn(self._bank[1][1], sample))
            if file := self._file(edition):
                write_learned(file, revision, self._learned.calibration)

    def _kept(self, edition: str, revision: str) -> Calibration | None:
        """What another process has learned of the index as it is."""
        file = self._file(edition)
        return read_learned(Calibration, file, revision) if file else None

    def _file(self, edition: str) -> Path | None:
        return learned_file(self._folder, "learned", self._index, edition) if self._folder else None

    def _embedded(self, embedder: Embedder) -> Embeddings:
        file = self._folder / f"{bank_edition(embedder)}.npy" if self._folder else None
        if file and (kept := _read(file, embedder.dims)) is not None:
            return kept
        chunks = []
        for texts in batched(CONCEPTS, _CHUNK):
            if not threading.main_thread().is_alive():  # Python is ending, and waits for this thread
                raise ModelUnavailable("The app is shutting down.", "Start it again.")
            chunks.append(embedder.embed_texts([embedder.fit_text(text) for text in texts]))
        embeddings = np.concatenate(chunks)
        if file:
            _write(file, embeddings)
        return embeddings


def bank_edition(embedder: Embedder) -> str:
    """The edition of the everyday concepts as this model embeds them: another one, other embeddings."""
    made_by = f"{embedder.model_id} {embedder.dims} {embedder.preprocessing} {EDITION}"
    return hashlib.sha256(made_by.encode()).hexdigest()[:32]


def _read(file: Path, dims: int) -> Embeddings | None:
    """None where there is none, or none that is whole."""
    try:
        embeddings: Embeddings = np.load(file, allow_pickle=False)
        check_embeddings(embeddings, dims)
    except (OSError, ValueError, EOFError, InvalidEmbedding):
        return None
    return embeddings if len(embeddings) == len(CONCEPTS) else None


def _write(file: Path, embeddings: Embeddings) -> None:
    target = BytesIO()
    np.save(target, embeddings, allow_pickle=False)
    with suppress(StorageUnavailable):  # a full disk costs the time to embed them again, no more
        write_whole(file, target.getvalue())
