"""Words to try, chosen for the pictures that are there."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.embedding.embedder import SURE_FROM, Embedder
from core.errors import ImageSearchError
from core.index.index import Index
from core.index.records import Hit
from core.search.compose import Composed, Kind, Part
from core.search.options import Band, MinMatch
from core.search.relevance.bands import above_chance, assess
from core.search.relevance.calibrator import Calibrations, bank_edition
from core.search.relevance.learned import learned_file, read_learned, write_learned
from core.telemetry.context import carried
from core.vectors import Embedding, Embeddings

_OFFERED = 5
_LOOKED_AT = 200  # hits, by which a word is judged as a search for it is
_SYNONYMS = 3  # concepts that may fit a picture better than the word: "cup of coffee"
_ROUNDING = 1e-5
EVERYDAY = (
    *("cat", "dog", "horse", "bird", "elephant", "zebra", "giraffe", "bear", "cow", "sheep", "butterfly", "fish"),
    *("flower", "forest", "beach", "mountain", "snow", "sunset", "moon", "city street", "bridge", "castle"),
    *("bus", "train", "airplane", "boat", "bicycle", "motorcycle", "car", "rocket"),
    *("coffee", "pizza", "cake", "fruit", "kitchen", "book", "computer", "clock", "umbrella", "kite", "tennis"),
)
"""What a collection of pictures may well show, and the models know."""


@dataclass(frozen=True, slots=True)
class _Chosen:
    words: np.ndarray
    """Texts, of shape `(n,)`."""


class Examples:
    """Everyday things to search for: those that some picture is a strong match of and shows nothing else better.

    Each is shown by another picture. Chosen in the background, and again when the number of pictures has changed. Safe
    to share between threads.

    Args:
        folder: Where they are kept for the next process; None: in memory only.
        everyday: Words that are offered where they find something.
    """

    def __init__(
        self,
        index: Index,
        calibrations: Calibrations | None = None,
        folder: Path | None = None,
        everyday: Sequence[str] = EVERYDAY,
    ) -> None:
        self._index = index
        self._everyday = everyday
        self._calibrations = calibrations or Calibrations(index)
        self._folder = folder
        self._lock = threading.Lock()
        self._chosen_for: tuple[int, str] | None = None
        self._words: tuple[str, ...] = ()

    def words(self, count: int, embedder: Embedder | None) -> tuple[str, ...]:
        """Those chosen last, at first none.

        Args:
            count: How many pictures there are.
            embedder: The model, None while there is none: then nothing new is chosen.
        """
        with self._lock:
            if embedder is not None and self._chosen_for != (chosen_for := (count, bank_edition(embedder))):
                self._chosen_for = chosen_for
                # No daemon: one that is inside the index when Python ends may take the process down.
                threading.Thread(target=carried(self._choose), args=(embedder,), name="examples").start()
            return self._words

    def _choose(self, embedder: Embedder) -> None:
        try:
            words = self._index.consistent(lambda: self._kept_or_chosen(embedder))
        except ImageSearchError:  # the page that asks next will say what is wrong
            with self._lock:
                self._chosen_for = None
            return
        with self._lock:
            self._words = words

    def _kept_or_chosen(self, embedder: Embedder) -> tuple[str, ...]:
        if self._folder is None:
            return self.chosen(embedder)
        file = learned_file(self._folder, "examples", self._index, bank_edition(embedder))
        revision = self._index.revision()
        if kept := read_learned(_Chosen, file, revision):
            return tuple(map(str, kept.words))
        words = self.chosen(embedder)
        if words:  # else what scores mean was not known, and may be the next time
            write_learned(file, revision, _Chosen(np.array(words)))
        return words

    def chosen(self, embedder: Embedder) -> tuple[str, ...]:
        """Those to offer, chosen now: it takes a search for each."""
        self._calibrations.learn(embedder)
        calibration, bank = self._calibrations.current(embedder), self._calibrations.bank(embedder)
        if calibration is None or bank is None:  # nothing that is not verified is offered
            return ()
        traits = embedder.max_text_cosine, SURE_FROM.get(embedder.model_id, 0.0)

        def matched(row: Embedding, hits: Sequence[Hit]) -> bool:
            """Whether the first is a strong match, as the search itself judges it, and few concepts fit it better."""
            rows = np.stack([hit.embedding for hit in hits if hit.embedding is not None])
            composed = Composed(row, (Part(Kind.WORDS, 1.0, row),), *traits)
            strengths, count = calibration.strengths(composed, rows), self._index.count()
            of_kind = calibration.of_kind(composed, above_chance(count))
            bands = assess(strengths, count, MinMatch.AUTO, composed.sure(rows), of_kind=of_kind).bands
            return bands[0] is Band.STRONG and int((bank[1] @ rows[0] > hits[0].score).sum()) < _SYNONYMS

        return choose(self._index, self._everyday, embedder.embed_texts(self._everyday), matched)


def choose(
    index: Index,
    words: Sequence[str],
    embeddings: Embeddings,
    matched: Callable[[Embedding, Sequence[Hit]], bool] = lambda *_: True,
) -> tuple[str, ...]:
    """Up to five of the words, best matched first: those whose best picture fits none of the others better.

    Args:
        embeddings: Of the words, an array of shape `(n, dims)`.
        matched: Whether the best hits of a word, by its embedding, show it.
    """
    found: list[tuple[float, str, str]] = []
    for word, row in zip(words, embeddings, strict=True):
        hits = index.search(row, _LOOKED_AT, embeddings=True)
        if hits and _beats_rivals(hits[0], embeddings) and matched(row, hits):
            found.append((hits[0].score, word, hits[0].record.content_hash))
    found.sort(key=lambda one: -one[0])
    of_picture: dict[str, str] = {}
    for _, word, digest in found:
        of_picture.setdefault(digest, word)
    return tuple(of_picture.values())[:_OFFERED]


def _beats_rivals(best: Hit, words: Embeddings) -> bool:
    return best.embedding is not None and float((words @ best.embedding).max()) <= best.score + _ROUNDING
